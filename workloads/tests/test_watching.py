"""The SQL of the platform's dashboards and alerts, run by a real Spark on documented columns."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Lake

pytestmark = pytest.mark.spark

SQL = Path(__file__).parents[2] / "components" / "sql"
# Each table with its documented columns, as far as a statement reads them; the pages are in the
# statements' heads.
TABLES = {
    "system.billing.usage": "usage_date DATE, sku_name STRING, custom_tags MAP<STRING, STRING>, "
    "usage_quantity DECIMAL(38, 18), cloud STRING, usage_unit STRING, usage_end_time TIMESTAMP, "
    "workspace_id STRING",
    "system.billing.list_prices": "pricing STRUCT<effective_list: STRUCT<default: "
    "DECIMAL(38, 18)>>, sku_name STRING, cloud STRING, usage_unit STRING, currency_code STRING, "
    "price_start_time TIMESTAMP, price_end_time TIMESTAMP",
    "system.lakeflow.job_run_timeline": "workspace_id STRING, run_id STRING, run_type STRING, "
    "result_state STRING, period_end_time TIMESTAMP",
    "system.access.audit": "workspace_id STRING, response STRUCT<status_code: INT, "
    "error_message: STRING>, event_date DATE, event_time TIMESTAMP, "
    "user_identity STRUCT<email: STRING>, service_name STRING, action_name STRING",
    "system.mlflow.run_metrics_history": "run_id STRING, metric_name STRING, metric_value DOUBLE",
    "system.mlflow.runs_latest": "run_id STRING, workspace_id STRING, run_name STRING, "
    "delete_time TIMESTAMP, start_time TIMESTAMP, params MAP<STRING, STRING>, "
    "tags MAP<STRING, STRING>",
    "audit_table": "time TIMESTAMP, actor STRING, action STRING, object STRING, version STRING, "
    "outcome STRING",
    "profile_table": "window STRUCT<start: TIMESTAMP, end: TIMESTAMP>, column_name STRING, "
    "percent_null DOUBLE, percent_distinct DOUBLE, count BIGINT, slice_key STRING, "
    "log_type STRING",
}
VALUES = {
    "currency": "USD", "workspace_id": "1", "days": "30", "hours": "48",
    "audit_table": "audit_table", "profile_table": "profile_table",
}  # fmt: skip


def ask(lake: Lake, name: str, **rows: str) -> list[dict[str, object]]:
    """The statement's answer where the named tables hold these rows, and the others none."""
    statement = (SQL / f"{name}.sql").read_text("utf-8")
    for table, columns in TABLES.items():
        view = table.replace(".", "_")
        filled = rows.get(view)
        frame = lake.spark.sql(filled) if filled else lake.spark.createDataFrame([], columns)
        frame.createOrReplaceTempView(view)
        statement = re.sub(rf"\b{re.escape(table)}\b(?! AS STRING)", view, statement)
    statement = statement.replace(":audit_table", "'audit_table'")
    statement = statement.replace(":profile_table", "'profile_table'")
    given = {key: value for key, value in VALUES.items() if f":{key}" in statement}
    return [row.asDict() for row in lake.spark.sql(statement, args=given).collect()]


@pytest.mark.parametrize("name", sorted(path.stem for path in SQL.glob("*.sql")))
def test_a_statement_runs_where_nothing_has_happened_yet(lake: Lake, name: str) -> None:
    answer = ask(lake, name)
    alerts = {"cost_yesterday", "failed_runs", "denied_attempts", "drift_latest"}
    assert [list(row.values()) for row in answer] == ([[0]] if name in alerts else [])


def test_cost_is_counted_at_the_one_price_of_its_cloud_and_currency(lake: Lake) -> None:
    usage = (
        "SELECT date_sub(current_date(), 1) AS usage_date, 'JOBS' AS sku_name, "
        "map('owner', o) AS custom_tags, CAST(q AS DECIMAL(38, 18)) AS usage_quantity, "
        "'AZURE' AS cloud, 'DBU' AS usage_unit, current_timestamp() - INTERVAL 1 DAY AS "
        "usage_end_time, w AS workspace_id FROM VALUES (10, 'team', '1'), (-2, 'team', '1'), "
        "(99, 'team', '2') AS rows(q, o, w)"
    )
    prices = (
        "SELECT named_struct('effective_list', named_struct('default', "
        "CAST(p AS DECIMAL(38, 18)))) AS pricing, 'JOBS' AS sku_name, c AS cloud, "
        "'DBU' AS usage_unit, u AS currency_code, current_timestamp() - INTERVAL 9 DAY AS "
        "price_start_time, CAST(NULL AS TIMESTAMP) AS price_end_time FROM VALUES "
        "(0.3, 'AZURE', 'USD'), (0.15, 'AWS', 'USD'), (0.28, 'AZURE', 'EUR') AS rows(p, c, u)"
    )
    rows = {"system_billing_usage": usage, "system_billing_list_prices": prices}
    assert ask(lake, "cost_yesterday", **rows)[0]["cost"] == pytest.approx(2.4)
    (day,) = ask(lake, "cost_by_day", **rows)
    assert (day["sku_name"], day["owner"]) == ("JOBS", "team")
    assert day["cost"] == pytest.approx(2.4)


def test_the_largest_recent_drift_of_the_workspace_counts(lake: Lake) -> None:
    runs = (
        "SELECT i AS run_id, w AS workspace_id, n AS run_name, CAST(NULL AS TIMESTAMP) AS "
        "delete_time, current_timestamp() - make_interval(0, 0, 0, 0, h) AS start_time, "
        "map('current', 't') AS params, map('verdict', 'drifted') AS tags FROM VALUES "
        "('a', '1', 'drift', 1), ('b', '1', 'drift', 99), ('c', '2', 'drift', 1), "
        "('d', '1', 'train', 1) AS rows(i, w, n, h)"
    )
    metrics = (
        "SELECT i AS run_id, 'drifted_share' AS metric_name, CAST(v AS DOUBLE) AS metric_value "
        "FROM VALUES ('a', 0.4), ('b', 0.9), ('c', 0.8), ('d', 0.7) AS rows(i, v)"
    )
    rows = {"system_mlflow_runs_latest": runs, "system_mlflow_run_metrics_history": metrics}
    assert ask(lake, "drift_latest", **rows) == [{"drifted_share": 0.4}]
    found = {row["drifted_share"] for row in ask(lake, "drift_over_time", **rows)}
    assert found == {0.4, 0.9}
