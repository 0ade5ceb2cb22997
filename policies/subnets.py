"""The subnets of a stack, inline ones included, and which of them Databricks uses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from policies import tokens
from policies.findings import elements, words
from policies.model import UNKNOWN, dig

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.model import Resource, Stack

DELEGATION: Final = "Microsoft.Databricks/workspaces"
SUBNET_TYPES: Final = (tokens.WORKSPACE, tokens.SUBNET, tokens.VNET)


@dataclass(frozen=True)
class Subnet:
    """One subnet, whether a resource of its own or inline in a virtual network.

    Attributes:
        owner: The resource that declares it.
        names: What a workspace may call it: its name, and its URN where it has one.
        prop: The top-level property that everything of an inline subnet is in; else empty.
        props: Its properties.
    """

    owner: Resource
    names: frozenset[str]
    prop: str
    props: Any

    @property
    def urn(self) -> str:
        """Where to report."""
        return self.owner.urn

    @property
    def delegated(self) -> bool | None:
        """Whether it is delegated to Databricks; ``None`` while that is not known."""
        delegations = dig(self.props, "delegations")
        names = [dig(item, "serviceName") for item in elements(delegations)]
        if any(words(DELEGATION)(name) for name in names):
            return True
        return None if delegations is UNKNOWN or UNKNOWN in names else False


def subnets(stack: Stack) -> Iterator[Subnet]:
    """Every subnet of a stack."""
    for subnet in stack.all(tokens.SUBNET):
        names = {subnet.urn, _text(subnet.get("subnetName")), _text(subnet.outputs.get("name"))}
        yield Subnet(subnet, frozenset(names - {""}), "", dict(subnet.props))
    for network in stack.all(tokens.VNET):
        inline = network.get("subnets")
        for subnet in [UNKNOWN] if inline is UNKNOWN else elements(inline):
            names = {_text(dig(subnet, "name"))} - {""}
            yield Subnet(network, frozenset(names), "subnets", subnet)


def used_by(workspace: Resource) -> set[str]:
    """What a workspace takes for its subnets: names, and URNs of what these are computed from."""
    used = set(workspace.dependencies.get("parameters", ()))
    for key in ("customPublicSubnetName", "customPrivateSubnetName"):
        used.add(_text(workspace.get(f"parameters.{key}.value")))
    return used - {""}


def databricks_subnets(stack: Stack) -> Iterator[tuple[Subnet, bool | None]]:
    """Subnets that are delegated, or that a workspace names, with whether they are delegated."""
    used = {name for workspace in stack.all(tokens.WORKSPACE) for name in used_by(workspace)}
    for subnet in subnets(stack):
        delegated = subnet.delegated
        if delegated is not False or subnet.names & used:
            yield subnet, delegated


def _text(name: Any) -> str:
    return name if isinstance(name, str) else ""
