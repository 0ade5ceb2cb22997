"""Rows of the inference table and of the usage log that are there again change no evidence."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from tests.release.world import START, release

from company_ml.adapters.sqlite_sql import SqliteSql
from company_ml.lineage.documented import TABLES
from company_ml.release.core import Windows
from company_ml.release.evidence import METRIC_COLUMNS, SqlEvidence, Tables
from company_ml.release.gates import ErrorGate, LatencyGate, MetricGate

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

GATES = (ErrorGate(tolerated=0.1), LatencyGate(limit_ms=300), MetricGate(metric="s", tolerated=1))
WINDOWS = Windows(candidate_from=START, incumbent_from=START)


def seen(number: int, **more: Any) -> dict[str, Any]:
    time = START + timedelta(minutes=number)
    return {
        "databricks_request_id": f"r{number}", "client_request_id": f"c{number}",
        "request_time": time.isoformat(timespec="milliseconds"),
        "request_date": time.date().isoformat(), "status_code": 200, "execution_duration_ms": 5,
        "request": f"asked {number}", "response": "{}", "served_entity_id": "new", **more,
    }  # fmt: skip


def evidence(
    file: Path, logged: Sequence[dict[str, Any]], used: Sequence[dict[str, Any]]
) -> SqlEvidence:
    entity = {"served_entity_id": "new", "workspace_id": "7", "endpoint_name": "churn",
              "served_entity_name": "churn-2"}  # fmt: skip
    with sqlite3.connect(file) as connection:
        for marker, rows in (
            ("inference_table", logged), ("endpoint_usage", used), ("served_entities", [entity]),
        ):  # fmt: skip
            columns = list(TABLES[marker].columns)
            connection.execute(f"CREATE TABLE {marker} ({', '.join(columns)})")
            connection.executemany(
                f"INSERT INTO {marker} VALUES ({', '.join('?' * len(columns))})",  # noqa: S608 - a test's own names
                [[row.get(name) for name in columns] for row in rows],
            )
        connection.execute(f"CREATE TABLE metrics ({METRIC_COLUMNS})")
        connection.execute("INSERT INTO metrics VALUES ('c1', 's', 1.0), ('c2', 's', 3.0)")
    connection.close()
    tables = Tables(log="inference_table", usage="endpoint_usage", entities="served_entities",
                    metrics="metrics")  # fmt: skip
    return SqlEvidence(SqliteSql(file), tables, workspace_id="7")


@pytest.mark.parametrize("times", [1, 2, 3])
def test_a_request_counts_once_however_often_it_was_delivered(times: int, tmp_path: Path) -> None:
    logged = [seen(1), seen(2, execution_duration_ms=900), seen(3)]
    failed = [seen(4, status_code=500), seen(5, status_code=429)]
    found = evidence(tmp_path / "tables.db", logged * times, [*logged, *failed] * times)
    wanted = release(gates=GATES)
    candidate, incumbent = found.traffic(wanted, WINDOWS)
    assert (candidate.requests, candidate.errors, candidate.slow) == (4, 1, 1)
    sold = candidate.metrics["s"]
    assert (sold.count, sold.mean, sold.variance) == (2, 2.0, 2.0)
    assert incumbent.requests == 0
    recorded = found.recorded(wanted, since=START, limit=2)
    assert [each.id for each in recorded] == ["r1", "r2"], "the limit is one of requests"


def test_a_request_whose_rows_differ_counts_by_the_worst_of_them(tmp_path: Path) -> None:
    logged = [seen(1), seen(1, status_code=500, execution_duration_ms=900)]
    candidate, _ = evidence(tmp_path / "t.db", logged, []).traffic(release(gates=GATES), WINDOWS)
    assert (candidate.requests, candidate.errors, candidate.slow) == (1, 1, 1)
