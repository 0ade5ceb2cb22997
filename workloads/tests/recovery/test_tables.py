"""Tables: real Delta history, real VACUUM, real clones."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlparse

import pytest

from company_ml.adapters.clock import SystemClock
from company_ml.adapters.delta_tables import SparkDeltaTables
from company_ml.adapters.fakes import FakeAudit
from company_ml.audit import Outcome
from company_ml.ports import NotFoundError
from company_ml.recovery import core, tables
from company_ml.recovery.core import Commit, NotRetainedError, Objectives
from company_ml.recovery.rehearsal import rehearse
from company_ml.recovery.tables import World

if TYPE_CHECKING:
    from conftest import Lake

pytestmark = pytest.mark.timeout(900)
HOUR = timedelta(hours=1)


@dataclass
class Place:
    """The table and what works on it."""

    lake: Lake
    table: str
    delta: SparkDeltaTables
    audit: FakeAudit

    @property
    def world(self) -> World:
        return World(tables=self.delta, audit=self.audit, clock=SystemClock(), actor="ada")

    def rows(self) -> list[int]:
        return sorted(row["x"] for row in self.lake.spark.table(self.table).collect())

    def vacuum(self) -> None:
        # In a test alone: with the check off, readers of older versions lose their files.
        check = "spark.databricks.delta.retentionDurationCheck.enabled"
        self.lake.spark.conf.set(check, "false")
        self.lake.spark.sql(f"VACUUM {self.table} RETAIN 0 HOURS")
        self.lake.spark.conf.unset(check)


@pytest.fixture
def place(lake: Lake) -> Place:
    """A table with three versions: [1, 2], [1, 2, 3], [9]."""
    lake.spark.conf.set("spark.databricks.delta.snapshotPartitions", "1")
    table = lake.table("customers")
    for rows, how in (([1, 2], "overwrite"), ([3], "append"), ([9], "overwrite")):
        frame = lake.spark.createDataFrame([(x,) for x in rows], "x INT").coalesce(1)
        frame.write.format("delta").mode(how).saveAsTable(table)
    return Place(lake, table, SparkDeltaTables(lake.spark), FakeAudit())


@pytest.mark.spark
def test_a_table_goes_back_by_version_and_by_moment_and_forth_again(place: Place) -> None:
    history = {commit.version: commit for commit in place.delta.history(place.table)}
    assert tables.restore(place.table, 1, "r-1", place.world).version == 1
    assert place.rows() == [1, 2, 3]
    assert max(c.version for c in place.delta.history(place.table)) == 3
    tables.restore(place.table, 1, "r-1", place.world)
    assert max(c.version for c in place.delta.history(place.table)) == 3, "there already"
    assert tables.restore(place.table, history[0].time, "r-2", place.world).version == 0
    assert place.rows() == [1, 2]
    assert tables.restore(place.table, 2, "r-3", place.world).version == 2
    assert place.rows() == [9]
    assert [(r.correlation, r.version, r.outcome) for r in place.audit.records()] == [
        ("r-1", "1", Outcome.DONE), ("r-2", "0", Outcome.DONE), ("r-3", "2", Outcome.DONE),
    ]  # fmt: skip

    with pytest.raises(NotRetainedError, match="its history begins with version 0"):
        tables.find(place.table, datetime(2020, 1, 1, tzinfo=UTC), place.delta)
    with pytest.raises(NotRetainedError, match="has versions 0 to 5"):
        tables.find(place.table, 77, place.delta)
    with pytest.raises(NotFoundError, match="there is no table"):
        tables.find(place.lake.table("nobody"), 0, place.delta)


@pytest.mark.spark
def test_a_vacuumed_version_is_refused_by_its_files_though_the_log_still_answers(
    place: Place,
) -> None:
    place.vacuum()
    old = place.lake.spark.read.option("versionAsOf", 1).table(place.table)
    assert old.count() == 3, "answered from the log: no proof of anything"
    with pytest.raises(NotRetainedError, match="VACUUM ran at") as refused:
        tables.restore(place.table, 1, "r-1", place.world)
    assert "deletedFileRetentionDuration" in str(refused.value)
    assert place.rows() == [9], "the table is as it was"
    (told,) = place.audit.records()
    assert told.outcome is Outcome.REFUSED
    assert tables.find(place.table, 2, place.delta).version == 2, "what is current has its files"


@pytest.mark.spark
def test_a_file_that_someone_removed_is_found(place: Place) -> None:
    old = place.lake.spark.read.option("versionAsOf", 0).table(place.table)
    Path(unquote(urlparse(old.inputFiles()[0]).path)).unlink()
    with pytest.raises(NotRetainedError, match="outside of Delta"):
        tables.find(place.table, 1, place.delta)


@pytest.mark.spark
def test_a_rehearsal_measures_on_a_copy_and_leaves_the_original_alone(place: Place) -> None:
    before = place.delta.history(place.table), place.delta.fingerprint(place.table)
    copy = place.lake.table("rehearsal")
    place.delta.clone(place.table, 0, copy)  # left by a rehearsal that died
    accident = datetime.now(UTC) + timedelta(seconds=1)
    measured = rehearse(
        place.table, copy, place.world, correlation="d-1", lost_at=accident,
        objectives=Objectives(rto=HOUR, rpo=HOUR),
    )  # fmt: skip
    assert measured.identical
    assert measured.rows == 1
    assert timedelta(0) < measured.rto < HOUR
    last = max(before[0], key=lambda commit: commit.version)
    assert measured.rpo == accident - last.time
    assert (place.delta.history(place.table), place.delta.fingerprint(place.table)) == before
    with pytest.raises(NotFoundError):
        place.delta.history(copy)
    assert [(r.action, r.object) for r in place.audit.records()] == [
        ("recovery.table", copy), ("recovery.rehearsal", place.table),
    ]  # fmt: skip
    with pytest.raises(PermissionError, match="no rehearsal's copy"):
        rehearse(
            place.table, place.table, place.world, correlation="d-1",
            objectives=Objectives(rto=HOUR, rpo=HOUR),
        )  # fmt: skip
    for harm in (place.delta.damage, place.delta.drop):
        with pytest.raises(PermissionError, match="no rehearsal's copy"):
            harm(place.table)
    assert place.rows() == [9]


def test_a_moment_belongs_to_the_last_version_before_it() -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    history = [Commit(version=n, time=start + n * HOUR, operation="WRITE") for n in (2, 0, 1)]
    assert core.version_at(history, start + 1.5 * HOUR, "t").version == 1
    assert core.version_at(history, start + HOUR, "t").version == 1
    assert core.version_at(history, start + 9 * HOUR, "t").version == 2


def test_objectives_that_are_missed_are_named() -> None:
    measured = core.Rehearsed(
        subject="t", recovered="version 1", rto=2 * HOUR, rpo=3 * HOUR, rows=1, identical=False
    )
    said = core.shortfalls(measured, Objectives(rto=HOUR, rpo=HOUR))
    assert [part.split(": ")[1].split(",")[0] for part in said] == [
        "what was recovered differs from what was there",
        "recovery took 2:00:00",
        "changes of 3:00:00 would be lost",
    ]
    good = replace(measured, rto=HOUR, rpo=HOUR, identical=True)
    assert core.shortfalls(good, Objectives(rto=HOUR, rpo=HOUR)) == []


def test_only_clones_that_exist_can_be_asked_for() -> None:
    with pytest.raises(ValueError, match="SHALLOW, DEEP"):
        SparkDeltaTables(None, clone="FLAT")  # type: ignore[arg-type] - refused before it is used
