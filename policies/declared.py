"""A resource of a stack in a file, and how the two kinds of rules see it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from policies.model import UNKNOWN, Resource, plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Unanswered(dict[str, Any]):
    """Outputs of a resource before the update: what its inputs do not say is not known."""

    def get(self, key: str, default: Any = None) -> Any:
        """The value, UNKNOWN where there is none."""
        del default
        return self[key]

    def __missing__(self, key: str) -> Any:
        return UNKNOWN


@dataclass(frozen=True)
class Declared:
    """One resource of a stack.

    Attributes:
        resource: As a resource rule sees it.
        outputs: What the cloud answered, as a stack rule sees it.
        dependencies: URNs per property that the value was computed from.
        waits_for: URNs of what the engine makes before it.
        external: The stack only reads it: resource rules pass it over, as they do in an update.
        place: Where the program declares it, as file and line; empty where the engine does not say.
        id: What the cloud knows it by; ``None`` before it is made.
    """

    resource: Resource
    outputs: Any
    dependencies: Mapping[str, Sequence[str]]
    waits_for: Sequence[str] = ()
    external: bool = False
    place: tuple[str, int] = ("", 0)
    id: str | None = None

    def in_stack(self) -> Resource:
        """The resource as a stack rule sees it, its outputs in place of inputs that it lacks."""
        secrets = set(self.resource.secrets)
        outputs = cast("dict[str, Any]", plain(self.outputs, secrets))
        seen = self.resource
        return Resource(
            urn=seen.urn,
            type=seen.type,
            name=seen.name,
            props=outputs if self.external else seen.props,
            options=seen.options,
            provider=seen.provider,
            dependencies=self.dependencies,
            outputs=Unanswered(seen.props) if self.outputs is None else outputs,
            secrets=frozenset(secrets),
        )

    def with_id(self) -> Resource:
        """The same with its id among the outputs, where the engine shows rules none."""
        seen = self.in_stack()
        known = {"id": self.id, **seen.outputs} if self.id else seen.outputs
        return replace(seen, outputs=Unanswered(known) if self.outputs is None else known)
