"""What a stack's private endpoints lead to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from policies import tokens
from policies.findings import elements, words
from policies.model import UNKNOWN, dig
from policies.references import both, has_id, some

if TYPE_CHECKING:
    from policies.model import Resource, Stack
    from policies.references import Verdict

# An endpoint that is approved by hand is one all the same.
_CONNECTIONS: Final = ("privateLinkServiceConnections", "manualPrivateLinkServiceConnections")


def leads_to(endpoint: Resource, target: Resource, group: str = "") -> Verdict:
    """Whether an endpoint leads to a resource, through this sub-resource where one is named."""
    verdicts: list[Verdict] = []
    for prop in _CONNECTIONS:
        connections = endpoint.get(prop)
        if connections is UNKNOWN:
            verdicts.append(both(has_id(UNKNOWN, endpoint, prop, target), None))
        for item in elements(connections):
            service = UNKNOWN if item is UNKNOWN else dig(item, "privateLinkServiceId")
            groups = UNKNOWN if item is UNKNOWN else dig(item, "groupIds")
            verdicts.append(both(has_id(service, endpoint, prop, target), _names(groups, group)))
    return some(verdicts)


def reached(stack: Stack, target: Resource, group: str = "") -> Verdict:
    """Whether any endpoint of the stack leads to a resource; see :func:`leads_to`."""
    return some(leads_to(item, target, group) for item in stack.all(tokens.PRIVATE_ENDPOINT))


def through(stack: Stack, target: Resource, group: str) -> list[Resource]:
    """The endpoints that are known to lead to a resource through a sub-resource."""
    return [item for item in stack.all(tokens.PRIVATE_ENDPOINT) if leads_to(item, target, group)]


def _names(groups: Any, group: str) -> Verdict:
    if not group:
        return True
    if groups is UNKNOWN:
        return None
    listed = groups if isinstance(groups, list) else [groups]  # pyright: ignore[reportUnknownVariableType] - JSON
    return some(None if item is UNKNOWN else words(group)(item) for item in listed)  # pyright: ignore[reportUnknownVariableType] - JSON
