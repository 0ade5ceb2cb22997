"""The performance job: accuracy against late labels and bias by group, from the logged requests."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from company_ml import alerts, limits, monitoring, statements
from company_ml.cli import ExitCode, JobError
from company_ml.performance import core
from company_ml.performance.core import Verdict
from company_ml.ports import Message

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from company_ml.ports import ModelRegistry, Notifier, SqlWarehouse, Tracking


ALERTS = {Verdict.GOOD: False, Verdict.ALERT: True, Verdict.HOLD: None}


def judged_window(now: datetime, *, label_delay_days: float, window_days: float) -> core.Window:
    """The latest window of whole days (UTC) whose labels had their time to come in."""
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    end = midnight - timedelta(days=label_delay_days)
    return core.Window(start=end - timedelta(days=window_days), end=end)


def baseline_of(
    registry: ModelRegistry, tracking: Tracking, *, model: str, alias: str, metric: str
) -> float:
    """The accuracy that the aliased version was trained to.

    Raises:
        JobError: There is no such version, or its run lacks the metric.
    """
    version = registry.by_alias(model, alias)
    if version is None:
        raise JobError(
            f"model {model} has no alias {alias!r}: set it, or name another with --alias"
        )
    found = tracking.metrics(version.run_id)
    if metric not in found:
        raise JobError(
            f"run {version.run_id} of {model} version {version.version} has no metric {metric!r}; "
            f"it has {sorted(found)}: name one with --baseline-metric, or give --baseline"
        )
    return found[metric]


def run(
    sql: SqlWarehouse,
    tracking: Tracking,
    notifier: Notifier,
    *,
    predictions: str,
    labels: str,
    group_column: str,
    positive: str,
    baseline: float,
    found_limits: Mapping[str, Any],
    now: datetime,
    experiment: str,
    model: str = "",
    run_key: str = "",
) -> tuple[core.AccuracyReport, core.BiasReport]:
    """Judge the window, log what was found, and tell people what is wrong."""
    window = judged_window(
        now,
        label_delay_days=found_limits["label_delay_days"],
        window_days=found_limits["window_days"],
    )
    rows = sql.query(
        statements.statement("performance", "labelled_counts"),
        {
            "predictions": predictions,
            "labels": labels,
            "group_column": group_column,
            "positive": positive,
            "window_start": window.start.isoformat(),
            "window_end": window.end.isoformat(),
            "as_of": now.isoformat(),
        },
    )
    groups = [_counts(row) for row in rows]
    accuracy = core.accuracy_report(
        groups,
        window,
        baseline=baseline,
        limits=core.AccuracyLimits(**found_limits["accuracy"]),
    )
    bias = core.bias_report(groups, core.BiasLimits(**found_limits["bias"]))
    asked = {"predictions": predictions, "labels": labels, "group_column": group_column}
    verdicts = {"accuracy": ALERTS[accuracy.verdict], "bias": ALERTS[bias.verdict]}
    alerts.logged_once(
        tracking, experiment, run_key, {**asked, "window": str(window), "model": model},
        lambda tags: tracking.log(
            experiment=experiment,
            run_name="performance",
            parameters=asked,
            metrics=metrics(accuracy, bias),
            tags={**alerts.tags(model, verdicts), **tags},
        ),
    )  # fmt: skip
    if Verdict.ALERT in {accuracy.verdict, bias.verdict}:
        notifier.send(message(predictions, accuracy, bias))
    return accuracy, bias


def _counts(row: Mapping[str, Any]) -> core.GroupCounts:
    parts = {key: value for key, value in row.items() if key != "group_value"}
    return core.GroupCounts(group=row["group_value"], **parts)


def metrics(accuracy: core.AccuracyReport, bias: core.BiasReport) -> Mapping[str, float]:
    """What MLflow shows over time."""
    return {
        "accuracy": accuracy.accuracy,
        "accuracy_lower": accuracy.interval[0],
        "accuracy_upper": accuracy.interval[1],
        "accuracy_drop": accuracy.drop,
        "baseline": accuracy.baseline,
        "predictions": float(accuracy.predictions),
        "label_coverage": accuracy.coverage,
        "demographic_parity_difference": bias.demographic_parity.value,
        "equal_opportunity_difference": bias.equal_opportunity.value,
    }


def message(predictions: str, accuracy: core.AccuracyReport, bias: core.BiasReport) -> Message:
    """What people are told."""
    lower, upper = accuracy.interval
    facts = {
        "Accuracy": f"{accuracy.verdict}: {accuracy.reason} ({lower:.3f} to {upper:.3f})",
        "Labels": f"{accuracy.labelled} of {accuracy.predictions}, {accuracy.coverage:.0%}",
    }
    for difference in (bias.demographic_parity, bias.equal_opportunity):
        if difference.verdict is Verdict.ALERT:
            low, high = difference.interval
            facts[difference.measure.capitalize()] = (
                f"{difference.higher} is {difference.value:.3f} above {difference.lower} "
                f"({low:.3f} to {high:.3f})"
            )
    window = accuracy.window
    return Message(
        title=f"Model performance: {predictions}",
        text=f"Predictions from {window.start:%Y-%m-%d} until before {window.end:%Y-%m-%d}.",
        facts=facts,
    )


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the job's parameters."""
    monitoring.add_environment(parser)
    parser.add_argument(
        "--predictions", required=True,
        help="table with request_id, request_time, prediction and the group column",
    )  # fmt: skip
    parser.add_argument("--labels", required=True, help="table with request_id, label, labelled_at")
    parser.add_argument("--group-column", required=True, help="column whose groups are compared")
    parser.add_argument("--positive", default="1", help="the favourable prediction (%(default)s)")
    parser.add_argument(
        "--model", required=True, help="three-part name of the model that predicted"
    )
    parser.add_argument(
        "--baseline", type=float, help="accuracy to compare with; default: that of its training"
    )
    monitoring.add_run_key(parser)
    parser.add_argument("--alias", default="champion", help="of the model (%(default)s)")
    parser.add_argument("--baseline-metric", default="accuracy", help="of its run (%(default)s)")
    parser.add_argument("--limits", help="a YAML file; default: the packaged limits")
    monitoring.add_output(parser)


def main(arguments: argparse.Namespace) -> ExitCode:
    """Run the job in a Spark session: REFUSED on an alert, WAITING while labels are too few."""
    environment = monitoring.environment(arguments)
    tracking = monitoring.tracking(environment)
    baseline = arguments.baseline
    if baseline is None:
        baseline = baseline_of(
            monitoring.registry(environment),
            tracking,
            model=arguments.model,
            alias=arguments.alias,
            metric=arguments.baseline_metric,
        )
    accuracy, bias = run(
        monitoring.sql(),
        tracking,
        monitoring.notifier(arguments),
        predictions=arguments.predictions,
        labels=arguments.labels,
        group_column=arguments.group_column,
        positive=arguments.positive,
        baseline=baseline,
        found_limits=limits.load("performance", arguments.limits),
        now=monitoring.clock().now(),
        experiment=monitoring.experiment(environment),
        model=arguments.model,
        run_key=arguments.run_key,
    )
    monitoring.output(
        {"verdict": accuracy.verdict, "accuracy": asdict(accuracy), "bias": asdict(bias),
         "bias_verdict": bias.verdict},
        arguments.output,
    )  # fmt: skip
    if Verdict.ALERT in {accuracy.verdict, bias.verdict}:
        return ExitCode.REFUSED
    return ExitCode.WAITING if accuracy.verdict is Verdict.HOLD else ExitCode.DONE
