"""The drift job on real Delta tables, with a real MLflow and Evidently's real report."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd
import pytest
from mlflow.tracking import MlflowClient
from tests.chaos.watching import Shifted

from company_ml import limits
from company_ml.adapters import evidently_report
from company_ml.adapters.fakes import FakeNotifier, FakeTracking
from company_ml.adapters.mlflow_tracking import MlflowTracking
from company_ml.adapters.spark_drift import SparkDriftData
from company_ml.documents import DocumentError
from company_ml.drift import core, exact, run
from company_ml.drift.arrow import pa
from company_ml.drift.core import Verdict
from company_ml.drift.model import Kind
from company_ml.drift.ports import TableSlice

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from company_ml.drift.arrow import Table
    from conftest import Lake

ROWS = 2_000


def rows(seed: int, shift: float) -> pd.DataFrame:
    """Six columns, of which a shift moves ``amount`` and ``region``."""
    random = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "user_id": [f"user-{seed}-{number}" for number in range(ROWS)],
            "amount": random.lognormal(shift, 1, ROWS),
            "age": random.integers(18, 90, ROWS),
            "region": random.choice(["north", "south"], ROWS, p=[0.5 - shift / 4, 0.5 + shift / 4]),
            "active": random.random(ROWS) < 0.5,
            "scored_at": pd.date_range("2026-11-20", periods=ROWS, freq="40s", tz="UTC"),
        }
    )
    frame.loc[::7, "amount"] = np.nan
    frame.loc[::9, "region"] = None
    return frame


@pytest.mark.spark
@pytest.mark.mlflow
def test_drift_is_judged_logged_reported_and_told(
    lake: Lake, mlflow_uri: str, fresh: Callable[[str], str], tmp_path: Path
) -> None:
    table = lake.table("features")
    before = rows(1, 0.0)
    old = before.assign(scored_at=before["scored_at"] - pd.Timedelta(days=30))
    for part in (old, rows(2, 1.2)):
        frame = lake.spark.createDataFrame(pa.Table.from_pandas(part, preserve_index=False))
        frame.write.format("delta").mode("append").saveAsTable(table)
    reference = TableSlice(table=table, version=0)
    current = TableSlice(
        table=table,
        time_column="scored_at",
        start=datetime(2026, 11, 18, tzinfo=UTC),
        end=datetime(2026, 11, 25, tzinfo=UTC),
    )
    experiment, notifier = fresh("monitoring"), FakeNotifier()
    data, columns = SparkDriftData(lake.spark), ["user_id", "amount", "age", "region", "active"]

    report = run.run(
        data,
        MlflowTracking(mlflow_uri),
        notifier,
        reference=reference,
        current=current,
        columns=columns,
        drift_limits=core.Limits(),
        experiment=experiment,
    )

    # What Spark sketched is what one machine finds exactly, within the stated error.
    exactly = {item.column: item for item in exact.compare(*tables(old, rows(2, 1.2), columns))}
    for item in (column.comparison for column in report.columns):
        truth = exactly[item.column]
        assert item.current.rows == ROWS
        assert item.current.missing == truth.current.missing
        assert item.statistic <= truth.statistic + 1e-9
        assert truth.statistic <= item.statistic + item.statistic_error + 1e-9
        assert item.population_stability == pytest.approx(truth.population_stability, abs=0.02)

    assert {item.comparison.column: item.verdict for item in report.columns} == {
        "user_id": Verdict.DRIFTED,  # too few to be told from categories, and all of them new
        "amount": Verdict.DRIFTED,
        "age": Verdict.STABLE,
        "region": Verdict.DRIFTED,
        "active": Verdict.STABLE,
    }
    assert report.verdict is Verdict.DRIFTED
    (sent,) = notifier.sent
    assert set(sent.facts) == {"user_id", "amount", "region"}

    client = MlflowClient(mlflow_uri)
    folder = client.get_experiment_by_name(experiment)
    assert folder is not None
    (logged,) = client.search_runs([folder.experiment_id])
    assert logged.data.metrics["drifted_share"] == pytest.approx(report.drifted_share)
    assert logged.data.tags["verdict"] == "drifted"
    run_id = logged.info.run_id
    artifacts = {
        item.path: Path(client.download_artifacts(run_id, item.path, str(tmp_path))).read_text()
        for item in client.list_artifacts(run_id)
    }
    assert set(artifacts) == {
        "drift_report.html",
        "drift_report.json",
        "drift_statistics.json",
    }
    assert "amount" in artifacts["drift_report.html"]
    assert json.loads(artifacts["drift_statistics.json"])["verdict"] == "drifted"
    assert json.loads(artifacts["drift_report.json"])["metrics"]


def test_the_report_takes_whatever_is_judged_and_leaves_out_what_went_missing(
    tmp_path: Path,
) -> None:
    number = np.arange(600)
    before = pa.table(
        {
            "price": pa.array(number).cast(pa.decimal128(21, 2)),
            "day": pa.array(number.astype("datetime64[D]")),
            "at": pa.array(number.astype("datetime64[s]"), pa.timestamp("s", tz="UTC")),
            "flag": pa.array(number % 2 == 0),
            "gone": pa.array(number),
        }
    )
    now = before.drop_columns("gone").append_column("gone", pa.nulls(600, pa.int64()))
    columns = [(item.column, item.kind) for item in exact.compare(before, now)]
    html, plain = evidently_report.write(before, now, columns, tmp_path)
    assert html.stat().st_size > 0
    assert "price" in plain.read_text()
    assert "gone" not in plain.read_text()
    assert evidently_report.write(before, now, [("gone", Kind.NUMERIC)], tmp_path) == []


def test_a_report_that_fails_silences_no_alarm() -> None:
    class Torn(Shifted):
        def report(
            self, reference: TableSlice, current: TableSlice, columns: Sequence[tuple[str, Kind]],
            folder: Path,
        ) -> Sequence[Path]:  # fmt: skip
            raise IndexError(f"index 11: {reference}, {current}, {columns}, {folder}")

    tracking, notifier = FakeTracking(), FakeNotifier()
    side = TableSlice(table="c.s.t")
    report = run.run(
        Torn(), tracking, notifier, reference=side, current=side, columns=[],
        drift_limits=core.Limits(), experiment="e",
    )  # fmt: skip
    assert report.verdict is Verdict.DRIFTED
    assert len(notifier.sent) == 1
    (logged,) = tracking.runs.values()
    assert b"IndexError: index 11" in cast("Any", logged["artifacts"]["drift_report_failed.txt"])


def tables(before: pd.DataFrame, now: pd.DataFrame, columns: list[str]) -> tuple[Table, Table]:
    sides = [pa.Table.from_pandas(side[columns], preserve_index=False) for side in (before, now)]
    return sides[0], sides[1]


def test_packaged_limits_are_the_platforms_and_an_override_keeps_the_rest(tmp_path: Path) -> None:
    packaged = run.limits_of(limits.load("drift"))
    assert packaged == core.Limits()
    file = tmp_path / "drift.yaml"
    text = (
        "alert_share: 0.5\nsignificance: 0.01\nminimum_rows: 10\n"
        "columns: {population_stability: 0.2, distance: 0.1, missing_increase: 0.05,"
        " new_category_share: 0.01}\noverrides: {amount: {distance: 0.4}}\n"
    )
    file.write_text(text)
    own = run.limits_of(limits.load("drift", str(file)))
    assert own.overrides["amount"] == core.ColumnLimits(distance=0.4)
    file.write_text(text.replace("alert_share: 0.5", "alert_share: 30"))
    with pytest.raises(DocumentError, match="alert_share: 30 is greater than the maximum of 1"):
        limits.load("drift", str(file))
