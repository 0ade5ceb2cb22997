"""Moves a model version to the archive: a proven copy with its lineage, then the original goes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from company_ml.audit import Outcome
from company_ml.ports import NotFoundError
from company_ml.recovery import core
from company_ml.recovery.core import (
    ARCHIVED_FROM,
    ARCHIVED_REASON,
    ARCHIVED_SHA256,
    NotRetainedError,
    RefusedError,
)
from company_ml.recovery.models import World, retagged, told
from company_ml.retention.core import protections

if TYPE_CHECKING:
    from collections.abc import Sequence

    from company_ml.ports import ModelVersion
    from company_ml.retention.run import ServedModels


@dataclass(frozen=True, kw_only=True)
class Order:
    """What is archived, where to, and why."""

    name: str
    version: str
    target: str
    """Name of the model in the archive."""
    reason: str
    correlation: str
    """Groups the audit records."""

    @property
    def uri(self) -> str:
        """The version's address, also when it is no longer there."""
        return f"models:/{self.name}/{self.version}"


@dataclass(frozen=True, kw_only=True)
class Guards:
    """What keeps a version where it is, beside its aliases."""

    endpoints: Sequence[ServedModels]
    """Those of each workspace that reads the registry. When one cannot be asked the run fails,
    since what it serves is then unknown."""
    hold_tag: str


def archive(order: Order, world: World, guards: Guards) -> ModelVersion:
    """Copy a version to the archive, prove the copy, and delete the original.

    Run again after a kill it goes on where it was, and never makes a second copy.

    Raises:
        RefusedError: The version is aliased, served, on hold or unfinished.
        NotRetainedError: Its files are gone, or the copy is another; the original stays.
        NotFoundError: There is no such version, neither there nor complete in the archive.
    """
    found = core.copies(order.uri, ARCHIVED_FROM, world.registry.versions(order.target))
    source = _source(order, world)
    if source is None:
        if found.made is None or not found.complete:
            raise NotFoundError(
                f"model {order.name} has no version {order.version}, and {order.target} no "
                "complete copy of it"
            )
        return _told(order, world, found.made)
    _free(order, source, world, guards)
    for useless in found.unfinished:
        world.registry.delete_version(order.target, useless.version)
        told(world, order.correlation, useless, "discard", "its copy was interrupted")
    copy = _copied(order, source, found.made, world)
    # An alias or an endpoint may have taken it while its files were compared.
    _free(order, world.registry.version(source.name, source.version), world, guards)
    _told_copy(order, world, copy)
    world.registry.delete_version(source.name, source.version)
    return _told(order, world, copy)


def _source(order: Order, world: World) -> ModelVersion | None:
    try:
        return world.registry.version(order.name, order.version)
    except NotFoundError:
        return None


def _free(order: Order, source: ModelVersion, world: World, guards: Guards) -> None:
    served = frozenset(pair for workspace in guards.endpoints for pair in workspace.served())
    reasons = [*protections(source, served=served, hold_tag=guards.hold_tag)]
    why = ", ".join([*reasons, *([] if source.ready else ["unfinished"])])
    if why:
        told(world, order.correlation, source, "archive", why, Outcome.REFUSED)
        raise RefusedError(f"{source.uri} is {why}: it stays where it is")


def _copied(
    order: Order, source: ModelVersion, made: ModelVersion | None, world: World
) -> ModelVersion:
    """The complete copy, its seal last."""
    copy = made or world.registry.copy(source, order.target, {})
    copy = retagged(copy, core.lineage(source) | {ARCHIVED_REASON: order.reason}, world.registry)
    kept = world.files.digests(copy.uri)
    if wrong := core.differing(world.files.digests(source.uri), kept):
        why = f"{copy.uri} is no copy of {source.uri}: {', '.join(wrong[:3])} differ"
        told(world, order.correlation, source, "archive", why, Outcome.FAILED)
        raise NotRetainedError(f"{why}; delete the copy and run this again")
    seal = {ARCHIVED_SHA256: core.digest(kept), ARCHIVED_FROM: order.uri}
    return retagged(copy, seal, world.registry)


def _told(order: Order, world: World, copy: ModelVersion) -> ModelVersion:
    """Record both steps: a run that finds them done may be the first that lives to tell."""
    _told_copy(order, world, copy)
    told(world, order.correlation, order, "archive", f"to {copy.uri}")
    return copy


def _told_copy(order: Order, world: World, copy: ModelVersion) -> None:
    detail = f"from {order.uri}: {copy.tags[ARCHIVED_REASON]}"
    told(world, order.correlation, copy, "archive.copy", detail)
