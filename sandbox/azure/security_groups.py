"""Network security groups and route tables."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sandbox.azure import cidr, ids
from sandbox.azure.values import at, between, items, one_of, texts
from sandbox.rules import Refusal, check, outputs, release

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.rules import Cloud, Request

GROUPS = "https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview"
ROUTES = "https://learn.microsoft.com/azure/virtual-network/virtual-networks-udr-overview"
_NAME = r"[A-Za-z0-9]([A-Za-z0-9_.-]{0,78}[A-Za-z0-9_])?"
_TAG = r"[A-Za-z][A-Za-z0-9]*(\.[A-Za-z][A-Za-z0-9]*)*"
_LAST_PORT = 65535


@check(ids.NSG, source=GROUPS)
def rules_are_named_and_ordered(request: Request) -> None:
    """Names are valid and unique; priorities are 100 to 4096 and unique per direction."""
    names: set[str] = set()
    priorities: dict[tuple[str, int], str] = {}
    for position, rule in enumerate(items(request.inputs.get("securityRules"))):
        where = f"securityRules[{position}]"
        name, priority, direction = at(rule, "name"), at(rule, "priority"), at(rule, "direction")
        if isinstance(name, str):
            if not re.fullmatch(_NAME, name) or name.lower() in names:
                raise Refusal(
                    "InvalidResourceName",
                    f"Security rule name '{name}' must be unique in its group: 1 to 80 letters, "
                    "digits, '_', '.', '-', beginning with a letter or digit.",
                    prop=f"{where}.name",
                )
            names.add(name.lower())
        between(
            priority,
            100,
            4096,
            prop=f"{where}.priority",
            code="SecurityRuleParameterPriorityOutOfRange",
        )
        if isinstance(priority, int) and isinstance(direction, str):
            other = priorities.setdefault((direction.lower(), priority), str(name))
            if other != str(name):
                raise Refusal(
                    "SecurityRuleConflict",
                    f"Security rule {name} conflicts with rule {other}. Rules cannot have the same "
                    f"Priority ({priority}) and Direction ({direction}).",
                    prop=f"{where}.priority",
                )


@check(ids.NSG, source=GROUPS)
def rules_say_what_they_match(request: Request) -> None:
    """Each rule has a known direction, access and protocol, and valid addresses and ports."""
    for position, rule in enumerate(items(request.inputs.get("securityRules"))):
        where = f"securityRules[{position}]"
        one_of(at(rule, "direction"), ("Inbound", "Outbound"), prop=f"{where}.direction")
        one_of(at(rule, "access"), ("Allow", "Deny"), prop=f"{where}.access")
        protocols = ("Tcp", "Udp", "Icmp", "Esp", "Ah", "*")
        one_of(at(rule, "protocol"), protocols, prop=f"{where}.protocol")
        for side in ("source", "destination") if ids.known(rule) else ():
            _addresses(rule, side, where)
            _ports(rule, side, where)


def _either(rule: Mapping[str, Any], one: str, many: str, where: str) -> list[str]:
    single, several = rule.get(one), rule.get(many)
    if single and several:
        raise Refusal(
            "SecurityRuleInvalidFormat",
            f"Set either {one} or {many}, not both.",
            prop=f"{where}.{one}",
        )
    return [*texts(single, *items(several))]


def _addresses(rule: Mapping[str, Any], side: str, where: str) -> None:
    one, many = f"{side}AddressPrefix", f"{side}AddressPrefixes"
    prefixes = _either(rule, one, many, where)
    groups = rule.get(f"{side}ApplicationSecurityGroups")
    if not any((rule.get(one), rule.get(many), groups)):
        raise Refusal(
            "SecurityRuleParameterNotSpecified",
            f"Required security rule parameter {side} address is not specified: set {one}.",
            prop=f"{where}.{one}",
        )
    for prefix in prefixes:
        if prefix[:1].isdigit() or ":" in prefix:
            cidr.network(
                prefix if "/" in prefix else f"{prefix}/{128 if ':' in prefix else 32}",
                prop=f"{where}.{one}",
            )
        elif prefix != "*" and not re.fullmatch(_TAG, prefix):
            raise Refusal(
                "SecurityRuleInvalidAddressPrefix",
                f"Security rule has an invalid address prefix: '{prefix}'. Allowed: *, CIDR, "
                "address "
                "or service tag, for example AzureDatabricks or Storage.EastUS2.",
                prop=f"{where}.{one}",
            )


def _ports(rule: Mapping[str, Any], side: str, where: str) -> None:
    one, many = f"{side}PortRange", f"{side}PortRanges"
    ports = _either(rule, one, many, where)
    if not any((rule.get(one), rule.get(many))):
        raise Refusal(
            "SecurityRuleParameterNotSpecified",
            f"Required security rule parameter {side} port is not specified: set {one}.",
            prop=f"{where}.{one}",
        )
    for port in ports:
        low, _, high = port.partition("-")
        numbers = [int(part) if part.isdigit() else -1 for part in (low, high or low)]
        if port != "*" and not 0 <= numbers[0] <= numbers[1] <= _LAST_PORT:
            raise Refusal(
                "SecurityRuleInvalidPortRange",
                f"Security rule has an invalid port range: '{port}'. Allowed: *, 0 to 65535, or "
                "a range such as 8443-8451.",
                prop=f"{where}.{one}",
            )


@check(ids.ROUTE_TABLE, source=ROUTES)
def routes_lead_somewhere(request: Request) -> None:
    """A route has a valid prefix and next hop; an address exactly if that is an appliance."""
    hops = ("VirtualNetworkGateway", "VnetLocal", "Internet", "VirtualAppliance", "None")
    seen: set[str] = set()
    for position, route in enumerate(items(request.inputs.get("routes"))):
        where = f"routes[{position}]"
        prefix, hop = at(route, "addressPrefix"), at(route, "nextHopType")
        address = at(route, "nextHopIpAddress")
        one_of(hop, hops, prop=f"{where}.nextHopType")
        if isinstance(prefix, str):
            if "/" in prefix or prefix[:1].isdigit():
                cidr.network(prefix, prop=f"{where}.addressPrefix")
            if prefix in seen:
                raise Refusal(
                    "RouteConflict",
                    f"Two routes of the table have the same address prefix {prefix}.",
                    prop=f"{where}.addressPrefix",
                )
            seen.add(prefix)
        if isinstance(hop, str) and (hop == "VirtualAppliance") != bool(address):
            raise Refusal(
                "RouteNextHopIpAddressMismatch",
                f"Route '{at(route, 'name')}' has next hop {hop}: nextHopIpAddress must be set for "
                "VirtualAppliance and for nothing else.",
                prop=f"{where}.nextHopIpAddress",
            )


_IN_USE = {
    ids.NSG: (
        "networkSecurityGroup",
        "InUseNetworkSecurityGroupCannotBeDeleted",
        "Network security group",
    ),
    ids.ROUTE_TABLE: ("routeTable", "InUseRouteTableCannotBeDeleted", "Route table"),
    ids.NAT: ("natGateway", "InUseNatGatewayCannotBeDeleted", "NAT gateway"),
}


@release(*_IN_USE, source="https://github.com/pulumi/pulumi-azure-native/issues/3051")
def attached_is_not_deleted(request: Request, cloud: Cloud) -> None:
    """What a subnet still refers to cannot be deleted."""
    prop, code, kind = _IN_USE[request.token]
    for subnet in cloud.all(ids.SUBNET):
        if request.old and ids.same(at(subnet.inputs, f"{prop}.id"), request.old.id):
            raise Refusal(
                code,
                f"{kind} {request.old.id} cannot be deleted because it is in use by the following "
                f"resources: {subnet.id}. In order to delete it, remove the association with the "
                "resource(s).",
            )


@outputs(
    ids.NSG,
    source="https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview#default-security-rules",
)
def default_rules(request: Request, _cloud: Cloud) -> Mapping[str, Any]:
    """The six rules that every group has, and the state of its own ones."""
    own = [
        {**rule, "provisioningState": "Succeeded"}
        for rule in items(request.inputs.get("securityRules"))
    ]
    inner = ("AllowVnet", 65000, "Allow", "VirtualNetwork", "VirtualNetwork")
    denied = ("DenyAll", 65500, "Deny", "*", "*")
    table = {
        "Inbound": (
            inner,
            ("AllowAzureLoadBalancer", 65001, "Allow", "AzureLoadBalancer", "*"),
            denied,
        ),
        "Outbound": (inner, ("AllowInternet", 65001, "Allow", "*", "Internet"), denied),
    }
    return {
        "securityRules": own,
        "defaultSecurityRules": [
            {
                "name": f"{name}{direction[:-5]}Bound", "priority": priority, "access": access,
                "direction": direction, "protocol": "*", "sourceAddressPrefix": source,
                "destinationAddressPrefix": destination, "sourcePortRange": "*",
                "destinationPortRange": "*", "provisioningState": "Succeeded",
            }
            for direction, defaults in table.items()
            for name, priority, access, source, destination in defaults
        ],
    }  # fmt: skip
