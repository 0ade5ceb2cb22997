"""The SQL of the platform's dashboards and alerts, run by a real Spark on documented columns."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from company_ml.adapters import audit_delta
from company_ml.lineage import documented

if TYPE_CHECKING:
    from conftest import Lake

pytestmark = pytest.mark.spark

SQL = Path(__file__).parents[2] / "components" / "sql"
# The project's own table beside those of Databricks, and names that the statements' users choose.
TABLES = {table.name: table.columns for table in documented.TABLES.values()}
PLACES = {"audit_table": "audit_table", "profile_table": "profile_metrics"}
VALUES = {
    "currency": "USD", "workspace_id": "1", "days": "30", "hours": "48",
}  # fmt: skip


def view(lake: Lake, name: str, columns: str, rows: str = "") -> None:
    """A table of these columns; the rows may have some of them only."""
    frame = lake.spark.createDataFrame([], columns)
    if rows:
        frame = frame.unionByName(lake.spark.sql(rows), allowMissingColumns=True)
    frame.createOrReplaceTempView(name.replace(".", "_"))


def ask(lake: Lake, name: str, **rows: str) -> list[dict[str, object]]:
    """The statement's answer where the named tables hold these rows, and the others none."""
    statement = (SQL / f"{name}.sql").read_text("utf-8")
    view(lake, "audit_table", audit_delta.COLUMNS)
    for table, columns in TABLES.items():
        place = table.replace(".", "_")
        if table in statement or table in PLACES.values():
            kinds = ", ".join(f"`{column}` {kind}" for column, kind in columns.items())
            view(lake, table, kinds, rows.get(place, ""))
        statement = re.sub(rf"\b{re.escape(table)}\b(?! AS STRING)", place, statement)
    for marker, place in PLACES.items():
        statement = statement.replace(f":{marker}", f"'{place}'")
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


def test_what_unity_catalog_logs_for_the_account_counts_for_its_workspace(lake: Lake) -> None:
    rows = (
        "SELECT w AS workspace_id, 'unityCatalog' AS service_name, a AS action_name, "
        "map('workspace_id', p) AS request_params, current_date() AS event_date, "
        "current_timestamp() AS event_time, named_struct('email', 'ada@example.com', "
        "'subject_name', CAST(NULL AS STRING)) AS user_identity, named_struct('status_code', s, "
        "'error_message', 'no', 'result', CAST(NULL AS STRING)) AS response FROM VALUES "
        "('0', '1', 'updatePermissions', 200), ('0', '2', 'updatePermissions', 200), "
        "('0', '1', 'getTable', 403), ('1', NULL, 'deleteTable', 401), ('2', NULL, 'getTable', 403)"
        " AS rows(w, p, a, s)"
    )
    audit = {"system_access_audit": rows}
    assert ask(lake, "denied_attempts", **audit) == [{"denied": 2}]
    changes = {row["action"]: row["events"] for row in ask(lake, "changes_by_whom", **audit)}
    assert changes == {"updatePermissions": 1, "deleteTable": 1}
    denied = {row["action"]: row["attempts"] for row in ask(lake, "denied_by_whom", **audit)}
    assert denied == {"getTable": 1, "deleteTable": 1}
