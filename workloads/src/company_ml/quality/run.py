"""The data-quality job: measures a table's expectations and tells people what is broken."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from company_ml import inputs, limits, monitoring, statements
from company_ml.cli import ExitCode
from company_ml.ports import Message
from company_ml.quality.core import Check, Expectation, Finding, QualityReport, share

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from company_ml.ports import Notifier, Parameter, SqlWarehouse


def run(
    sql: SqlWarehouse,
    notifier: Notifier,
    *,
    table: str,
    expectations: Sequence[Expectation],
    now: datetime,
) -> QualityReport:
    """Measure each expectation, and send one message when any is not met."""
    report = QualityReport(
        table=table,
        findings=[
            Finding(expectation=expectation, value=_measured(sql, table, expectation, now))
            for expectation in expectations
        ],
    )
    if report.broken:
        notifier.send(message(report))
    return report


def _measured(
    sql: SqlWarehouse, table: str, expectation: Expectation, now: datetime
) -> float | None:
    def ask(name: str, **more: Parameter) -> Mapping[str, Any]:
        return sql.query(statements.statement("quality", name), {"table": table, **more})[0]

    column = expectation.column
    match expectation.check:
        case Check.ROWS:
            return ask("rows")["rows"]
        case Check.COMPLETENESS:
            counts = ask("counts", column=column)
            return share(counts["present"], counts["rows"])
        case Check.UNIQUENESS:
            counts = ask("counts", column=column)
            return share(counts["different"], counts["present"])
        case Check.RANGE:
            bounds = {"minimum": expectation.minimum, "maximum": expectation.maximum}
            counts = ask("in_range", column=column, **bounds)
            return share(counts["inside"], counts["present"])
        case Check.FRESHNESS_HOURS:
            return ask("age", column=column, now=now.isoformat())["hours"]


def expectations_of(plain: Mapping[str, Any]) -> tuple[Expectation, ...]:
    """The expectations of a checked ``quality`` document."""
    found: list[Expectation] = []
    for each in plain["expectations"]:
        more: dict[str, Any] = {key: value for key, value in each.items() if key != "check"}
        found.append(Expectation(check=Check(each["check"]), **more))
    return tuple(found)


def message(report: QualityReport) -> Message:
    """What people are told of a report with broken expectations."""
    return Message(
        title=f"Data quality of {report.table}",
        text=f"{len(report.broken)} of {len(report.findings)} expectations are not met.",
        facts={
            finding.expectation.name: (
                f"{'nothing to measure' if finding.value is None else f'{finding.value:g}'}, "
                f"expected {finding.expectation.bound}"
            )
            for finding in report.broken
        },
    )


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the job's parameters."""
    monitoring.add_environment(parser)
    parser.add_argument("--expectations", help="a YAML file; default: the packaged ones")
    parser.add_argument("--table", help="three-part name instead of the expectations' own")
    monitoring.add_run_key(parser)
    monitoring.add_output(parser)


def main(arguments: argparse.Namespace) -> ExitCode:
    """Run the job in a Spark session: REFUSED when an expectation is not met."""
    plain = limits.load("quality", arguments.expectations)
    table = arguments.table or plain["table"].format(
        catalog=monitoring.environment(arguments).catalog
    )
    expectations = expectations_of(plain)
    inputs.require(
        monitoring.tables(),
        inputs.Input(
            option="--table" if arguments.table else "table of --expectations",
            table=table,
            columns={each.column: each.name for each in expectations if each.column},
        ),
    )
    report = run(
        monitoring.sql(),
        monitoring.notifier(arguments),
        table=table,
        expectations=expectations,
        now=monitoring.clock().now(),
    )
    monitoring.output(asdict(report), arguments.output)
    return ExitCode.REFUSED if report.broken else ExitCode.DONE
