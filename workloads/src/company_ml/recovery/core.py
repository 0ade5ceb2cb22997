"""Which version of a table, and what archiving or restoring a model still has to do. Pure."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime, timedelta

    from company_ml.ports import ModelVersion

RESTORED_FROM = "restored_from"
"""Tag of a version that was copied back: the URI it came from. Set last: all is in place then."""
_ARCHIVING = "archived_"
ARCHIVED_FROM = f"{_ARCHIVING}from"
"""Tag of an archived version: the URI it had. Set last: all is in place then."""
ARCHIVED_SHA256 = f"{_ARCHIVING}sha256"
"""Tag of an archived version: of all its files, see ``digest``."""
ARCHIVED_REASON = f"{_ARCHIVING}reason"


class NotRetainedError(RuntimeError):
    """What should be restored is no longer there; the message says why and what still is."""


class RefusedError(RuntimeError):
    """What was asked for must not be done; the message says why."""


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
class Copies:
    """What earlier runs left of the copy of a version."""

    made: ModelVersion | None
    complete: bool
    """Whether the copy has everything, or its tags have to be gone through again."""
    unfinished: tuple[ModelVersion, ...]
    """Copies whose files never all arrived: they cannot be loaded, now or ever."""


def copies(uri: str, tag: str, versions: Sequence[ModelVersion]) -> Copies:
    """Find the copy that an earlier run may have made, so that there is never a second one.

    A copy is known by the tag, or, when the run died before it set the tag, by its source.
    """
    found = [version for version in versions if uri in (version.tags.get(tag), version.source)]
    # An original that is gone has one copy alone; of several the complete one counts.
    made = sorted(
        (version for version in found if version.ready),
        key=lambda version: (version.tags.get(tag) == uri, int(version.version)),
    )
    return Copies(
        made=made[-1] if made else None,
        complete=bool(made) and made[-1].tags.get(tag) == uri,
        unfinished=tuple(version for version in found if not version.ready),
    )


def lineage(version: ModelVersion) -> dict[str, str]:
    """The version's tags without those about its archiving."""
    return {key: value for key, value in version.tags.items() if not key.startswith(_ARCHIVING)}


def digest(files: Mapping[str, str]) -> str:
    """SHA-256 of a model's files, each given by path and its own SHA-256."""
    return hashlib.sha256(json.dumps(sorted(files.items())).encode()).hexdigest()


def differing(original: Mapping[str, str], copy: Mapping[str, str]) -> list[str]:
    """Files of the original that its copy lacks or has otherwise.

    A copy may have more: Unity Catalog adds weights that the original only pointed to.
    """
    return sorted(path for path, content in original.items() if copy.get(path) != content)


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
