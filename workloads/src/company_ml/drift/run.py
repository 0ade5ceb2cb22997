"""The drift job: statistics on all rows, a report for people on a sample, both in MLflow."""

from __future__ import annotations

import json
import re
import tempfile
import traceback
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from company_ml import alerts, inputs, limits, monitoring
from company_ml.cli import ExitCode, JobError
from company_ml.drift import core
from company_ml.drift.columns import SchemaError
from company_ml.drift.core import Verdict
from company_ml.drift.ports import TableSlice
from company_ml.ports import Message

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence

    from company_ml.drift.ports import DriftData
    from company_ml.ports import Notifier, Tracking

SHOWN = 15
KINDS = ("drift", "prediction_drift")
ALERTS = {Verdict.STABLE: False, Verdict.DRIFTED: True, Verdict.NOT_ENOUGH_DATA: None}
OUTCOMES = {
    Verdict.STABLE: ExitCode.DONE,
    Verdict.DRIFTED: ExitCode.REFUSED,
    Verdict.NOT_ENOUGH_DATA: ExitCode.NOT_YET,
}


def run(
    data: DriftData,
    tracking: Tracking,
    notifier: Notifier,
    *,
    reference: TableSlice,
    current: TableSlice,
    columns: Sequence[str],
    drift_limits: core.Limits,
    experiment: str,
    kind: str = "drift",
    model: str = "",
    run_key: str = "",
) -> core.DriftReport:
    """Judge the current rows, log what was found, and tell people when they drifted."""
    report = core.assess(data.compare(reference, current, columns), drift_limits)
    judged = [
        (item.comparison.column, item.comparison.kind)
        for item in report.columns
        if item.verdict in {Verdict.STABLE, Verdict.DRIFTED}
    ]
    with tempfile.TemporaryDirectory() as folder:
        statistics = Path(folder) / "drift_statistics.json"
        statistics.write_text(json.dumps(plain(report), indent=2), "utf-8")
        files: Sequence[Path] = ()
        try:
            files = data.report(reference, current, judged, Path(folder)) if judged else ()
        except Exception:  # noqa: BLE001 - a picture that fails must not silence the alarm
            failed = Path(folder) / "drift_report_failed.txt"
            failed.write_text(traceback.format_exc(), "utf-8")
            files = [failed]
        asked = {"reference": str(reference), "current": str(current)}
        run_id = alerts.logged_once(
            tracking, experiment, run_key, {**asked, "kind": kind, "model": model},
            lambda tags: tracking.log(
                experiment=experiment,
                run_name=kind,
                parameters=asked,
                metrics=metrics(report),
                tags={
                    "verdict": report.verdict.value,
                    **alerts.tags(model, {kind: ALERTS[report.verdict]}),
                    **tags,
                },
                artifacts=[statistics, *files],
            ),
        )  # fmt: skip
    if report.verdict is Verdict.DRIFTED:
        notifier.send(message(report, kind, current, run_id))
    return report


def metrics(report: core.DriftReport) -> Mapping[str, float]:
    """What MLflow shows over time, per column and for the table."""
    found = {
        "drifted_share": report.drifted_share,
        "drifted_columns": float(len(report.drifted)),
        "judged_columns": float(report.judged),
    }
    for item in report.columns:
        # https://mlflow.org/docs/latest/ml/tracking: what a metric's name may consist of
        name = re.sub(r"[^\w\-. /]", "_", item.comparison.column, flags=re.ASCII)
        found |= {
            f"{name}.population_stability": item.comparison.population_stability,
            f"{name}.statistic": item.comparison.statistic,
            f"{name}.jensen_shannon": item.comparison.jensen_shannon,
            f"{name}.completeness": item.comparison.current.completeness,
            f"{name}.uniqueness": item.comparison.current.uniqueness,
        }
    return found


def plain(report: core.DriftReport) -> dict[str, Any]:
    """The report as plain data."""
    return {
        "verdict": report.verdict.value,
        "drifted_share": report.drifted_share,
        "judged": report.judged,
        "limits": asdict(replace(report.limits, overrides=dict(report.limits.overrides))),
        "columns": [asdict(item) for item in report.columns],
    }


def message(report: core.DriftReport, kind: str, current: TableSlice, run_id: str) -> Message:
    """What people are told of a report that drifted."""
    return Message(
        title=f"{kind.replace('_', ' ').capitalize()}: {current.table}",
        text=f"{len(report.drifted)} of {report.judged} columns drifted "
        f"({report.drifted_share:.0%}, limit {report.limits.alert_share:.0%}). {current}. "
        f"MLflow run {run_id}.",
        facts={item.comparison.column: "; ".join(item.reasons) for item in report.drifted[:SHOWN]},
    )


def limits_of(found: Mapping[str, Any]) -> core.Limits:
    """The limits of a checked ``drift`` document; an override keeps what it does not name."""
    columns = core.ColumnLimits(**found["columns"])
    overrides = {name: replace(columns, **own) for name, own in found["overrides"].items()}
    return core.Limits(
        alert_share=found["alert_share"],
        significance=found["significance"],
        minimum_rows=found["minimum_rows"],
        columns=columns,
        overrides=overrides,
    )


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the job's parameters."""
    monitoring.add_environment(parser)
    parser.add_argument("--kind", choices=KINDS, default="drift", help="default: %(default)s")
    parser.add_argument("--reference-table", required=True, help="three-part name")
    parser.add_argument("--reference-version", type=int, help="Delta version; default: the latest")
    parser.add_argument("--current-table", required=True, help="three-part name")
    parser.add_argument("--time-column", default="", help="of the current table; default: all rows")
    parser.add_argument("--window-days", type=float, default=7.0, help="default: %(default)s")
    parser.add_argument("--columns", default="", help="comma-separated; default: all")
    parser.add_argument("--model", default="", help="three-part name, for the retraining trigger")
    monitoring.add_run_key(parser)
    parser.add_argument("--limits", help="a YAML file; default: the packaged limits")
    monitoring.add_output(parser)


def main(arguments: argparse.Namespace) -> ExitCode:
    """Run the job in a Spark session: REFUSED when drifted, NOT_YET without enough data."""
    end = monitoring.clock().now()
    current = TableSlice(table=arguments.current_table)
    if arguments.time_column:
        current = replace(
            current,
            time_column=arguments.time_column,
            start=_midnight(end - timedelta(days=arguments.window_days)),
            end=_midnight(end),
        )
    environment = monitoring.environment(arguments)
    reference = TableSlice(table=arguments.reference_table, version=arguments.reference_version)
    columns = [name.strip() for name in arguments.columns.split(",") if name.strip()]
    drift_limits = limits_of(limits.load("drift", arguments.limits))
    inputs.require(monitoring.tables(), *_inputs(reference, current, columns))
    try:
        report = run(
            monitoring.drift_data(),
            monitoring.tracking(environment),
            monitoring.notifier(arguments),
            reference=reference,
            current=current,
            columns=columns,
            drift_limits=drift_limits,
            experiment=monitoring.experiment(environment),
            kind=arguments.kind,
            model=arguments.model,
            run_key=arguments.run_key,
        )
    except SchemaError as error:
        raise JobError(str(error)) from error
    monitoring.output(plain(report), arguments.output)
    return OUTCOMES[report.verdict]


def _inputs(
    reference: TableSlice, current: TableSlice, columns: Sequence[str]
) -> tuple[inputs.Input, inputs.Input]:
    compared = {inputs.quoted(name): "--columns" for name in columns}
    when = {inputs.quoted(current.time_column): "--time-column"} if current.time_column else {}
    return (
        inputs.Input(
            option="--reference-table", table=reference.table, columns=compared,
            version=reference.version,
        ),
        inputs.Input(option="--current-table", table=current.table, columns=compared | when),
    )  # fmt: skip


def _midnight(time: datetime) -> datetime:
    return time.replace(hour=0, minute=0, second=0, microsecond=0)
