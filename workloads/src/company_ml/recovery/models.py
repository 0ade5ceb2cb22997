"""Brings an archived model version back: a copy, its alias, and, by a release, its endpoint."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from company_ml import aliases
from company_ml.aliases import CHAMPION
from company_ml.audit import AuditRecord, Outcome
from company_ml.recovery import core
from company_ml.recovery.core import RESTORED_FROM, NotRetainedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from company_ml.ports import AuditLog, Clock, ModelRegistry, ModelVersion


@dataclass(frozen=True, kw_only=True)
class World:
    """The ports."""

    registry: ModelRegistry
    loads: Callable[[str], None]
    """Loads a model by its URI, or raises: the registry may know a version whose files are gone."""
    audit: AuditLog
    clock: Clock
    actor: str


def restore(
    archived: ModelVersion,
    target: str,
    correlation: str,
    world: World,
    *,
    release: Callable[[ModelVersion], None] | None = None,
    alias: str = CHAMPION,
) -> ModelVersion:
    """Copy an archived version back, prove that it loads, release it, and move the alias.

    The alias moves last: whoever reads it never finds a version that is not served. Run again after
    a kill it goes on where it was, and never makes a second copy.

    Args:
        archived: The version in the archive.
        target: Name of the model to restore to.
        correlation: Groups the audit records.
        world: The ports.
        release: Brings the version to its endpoint and returns when it has all traffic, or raises;
            None for a model without an endpoint.
        alias: The alias it gets.

    Raises:
        NotRetainedError: The archived version's files are gone.
    """
    try:
        world.loads(archived.uri)
    except Exception as error:
        reason = f"{archived.uri} cannot be loaded any more: {error}"
        _told(world, correlation, archived, "load", reason, Outcome.REFUSED)
        raise NotRetainedError(
            f"{reason}. Its run may still have the model: register it again from there."
        ) from error
    plan = core.model_plan(archived, target, world.registry.versions(target))
    for useless in plan.unfinished:
        world.registry.delete_version(target, useless.version)
    restored = plan.existing
    if restored is None:
        restored = world.registry.copy(archived, target, {RESTORED_FROM: archived.uri})
    elif restored.tags.get(RESTORED_FROM) != archived.uri:
        world.registry.set_tag(target, restored.version, RESTORED_FROM, archived.uri)
    _told(world, correlation, restored, "copy", f"from {archived.uri}")
    world.loads(restored.uri)
    if release is not None:
        release(restored)
        _told(world, correlation, restored, "release", "has all traffic")
    if alias == CHAMPION:
        aliases.crown(world.registry, target, restored.version)
    else:
        world.registry.set_alias(target, alias, restored.version)
    _told(world, correlation, restored, "alias", alias)
    return world.registry.version(target, restored.version)


def _told(  # noqa: PLR0917 - private, and every argument is a word of the record
    world: World,
    correlation: str,
    version: ModelVersion,
    step: str,
    detail: str,
    outcome: Outcome = Outcome.DONE,
) -> None:
    world.audit.append(
        AuditRecord(
            actor=world.actor,
            action=f"recovery.model.{step}",
            object=version.name,
            version=version.version,
            outcome=outcome,
            time=world.clock.now(),
            correlation=correlation,
            details={"detail": detail},
        )
    )
