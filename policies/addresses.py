"""Addresses and ports as network security rules spell them: prefixes, service tags, ranges."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any, Final, cast

from policies.findings import Deferred, Violation, elements, words
from policies.model import UNKNOWN, dig

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from policies.findings import Findings
    from policies.model import Resource

# Wider than any network an organisation owns: halves of the Internet are the usual way around a
# rule that looks for 0.0.0.0/0. The same goes for many narrower prefixes in one list.
_WIDEST: Final = {4: 8, 6: 16}
_MOST: Final = {4: 2**28, 6: 2**116}
_LOCAL: Final = ipaddress.IPv6Network("fc00::/7")
_LAST_PORT: Final = 65_535


def several(rule: Any, name: str) -> list[Any]:
    """What a security rule has under a property's singular and plural name together.

    UNKNOWN stands for the whole of a list that is not known.
    """
    singular = dig(rule, name)
    plural = dig(rule, f"{name}es" if name.endswith("x") else f"{name}s")
    values = cast("list[Any]", plural) if isinstance(plural, list) else [plural]
    return [value for value in (singular, *values) if value is not None]


def internet_in(prefixes: Sequence[Any]) -> str | None:
    """What among prefixes and service tags means the public Internet; ``None`` where nothing."""
    for prefix in prefixes:
        if isinstance(prefix, str) and _is_internet(prefix):
            return prefix
    for version, most in _MOST.items():
        networks = [net for net in map(_public, prefixes) if net and net.version == version]
        if _size(networks) > most:
            return f"{networks[0]} and {len(networks) - 1} more"
    return None


def let_in(resource: Resource, path: str, key: str) -> Findings:
    """Judge a firewall's own list of addresses: it must not be the Internet, in one or in parts."""
    rules = resource.get(path)
    listed = [dig(item, key) for item in elements(rules)]
    public = internet_in(listed)
    if rules is UNKNOWN or (public is None and UNKNOWN in listed):
        yield Deferred(path)
    elif public is not None:
        yield Violation(f"{path} lets in '{public}'; name the organisation's own addresses")


def _size(networks: Sequence[ipaddress.IPv4Network | ipaddress.IPv6Network]) -> int:
    merged = cast(
        "Iterable[ipaddress.IPv4Network]",
        ipaddress.collapse_addresses(cast("Sequence[ipaddress.IPv4Network]", networks)),
    )
    return sum(network.num_addresses for network in merged)


def _is_internet(prefix: str) -> bool:
    if words("*", "Any", "Internet", "0.0.0.0", "::", "/0")(prefix.strip()):  # noqa: S104 - what a rule says, nothing binds to it
        return True
    network = _public(prefix)
    return network is not None and network.prefixlen < _WIDEST[network.version]


def _public(prefix: Any) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    """The network that a prefix is; ``None`` for service tags and IPv6 addresses of one's own."""
    try:
        network = ipaddress.ip_network(str(prefix).strip(), strict=False)
    except ValueError:
        return None
    own = isinstance(network, ipaddress.IPv6Network) and network.subnet_of(_LOCAL)
    return None if own else network


def all_ports(ranges: Sequence[Any]) -> bool | None:
    """Whether port ranges together are all ports; ``None`` while that is not known.

    Args:
        ranges: Elements such as ``*``, ``443``, ``0-1023``, ``80, 443``.
    """
    spans = sorted(span for text in ranges if text is not UNKNOWN for span in _spans(str(text)))
    reached = -1
    for first, last in spans:
        # Azure lets rules start at port 0, and nothing listens there: 1-65535 is all as well.
        if first > max(reached, 0) + 1:
            break
        reached = max(reached, last)
    if reached >= _LAST_PORT:
        return True
    return None if UNKNOWN in ranges else False


def _spans(text: str) -> Iterable[tuple[int, int]]:
    for part in text.split(","):
        first, _, last = part.strip().partition("-")
        if first == "*":
            yield 0, _LAST_PORT
        elif first.strip().isdecimal() and (last or first).strip().isdecimal():
            yield int(first), int(last or first)


def capacity(prefixes: Iterable[str]) -> int:
    """How many IPv4 addresses the prefixes of a subnet have for resources.

    Azure keeps five of each for itself:
    https://learn.microsoft.com/azure/virtual-network/virtual-networks-faq

    Raises:
        ValueError: A prefix is none.
    """
    networks = [ipaddress.ip_network(prefix.strip(), strict=False) for prefix in prefixes]
    return sum(max(0, net.num_addresses - 5) for net in networks if net.version == 4)  # noqa: PLR2004 - IPv4
