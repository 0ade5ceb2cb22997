"""The cost job: asks the billing tables, judges a day, tells people."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from company_ml import limits, monitoring, statements
from company_ml.cli import ExitCode
from company_ml.cost import core
from company_ml.ports import Message

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from company_ml.ports import Notifier, SqlWarehouse

USAGE = "system.billing.usage"
LIST_PRICES = "system.billing.list_prices"
CLOUD = "AZURE"
COMPLETE_AFTER = timedelta(hours=12)
"""Usage is typically in the table by then:
https://learn.microsoft.com/azure/databricks/admin/system-tables/billing"""
SHOWN = 10


def last_complete_day(now: datetime) -> date:
    """The latest day (UTC, as the table's usage_date) whose records should all be in."""
    return (now.astimezone(UTC) - COMPLETE_AFTER).date() - timedelta(days=1)


def run(
    sql: SqlWarehouse,
    notifier: Notifier,
    *,
    day: date,
    cost_limits: core.CostLimits,
    owner_tag: str,
    usage_table: str = USAGE,
    list_prices_table: str = LIST_PRICES,
) -> core.CostReport:
    """Judge a day's cost, and send one message when there is anything to tell."""
    rows = sql.query(
        statements.statement("cost", "daily_cost"),
        {
            "usage_table": usage_table,
            "list_prices_table": list_prices_table,
            "cloud": CLOUD,
            "currency": cost_limits.currency,
            "owner_tag": owner_tag,
            "first_date": (day - timedelta(weeks=cost_limits.weeks)).isoformat(),
            "last_date": day.isoformat(),
        },
    )
    report = core.report([_line(row) for row in rows], day, cost_limits)
    if report.alerts:
        notifier.send(message(report))
    return report


def _line(row: Mapping[str, Any]) -> core.CostLine:
    return core.CostLine(
        day=row["usage_date"],
        workspace=row["workspace_id"] or "",  # usage of the account belongs to no workspace
        sku=row["sku_name"],
        product=row["product"] or "",
        unit=row["usage_unit"],
        owner=row["owner"],
        quantity=row["quantity"],
        cost=row["cost"] or 0.0,
        unpriced_quantity=row["unpriced_quantity"],
    )


def message(report: core.CostReport) -> Message:
    """What people are told of a report with alerts."""
    facts = {f"Total {report.day}": _money(report.total, report)}
    for alert in report.alerts[:SHOWN]:
        name = f"{alert.kind}: {alert.dimension} {alert.value}"
        if alert.kind is core.AlertKind.UNPRICED:
            facts[name] = f"{report.unpriced[alert.value]:,.2f} units without a list price"
        else:
            facts[name] = f"{_money(alert.cost, report)}, against {_money(alert.expected, report)}"
    if len(report.alerts) > SHOWN:
        facts["More"] = f"{len(report.alerts) - SHOWN} alerts in the job's output"
    return Message(title=f"Databricks cost of {report.day}", text=report.scope, facts=facts)


def _money(amount: float, report: core.CostReport) -> str:
    return f"{amount:,.2f} {report.currency}"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the job's parameters."""
    monitoring.add_environment(parser)
    parser.add_argument(
        "--day", type=date.fromisoformat, help="day to judge, as 2026-11-25; default: the last "
        "one whose records should all be in",
    )  # fmt: skip
    parser.add_argument("--limits", help="a YAML file; default: the packaged limits")
    parser.add_argument("--owner-tag", default="owner", help="custom tag that names the owner")
    parser.add_argument("--usage-table", default=USAGE, help="default: %(default)s")
    parser.add_argument("--list-prices-table", default=LIST_PRICES, help="default: %(default)s")
    monitoring.add_run_key(parser)
    monitoring.add_output(parser)


def main(arguments: argparse.Namespace) -> ExitCode:
    """Run the job in a Spark session: REFUSED when there is something to tell people."""
    report = run(
        monitoring.sql(),
        monitoring.notifier(arguments),
        day=arguments.day or last_complete_day(monitoring.clock().now()),
        cost_limits=core.CostLimits(**limits.load("cost", arguments.limits)),
        owner_tag=arguments.owner_tag,
        usage_table=arguments.usage_table,
        list_prices_table=arguments.list_prices_table,
    )
    monitoring.output(asdict(report), arguments.output)
    return ExitCode.REFUSED if report.alerts else ExitCode.DONE
