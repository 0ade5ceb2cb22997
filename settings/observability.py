"""How an environment is watched: where queries run, what alerts, which tables are profiled."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from settings.base import Distinct, Folder, Settings, matching
from settings.schedule import Quartz

MOST_CONTACTS = 5
"""Most addresses that a monitor notifies.
https://docs.databricks.com/api/workspace/qualitymonitors/create"""

TableName = Annotated[
    str,
    matching(
        r"[a-z_][a-z0-9_]{0,254}\.[a-z_][a-z0-9_]{0,254}",
        "schema.table of the environment's catalog, for example feature_store.customer_features",
    ),
]
ColumnName = Annotated[str, matching(r"[A-Za-z_][A-Za-z0-9_]{0,254}", "a column's name")]
Granularity = Literal["30 minutes", "1 hour", "1 day", "1 week", "1 month"]


class WarehouseSettings(Settings):
    """The serverless SQL warehouse of dashboards and alerts."""

    size: Literal["2X-Small", "X-Small", "Small", "Medium"] = "2X-Small"
    """Size of its clusters; each size costs twice the one before."""
    max_clusters: Annotated[int, Field(ge=1, le=4)] = 1
    """Most clusters at a time: more than one serves more people at once."""
    auto_stop_minutes: Annotated[int, Field(ge=1, le=15)] = 10
    """Idle minutes after which it stops."""


class AlertSettings(Settings):
    """What people are told of. Mail goes to ``mlops:workloads.contacts``."""

    daily_cost_usd: Annotated[float, Field(gt=0)]
    """List cost of the workspace in one day, in US dollars, above which is alerted."""
    failed_runs: Annotated[int, Field(ge=0)] = 0
    """Failed job runs in two hours above which is alerted."""
    denied_attempts: Annotated[int, Field(ge=0)] = 20
    """Refused requests in two hours above which is alerted; some are people finding their way."""
    drifted_share: Annotated[float, Field(gt=0, lt=1)] = 0.3
    """Share of a table's columns whose distribution changed, above which is alerted."""


class _Monitor(Settings):
    table: TableName
    """Table that is profiled. While it does not exist, the monitor waits."""
    schedule: Quartz = "0 0 4 * * ?"
    """When it is profiled anew, in UTC. Default: daily at four."""


class SnapshotMonitor(_Monitor):
    """Profiles the whole table at each refresh."""

    kind: Literal["snapshot"]


class TimeSeriesMonitor(_Monitor):
    """Profiles a table's rows by the window of time they fall into."""

    kind: Literal["timeSeries"]
    timestamp_column: ColumnName
    """Column that places a row in time."""
    granularities: Annotated[tuple[Granularity, ...], Distinct, Field(min_length=1)] = ("1 day",)
    """Lengths of the windows."""


class InferenceMonitor(TimeSeriesMonitor):
    """Profiles requests with their predictions, per model version."""

    kind: Literal["inference"]  # pyright: ignore[reportIncompatibleVariableOverride] - the tag of a union differs by member
    prediction_column: ColumnName
    """Column of the prediction."""
    model_id_column: ColumnName
    """Column of the model's version."""
    problem: Literal["classification", "regression"]
    """What the model predicts."""
    label_column: ColumnName | None = None
    """Column of the true value, where it is known. Default: accuracy is not measured."""


MonitorSettings = Annotated[
    SnapshotMonitor | TimeSeriesMonitor | InferenceMonitor, Field(discriminator="kind")
]


class ObservabilitySettings(Settings):
    """How the environment is watched."""

    warehouse: WarehouseSettings = WarehouseSettings()
    alerts: AlertSettings
    folder: Folder = "/observability"
    """Workspace folder of dashboards and alerts; the environment's name follows."""
    monitors: tuple[MonitorSettings, ...] = ()
    """Data-quality monitors; their results become tables beside the jobs' library."""

    @model_validator(mode="after")
    def _tables_are_distinct(self) -> Self:
        tables = [monitor.table for monitor in self.monitors]
        if repeated := sorted({table for table in tables if tables.count(table) > 1}):
            raise ValueError(
                f"monitors names {', '.join(repeated)} twice; a table has one monitor: remove one"
            )
        return self
