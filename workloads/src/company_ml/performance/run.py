"""The performance job: accuracy against late labels and bias by group, from the logged requests."""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from company_ml import inputs, limits, monitoring, statements
from company_ml.cli import ExitCode, JobError
from company_ml.performance import core, multiclass, regression, regression_run, report
from company_ml.performance.core import Verdict
from company_ml.performance.log import logged
from company_ml.problems import Problem

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from company_ml.performance.multiclass import GroupAccuracyReport
    from company_ml.ports import ModelRegistry, Notifier, SqlWarehouse, Tracking

_WHOLE = r"^(-?[0-9]+)\.0$"
_BOOLEANS = {"true": "1", "false": "0"}
_PREDICTIONS = ("request_id", "request_time", "prediction")
_LABELS = ("request_id", "label", "labelled_at")
_BASELINES = {Problem.REGRESSION: "mae"}
"""The metric of a training run that the window is compared with; accuracy for classes."""


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
    problem: Problem = Problem.BINARY,
) -> tuple[core.AccuracyReport, core.BiasReport | GroupAccuracyReport]:
    """Judge the window, log what was found, and tell people what is wrong.

    Raises:
        JobError: The problem is binary, and there are more classes than the positive and one more.
    """
    window = _window(now, found_limits)
    asked = _asked(window, now, predictions=predictions, labels=labels, group_column=group_column)
    rows = sql.query(
        statements.statement("performance", "labelled_counts"),
        {**asked, "positive": _as_counted(positive), "whole": _WHOLE},
    )
    groups = [_counts(row) for row in rows]
    if problem is Problem.BINARY and not all(group.has_two_classes for group in groups):
        raise JobError(
            f"--positive is {positive!r}, and {predictions} with {labels} name more classes than "
            "that and one other, so that no rate of a positive class can be told. Name the "
            "positive class as the tables do, or set --problem multiclass or --problem regression"
        )
    accuracy = core.accuracy_report(
        groups,
        window,
        baseline=baseline,
        limits=core.AccuracyLimits(**found_limits["accuracy"]),
    )
    compare = core.bias_report if problem is Problem.BINARY else multiclass.group_accuracy_report
    bias = compare(groups, core.BiasLimits(**found_limits["bias"]))
    logged(
        tracking, experiment=experiment, run_key=run_key, model=model, window=window,
        tables={"predictions": predictions, "labels": labels, "group_column": group_column},
        metrics=report.metrics(accuracy, bias),
        verdicts={"accuracy": accuracy.verdict, "bias": bias.verdict},
    )  # fmt: skip
    if Verdict.ALERT in {accuracy.verdict, bias.verdict}:
        notifier.send(report.message(predictions, accuracy, bias))
    return accuracy, bias


def _window(now: datetime, found_limits: Mapping[str, Any]) -> core.Window:
    return judged_window(
        now,
        label_delay_days=found_limits["label_delay_days"],
        window_days=found_limits["window_days"],
    )


def _asked(window: core.Window, now: datetime, **tables: str) -> dict[str, Any]:
    return tables | {
        "window_start": window.start.isoformat(),
        "window_end": window.end.isoformat(),
        "as_of": now.isoformat(),
    }


def _as_counted(positive: str) -> str:
    """A class as ``labelled_counts`` names it, however the option spells it."""
    return _BOOLEANS.get(positive, re.sub(_WHOLE, r"\1", positive))


def _counts(row: Mapping[str, Any]) -> core.GroupCounts:
    parts = {key: value for key, value in row.items() if key != "group_value"}
    return core.GroupCounts(group=row["group_value"], **parts)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the job's parameters."""
    monitoring.add_environment(parser)
    parser.add_argument(
        "--predictions", required=True,
        help=f"table with {', '.join(_PREDICTIONS)} and the group column",
    )  # fmt: skip
    parser.add_argument("--labels", required=True, help=f"table with {', '.join(_LABELS)}")
    parser.add_argument("--group-column", required=True, help="column whose groups are compared")
    parser.add_argument(
        "--problem", choices=[*Problem], default=Problem.BINARY.value,
        help="what is predicted (%(default)s)",
    )  # fmt: skip
    parser.add_argument("--positive", default="1", help="the favourable prediction (%(default)s)")
    parser.add_argument(
        "--model", required=True, help="three-part name of the model that predicted"
    )
    parser.add_argument(
        "--baseline",
        type=float,
        help="accuracy, or mean absolute error, to compare with; default: that of its training",
    )
    monitoring.add_run_key(parser)
    parser.add_argument("--alias", default="champion", help="of the model (%(default)s)")
    parser.add_argument(
        "--baseline-metric", help="of its run; default: accuracy, or mae for regression"
    )
    parser.add_argument("--limits", help="a YAML file; default: the packaged limits")
    monitoring.add_output(parser)


def main(arguments: argparse.Namespace) -> ExitCode:
    """Run the job in a Spark session: REFUSED on an alert, NOT_YET while labels are too few."""
    environment = monitoring.environment(arguments)
    found = limits.load("performance", arguments.limits)
    inputs.require(monitoring.tables(), *_inputs(arguments))
    tracking = monitoring.tracking(environment)
    problem = Problem(arguments.problem)
    baseline = arguments.baseline
    if baseline is None:
        baseline = baseline_of(
            monitoring.registry(environment),
            tracking,
            model=arguments.model,
            alias=arguments.alias,
            metric=arguments.baseline_metric or _BASELINES.get(problem, "accuracy"),
        )
    if problem is Problem.REGRESSION:
        return _regression(arguments, tracking, baseline, found)
    accuracy, bias = run(
        monitoring.sql(),
        tracking,
        monitoring.notifier(arguments),
        predictions=arguments.predictions,
        labels=arguments.labels,
        group_column=arguments.group_column,
        positive=arguments.positive,
        baseline=baseline,
        found_limits=found,
        now=monitoring.clock().now(),
        experiment=monitoring.experiment(environment),
        model=arguments.model,
        run_key=arguments.run_key,
        problem=problem,
    )
    monitoring.output(
        {"verdict": accuracy.verdict, "accuracy": asdict(accuracy), "bias": asdict(bias),
         "bias_verdict": bias.verdict},
        arguments.output,
    )  # fmt: skip
    return _exit(accuracy.verdict, bias.verdict)


def _inputs(arguments: argparse.Namespace) -> tuple[inputs.Input, inputs.Input]:
    return (
        inputs.Input(
            option="--predictions", table=arguments.predictions,
            columns=dict.fromkeys(_PREDICTIONS, "") | {arguments.group_column: "--group-column"},
        ),
        inputs.Input(option="--labels", table=arguments.labels, columns=dict.fromkeys(_LABELS, "")),
    )  # fmt: skip


def _regression(
    arguments: argparse.Namespace, tracking: Tracking, baseline: float, found: Mapping[str, Any]
) -> ExitCode:
    if "regression" not in found:
        raise JobError(
            f"--limits {arguments.limits} lacks the key regression, which --problem regression is "
            "judged by; take it from the packaged configs/monitoring/performance.yaml"
        )
    now = monitoring.clock().now()
    window = _window(now, found)
    judged = regression_run.run(
        monitoring.sql(),
        tracking,
        monitoring.notifier(arguments),
        asked=_asked(
            window, now, predictions=arguments.predictions, labels=arguments.labels,
            group_column=arguments.group_column,
        ),
        window=window,
        baseline=baseline,
        limits=regression.ErrorLimits(**found["regression"]),
        experiment=monitoring.experiment(monitoring.environment(arguments)),
        model=arguments.model,
        run_key=arguments.run_key,
    )  # fmt: skip
    monitoring.output(
        {"verdict": judged.verdict, "error": asdict(judged),
         "bias_verdict": judged.by_group.verdict,
         "skipped": regression_run.CLASSES_ALONE},
        arguments.output,
    )  # fmt: skip
    return _exit(judged.verdict, judged.by_group.verdict)


def _exit(quality: Verdict, between_groups: Verdict) -> ExitCode:
    if Verdict.ALERT in {quality, between_groups}:
        return ExitCode.REFUSED
    return ExitCode.NOT_YET if quality is Verdict.HOLD else ExitCode.DONE
