"""The SQL of dashboards and alerts, as the program reads it.

That it reads documented columns only, ``workloads/tests/test_sql.py`` holds for all statements.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from components import queries

JOB = Path(__file__).parents[2] / "workloads" / "src" / "company_ml" / "cost" / "sql"
STATEMENTS = sorted(path.stem for path in queries.FOLDER.glob("*.sql"))


def test_there_are_statements() -> None:
    assert len(STATEMENTS) == 10


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_statement_says_where_its_columns_are_documented(name: str) -> None:
    head = (queries.FOLDER / f"{name}.sql").read_text("utf-8").partition("SELECT")[0]
    assert re.search(r"-- Columns: (https://learn\.microsoft\.com/|workloads/)", head)


def test_parameters_are_told_from_literals_and_casts() -> None:
    assert queries.parameters("quality_over_time") == ("profile_table", "days")
    assert queries.parameters("failed_runs") == ("workspace_id", "hours")


def priced(path: Path) -> str:
    """How a statement joins usage with list prices, whatever it calls the two tables."""
    text = " ".join(path.read_text("utf-8").split())
    for parameter, name in (("usage_table", "usage"), ("list_prices_table", "list_prices")):
        text = text.replace(f"IDENTIFIER(:{parameter})", f"system.billing.{name}")
    found = re.search(r"FROM system\.billing\.usage .*? WHERE ", text)
    assert found, path.name
    return re.sub(r"(?<!system\.billing\.)\blist_prices\b", "price", found[0])


def test_dashboard_alert_and_cost_job_price_the_same_usage_alike() -> None:
    """Each statement is whole, to be run in an editor as it stands; so the join stands in three."""
    by_day = priced(queries.FOLDER / "cost_by_day.sql")
    assert "price.price_end_time" in by_day
    assert priced(queries.FOLDER / "cost_yesterday.sql") == by_day
    assert priced(JOB / "daily_cost.sql") == by_day
