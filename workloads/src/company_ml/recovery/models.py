"""Brings an archived model version back: a copy, its alias, and, by a release, its endpoint."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from company_ml import aliases
from company_ml.aliases import CHAMPION, ROLLED_BACK
from company_ml.audit import AuditRecord, Outcome
from company_ml.recovery import core
from company_ml.recovery.core import (
    ARCHIVED_FROM,
    ARCHIVED_SHA256,
    RESTORED_FROM,
    NotRetainedError,
    RefusedError,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from company_ml.ports import AuditLog, Clock, ModelRegistry, ModelVersion
    from company_ml.recovery.ports import ModelFiles


class Named(Protocol):
    """A version that is there, or was."""

    @property
    def name(self) -> str:
        """Three-part name of its model."""
        ...

    @property
    def version(self) -> str:
        """Its number."""
        ...


@dataclass(frozen=True, kw_only=True)
class World:
    """The ports."""

    registry: ModelRegistry
    files: ModelFiles
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
    a kill it goes on where it was, and never makes a second copy. The copy is what was archived:
    its files, its run, its tags, and one more that says where it came from.

    Args:
        archived: The version in the archive.
        target: Name of the model to restore to.
        correlation: Groups the audit records.
        world: The ports.
        release: Brings the version to its endpoint and returns when it has all traffic, or raises;
            None for a model without an endpoint.
        alias: The alias it gets.

    Raises:
        NotRetainedError: The archived version's files are gone, or no longer what was archived.
        RefusedError: It was archived from another model, or was rolled back and can be no champion
            again.
    """
    _belongs(archived, target, correlation, world)
    _stay_rolled_back(archived, alias, correlation, world)
    _intact(archived, correlation, world)
    found = core.copies(archived.uri, RESTORED_FROM, world.registry.versions(target))
    for useless in found.unfinished:
        world.registry.delete_version(target, useless.version)
        told(world, correlation, useless, "discard", "its copy was interrupted")
    restored = found.made
    if restored is None:
        restored = world.registry.copy(archived, target, {})
    if not found.complete:
        wanted = core.lineage(archived)
        restored = retagged(restored, wanted, world.registry)
        for key in sorted(set(restored.tags) - set(core.lineage(restored))):
            world.registry.delete_tag(target, restored.version, key)
        world.registry.set_tag(target, restored.version, RESTORED_FROM, archived.uri)
    told(world, correlation, restored, "copy", f"from {archived.uri}")
    world.files.load(restored.uri)
    restored = world.registry.version(target, restored.version)
    _stay_rolled_back(restored, alias, correlation, world)
    if release is not None:
        release(restored)
        told(world, correlation, restored, "release", "has all traffic")
    if alias == CHAMPION:
        aliases.crown(world.registry, target, restored.version)
    else:
        world.registry.set_alias(target, alias, restored.version)
    told(world, correlation, restored, "alias", alias)
    return world.registry.version(target, restored.version)


def retagged(copy: ModelVersion, wanted: dict[str, str], registry: ModelRegistry) -> ModelVersion:
    """The copy with these tags: a run may have died before it had set all of them."""
    for key, value in wanted.items():
        if copy.tags.get(key) != value:
            registry.set_tag(copy.name, copy.version, key, value)
    return registry.version(copy.name, copy.version)


def _belongs(archived: ModelVersion, target: str, correlation: str, world: World) -> None:
    """No way into production past its gates: what comes back is what was there."""
    origin = archived.tags.get(ARCHIVED_FROM, "")
    if origin.rpartition("/")[0] == f"models:/{target}":
        return
    reason = f"{archived.uri} was archived from {origin or 'nowhere'} and does not go to {target}"
    told(world, correlation, archived, "copy", reason, Outcome.REFUSED)
    raise RefusedError(f"{reason}: restore it to where it was, and promote it from there")


def _stay_rolled_back(version: ModelVersion, alias: str, correlation: str, world: World) -> None:
    if alias != CHAMPION or ROLLED_BACK not in version.tags:
        return
    reason = f"{version.uri} was rolled back ({version.tags[ROLLED_BACK]})"
    told(world, correlation, version, "alias", reason, Outcome.REFUSED)
    raise RefusedError(f"{reason} and is not made champion again; restore another version")


def _intact(archived: ModelVersion, correlation: str, world: World) -> None:
    try:
        world.files.load(archived.uri)
        altered = ARCHIVED_SHA256 in archived.tags and (
            core.digest(world.files.digests(archived.uri)) != archived.tags[ARCHIVED_SHA256]
        )
    except Exception as error:
        reason = f"{archived.uri} cannot be loaded any more: {error}"
        told(world, correlation, archived, "load", reason, Outcome.REFUSED)
        raise NotRetainedError(
            f"{reason}. Its run may still have the model: register it again from there."
        ) from error
    if altered:
        reason = f"the files of {archived.uri} are not those that were archived"
        told(world, correlation, archived, "load", reason, Outcome.REFUSED)
        raise NotRetainedError(f"{reason}: its tag {ARCHIVED_SHA256} says otherwise")


def told(  # noqa: PLR0917 - every argument is a word of the record
    world: World,
    correlation: str,
    version: Named,
    step: str,
    detail: str,
    outcome: Outcome = Outcome.DONE,
) -> None:
    """Add an audit record; the same one is kept once, so every run may say it again."""
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
