"""Address ranges: parsing and the arithmetic the network rules share."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any

from sandbox.azure.values import at, items, texts
from sandbox.rules import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def network(value: str, *, prop: str) -> Network:
    """Parse a CIDR block; refuse a bad one and one with host bits, in Azure's words."""
    if "/" not in value:
        raise Refusal(
            "InvalidAddressPrefixFormat",
            f"Address prefix {value} of resource is not "
            "formatted correctly. It should follow CIDR notation, for example "
            "10.0.0.0/24.",
            prop=prop,
        )
    try:
        block = ipaddress.ip_network(value, strict=False)
    except ValueError:
        raise Refusal(
            "InvalidAddressPrefixFormat",
            f"Address prefix {value} is not formatted correctly. It should follow CIDR notation, "
            "for example 10.0.0.0/24.",
            prop=prop,
        ) from None
    if str(block.network_address) != value.split("/", maxsplit=1)[0]:
        raise Refusal(
            "InvalidCIDRNotation",
            f"The address prefix {value} in resource has an invalid CIDR notation. For the given "
            f"prefix length, the address prefix should be {block}.",
            prop=prop,
        )
    return block


def overlap(left: Network, right: Network) -> bool:
    """Whether two blocks share an address; blocks of different IP versions never do."""
    return left.version == right.version and left.overlaps(right)


def within(inner: Network, outer: Iterable[Network]) -> bool:
    """Whether one of the outer blocks holds the inner one wholly."""
    return any(inner.version == block.version and inner.subnet_of(block) for block in outer)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # the versions are compared first


def subnet_blocks(subnet: Mapping[str, Any]) -> list[Network]:
    """The address blocks of a subnet's inputs, whichever of the two properties names them."""
    several = texts(*items(subnet.get("addressPrefixes")))
    return [
        network(value, prop="addressPrefix")
        for value in (*texts(subnet.get("addressPrefix")), *several)
    ]


def vnet_blocks(vnet: Mapping[str, Any]) -> list[Network]:
    """The address blocks of a virtual network's inputs."""
    prefixes = at(vnet, "addressSpace.addressPrefixes")
    return [
        network(value, prop="addressSpace.addressPrefixes") for value in texts(*items(prefixes))
    ]
