"""The SQL of dashboards and alerts, as the program reads it.

That it reads documented columns only, ``workloads/tests/test_sql.py`` holds for all statements.
"""

from __future__ import annotations

import re

import pytest

from components import queries

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
