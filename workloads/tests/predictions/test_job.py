"""The predictions job on a real inference table: late, repeated, failed and unreadable requests."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from company_ml.adapters.fakes import FakeNotifier
from company_ml.adapters.spark_predictions import SparkPredictionLog
from company_ml.adapters.spark_sql import SparkSql
from company_ml.lineage.documented import TABLES
from company_ml.predictions import run
from company_ml.predictions.ports import Tables, Unpacked
from company_ml.statements import statement

if TYPE_CHECKING:
    from conftest import Lake

MODEL = "ml_models_catalog.production_models.churn"
UNKNOWN = "the request has 0 of the keys dataframe_split, dataframe_records, instances, inputs"
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def logged(lake: Lake, marker: str, rows: list[dict[str, Any]]) -> str:
    columns = TABLES[marker].columns
    frame = lake.spark.createDataFrame(
        [tuple(row.get(name) for name in columns) for row in rows],
        ", ".join(f"{name} {kind}" for name, kind in columns.items()),
    ).coalesce(1)
    frame.write.format("delta").mode("append").saveAsTable(lake.table(marker))
    return lake.table(marker)


def request(name: str, *, when: datetime = NOON, **more: Any) -> dict[str, Any]:
    return {
        "databricks_request_id": name, "request_time": when, "request_date": when.date(),
        "status_code": 200, "served_entity_id": "s1",
        "request": json.dumps({"dataframe_records": [{"region": "north", "tenure": 3}]}),
        "response": json.dumps({"predictions": [{"prediction": 1, "probability": 0.8}]}), **more,
    }  # fmt: skip


def make(lake: Lake, rows: list[dict[str, Any]]) -> Tables:
    entities = [
        {"served_entity_id": "s1", "entity_name": MODEL, "entity_version": "3",
         "endpoint_config_version": number}
        for number in (1, 2)
    ]  # fmt: skip
    return Tables(
        log=logged(lake, "inference_table", rows),
        predictions=lake.table("predictions"),
        entities=logged(lake, "served_entities", entities),
    )


def unpack(
    lake: Lake, tables: Tables, notifier: FakeNotifier | None = None, *, since: date | None = None
) -> tuple[Unpacked, bool]:
    return run.run(
        SparkPredictionLog(lake.spark), notifier or FakeNotifier(), tables,
        since=since, overlap_days=2, field="prediction", tolerated=0.3,
    )  # fmt: skip


@pytest.mark.spark
def test_each_scored_record_becomes_a_row_once(lake: Lake) -> None:
    several: dict[str, Any] = {
        "request": json.dumps(
            {"dataframe_split": {"columns": ["region", "tenure"], "data": [["a", 1], [None, 2.5]]}}
        ),
        "response": json.dumps({"predictions": [0, 1]}),
    }
    rows = [
        request("r1", client_request_id="c1"), request("r1", client_request_id="c1"),  # repeated
        request("r2", **several), request("r3", served_entity_id="gone"),
        request("r4", status_code=400, response='{"error_code": "BAD_REQUEST"}'),
        request("r5", client_request_id="release-7-smoke-1"),
        request("r6", request='{"messages": []}'),
    ]  # fmt: skip
    tables, notifier = make(lake, rows), FakeNotifier()
    found, refused = unpack(lake, tables, notifier)
    assert found == Unpacked(
        answered=4, failed=1, unreadable=1, rows=4,
        reasons=(UNKNOWN,),
    )  # fmt: skip
    assert not refused
    kept = lake.spark.table(tables.predictions).orderBy("request_id").collect()
    assert [(row["request_id"], row["row_number"], row["prediction"]) for row in kept] == [
        ("c1", 0, "1"), ("r2/0", 0, "0"), ("r2/1", 1, "1"), ("r3", 0, "1"),
    ]  # fmt: skip
    assert [(row["model"], row["model_version"]) for row in kept] == [(MODEL, "3")] * 3 + [
        (None, None)
    ]
    assert kept[2]["features"] == {"region": None, "tenure": "2.5"}
    assert json.loads(kept[0]["answer"])["probability"] == 0.8

    # What comes late is added, what is older than the overlap is not looked for, nothing doubles.
    day = timedelta(days=1)
    logged(lake, "inference_table", [request("late", when=NOON - 2 * day),
                                     request("older", when=NOON - 3 * day)])  # fmt: skip
    again, refused = unpack(lake, tables, notifier)
    assert (again.answered, again.rows, refused) == (2, 1, True)
    assert notifier.sent[0].facts == {"Reason 1": UNKNOWN}
    older, _ = unpack(lake, tables, since=(NOON - 3 * day).date())
    assert older.rows == 1
    ids = [row["request_id"] for row in lake.spark.table(tables.predictions).collect()]
    assert sorted(ids) == ["c1", "late", "older", "r2/0", "r2/1", "r3"]


@pytest.mark.spark
def test_performance_reads_the_table_and_groups_by_a_feature(lake: Lake) -> None:
    tables = make(lake, [request(f"r{number}") for number in range(10)])
    unpack(lake, tables)
    lake.spark.sql(
        f"CREATE TABLE {lake.table('labels')} USING DELTA AS SELECT concat('r', id) AS request_id, "  # noqa: S608 - a test's own names
        "id % 2 AS label, TIMESTAMP '2026-11-21 00:00:00' AS labelled_at FROM range(8)"
    )
    (group,) = SparkSql(lake.spark).query(
        statement("performance", "labelled_counts"),
        {
            "predictions": tables.predictions, "labels": lake.table("labels"),
            "group_column": "features.region", "positive": "1", "window_start": "2026-11-20",
            "window_end": "2026-11-21", "as_of": "2026-11-25", "whole": r"^(-?[0-9]+)\.0$",
        },
    )  # fmt: skip
    assert (group["group_value"], group["predictions"], group["labelled"], group["correct"]) == (
        "north", 10, 8, 4,
    )  # fmt: skip
