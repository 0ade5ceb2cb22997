"""The record of a network's traffic."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policies import tokens
from policies.findings import Violation, is_number, is_true, require_value
from policies.model import UNKNOWN
from policies.references import Mentions
from policies.registry import ADVISED_IN_PROD, Mappings, integer, rule
from policies.verdicts import demand

if TYPE_CHECKING:
    from policies.findings import Findings
    from policies.model import Resource, Stack
    from policies.registry import Config
    from policies.verdicts import Verdict


@rule(
    "sec-33-flow-logs",
    title="Every virtual network keeps a record of its traffic for long enough",
    severity="low",
    rationale="Who talked to whom is the first question after an intrusion.",
    remediation="Declare a FlowLog with targetResourceId of the virtual network, enabled, and a "
    "retentionPolicy of at least the configured days.",
    types=[tokens.VNET, tokens.FLOW_LOG],
    # Mandatory in production once the platform writes them: a flow log needs a storage account
    # that lets Azure's services in, and belongs to the region's one network watcher.
    levels=ADVISED_IN_PROD,
    scope="stack",
    config={
        "minimumDays": integer("Days that flow logs have to be kept.", dev=90, test=90, prod=90)
    },
    mappings=Mappings(
        cis=("6.1.1.6", "7.8"),
        azp=("4c3c6c5f", "27960feb"),
        ckv=("CKV_AZURE_12",),
        azu=("AZU-0049",),
    ),
)
def flow_logs(stack: Stack, config: Config) -> Findings:
    """Without a retention policy, and with one of 0 days, logs are kept for ever."""
    logs = list(stack.all(tokens.FLOW_LOG))
    for log in logs:
        yield from _kept(log, config["minimumDays"])
    path = "targetResourceId"
    targets = Mentions((log.get(path), log, path, _enabled(log)) for log in logs)
    for network in stack.all(tokens.VNET):
        yield from demand(
            targets.verdict(network, lambda enabled: enabled),
            "no FlowLog that is enabled has it as its target; declare one",
            path,
            network.urn,
        )


def _enabled(log: Resource) -> Verdict:
    enabled = log.get("enabled")
    return None if enabled is UNKNOWN else is_true(enabled)


def _kept(log: Resource, days: int) -> Findings:
    target = log.get("targetResourceId")
    # New ones are refused since June 2025, and the old ones end in September 2027:
    # https://azure.microsoft.com/updates?id=Azure-NSG-flow-logs-Retirement
    if isinstance(target, str) and "/networksecuritygroups/" in target.casefold():
        yield Violation("targetResourceId is a security group; name the virtual network", log.urn)
    if log.get("retentionPolicy.enabled") in (None, False):
        return
    yield from require_value(
        log.get("retentionPolicy.days"),
        "retentionPolicy.days",
        lambda value: is_number(value) and (value == 0 or value >= days),
        f"set it to at least {days} days, or to 0 for ever",
        default=0,
        urn=log.urn,
    )
