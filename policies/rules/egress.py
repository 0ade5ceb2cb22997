"""Ways out of the network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from policies import tokens
from policies.addresses import all_ports, internet_in, several
from policies.findings import Deferred, Violation, elements, words
from policies.model import UNKNOWN, dig
from policies.references import Mentions, Names
from policies.registry import ADVISED, OFF_ADVISED_BINDING, Mappings, rule, strings
from policies.subnets import SUBNET_TYPES, databricks_subnets
from policies.verdicts import both, demand, some

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.findings import Findings
    from policies.model import Resource, Stack
    from policies.registry import Config
    from policies.verdicts import Verdict


@rule(
    "sec-31-nsg-outbound-confined",
    title="Databricks nodes reach named services only, and nothing else on the Internet",
    severity="medium",
    rationale="Data leaves through the outbound rules; Azure's own default lets everything out.",
    remediation="Name service tags in outbound Allow rules, and end with a rule that denies "
    "destination 'Internet' for all ports and protocols.",
    types=[tokens.NSG, tokens.SECURITY_RULE, *SUBNET_TYPES],
    levels=OFF_ADVISED_BINDING,
    scope="stack",
    config={
        "wideTags": strings(
            "Service tags that name so much that they are as good as the Internet.",
            "AzureCloud",
        )
    },
    mappings=Mappings(azu=("AZU-0051",)),
)
def outbound_confined(stack: Stack, config: Config) -> Findings:
    """Allow rules count in every group, the final Deny in those of the Databricks subnets."""
    wide = words(*config["wideTags"])
    for urn, prefix, item in _rules(stack):
        yield from _allowed_out(item, prefix, urn, wide)
    guards = Mentions(_guards(stack))
    path = "networkSecurityGroupName"
    apart = Names((i.get(path), i, path, i) for i in stack.all(tokens.SECURITY_RULE))
    for group in stack.all(tokens.NSG):
        if guards.verdict(group, lambda _: True):
            yield from demand(
                some(_denies(item) for item in _rules_of(group, apart)),
                "no outbound rule denies the Internet; add one with access 'Deny', "
                "destinationAddressPrefix 'Internet' and '*' for source, ports and protocol",
                "securityRules",
                group.urn,
            )


def _rules(stack: Stack) -> Iterator[tuple[str, str, Any]]:
    for group in stack.all(tokens.NSG):
        for index, item in enumerate(elements(group.get("securityRules"))):
            yield group.urn, f"securityRules[{index}].", item
    for rule_ in stack.all(tokens.SECURITY_RULE):
        yield rule_.urn, "", dict(rule_.props)


def _allowed_out(item: Any, prefix: str, urn: str, wide: Any) -> Findings:
    if item is UNKNOWN:
        yield Deferred(prefix.rstrip("."), urn)
        return
    direction, access = dig(item, "direction"), dig(item, "access")
    if words("Inbound")(direction) or words("Deny")(access):
        return
    targets = several(item, "destinationAddressPrefix")
    open_ = internet_in(targets) or next((tag for tag in targets if wide(_tag(tag))), None)
    if open_ is None:
        if UNKNOWN in targets:
            yield Deferred(f"{prefix}destinationAddressPrefix", urn)
    elif UNKNOWN in (direction, access):
        yield Deferred(f"{prefix}access", urn)
    else:
        yield Violation(
            f"{prefix}destinationAddressPrefix allows '{open_}' outbound; name the services",
            urn,
        )


def _tag(target: Any) -> str:
    """A service tag without its region: AzureCloud.eastus2 is a large part of AzureCloud."""
    return str(target).split(".", maxsplit=1)[0]


def _guards(stack: Stack) -> Iterator[tuple[Any, Resource, str, None]]:
    """Which groups the Databricks subnets have."""
    for subnet, _ in databricks_subnets(stack):
        prop = subnet.prop or "networkSecurityGroup"
        value = dig(subnet.props, "networkSecurityGroup.id")
        if value is not None:
            yield value, subnet.owner, prop, None


def _rules_of(group: Resource, apart: Names[Resource]) -> Iterator[Any]:
    """A group's rules: its own and, where they may be its, those that are declared apart."""
    inline = group.get("securityRules")
    yield from [UNKNOWN] if inline is UNKNOWN else elements(inline)
    surely, perhaps = apart.of(group)
    yield from (dict(item.props) for item in surely)
    yield from (UNKNOWN for _ in perhaps)


def _denies(item: Any) -> Verdict:
    """Whether a rule denies the Internet to everybody, on all ports."""
    if item is UNKNOWN:
        return None
    sources = several(item, "sourceAddressPrefix")
    everybody = internet_in(sources) is not None or any(map(words("VirtualNetwork"), sources))
    targets = several(item, "destinationAddressPrefix")
    return both(
        _is(item, "direction", "Outbound"),
        _is(item, "access", "Deny"),
        _is(item, "protocol", "*"),
        everybody or (None if UNKNOWN in sources else False),
        internet_in(targets) is not None or (None if UNKNOWN in targets else False),
        all_ports(several(item, "destinationPortRange")),
    )


def _is(item: Any, name: str, word: str) -> Verdict:
    value = dig(item, name)
    return None if value is UNKNOWN else words(word)(value)


@rule(
    "sec-32-public-ip-for-egress-only",
    title="A public address belongs to a NAT gateway or a firewall",
    severity="medium",
    rationale="On anything else it is a way in.",
    remediation="Name the address in publicIpAddresses of a NatGateway or in ipConfigurations of "
    "an AzureFirewall, or remove it.",
    types=[tokens.PUBLIC_IP, tokens.NAT_GATEWAY, tokens.FIREWALL],
    levels=ADVISED,
    scope="stack",
    mappings=Mappings(cis=("7.7",), ckv=("CKV_AZURE_119",)),
)
def public_ip_for_egress(stack: Stack, _config: Config) -> Findings:
    """An address that nothing uses yet is one click away from a network interface."""
    taken = Mentions(_taken(stack))
    for address in stack.all(tokens.PUBLIC_IP):
        yield from demand(
            taken.verdict(address, lambda _: True),
            "no NatGateway and no AzureFirewall of the stack has it; give it to one or remove it",
            "publicIpAddresses",
            address.urn,
        )


def _taken(stack: Stack) -> Iterator[tuple[Any, Resource, str, None]]:
    """The addresses of gateways and firewalls."""
    for gateway in stack.all(tokens.NAT_GATEWAY):
        yield from _listed(gateway, "publicIpAddresses", "id")
    for firewall in stack.all(tokens.FIREWALL):
        for prop in ("ipConfigurations", "managementIpConfiguration"):
            yield from _listed(firewall, prop, "publicIPAddress.id")


def _listed(owner: Resource, prop: str, path: str) -> Iterator[tuple[Any, Resource, str, None]]:
    value = owner.get(prop)
    if value is UNKNOWN:
        yield UNKNOWN, owner, prop, None
    for item in elements(value):
        found = UNKNOWN if item is UNKNOWN else dig(item, path)
        if found is not None:
            yield found, owner, prop, None
