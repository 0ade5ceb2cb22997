"""The performance job's part for models of amounts: their error against late labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from company_ml import statements
from company_ml.cli import JobError
from company_ml.performance import regression
from company_ml.performance.core import Verdict
from company_ml.performance.log import logged
from company_ml.ports import Message

if TYPE_CHECKING:
    from collections.abc import Mapping

    from company_ml.performance.core import Window
    from company_ml.performance.regression import ErrorReport
    from company_ml.ports import Notifier, SqlWarehouse, Tracking

CLASSES_ALONE = (
    "demographic parity and equal opportunity are of classes, which problem type regression has "
    "not: skipped; the mean absolute error is compared between groups instead"
)


def run(
    sql: SqlWarehouse,
    tracking: Tracking,
    notifier: Notifier,
    *,
    asked: Mapping[str, Any],
    window: Window,
    baseline: float,
    limits: regression.ErrorLimits,
    experiment: str,
    model: str,
    run_key: str = "",
) -> ErrorReport:
    """Judge the window, log what was found, and tell people what is wrong.

    Raises:
        JobError: A prediction or a label is not a number, or the baseline is none.
    """
    rows: list[Mapping[str, Any]] = [
        *sql.query(statements.statement("performance", "labelled_errors"), asked)
    ]
    if wrong := sum(row["not_numbers"] for row in rows):
        raise JobError(
            f"{wrong} labelled predictions of {asked['predictions']} are not numbers, or their "
            f"labels in {asked['labels']} are not; is --problem regression right?"
        )
    groups = [
        regression.GroupErrors(
            group=row["group_value"], predictions=row["predictions"], labelled=row["labelled"],
            absolute=row["absolute"], squared=row["squared"],
        )
        for row in rows
    ]  # fmt: skip
    try:
        report = regression.error_report(groups, window, baseline=baseline, limits=limits)
    except ValueError as error:
        raise JobError(str(error)) from error
    logged(
        tracking, experiment=experiment, run_key=run_key, model=model, window=window,
        tables={key: str(asked[key]) for key in ("predictions", "labels", "group_column")},
        metrics=metrics(report),
        verdicts={"accuracy": report.verdict, "bias": report.by_group.verdict},
    )  # fmt: skip
    if Verdict.ALERT in {report.verdict, report.by_group.verdict}:
        notifier.send(message(str(asked["predictions"]), report))
    return report


def metrics(report: ErrorReport) -> Mapping[str, float]:
    """What MLflow shows over time."""
    return {
        "mae": report.mae,
        "mae_lower": report.interval[0],
        "mae_upper": report.interval[1],
        "mae_rise": report.rise,
        "rmse": report.rmse,
        "baseline": report.baseline,
        "predictions": float(report.predictions),
        "label_coverage": report.coverage,
        "mae_difference": report.by_group.value,
    }


def message(predictions: str, report: ErrorReport) -> Message:
    """What people are told."""
    lower, upper = report.interval
    groups = report.by_group
    facts = {
        "Error": f"{report.verdict}: {report.reason} ({lower:.4g} to {upper:.4g})",
        "Labels": f"{report.labelled} of {report.predictions}, {report.coverage:.0%}",
    }
    if groups.verdict is Verdict.ALERT:
        facts["Mean absolute error by group"] = (
            f"{groups.higher} is {groups.value:.4g} above {groups.lower} "
            f"({groups.interval[0]:.4g} to {groups.interval[1]:.4g})"
        )
    return Message(
        title=f"Model performance: {predictions}",
        text=f"Predictions from {report.window.start:%Y-%m-%d} until before "
        f"{report.window.end:%Y-%m-%d}.",
        facts=facts,
    )
