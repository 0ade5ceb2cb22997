"""The jobs that recover tables, on tables in memory; ``test_on_spark`` has real ones."""

# ruff: noqa: ARG001 - every world is built from the same two things, needed or not

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from tests.chaos.harness import Job

from company_ml.adapters.fakes import START, FakeAudit, FakeClock
from company_ml.ports import NotFoundError
from company_ml.recovery import tables
from company_ml.recovery.core import Commit, Objectives
from company_ml.recovery.ports import Fingerprint
from company_ml.recovery.rehearsal import rehearse
from company_ml.recovery.tables import World

if TYPE_CHECKING:
    from pathlib import Path

    from tests.chaos.harness import Killer

TABLE, COPY = "c.s.t", "c.s.t_rehearsal"
HOUR = timedelta(hours=1)


@dataclass
class FakeTables:
    """Each table as the content of its versions; clones are known, as by their property."""

    content: dict[str, list[str]] = field(default_factory=lambda: {TABLE: ["good", "bad"]})
    clones: set[str] = field(default_factory=set[str])

    def history(self, table: str) -> list[Commit]:
        if table not in self.content:
            raise NotFoundError(f"there is no table {table}")
        return [
            Commit(version=number, time=START - HOUR, operation="WRITE")
            for number, _ in enumerate(self.content[table])
        ]

    def open_files(self, table: str, version: int) -> int:
        return len(self.content[table][version])

    def fingerprint(self, table: str, version: int | None = None) -> Fingerprint:
        digest = self.content[table][-1 if version is None else version]
        return Fingerprint(rows=len(digest), digest=digest)

    def restore(self, table: str, version: int) -> None:
        self.content[table].append(self.content[table][version])

    def clone(self, table: str, version: int, copy: str) -> None:
        assert copy not in self.content, f"table {copy} exists"
        self.content[copy] = [self.content[table][version]]
        self.clones.add(copy)

    def damage(self, copy: str) -> None:
        assert copy in self.clones
        self.content[copy].append("")

    def drop(self, copy: str) -> None:
        assert copy in self.clones
        self.clones.remove(copy)
        del self.content[copy]


def _world(killer: Killer) -> tuple[World, FakeTables, FakeAudit]:
    delta, audit = FakeTables(), FakeAudit()
    killer.watch(delta, "restore", "clone", "damage", "drop")
    killer.watch(audit, "append")
    return World(tables=delta, audit=audit, clock=FakeClock(), actor="ada"), delta, audit


def recovering(killer: Killer, folder: Path) -> Job:
    """A table goes back."""
    world, delta, audit = _world(killer)
    return Job(
        run=lambda: tables.restore(TABLE, 0, "r-1", world),
        state=lambda: (delta.content, [(each.action, each.details) for each in audit.kept]),
    )


def rehearsing(killer: Killer, folder: Path) -> Job:
    """A copy of it does, and nothing of the copy is left."""
    world, delta, audit = _world(killer)
    allowed = Objectives(rto=HOUR, rpo=2 * HOUR)
    return Job(
        run=lambda: rehearse(TABLE, COPY, world, correlation="d-1", objectives=allowed),
        state=lambda: (
            delta.content, delta.clones, [(each.action, each.details) for each in audit.kept],
        ),
    )  # fmt: skip


JOBS = {"recover-table": recovering, "rehearse": rehearsing}
