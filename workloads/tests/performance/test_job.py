"""The performance job on real tables: late, missing, corrected and repeated records."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from company_ml import limits
from company_ml.adapters.fakes import FakeNotifier, FakeRegistry, FakeTracking
from company_ml.adapters.spark_sql import SparkSql
from company_ml.cli import JobError
from company_ml.performance import run
from company_ml.performance.core import BiasReport, Verdict

if TYPE_CHECKING:
    from conftest import Lake

NOW = datetime(2026, 11, 25, 6, 30, tzinfo=UTC)


def test_the_window_ends_where_labels_had_their_time() -> None:
    window = run.judged_window(NOW, label_delay_days=7, window_days=7)
    assert window.start == datetime(2026, 11, 11, tzinfo=UTC)
    assert window.end == datetime(2026, 11, 18, tzinfo=UTC)


def test_the_baseline_is_the_champions_own_and_its_absence_is_told() -> None:
    registry, tracking = FakeRegistry(), FakeTracking()
    name = "ml_models_catalog.production_models.churn"

    def baseline() -> float:
        return run.baseline_of(registry, tracking, model=name, alias="champion", metric="accuracy")

    with pytest.raises(JobError, match="no alias 'champion'"):
        baseline()
    run_id = tracking.log(experiment="e", run_name="r", metrics={"auc": 0.8})
    registry.set_alias(name, "champion", registry.add(name, run_id=run_id).version)
    with pytest.raises(JobError, match=r"no metric 'accuracy'; it has \['auc'\]"):
        baseline()
    run_id = tracking.log(experiment="e", run_name="r", metrics={"accuracy": 0.9})
    registry.set_alias(name, "champion", registry.add(name, run_id=run_id).version)
    assert baseline() == 0.9


@pytest.mark.spark
def test_labels_are_joined_by_request_as_they_are_known_now(lake: Lake) -> None:
    predictions, labels = lake.table("predictions"), lake.table("labels")
    # 1,000 requests of the window: every tenth is of group b and gets 1 where the truth is 0.
    lake.spark.sql(f"""
        CREATE TABLE {predictions} USING DELTA AS
        SELECT concat('r', id) AS request_id, TIMESTAMP '2026-11-12 10:00:00' AS request_time,
          CASE WHEN id % 10 = 0 THEN 1 ELSE id % 2 END AS prediction,
          CASE WHEN id % 10 = 0 THEN 'b' END AS region
        FROM range(1000)
        UNION ALL SELECT 'r1', TIMESTAMP '2026-11-12 10:00:00', 1, CAST(NULL AS STRING)  -- again
        UNION ALL SELECT 'young', TIMESTAMP '2026-11-18 00:00:00', 1, 'b'
        UNION ALL SELECT 'old', TIMESTAMP '2026-11-10 23:59:59', 1, 'b'
    """)  # noqa: S608 (a test's own names)
    lake.spark.sql(f"""
        CREATE TABLE {labels} USING DELTA AS
        SELECT concat('r', id) AS request_id, id % 2 AS label,
          TIMESTAMP '2026-11-20 00:00:00' AS labelled_at
        FROM range(900)
        UNION ALL SELECT 'r3', 0, TIMESTAMP '2026-11-19 00:00:00'  -- corrected since
        UNION ALL SELECT 'r5', 0, TIMESTAMP '2026-11-25 07:00:00'  -- not known yet
        UNION ALL SELECT 'young', 0, TIMESTAMP '2026-11-20 00:00:00'
    """)  # noqa: S608 (the same)
    tracking, notifier = FakeTracking(), FakeNotifier()
    accuracy, bias = run.run(
        SparkSql(lake.spark),
        tracking,
        notifier,
        predictions=predictions,
        labels=labels,
        group_column="region",
        positive="1",
        baseline=0.96,
        found_limits=limits.load("performance"),
        now=NOW,
        experiment="e",
        model="c.s.m",
    )
    assert (accuracy.predictions, accuracy.labelled, accuracy.accuracy) == (1_000, 900, 0.9)
    assert accuracy.verdict is Verdict.ALERT
    assert isinstance(bias, BiasReport)
    parity = bias.demographic_parity
    assert parity.rates == pytest.approx({"(unknown)": 450 / 810})
    assert parity.left_out == ("b",)
    assert tracking.runs["run-1"]["tags"] == {"model": "c.s.m", "alert_accuracy": "yes"}
    (sent,) = notifier.sent
    assert sent.facts["Labels"] == "900 of 1000, 90%"


@pytest.mark.spark
@pytest.mark.parametrize(
    ("label", "prediction", "positive"),
    [
        ("id % 2 = 0", "CAST(id % 2 = 0 AS INT)", "1"),
        ("CAST(id % 2 = 0 AS DOUBLE)", "CAST(id % 2 = 0 AS STRING)", "true"),  # as JSON says it
        ("CAST(CAST(id % 2 = 0 AS INT) AS STRING)", "id % 2 = 0", "1.0"),
    ],
)
def test_true_is_the_class_1_in_whatever_column_it_comes(
    lake: Lake, label: str, prediction: str, positive: str
) -> None:
    predictions, labels = lake.table("predictions"), lake.table("labels")
    lake.spark.sql(
        f"CREATE TABLE {predictions} USING DELTA AS SELECT concat('r', id) AS request_id, "  # noqa: S608 - a test's own names
        f"TIMESTAMP '2026-11-12' AS request_time, {prediction} AS prediction, 'a' AS region "
        "FROM range(1000) CROSS JOIN range(2) AS logged (times)"
    )
    lake.spark.sql(
        f"CREATE TABLE {labels} USING DELTA AS SELECT concat('r', id) AS request_id, "  # noqa: S608 - the same
        f"{label} AS label, TIMESTAMP '2026-11-20' AS labelled_at FROM range(1000)"
    )
    accuracy, bias = run.run(
        SparkSql(lake.spark), FakeTracking(), FakeNotifier(), predictions=predictions,
        labels=labels, group_column="region", positive=positive, baseline=0.9,
        found_limits=limits.load("performance"), now=NOW, experiment="e",
    )  # fmt: skip
    assert (accuracy.predictions, accuracy.labelled, accuracy.accuracy) == (1_000, 1_000, 1.0)
    assert isinstance(bias, BiasReport)
    assert bias.demographic_parity.rates == {"a": 0.5}
    assert bias.equal_opportunity.rates == {"a": 1.0}
