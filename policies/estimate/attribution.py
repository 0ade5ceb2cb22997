"""Whose a charge is: environment, component and owner."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from policies import tokens
from policies.estimate import cluster_policies
from policies.estimate.context import tag

if TYPE_CHECKING:
    from collections.abc import Mapping

    from policies.estimate.context import Context
    from policies.model import Resource

NO_OWNER: Final = "(no owner tag)"
NO_COMPONENT: Final = "(no component)"
_STACK: Final = "pulumi:pulumi:Stack"


def attribute(resource: Resource, context: Context) -> tuple[str, str, str]:
    """Environment (the tag, or the stack), component and owner of a resource."""
    stack = resource.urn.split("::")[0].rpartition(":")[2]
    owner = (
        cluster_policies.owner(resource, context)
        if resource.type == tokens.CLUSTER_POLICY
        else tag(resource, "owner")
    )
    environment = tag(resource, "env") or stack
    return environment, _component(resource, context.by_urn), owner or NO_OWNER


def _component(resource: Resource, by_urn: Mapping[str, Resource]) -> str:
    """The outermost component that the resource is part of."""
    parent = resource.options.parent
    component = NO_COMPONENT
    while parent:
        above = by_urn.get(parent)
        token = above.type if above else parent.split("::")[-2].rpartition("$")[2]
        if token == _STACK:
            break
        component = parent.rpartition("::")[2]
        parent = above.options.parent if above else ""
    return component
