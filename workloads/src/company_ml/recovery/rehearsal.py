"""Recovers a copy of a table, as if the original had been lost, and measures it.

The original is read and never written: everything happens to a clone, and the adapter refuses to
damage or drop a table that is not one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from company_ml.audit import AuditRecord, Outcome
from company_ml.ports import NotFoundError
from company_ml.recovery import core, tables
from company_ml.recovery.core import Objectives, Rehearsed

if TYPE_CHECKING:
    from datetime import datetime

    from company_ml.recovery.tables import World


def rehearse(
    table: str,
    copy: str,
    world: World,
    *,
    correlation: str,
    objectives: Objectives,
    lost_at: datetime | None = None,
) -> Rehearsed:
    """Clone a table, lose the clone's rows, restore them, compare, and drop the clone.

    Args:
        table: The table.
        copy: Name of the clone; it must not exist, unless a rehearsal that died left it.
        world: The ports.
        correlation: Groups the audit records.
        objectives: What is allowed; the audit record says whether it was kept.
        lost_at: When the accident would have been; now by default. The last version before it is
            what could be recovered.

    Raises:
        NotRetainedError: That version is not there any more.
        NotFoundError: There is no such table.
        PermissionError: The copy's name is that of a table of somebody's.
    """
    accident = lost_at or world.clock.now()
    point = tables.find(table, accident, world.tables)
    expected = world.tables.fingerprint(table, point.version)
    _discard_left(copy, world)
    world.tables.clone(table, point.version, copy)
    try:
        good = max(each.version for each in world.tables.history(copy))
        world.tables.damage(copy)
        started = world.clock.now()
        tables.restore(copy, good, correlation, world)
        recovered = world.tables.fingerprint(copy)
        took = world.clock.now() - started
    finally:
        world.tables.drop(copy)
    measured = Rehearsed(
        subject=table,
        recovered=f"version {point.version} of {point.time.isoformat()}",
        rto=took,
        rpo=accident - point.time,
        rows=recovered.rows,
        identical=recovered == expected,
    )
    missed = core.shortfalls(measured, objectives)
    world.audit.append(
        AuditRecord(
            actor=world.actor,
            action="recovery.rehearsal",
            object=table,
            version=str(point.version),
            outcome=Outcome.FAILED if missed else Outcome.DONE,
            time=world.clock.now(),
            correlation=correlation,
            details={
                "rto": str(measured.rto),
                "rpo": str(measured.rpo),
                "rows": str(measured.rows),
                "missed": "; ".join(missed),
            },
        )
    )
    return measured


def _discard_left(copy: str, world: World) -> None:
    try:
        world.tables.history(copy)
    except NotFoundError:
        return
    world.tables.drop(copy)
