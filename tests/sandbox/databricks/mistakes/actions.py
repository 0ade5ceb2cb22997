"""The forms that a mistake takes: instead of a resource, beside it, to it, or against it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.sandbox.databricks.estate import BY_NAME
from tests.sandbox.databricks.world import REMOVED

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.sandbox.databricks.world import World

__all__ = ["REMOVED", "Mistake", "against", "another", "instead", "outsider", "updating"]


@dataclass(frozen=True)
class Mistake:
    """One request that a rule refuses.

    Attributes:
        step: The step of the estate that it is about.
        changes: Dotted input paths with their wrong values; a callable gets the world.
        before: What happened behind everybody's back.
        provider: The provider's configuration, where it is not the step's own.
    """

    how: str
    step: str
    changes: Mapping[str, Any] | Callable[[World], Mapping[str, Any]] = field(
        default_factory=dict[str, Any]
    )
    before: Callable[[World], None] | None = None
    provider: Mapping[str, Any] | None = None

    def make(self, world: World) -> None:
        """Send the request."""
        if self.before:
            self.before(world)
        step = BY_NAME[self.step]
        if self.how == "against":
            world.delete(self.step, self.provider)
            return
        changes = self.changes(world) if callable(self.changes) else self.changes
        inputs = world.inputs(self.step, changes)
        if self.how == "update":
            world.update(self.step, inputs, self.provider)
            return
        if self.how == "instead" and self.step in world.made:
            world.drop(self.step)
        world.create(step, inputs, label=f"{self.step}-{self.how}", provider=self.provider)


def instead(
    step: str,
    changes: Mapping[str, Any] | Callable[[World], Mapping[str, Any]] | None = None,
    before: Callable[[World], None] | None = None,
    provider: Mapping[str, Any] | None = None,
) -> Mistake:
    """The step's resource, made wrongly."""
    return Mistake("instead", step, changes or {}, before, provider)


def another(
    step: str,
    changes: Mapping[str, Any] | Callable[[World], Mapping[str, Any]] | None = None,
    before: Callable[[World], None] | None = None,
    provider: Mapping[str, Any] | None = None,
) -> Mistake:
    """A second resource beside the step's."""
    return Mistake("another", step, changes or {}, before, provider)


def updating(
    step: str,
    changes: Mapping[str, Any] | None = None,
    before: Callable[[World], None] | None = None,
    provider: Mapping[str, Any] | None = None,
) -> Mistake:
    """A wrong update of the step's resource."""
    return Mistake("update", step, changes or {}, before, provider)


def against(
    step: str,
    before: Callable[[World], None] | None = None,
    provider: Mapping[str, Any] | None = None,
) -> Mistake:
    """A delete of the step's resource."""
    return Mistake("against", step, {}, before, provider)


def outsider(world: World) -> None:
    """The deploying identity is no member of the group that owns."""
    world.drop("deployer_owns")
