"""Logs: who did what must be on record, outside the reach of who did it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from policies import tokens
from policies.findings import between, elements, present, require, words
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
# What says who came in and what they read, where no group of categories is switched on.
# https://learn.microsoft.com/azure/azure-monitor/reference/logs-index
_AUDIT = {
    tokens.WORKSPACE: {"accounts"},
    tokens.VAULT: {"auditevent"},
    tokens.STORAGE_ACCOUNT: {"storageread", "storagewrite", "storagedelete"},
}
# Services of a storage account beside its blobs; a log of them says nothing of the data lake.
_GROUPS = words("allLogs", "audit")
_BESIDE = ("/queueservices/", "/tableservices/", "/fileservices/")


@rule(
    "sec-34-diagnostic-settings",
    title="Every workspace, key vault and storage account sends its logs to Log Analytics",
    severity="high",
    rationale="Without a diagnostic setting Azure keeps no record of who read what.",
    remediation="Declare a DiagnosticSetting with resourceUri of the resource, workspaceId and "
    "the group allLogs or audit, or the categories that hold the audit: accounts, AuditEvent, or "
    "StorageRead, StorageWrite and StorageDelete.",
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
    """A storage account is covered by a setting on the account or on its blobs."""
    path = "resourceUri"
    settings = stack.all(tokens.DIAGNOSTIC_SETTING)
    logged = Mentions((item.get(path), item, path, item) for item in settings)
    for resource in stack.all(*_LOGGED):
        audit = _AUDIT[resource.type]
        yield from demand(
            logged.verdict(resource, partial(_arrives, audit=audit)),
            "no DiagnosticSetting sends its audit logs to Log Analytics; declare one",
            path,
            resource.urn,
        )


def _arrives(setting: Resource, audit: set[str]) -> Verdict:
    """Whether a setting sends the audit to Log Analytics; ``None`` while that is not known."""
    destination = setting.get("workspaceId")
    target = f"{setting.get('resourceUri')}/".casefold()
    return both(
        destination is UNKNOWN or present(destination),
        not any(service in target for service in _BESIDE),
        _enabled_logs(setting.get("logs"), audit),
    )


def _enabled_logs(logs: Any, audit: set[str]) -> Verdict:
    if logs is UNKNOWN:
        return None
    on = [item for item in elements(logs) if dig(item, "enabled") in (None, True)]
    names = {str(dig(item, "category")).casefold() for item in on}
    if audit <= names or any(_GROUPS(dig(item, "categoryGroup")) for item in on):
        return True
    keys = ("category", "categoryGroup", "enabled")
    hidden = any(dig(item, key) is UNKNOWN for item in elements(logs) for key in keys)
    return None if hidden else False


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
    mappings=Mappings(none="CIS has a period for the records of network flows alone, in SEC-33"),
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
