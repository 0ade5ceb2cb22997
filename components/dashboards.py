"""What the AI/BI dashboards of an environment show: cost, drift and quality, audit. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.lakeview import COLUMNS, Dashboard, Dataset, Widget

if TYPE_CHECKING:
    from collections.abc import Mapping

DAYS = "30"
"""How far back a dashboard looks until its reader changes it."""


def dashboards(
    workspace_id: str, currency: str, audit_table: str | None, profiles: Mapping[str, str]
) -> tuple[Dashboard, ...]:
    """The dashboards of an environment.

    Args:
        workspace_id: The workspace's number, which the system tables tell environments apart by.
        currency: Currency of the list prices.
        audit_table: Table of what the platform's jobs did; None while there is none.
        profiles: Monitored table to the table of its profile metrics.
    """
    here = {"workspace_id": workspace_id, "days": DAYS}
    return (
        _cost({**here, "currency": currency}),
        _drift_and_quality(here, profiles),
        _audit(here, audit_table),
    )


def _cost(values: Mapping[str, str]) -> Dashboard:
    cost = Dataset(name="cost", title="Cost by day", statement="cost_by_day", values=values)
    return Dashboard(
        name="cost",
        title="Cost",
        datasets=[cost],
        widgets=[
            Widget(kind="counter", title="List cost", dataset="cost", columns=["cost"]),
            Widget(
                kind="bar", title="By SKU", dataset="cost", columns=["usage_date", "cost"],
                color="sku_name",
            ),
            Widget(
                kind="bar", title="By owner", dataset="cost", columns=["usage_date", "cost"],
                color="owner",
            ),
            Widget(
                kind="table", title="Days", dataset="cost",
                columns=["usage_date", "owner", "sku_name", "cost"],
            ),
        ],
    )  # fmt: skip


def _drift_and_quality(values: Mapping[str, str], profiles: Mapping[str, str]) -> Dashboard:
    datasets = [Dataset(name="drift", title="Drift", statement="drift_over_time", values=values)]
    widgets = [
        Widget(
            kind="line", title="Share of drifted columns", dataset="drift",
            columns=["time", "drifted_share"], total="MAX", color="judged",
        ),
        Widget(
            kind="table", title="Drift runs", dataset="drift",
            columns=["time", "kind", "judged", "verdict", "drifted_share"],
        ),
    ]  # fmt: skip
    for number, (table, profile) in enumerate(sorted(profiles.items()), start=1):
        name = f"quality_{number}"
        datasets.append(
            Dataset(
                name=name,
                title=f"Quality of {table}",
                statement="quality_over_time",
                values={"profile_table": profile, "days": values["days"]},
            )
        )
        widgets += [
            Widget(
                kind="line", title=f"{table}: {words}", dataset=name, columns=["time", column],
                total="MAX", color="column_name", width=COLUMNS // 2,
            )
            for column, words in (
                ("percent_null", "nulls in percent"),
                ("percent_distinct", "distinct values in percent"),
            )
        ]  # fmt: skip
    return Dashboard(
        name="drift-and-quality", title="Drift and quality", datasets=datasets, widgets=widgets
    )


def _audit(values: Mapping[str, str], audit_table: str | None) -> Dashboard:
    datasets = [
        Dataset(name="changes", title="Changes", statement="changes_by_whom", values=values),
        Dataset(name="denied", title="Denied", statement="denied_by_whom", values=values),
    ]
    widgets = [
        Widget(
            kind="bar", title="Changes", dataset="changes", columns=["event_date", "events"],
            color="service", width=COLUMNS // 2,
        ),
        Widget(
            kind="bar", title="Denied attempts", dataset="denied",
            columns=["event_date", "attempts"], color="who", width=COLUMNS // 2,
        ),
        Widget(
            kind="table", title="Who changed what", dataset="changes",
            columns=["event_date", "who", "service", "action", "events"],
        ),
        Widget(
            kind="table", title="Who was denied what", dataset="denied",
            columns=["event_date", "who", "service", "action", "status", "answer", "attempts"],
        ),
    ]  # fmt: skip
    if audit_table:
        datasets.append(
            Dataset(
                name="jobs",
                title="What the platform's jobs did",
                statement="job_actions",
                values={"audit_table": audit_table, "days": values["days"]},
            )
        )
        widgets.append(
            Widget(
                kind="table", title="What the platform's jobs did", dataset="jobs",
                columns=["time", "actor", "action", "object", "version", "outcome"],
            )
        )  # fmt: skip
    return Dashboard(name="audit", title="Audit", datasets=datasets, widgets=widgets)
