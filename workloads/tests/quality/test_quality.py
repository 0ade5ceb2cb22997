"""Data quality: promises as data, measured on a real table."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from company_ml import limits
from company_ml.adapters.fakes import FakeNotifier
from company_ml.adapters.spark_sql import SparkSql
from company_ml.documents import DocumentError
from company_ml.quality import core, run
from company_ml.quality.core import Check, Expectation

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Lake

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def test_the_packaged_promises_are_those_of_the_platform() -> None:
    plain = limits.load("quality")
    assert plain["table"].format(catalog="ml_prod_catalog") == (
        "ml_prod_catalog.feature_store.customer_features"
    )
    assert run.expectations_of(plain)[:2] == (
        Expectation(check=Check.COMPLETENESS, column="user_id", above=0.99),
        Expectation(check=Check.UNIQUENESS, column="user_id", at_least=1.0),
    )


@given(st.floats(0, 1))
def test_above_excludes_its_bound_and_at_least_does_not(bound: float) -> None:
    above = Expectation(check=Check.COMPLETENESS, column="x", above=bound)
    at_least = Expectation(check=Check.COMPLETENESS, column="x", at_least=bound)
    assert not above.met_by(bound)
    assert at_least.met_by(bound)


def test_an_empty_table_keeps_no_promise_about_its_values() -> None:
    expectation = Expectation(check=Check.COMPLETENESS, column="x", above=0.99)
    assert not core.Finding(expectation=expectation, value=core.share(0, 0)).met


@pytest.mark.parametrize(
    ("expectation", "said"),
    [
        ({"check": "completeness", "above": 0.9}, "lacks a key: 'column'"),
        ({"check": "rows"}, "not valid under any"),
        ({"check": "uniqueness", "column": "a b", "at_least": 1}, "letters, digits"),
        ({"check": "nullness", "column": "x", "above": 1}, "'nullness'; allowed: completeness"),
    ],
)
def test_a_wrong_promise_is_refused_with_its_key(
    expectation: dict[str, Any], said: str, tmp_path: Path
) -> None:
    file = tmp_path / "promises.yaml"
    file.write_text(yaml.safe_dump({"table": "c.s.t", "expectations": [expectation]}))
    with pytest.raises(DocumentError, match=said):
        limits.load("quality", str(file))


@pytest.mark.spark
def test_a_tables_broken_promises_are_measured_and_told(lake: Lake) -> None:
    table = lake.table("customer_features")
    lake.spark.sql(
        f"CREATE TABLE {table} USING DELTA AS SELECT nullif(id % 50, 49) AS user_id, "  # noqa: S608 (a test's own names)
        "CAST(id AS DOUBLE) AS amount, TIMESTAMP '2026-11-25 06:00:00' AS written FROM range(100)"
    )
    notifier = FakeNotifier()
    report = run.run(
        SparkSql(lake.spark),
        notifier,
        table=table,
        expectations=[
            Expectation(check=Check.COMPLETENESS, column="user_id", above=0.97),
            Expectation(check=Check.COMPLETENESS, column="user_id", above=0.98),
            Expectation(check=Check.UNIQUENESS, column="user_id", at_least=1.0),
            Expectation(check=Check.ROWS, at_least=100),
            Expectation(check=Check.RANGE, column="amount", minimum=10, at_least=0.9),
            Expectation(check=Check.FRESHNESS_HOURS, column="written", below=6.5),
        ],
        now=NOW,
    )
    assert [finding.value for finding in report.findings] == [0.98, 0.98, 0.5, 100, 0.9, 6]
    (sent,) = notifier.sent
    assert sent.text == "2 of 6 expectations are not met."
    assert sent.facts == {
        "completeness of user_id": "0.98, expected above 0.98",
        "uniqueness of user_id": "0.5, expected at least 1",
    }
