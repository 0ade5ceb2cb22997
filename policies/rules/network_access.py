"""From where a workspace is reached, and what its serverless compute reaches."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any, Final

from policies import tokens
from policies.addresses import internet_in
from policies.findings import (
    Deferred,
    Violation,
    elements,
    is_true,
    require_value,
    show,
    strings_in,
    words,
)
from policies.model import UNKNOWN, dig
from policies.references import refers
from policies.registry import (
    BINDING_IN_PROD,
    EVERYWHERE,
    OFF_ADVISED_ADVISED,
    OFF_ADVISED_BINDING,
    Mappings,
    integer,
    rule,
)
from policies.rules.workspace_switches import switches
from policies.verdicts import demand, some

if TYPE_CHECKING:
    from policies.findings import Findings
    from policies.model import Resource, Stack
    from policies.registry import Config


_SWITCH: Final = "enableIpAccessLists"


@rule(
    "sec-40-ip-access-list",
    title="A workspace that the Internet reaches lets in listed addresses only",
    severity="high",
    rationale="A stolen credential is then worthless outside of the company's network.",
    remediation="Declare an IpAccessList of type ALLOW and a WorkspaceConf with "
    "enableIpAccessLists 'true', or switch publicNetworkAccess off.",
    types=[tokens.WORKSPACE, tokens.WORKSPACE_CONF, tokens.IP_ACCESS_LIST],
    levels=BINDING_IN_PROD,
    scope="stack",
    config={
        "shortestPrefix": integer(
            "Fewest network bits of an allowed range; 0.0.0.0/1 is half of the Internet.",
            dev=8,
            test=16,
            prod=16,
            strictest=16,
        )
    },
    mappings=Mappings(sat=("NS-5",), kics=("2c4fe4a9",)),
)
def ip_access_list(stack: Stack, config: Config) -> Findings:
    """Requests over private link are not subject to the lists, so such a workspace needs none.

    https://learn.microsoft.com/azure/databricks/security/network/front-end/ip-access-list
    """
    lists = list(stack.all(tokens.IP_ACCESS_LIST))
    for item in lists:
        yield from require_value(
            item.get("enabled"),
            "enabled",
            is_true,
            "set it to true, or remove the list",
            default=True,
            urn=item.urn,
        )
        if words("BLOCK")(item.get("listType")):
            continue
        yield from _ranges(item, config["shortestPrefix"])
    public = [
        workspace
        for workspace in stack.all(tokens.WORKSPACE)
        if not words("Disabled")(workspace.get("publicNetworkAccess"))
    ]
    for workspace in public:
        if workspace.get("publicNetworkAccess") is UNKNOWN:
            yield Deferred("publicNetworkAccess", workspace.urn)
            continue
        kinds = [item.get("listType") for item in lists]
        yield from demand(
            some(None if kind is UNKNOWN else words("ALLOW")(kind) for kind in kinds),
            "publicNetworkAccess is open and no IpAccessList of type ALLOW is declared; declare "
            "one, or switch public access off",
            "listType",
            workspace.urn,
        )
    if lists or any(item.get("publicNetworkAccess") is not UNKNOWN for item in public):
        yield from switches(stack, {_SWITCH: "true"})
    if not any(stack.all(tokens.WORKSPACE)):
        yield from _without_effect(stack, lists)


def _without_effect(stack: Stack, lists: list[Resource]) -> Findings:
    """Where the workspace is another stack's, its switch may be too: advice then.

    A workspace whose switch is off, as it is at first, lets everybody in whatever its lists say.
    https://learn.microsoft.com/azure/databricks/security/network/front-end/ip-access-list-workspace
    """
    confs = [conf.get("customConfig") for conf in stack.all(tokens.WORKSPACE_CONF)]
    if any(dig(custom, _SWITCH) is not None for custom in confs):
        return
    for item in lists:
        yield Violation(
            f"no WorkspaceConf of this stack sets {_SWITCH}, and a list has no effect without it; "
            f"set customConfig.{_SWITCH} to 'true'",
            item.urn,
            advice=True,
        )


def _ranges(item: Resource, shortest: int) -> Findings:
    addresses, complete = strings_in(item.get("ipAddresses"))
    if not complete:
        yield Deferred("ipAddresses", item.urn)
    elif not addresses:
        yield Violation("ipAddresses is empty; name the company's ranges", item.urn)
    wide = False
    for address in addresses:
        try:
            network = ipaddress.ip_network(address.strip(), strict=False)
        except ValueError:
            yield Violation(
                f"ipAddresses has '{address}', which is no address or range; write it as a CIDR "
                "range",
                item.urn,
            )
            continue
        if network.prefixlen < shortest:
            wide = True
            yield Violation(
                f"ipAddresses allows '{address}', {show(network.prefixlen)} network bits; name "
                f"ranges of at least {shortest}",
                item.urn,
            )
    # Each of them narrow enough, and together most of the Internet.
    public = None if wide else internet_in(addresses)
    if public:
        yield Violation(f"ipAddresses allows '{public}'; name the company's ranges", item.urn)


@rule(
    "sec-51-serverless-egress",
    title="Serverless compute reaches listed destinations only",
    severity="high",
    rationale="Serverless compute runs outside of the customer's network, so no firewall of the "
    "customer's sees what it sends.",
    remediation="Declare an AccountNetworkPolicy with egress RESTRICTED_ACCESS, enforced, and a "
    "WorkspaceNetworkOption that attaches it to the workspace.",
    types=[tokens.WORKSPACE, tokens.NETWORK_POLICY, tokens.NETWORK_OPTION],
    # Advice in production: this program has no account network policy yet. Which destinations
    # serverless workloads need is known only from running them in dry-run mode first.
    levels=OFF_ADVISED_ADVISED,
    scope="stack",
    mappings=Mappings(sat=("NS-9", "NS-10")),
)
def serverless_egress(stack: Stack, _config: Config) -> Findings:
    """Enforcement is on unless it says otherwise."""
    network = "egress.networkAccess"
    for policy in stack.all(tokens.NETWORK_POLICY):
        yield from require_value(
            policy.get(f"{network}.restrictionMode"),
            f"{network}.restrictionMode",
            words("RESTRICTED_ACCESS"),
            "set it to 'RESTRICTED_ACCESS'",
            urn=policy.urn,
        )
        yield from require_value(
            policy.get(f"{network}.policyEnforcement.enforcementMode"),
            f"{network}.policyEnforcement.enforcementMode",
            words("ENFORCED"),
            "set it to 'ENFORCED'",
            default="ENFORCED",
            urn=policy.urn,
        )
        for item in elements(policy.get(f"{network}.allowedInternetDestinations")):
            destination = str(dig(item, "destination")).strip()
            # "*" and "*.com" list most of what there is.
            if "*" in destination and destination.lstrip("*.").count(".") == 0:
                yield Violation(
                    f"{network}.allowedInternetDestinations allows '{destination}'; name hosts",
                    policy.urn,
                )
    yield from _attached(
        stack,
        tokens.NETWORK_OPTION,
        "no WorkspaceNetworkOption attaches a network policy to it; declare one",
    )


@rule(
    "sec-52-ncc-bound",
    title="The serverless compute of a workspace has a network connectivity configuration",
    severity="medium",
    rationale="Without one it comes from addresses that change, and storage has to be open to "
    "them.",
    remediation="Declare a MwsNccBinding of the workspace.",
    types=[tokens.WORKSPACE, tokens.NCC_BINDING],
    levels=OFF_ADVISED_BINDING,
    scope="stack",
    mappings=Mappings(
        none="SAT and the benchmarks have no check of how serverless compute connects"
    ),
)
def ncc_bound(stack: Stack, _config: Config) -> Findings:
    """Whether what it reaches has accepted its private endpoints is known to Azure only."""
    yield from _attached(
        stack,
        tokens.NCC_BINDING,
        "no MwsNccBinding gives it a network connectivity configuration; declare one",
    )


@rule(
    "sec-65-metastore-assigned",
    title="Every workspace is assigned to a metastore",
    severity="medium",
    rationale="Without Unity Catalog a workspace has no grants, no lineage and no audit of tables.",
    remediation="Declare a MetastoreAssignment of the workspace.",
    types=[tokens.WORKSPACE, tokens.METASTORE_ASSIGNMENT],
    levels=EVERYWHERE,
    scope="stack",
    mappings=Mappings(sat=("GOV-16", "GOV-20"), cis=("2.1.5",)),
)
def metastore_assigned(stack: Stack, _config: Config) -> Findings:
    """The account may assign one by itself, but only where an administrator has asked for that."""
    yield from _attached(
        stack,
        tokens.METASTORE_ASSIGNMENT,
        "no MetastoreAssignment assigns it to a metastore; declare one",
    )


def _attached(stack: Stack, token: str, message: str) -> Findings:
    """Every workspace is named as the workspaceId of a resource of this type."""
    candidates = list(stack.all(token))
    for workspace in stack.all(tokens.WORKSPACE):
        own: Any = workspace.outputs.get("workspaceId")
        verdicts = (refers(item, "workspaceId", workspace, own) for item in candidates)
        yield from demand(some(verdicts), message, "workspaceId", workspace.urn)
