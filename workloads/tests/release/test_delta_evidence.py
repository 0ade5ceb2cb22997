"""The release's SQL on Spark and Delta: evidence from documented tables, and the store's leases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from tests.release.world import START, FakeServing, release

from company_ml.adapters.release_store_delta import DeltaReleaseStore
from company_ml.adapters.spark_sql import SparkSql
from company_ml.lineage.documented import TABLES
from company_ml.release import core
from company_ml.release.core import Windows
from company_ml.release.evidence import METRIC_COLUMNS, SHADOW_COLUMNS, SqlEvidence, Tables
from company_ml.release.gates import ErrorGate, LatencyGate, MetricGate
from company_ml.release.ports import LeaseHeldError, Replayed, StaleStateError

if TYPE_CHECKING:
    from conftest import Lake

pytestmark = [pytest.mark.spark, pytest.mark.timeout(900)]


def fill(lake: Lake, marker: str, rows: list[dict[str, Any]]) -> str:
    columns = TABLES[marker].columns
    frame = lake.spark.createDataFrame(
        [tuple(row.get(name) for name in columns) for row in rows],
        ", ".join(f"{name} {kind}" for name, kind in columns.items()),
    ).coalesce(1)
    frame.write.format("delta").saveAsTable(lake.table(marker))
    return lake.table(marker)


def test_a_request_counts_once_from_log_and_usage_and_never_the_controllers_own(lake: Lake) -> None:
    early, time = START - timedelta(hours=1), START + timedelta(minutes=1)

    def answered(number: int, entity: str, when: datetime = time, **more: Any) -> dict[str, Any]:
        return {
            "databricks_request_id": f"r{number}", "client_request_id": f"c{number}",
            "request_time": when, "request_date": when.date(),
            "status_code": 200, "execution_duration_ms": 5,
            "request": "{}", "response": "{}", "served_entity_id": entity, **more,
        }  # fmt: skip

    logged = [
        answered(1, "new"), answered(2, "new", execution_duration_ms=900),
        answered(3, "old"), answered(4, "old", early),
        answered(5, "new", client_request_id="release-7-smoke-1"), answered(6, "other"),
    ]  # fmt: skip
    used = [{key: row.get(key) for key in TABLES["endpoint_usage"].columns} for row in logged]
    failed = [
        answered(7, "new", status_code=500), answered(8, "new", status_code=429),
        answered(9, "old", early, status_code=500),
        # Another workspace's endpoint of that name has its failures in the same system tables.
        answered(10, "theirs", status_code=500),
    ]  # fmt: skip
    used += [{key: row.get(key) for key in TABLES["endpoint_usage"].columns} for row in failed]
    entities = [
        {
            "served_entity_id": entity,
            "workspace_id": workspace,
            "endpoint_name": endpoint,
            "served_entity_name": name,
        }
        for entity, workspace, endpoint, name in (
            ("new", "7", "churn", "churn-2"),
            ("new", "7", "churn", "churn-2"),
            ("old", "7", "churn", "churn-1"),
            ("other", "7", "fraud", "churn-2"),
            ("theirs", "8", "churn", "churn-2"),
        )
    ]
    sql = SparkSql(lake.spark)
    for name, columns in (("metrics", METRIC_COLUMNS), ("shadow", SHADOW_COLUMNS)):
        lake.spark.sql(f"CREATE TABLE {lake.table(name)} ({columns}) USING DELTA")
    sales = lake.spark.createDataFrame([("c1", "sales", 1.0), ("c2", "sales", 3.0)], METRIC_COLUMNS)
    sales.write.format("delta").mode("append").saveAsTable(lake.table("metrics"))
    evidence = SqlEvidence(
        sql,
        Tables(
            log=fill(lake, "inference_table", logged * 2),  # every row has come twice
            usage=fill(lake, "endpoint_usage", used * 2),
            entities=fill(lake, "served_entities", entities),
            metrics=lake.table("metrics"),
            shadow=lake.table("shadow"),
        ),
        workspace_id="7",
    )
    gates = (
        ErrorGate(tolerated=0.1),
        LatencyGate(limit_ms=300),
        MetricGate(metric="sales", tolerated=1),
    )
    wanted = release(gates=gates)
    candidate, incumbent = evidence.traffic(
        wanted, Windows(candidate_from=START, incumbent_from=START)
    )
    assert (candidate.requests, candidate.errors, candidate.slow) == (3, 1, 1)
    sold = candidate.metrics["sales"]
    assert (sold.count, sold.mean, sold.variance) == (2, 2.0, 2.0)
    assert (incumbent.requests, incumbent.errors, incumbent.metrics["sales"].count) == (1, 0, 0)
    _, before = evidence.traffic(
        wanted, Windows(candidate_from=START, incumbent_from=early, incumbent_until=START)
    )
    assert (before.requests, before.errors) == (2, 1)

    recorded = evidence.recorded(wanted, since=START, limit=10)
    assert [each.id for each in recorded] == ["r1", "r2", "r3", "r6"]
    answer = Replayed(id="r1", status=200, response="{}", milliseconds=400, differs=True)
    for _ in range(2):  # a run that died after it kept them
        evidence.keep(wanted, [answer, replace(answer, id="r2", differs=False, milliseconds=1)])
    replayed = evidence.replayed(wanted)
    assert (replayed.requests, replayed.differing, replayed.slow) == (2, 1, 1)
    assert [each.id for each in evidence.recorded(wanted, since=START, limit=10)] == ["r3", "r6"]


def test_the_delta_store_leases_to_one_and_saves_in_order(lake: Lake) -> None:
    store = DeltaReleaseStore(SparkSql(lake.spark), lake.table("releases"))
    now, later = START, START + timedelta(minutes=10)
    assert store.load("churn") is None
    store.lease("churn", "first", now=now, until=later)
    store.lease("churn", "first", now=now, until=later)
    with pytest.raises(LeaseHeldError, match="first"):
        store.lease("churn", "second", now=now, until=later)
    state = store.save(core.begin(release(), FakeServing().endpoint("churn"), now), "first")
    assert store.load("churn") == state
    with pytest.raises(StaleStateError):
        store.save(replace(state, revision=0), "first")
    store.lease("churn", "second", now=later, until=later + timedelta(minutes=10))
    with pytest.raises(StaleStateError):
        store.save(state, "first")
    assert store.save(state, "second").revision == 2
    store.yield_lease("churn", "first")
    with pytest.raises(LeaseHeldError, match="second"):
        store.lease("churn", "third", now=later, until=later)
    store.yield_lease("churn", "second")
    store.lease("churn", "third", now=datetime(2026, 11, 2, tzinfo=UTC), until=later)
