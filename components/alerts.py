"""What an environment's alerts watch, as data. Pure.

Each asks one row of a system table, compares one number, and says what to look at.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from settings.observability import AlertSettings

CURRENCY = "USD"
_DAILY, _HOURLY = "0 0 7 * * ?", "0 10 * * * ?"
# Longer than the time between two looks: a system table gets its rows with some delay.
_TWO_HOURS, _TWO_DAYS = "2", "48"


@dataclass(frozen=True, kw_only=True)
class Alert:
    """One alert: it is triggered when the number is above the threshold."""

    name: str
    """Part of the resource's name, and of the statement's file."""
    title: str
    statement: str
    """Name of the statement in :mod:`components.queries`."""
    column: str
    """The number's column in the statement's one row."""
    threshold: float
    schedule: str
    """When it looks, as a Quartz schedule in UTC."""
    advice: str
    """What the people who are told should do."""
    values: Mapping[str, str] = field(default_factory=dict[str, str])
    """The statement's parameters, beside the workspace's number."""


def alerts(settings: AlertSettings) -> tuple[Alert, ...]:
    """The alerts of an environment with these limits."""
    return (
        Alert(
            name="daily-cost",
            title="Daily cost above its limit",
            statement="cost_yesterday",
            column="cost",
            threshold=settings.daily_cost_usd,
            schedule=_DAILY,
            advice="Yesterday's list cost of this workspace is above the limit. The dashboard "
            "Cost shows which SKU and owner it belongs to.",
            values={"currency": CURRENCY},
        ),
        Alert(
            name="failed-runs",
            title="Failed job runs",
            statement="failed_runs",
            column="failed_runs",
            threshold=settings.failed_runs,
            schedule=_HOURLY,
            advice="Job runs failed within the last two hours. Open Jobs & Pipelines in the "
            "workspace; every job may be repeated safely.",
            values={"hours": _TWO_HOURS},
        ),
        Alert(
            name="denied-attempts",
            title="Denied access attempts",
            statement="denied_attempts",
            column="denied",
            threshold=settings.denied_attempts,
            schedule=_HOURLY,
            advice="More requests than usual were refused within the last two hours. The "
            "dashboard Audit shows who wanted what.",
            values={"hours": _TWO_HOURS},
        ),
        Alert(
            name="drift",
            title="Data drift above its limit",
            statement="drift_latest",
            column="drifted_share",
            threshold=settings.drifted_share,
            schedule=_DAILY,
            advice="A drift job found more columns changed than the limit allows. The dashboard "
            "Drift and quality shows which table; its MLflow run holds the report.",
            values={"hours": _TWO_DAYS},
        ),
    )
