"""The jobs on tables, on real Spark, Delta Lake and SQLite."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.chaos.harness import Job, Kill, ended

from company_ml.adapters.clock import SystemClock
from company_ml.adapters.delta_features import DeltaFeatureStore
from company_ml.adapters.delta_tables import SparkDeltaTables
from company_ml.adapters.fakes import FakeAudit
from company_ml.adapters.sqlite_online import SqliteOnlineStore
from company_ml.features.core import FeatureTable
from company_ml.recovery import tables
from company_ml.recovery.tables import World

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.chaos.harness import Killer

    from conftest import Lake

    Make = Callable[[Lake, str], Callable[[Killer, Path], Job]]

pytestmark = [pytest.mark.spark, pytest.mark.timeout(900)]


def _table(lake: Lake, name: str) -> str:
    """A table with two versions: [1, 2] and [9]."""
    for rows in ([1, 2], [9]):
        frame = lake.spark.createDataFrame([(x,) for x in rows], "x INT").coalesce(1)
        frame.write.format("delta").mode("overwrite").saveAsTable(lake.table(name))
    return lake.table(name)


def _operations(lake: Lake, table: str) -> list[str]:
    return [each.operation for each in SparkDeltaTables(lake.spark).history(table)]


def recovering_a_table(lake: Lake, name: str) -> Callable[[Killer, Path], Job]:
    """``recover-table``."""

    def make(killer: Killer, _: Path) -> Job:
        table, delta, audit = _table(lake, name), SparkDeltaTables(lake.spark), FakeAudit()
        killer.watch(delta, "restore")
        killer.watch(audit, "append")
        world = World(tables=delta, audit=audit, clock=SystemClock(), actor="ada")

        def state() -> object:
            told = [(each.action, each.version, each.outcome) for each in audit.kept]
            return delta.fingerprint(table), _operations(lake, table), told

        return Job(run=lambda: tables.restore(table, 0, "r-1", world), state=state)

    return make


def writing_features(lake: Lake, name: str) -> Callable[[Killer, Path], Job]:
    """``features write``, and ``features publish`` after it."""

    def make(killer: Killer, folder: Path) -> Job:
        store = DeltaFeatureStore(lake.spark)
        online = SqliteOnlineStore(folder / f"{name}.db", store)
        batch = lake.spark.createDataFrame([(1, 1, 10), (2, 5, 20), (2, 4, 21)],
                                           "user_id INT, version INT, amount INT")  # fmt: skip
        batch.createOrReplaceTempView("batch")
        table = FeatureTable(
            name=lake.table(name), primary_keys=("user_id",), version_column="version"
        )
        killer.watch(store, "create", "merge", "latest")
        killer.watch(online, "publish")

        def once() -> None:
            store.create(table, "batch")
            store.merge(table, "batch")
            online.publish(table, "online")

        def state() -> object:
            rows = sorted(map(tuple, lake.spark.table(table.name).collect()))
            return rows, [online.row("online", key) for key in (1, 2, 3)]

        return Job(run=once, state=state)

    return make


@pytest.mark.parametrize("job", [recovering_a_table, writing_features])
def test_a_job_whose_runs_die_at_each_boundary_in_turn_ends_as_if_it_had_lived(
    lake: Lake, job: Make
) -> None:
    # A run on a table takes seconds, so one world's runs die in turn.
    alone = ended(job(lake, "alone"), lake.folder)
    (calls,) = alone.calls
    assert calls > 1
    kills = [Kill(number, after=True) for number in range(1, calls + 1)]
    found = ended(job(lake, "killed"), lake.folder, kills)
    assert found.died >= calls - 1, "once the work is done there may be less to die at"
    assert found.state == alone.state
