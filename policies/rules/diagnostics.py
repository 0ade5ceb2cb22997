"""Logs: who did what must be on record, outside the reach of who did it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from policies import tokens
from policies.findings import between, elements, present, require
from policies.model import UNKNOWN, dig
from policies.references import Mentions
from policies.registry import ADVISED_IN_DEV, EVERYWHERE, Mappings, integer, rule
from policies.verdicts import both, demand

if TYPE_CHECKING:
    from policies.findings import Findings
    from policies.model import Resource, Stack
    from policies.registry import Config
    from policies.verdicts import Verdict

_LOGGED = (tokens.WORKSPACE, tokens.VAULT, tokens.STORAGE_ACCOUNT)


@rule(
    "sec-34-diagnostic-settings",
    title="Every workspace, key vault and storage account sends its logs to Log Analytics",
    severity="high",
    rationale="Without a diagnostic setting Azure keeps no record of who read what.",
    remediation="Declare a DiagnosticSetting with resourceUri of the resource, workspaceId and at "
    "least one enabled log category or group.",
    types=[tokens.DIAGNOSTIC_SETTING, *_LOGGED],
    levels=ADVISED_IN_DEV,
    scope="stack",
    mappings=Mappings(
        sat=("GOV-3",),
        cis=("2.1.7", "6.1.1.4", "6.1.4"),
        azp=("138ff14d", "23057b42", "454c7d4b"),
    ),
)
def diagnostic_settings(stack: Stack, _config: Config) -> Findings:
    """A storage account is covered by a setting on the account or on one of its services."""
    path = "resourceUri"
    settings = stack.all(tokens.DIAGNOSTIC_SETTING)
    logged = Mentions((item.get(path), item, path, _arrives(item)) for item in settings)
    for resource in stack.all(*_LOGGED):
        yield from demand(
            logged.verdict(resource, lambda arrives: arrives),
            "no DiagnosticSetting sends its logs to Log Analytics; declare one",
            path,
            resource.urn,
        )


def _arrives(setting: Resource) -> Verdict:
    """Whether a setting sends something to Log Analytics; ``None`` while that is not known."""
    destination = setting.get("workspaceId")
    return both(
        destination is UNKNOWN or present(destination),
        _enabled_logs(setting.get("logs")),
    )


def _enabled_logs(logs: Any) -> Verdict:
    if logs is UNKNOWN:
        return None
    enabled = [
        True if dig(item, "enabled") is None else dig(item, "enabled")
        for item in elements(logs)
        if dig(item, "category") is not None or dig(item, "categoryGroup") is not None
    ]
    if True in enabled:
        return True
    return None if UNKNOWN in enabled else False


@rule(
    "sec-35-log-retention",
    title="Logs are kept long enough to investigate",
    severity="low",
    rationale="An intrusion is found after months on average; shorter logs have forgotten it.",
    remediation="Set retentionInDays to at least the configured number of days.",
    types=[tokens.LOG_ANALYTICS],
    levels=EVERYWHERE,
    config={
        "minimumDays": integer(
            "Days for which Log Analytics must keep the logs.",
            dev=30,
            test=30,
            prod=90,
            strictest=90,
        )
    },
    mappings=Mappings(cis=("6.1",)),
)
def log_retention(resource: Resource, config: Config) -> Findings:
    """Absent means the pricing tier's default of 30 days."""
    yield from require(
        resource,
        "retentionInDays",
        between(config["minimumDays"], 730),
        f"set it to at least {config['minimumDays']} days",
        default=30,
    )
