"""Which version of a table, and what restoring an archived model still has to do. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta

    from company_ml.ports import ModelVersion

RESTORED_FROM = "restored_from"
"""Tag of a version that was copied back: the URI it came from."""


class NotRetainedError(RuntimeError):
    """What should be restored is no longer there; the message says why and what still is."""


@dataclass(frozen=True, kw_only=True)
class Commit:
    """One version of a table, as its history tells."""

    version: int
    time: datetime
    operation: str


def version_at(history: Sequence[Commit], moment: datetime, table: str) -> Commit:
    """The version that was current at a moment.

    Raises:
        NotRetainedError: The history does not reach back so far, or the moment is in the future of
            the table.
    """
    commits = sorted(history, key=lambda commit: commit.version)
    until = [commit for commit in commits if commit.time <= moment]
    if not until:
        raise NotRetainedError(
            f"{table} as of {moment.isoformat()}: its history begins with version "
            f"{commits[0].version} at {commits[0].time.isoformat()}. Earlier versions are older "
            "than delta.logRetentionDuration, or the table did not exist."
        )
    return until[-1]


def commit_of(history: Sequence[Commit], version: int, table: str) -> Commit:
    """The commit of a version.

    Raises:
        NotRetainedError: The history does not have it.
    """
    for commit in history:
        if commit.version == version:
            return commit
    known = sorted(commit.version for commit in history)
    raise NotRetainedError(
        f"{table} version {version}: its history has versions {known[0]} to {known[-1]}"
    )


def not_retained(
    table: str, version: int, detail: str, history: Sequence[Commit]
) -> NotRetainedError:
    """The error for a version whose files are gone, with the VACUUM that took them."""
    vacuums = [
        commit
        for commit in history
        if commit.operation == "VACUUM END" and commit.version > version
    ]
    cause = "something removed them outside of Delta"
    if vacuums:
        last = max(vacuums, key=lambda commit: commit.version)
        cause = f"VACUUM ran at {last.time.isoformat()} (version {last.version})"
    return NotRetainedError(
        f"{table} version {version} cannot be read any more: {detail}; {cause}. Choose a later "
        "version, restore from a deep clone, or make the data again. A larger "
        "delta.deletedFileRetentionDuration keeps more from now on."
    )


@dataclass(frozen=True, kw_only=True)
class ModelPlan:
    """What restoring a model version consists of; what is done already is not in it."""

    archived: ModelVersion
    target: str
    """Name of the model it is restored to."""
    existing: ModelVersion | None
    """The copy that an earlier run made."""
    unfinished: tuple[ModelVersion, ...]
    """Copies whose files never all arrived: they cannot be loaded, now or ever."""


def model_plan(archived: ModelVersion, target: str, versions: Sequence[ModelVersion]) -> ModelPlan:
    """Find the copy that an earlier run may have made, so that there is never a second one.

    A copy is known by the tag, or, when the run died before it set the tag, by its source.
    """
    copies = [
        version
        for version in versions
        if archived.uri in (version.tags.get(RESTORED_FROM), version.source)
    ]
    made = [version for version in copies if version.ready]
    return ModelPlan(
        archived=archived,
        target=target,
        existing=made[-1] if made else None,
        unfinished=tuple(version for version in copies if not version.ready),
    )


@dataclass(frozen=True, kw_only=True)
class Rehearsed:
    """What a rehearsal measured."""

    subject: str
    recovered: str
    """What was recovered to, in words."""
    rto: timedelta
    """Recovery time: from the decision to data that was read and compared."""
    rpo: timedelta
    """Recovery point: how much time of changes would be lost."""
    rows: int
    identical: bool
    """Whether what was recovered is what was there."""


@dataclass(frozen=True, kw_only=True)
class Objectives:
    """What a recovery has to keep."""

    rto: timedelta
    rpo: timedelta


def shortfalls(measured: Rehearsed, objectives: Objectives) -> list[str]:
    """Where a rehearsal misses its objectives, in words; empty when it meets them."""
    found: list[str] = []
    if not measured.identical:
        found.append(f"{measured.subject}: what was recovered differs from what was there")
    if measured.rto > objectives.rto:
        found.append(f"{measured.subject}: recovery took {measured.rto}, allowed {objectives.rto}")
    if measured.rpo > objectives.rpo:
        found.append(
            f"{measured.subject}: changes of {measured.rpo} would be lost, allowed {objectives.rpo}"
        )
    return found
