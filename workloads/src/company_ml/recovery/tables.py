"""Restores a table, after the proof that what is needed is still there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from company_ml.audit import AuditRecord, Outcome
from company_ml.recovery import core
from company_ml.recovery.core import Commit, NotRetainedError
from company_ml.recovery.ports import FilesGoneError

if TYPE_CHECKING:
    from datetime import datetime

    from company_ml.ports import AuditLog, Clock
    from company_ml.recovery.ports import DeltaTables


@dataclass(frozen=True, kw_only=True)
class World:
    """The ports."""

    tables: DeltaTables
    audit: AuditLog
    clock: Clock
    actor: str


def find(table: str, wanted: int | datetime, tables: DeltaTables) -> Commit:
    """The version wanted, by number or moment, after every file of it was opened.

    The log says what a version consists of, not whether that is still there: VACUUM removes files
    and leaves their versions in the history, and a read that needs none of the missing files works.
    So nothing but opening each file tells.

    Raises:
        NotRetainedError: The history or the files do not reach back so far.
        NotFoundError: There is no such table.
    """
    history = tables.history(table)
    if isinstance(wanted, int):
        commit = core.commit_of(history, wanted, table)
    else:
        commit = core.version_at(history, wanted, table)
    try:
        tables.open_files(table, commit.version)
    except FilesGoneError as error:
        raise core.not_retained(table, commit.version, str(error), history) from error
    return commit


def restore(table: str, wanted: int | datetime, correlation: str, world: World) -> Commit:
    """Make an earlier version of a table current, and prove that it is.

    The version it replaces stays in the history and can be restored in turn. Run again, it finds
    the content in place and adds no version.

    Raises:
        NotRetainedError: The version is not there any more; the table is as it was.
        NotFoundError: There is no such table.
    """
    try:
        commit = find(table, wanted, world.tables)
    except NotRetainedError as error:
        _told(world, table, str(wanted), Outcome.REFUSED, correlation, str(error))
        raise
    before = max(each.version for each in world.tables.history(table))
    expected = world.tables.fingerprint(table, commit.version)
    if world.tables.fingerprint(table) != expected:
        world.tables.restore(table, commit.version)
    if world.tables.fingerprint(table) != expected:
        _told(world, table, str(commit.version), Outcome.FAILED, correlation, "content differs")
        raise RuntimeError(
            f"{table} was restored to version {commit.version} and its content is another: someone "
            f"wrote to it at the same time. What it was before is version {before}."
        )
    said = f"restored to version {commit.version} of {commit.time.isoformat()}"
    _told(world, table, str(commit.version), Outcome.DONE, correlation, said)
    return commit


def _told(  # noqa: PLR0917 - private, and every argument is a word of the record
    world: World, table: str, version: str, outcome: Outcome, correlation: str, detail: str
) -> None:
    world.audit.append(
        AuditRecord(
            actor=world.actor,
            action="recovery.table",
            object=table,
            version=version,
            outcome=outcome,
            time=world.clock.now(),
            correlation=correlation,
            details={"detail": detail},
        )
    )
