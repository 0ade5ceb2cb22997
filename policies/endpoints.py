"""What a stack's private endpoints lead to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

from policies import tokens
from policies.findings import elements
from policies.model import UNKNOWN, dig
from policies.references import Mentions
from policies.verdicts import both

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.model import Resource, Stack
    from policies.verdicts import Verdict

# An endpoint that is approved by hand is one all the same.
_CONNECTIONS: Final = ("privateLinkServiceConnections", "manualPrivateLinkServiceConnections")


@dataclass(frozen=True)
class _Connection:
    """One way that an endpoint leads.

    Attributes:
        endpoint: The endpoint.
        groups: The sub-resources that it leads to, in lower case.
        complete: Whether these are known to be all.
        certain: Whether it is known that there is such a connection at all.
    """

    endpoint: Resource
    groups: frozenset[str]
    complete: bool = True
    certain: bool = True

    def offers(self, group: str) -> Verdict:
        """Whether it leads to a sub-resource; where none is named, to any."""
        listed = not group or group.casefold() in self.groups or (False if self.complete else None)
        return both(listed, True if self.certain else None)


def reached(stack: Stack, target: Resource, group: str = "") -> Verdict:
    """Whether any endpoint of the stack leads to a resource.

    Args:
        stack: The stack.
        target: The resource.
        group: Through which of its sub-resources, where that matters.
    """
    return stack.once(_connections).verdict(target, lambda item: item.offers(group))


def through(stack: Stack, target: Resource, group: str) -> list[Resource]:
    """The endpoints that are known to lead to a resource through a sub-resource."""
    surely, _ = stack.once(_connections).of(target)
    return list({i.endpoint.urn: i.endpoint for i in surely if i.offers(group)}.values())


def _connections(stack: Stack) -> Mentions[_Connection]:
    return Mentions(
        mention for item in stack.all(tokens.PRIVATE_ENDPOINT) for mention in _mentions(item)
    )


def _mentions(endpoint: Resource) -> Iterator[tuple[Any, Resource, str, _Connection]]:
    for prop in _CONNECTIONS:
        connections = endpoint.get(prop)
        if connections is UNKNOWN:
            found = _Connection(endpoint, frozenset(), complete=False, certain=False)
            yield UNKNOWN, endpoint, prop, found
        for item in elements(connections):
            service = UNKNOWN if item is UNKNOWN else dig(item, "privateLinkServiceId")
            groups = UNKNOWN if item is UNKNOWN else dig(item, "groupIds")
            yield service, endpoint, prop, _connection(endpoint, groups)


def _connection(endpoint: Resource, groups: Any) -> _Connection:
    listed = cast("list[Any]", groups) if isinstance(groups, list) else [groups]
    return _Connection(
        endpoint,
        frozenset(item.casefold() for item in listed if isinstance(item, str)),
        complete=UNKNOWN not in listed,
    )
