"""Subnets of Databricks and network security groups."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any

from policies import tokens
from policies.findings import Deferred, Violation, elements, is_false, require_value, words
from policies.model import UNKNOWN, dig
from policies.registry import EVERYWHERE, Mappings, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.findings import Findings
    from policies.model import Resource, Stack
    from policies.registry import Config

_DELEGATION = "Microsoft.Databricks/workspaces"
# Wider than any network an organisation owns: halves of the Internet are the usual way around a
# rule that looks for 0.0.0.0/0.
_WIDEST = {4: 8, 6: 16}


def _subnets(stack: Stack) -> Iterator[tuple[str, set[str], Any]]:
    """Every subnet as (urn, names, properties), inline ones of a virtual network included."""
    for subnet in stack.all(tokens.SUBNET):
        names = {subnet.urn, _text(subnet.get("subnetName")), _text(subnet.outputs.get("name"))}
        yield subnet.urn, names, dict(subnet.props)
    for network in stack.all(tokens.VNET):
        for subnet in elements(network.get("subnets")):
            yield network.urn, {_text(dig(subnet, "name"))}, subnet


def _text(name: Any) -> str:
    return name if isinstance(name, str) else ""


def _used(stack: Stack) -> set[str]:
    """What workspaces take for their subnets: names, and URNs of what these are computed from."""
    used: set[str] = set()
    for workspace in stack.all(tokens.WORKSPACE):
        used.update(workspace.dependencies.get("parameters", ()))
        for key in ("customPublicSubnetName", "customPrivateSubnetName"):
            used.add(_text(workspace.get(f"parameters.{key}.value")))
    return used - {""}


def _delegated(subnet: Any) -> bool | None:
    """Whether a subnet is delegated to Databricks; ``None`` while that is not known."""
    delegations = dig(subnet, "delegations")
    names = [dig(item, "serviceName") for item in elements(delegations)]
    if any(words(_DELEGATION)(name) for name in names):
        return True
    return None if delegations is UNKNOWN or UNKNOWN in names else False


@rule(
    "sec-28-databricks-subnets-confined",
    title="Both Databricks subnets have a security group, the delegation and an explicit way out",
    severity="high",
    rationale="Azure's implicit outbound access leaves through addresses nobody owns or logs, and "
    "is withdrawn for new networks.",
    remediation="Give the subnet networkSecurityGroup, the delegation to "
    "Microsoft.Databricks/workspaces, defaultOutboundAccess false, and natGateway or routeTable.",
    types=[tokens.WORKSPACE, tokens.SUBNET, tokens.VNET],
    levels=EVERYWHERE,
    scope="stack",
    mappings=Mappings(cis=("2.1.2", "7.11"), azp=("7bca8353",), ckv=("CKV2_AZURE_31",)),
)
def subnets_confined(stack: Stack, _config: Config) -> Findings:
    """Judges delegated subnets, and those that a workspace names as its own."""
    used = _used(stack)
    for urn, names, subnet in _subnets(stack):
        delegated = _delegated(subnet)
        if delegated or names & used:
            yield from _confined(urn, subnet, delegated=delegated)
        elif delegated is None:
            yield Deferred("delegations", urn)


def _confined(urn: str, subnet: Any, *, delegated: bool | None) -> Findings:
    if delegated is None:
        yield Deferred("delegations", urn)
    elif not delegated:
        yield Violation(
            f"a workspace uses this subnet, but it is not delegated to {_DELEGATION}", urn
        )
    if dig(subnet, "networkSecurityGroup") is None:
        yield Violation("networkSecurityGroup is not set; attach one", urn)
    yield from require_value(
        dig(subnet, "defaultOutboundAccess"),
        "defaultOutboundAccess",
        is_false,
        "set it to false",
        urn=urn,
    )
    if dig(subnet, "natGateway") is None and dig(subnet, "routeTable") is None:
        yield Violation("neither natGateway nor routeTable is set; give the subnet a way out", urn)


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


def _inbound(rule_: Any, prefix: str) -> Findings:
    if rule_ is UNKNOWN:
        yield Deferred(prefix.rstrip("."))
        return
    direction, access = dig(rule_, "direction"), dig(rule_, "access")
    if words("Outbound")(direction) or words("Deny")(access):
        return
    sources = [dig(rule_, "sourceAddressPrefix")]
    several = dig(rule_, "sourceAddressPrefixes")
    sources += several if isinstance(several, list) else [several]
    public = next((source for source in sources if _is_internet(source)), None)
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


def _is_internet(source: Any) -> bool:
    if not isinstance(source, str):
        return False
    if words("*", "Any", "Internet")(source):
        return True
    try:
        network = ipaddress.ip_network(source, strict=False)
    except ValueError:
        return False  # another service tag
    return network.prefixlen < _WIDEST[network.version]
