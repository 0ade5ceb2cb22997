"""The SQL of dashboards and alerts reads documented columns, and nothing else."""

from __future__ import annotations

import re

import pytest

from components import queries

# Each table with its documented columns, as far as a statement here may read them. Structs and maps
# stand with a dot and a bracket. Pages: the head of each statement.
DOCUMENTED = {
    "system.billing.usage": {
        "usage_date", "sku_name", "custom_tags", "usage_quantity", "cloud", "usage_unit",
        "usage_end_time", "workspace_id",
    },
    "system.billing.list_prices": {
        "pricing", "sku_name", "cloud", "usage_unit", "currency_code", "price_start_time",
        "price_end_time",
    },
    "system.lakeflow.job_run_timeline": {
        "workspace_id", "run_id", "run_type", "result_state", "period_end_time",
    },
    "system.access.audit": {
        "workspace_id", "response", "event_date", "event_time", "user_identity", "service_name",
        "action_name",
    },
    "system.mlflow.run_metrics_history": {"run_id", "metric_name", "metric_value"},
    "system.mlflow.runs_latest": {
        "run_id", "workspace_id", "run_name", "delete_time", "start_time", "params", "tags",
    },
    ":audit_table": {"time", "actor", "action", "object", "version", "outcome"},
    ":profile_table": {
        "window", "column_name", "percent_null", "percent_distinct", "count", "slice_key",
        "log_type",
    },
}  # fmt: skip
_TABLE = re.compile(r"(?:FROM|JOIN)\s+(?:IDENTIFIER\((:\w+)\)|([\w.]+))\s+AS\s+(\w+)")
STATEMENTS = sorted(path.stem for path in queries.FOLDER.glob("*.sql"))


def test_there_are_statements() -> None:
    assert len(STATEMENTS) == 10


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_statement_reads_documented_columns_only(name: str) -> None:
    statement = re.sub(r"'[^']*'", "''", queries.statement(name))
    tables = {alias: marker or table for marker, table, alias in _TABLE.findall(statement)}
    assert tables
    without = _TABLE.sub("", statement)
    for alias, column in re.findall(r"(?<![\w.])(\w+)\.(\w+)", without):
        assert column in DOCUMENTED[tables[alias]], f"{alias}.{column}"
    bare = set(re.findall(r"(?<![\w.:])[a-z_]+\b(?!\s*\()(?!\.)", without))
    outputs = set(re.findall(r"AS (\w+)", without))
    assert bare <= outputs, "every column has its table's alias in front"


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_statement_says_where_its_columns_are_documented(name: str) -> None:
    head = (queries.FOLDER / f"{name}.sql").read_text("utf-8").partition("SELECT")[0]
    assert re.search(r"-- Columns: (https://learn\.microsoft\.com/|workloads/)", head)


def test_parameters_are_told_from_literals_and_casts() -> None:
    assert queries.parameters("quality_over_time") == ("profile_table", "days")
    assert queries.parameters("failed_runs") == ("workspace_id", "hours")
