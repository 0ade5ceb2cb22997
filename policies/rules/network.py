"""Subnets of Databricks and network security groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from policies import tokens
from policies.addresses import internet_in, several
from policies.findings import Deferred, Violation, elements, is_false, present, require_value, words
from policies.model import UNKNOWN, dig
from policies.registry import EVERYWHERE, Mappings, rule
from policies.subnets import DELEGATION, SUBNET_TYPES, databricks_subnets, used_by

if TYPE_CHECKING:
    from policies.findings import Findings
    from policies.model import Resource, Stack
    from policies.registry import Config


@rule(
    "sec-28-databricks-subnets-confined",
    title="Both Databricks subnets have a security group, the delegation and an explicit way out",
    severity="high",
    rationale="Azure's implicit outbound access leaves through addresses nobody owns or logs, and "
    "is withdrawn for new networks.",
    remediation="Give the subnet networkSecurityGroup, the delegation to "
    "Microsoft.Databricks/workspaces, defaultOutboundAccess false, and natGateway or routeTable.",
    types=SUBNET_TYPES,
    levels=EVERYWHERE,
    scope="stack",
    mappings=Mappings(cis=("2.1.2", "7.11"), azp=("7bca8353",), ckv=("CKV2_AZURE_31",)),
)
def subnets_confined(stack: Stack, _config: Config) -> Findings:
    """Judges delegated subnets, and those that a workspace names as its own."""
    used = {name for workspace in stack.all(tokens.WORKSPACE) for name in used_by(workspace)}
    for subnet, delegated in databricks_subnets(stack):
        if delegated or subnet.names & used:
            yield from _confined(subnet.urn, subnet.props, delegated=delegated)
        else:
            yield Deferred("delegations", subnet.urn)


def _confined(urn: str, subnet: Any, *, delegated: bool | None) -> Findings:
    if delegated is None:
        yield Deferred("delegations", urn)
    elif not delegated:
        yield Violation(
            f"a workspace uses this subnet, but it is not delegated to {DELEGATION}", urn
        )
    if not _attached(subnet, "networkSecurityGroup"):
        yield Violation("networkSecurityGroup is not set; attach one", urn)
    yield from require_value(
        dig(subnet, "defaultOutboundAccess"),
        "defaultOutboundAccess",
        is_false,
        "set it to false",
        urn=urn,
    )
    if not (_attached(subnet, "natGateway") or _attached(subnet, "routeTable")):
        yield Violation("neither natGateway nor routeTable is set; give the subnet a way out", urn)


def _attached(subnet: Any, name: str) -> bool:
    """An id that is not known yet is one."""
    attached = dig(subnet, f"{name}.id")
    return attached is UNKNOWN or present(attached)


@rule(
    "sec-30-nsg-no-inbound-from-internet",
    title="No network security group lets the Internet in",
    severity="critical",
    rationale="Databricks nodes call out and are never called; an open port is only an attack.",
    remediation="Remove the rule, or narrow its source to the organisation's own addresses.",
    types=[tokens.NSG, tokens.SECURITY_RULE],
    levels=EVERYWHERE,
    mappings=Mappings(
        cis=("7.1", "7.2", "7.3", "7.4"),
        ckv=("CKV_AZURE_9", "CKV_AZURE_10", "CKV_AZURE_77", "CKV_AZURE_160"),
        azu=("AZU-0047", "AZU-0048", "AZU-0050"),
    ),
)
def no_inbound_from_internet(resource: Resource, _config: Config) -> Findings:
    """Any port counts. A rule that might still turn out to be outbound or Deny is deferred."""
    if resource.type == tokens.SECURITY_RULE:
        yield from _inbound(dict(resource.props), "")
        return
    rules = resource.get("securityRules")
    if rules is UNKNOWN:
        yield Deferred("securityRules")
    for index, item in enumerate(elements(rules)):
        yield from _inbound(item, f"securityRules[{index}].")


def _every_tenant(source: Any) -> bool:
    """Whether a source is the public addresses of Azure, which anybody may rent.

    https://learn.microsoft.com/azure/virtual-network/service-tags-overview
    """
    return isinstance(source, str) and words("AzureCloud")(source.strip().partition(".")[0])


def _inbound(rule_: Any, prefix: str) -> Findings:
    if rule_ is UNKNOWN:
        yield Deferred(prefix.rstrip("."))
        return
    direction, access = dig(rule_, "direction"), dig(rule_, "access")
    if words("Outbound")(direction) or words("Deny")(access):
        return
    sources = several(rule_, "sourceAddressPrefix")
    public = internet_in(sources) or next(filter(_every_tenant, sources), None)
    undecided = [
        name for name, value in (("direction", direction), ("access", access)) if value is UNKNOWN
    ]
    if public is None:
        if UNKNOWN in sources:
            yield Deferred(f"{prefix}sourceAddressPrefix")
    elif undecided:
        yield Deferred(f"{prefix}{undecided[0]}")
    else:
        yield Violation(f"{prefix}sourceAddressPrefix allows '{public}' inbound; remove the rule")
