"""How an environment is watched: a SQL warehouse, dashboards, alerts, data-quality monitors.

What dashboards show and alerts ask is data of :mod:`components.dashboards` and
:mod:`components.alerts`. Which monitors can be built is decided by
:mod:`components.monitored_tables`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
import pulumi_databricks as databricks
from pulumi import Input, Output, ResourceOptions

from components import queries
from components.alerts import CURRENCY, alerts
from components.dashboards import dashboards
from settings.observability import InferenceMonitor, TimeSeriesMonitor

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from components.alerts import Alert
    from components.naming import Names
    from settings.observability import MonitorSettings, ObservabilitySettings

AGAIN_SECONDS = 86_400
"""While an alert stands, people are told again after this."""
_PROBLEMS = {
    "classification": "PROBLEM_TYPE_CLASSIFICATION",
    "regression": "PROBLEM_TYPE_REGRESSION",
}


@dataclass(frozen=True, kw_only=True)
class ObservabilityArgs:
    """What watching an environment needs."""

    settings: ObservabilitySettings
    environment: str
    names: Names
    workspace_id: Input[str]
    """The workspace's number, by which the system tables tell environments apart."""
    monitors: Sequence[MonitorSettings]
    """The monitors whose tables exist."""
    catalog_name: str
    metrics_schema: str
    """Schema of the catalog that receives the monitors' metrics."""
    audit_table: str | None
    """Full name of the table of what the platform's jobs did, once it exists."""
    contacts: Sequence[str]
    """Mail addresses that are told when an alert is triggered or a monitor fails."""
    run_as: Input[str]
    """Application id of the service principal that alerts ask as; it reads the system tables."""
    viewers: Sequence[Input[str]]
    """Display names of the groups that see the dashboards. Data is read with their own rights."""
    tags: Mapping[str, str]
    workspace_provider: databricks.Provider


class Observability(pulumi.ComponentResource):
    """``mlops:monitoring:Observability``: dashboards, alerts and monitors, and where they run.

    Produces a serverless SQL warehouse with its users, a folder with its viewers, dashboards of
    cost, drift with data quality, and audit, a mail destination, alerts on cost, failed runs,
    denied attempts and drift, and a monitor for each table given. Dashboards show a viewer what the
    viewer may read. A change of the folder replaces the dashboards; a monitor that is removed
    leaves its metrics' tables.
    """

    warehouse_id: Output[str]
    """Id of the SQL warehouse."""
    dashboard_ids: Output[dict[str, str]]
    """Id of each dashboard by its name."""

    def __init__(
        self, name: str, args: ObservabilityArgs, opts: ResourceOptions | None = None
    ) -> None:
        super().__init__("mlops:monitoring:Observability", name, None, opts)
        self._name = name
        self._args = args
        self._child = ResourceOptions(parent=self, provider=args.workspace_provider)
        self._warehouse = self._build_warehouse()
        self._folder = databricks.Directory(
            f"{name}-folder", path=f"{args.settings.folder}/{args.environment}", opts=self._child
        )
        databricks.Permissions(
            f"{name}-viewers",
            directory_path=self._folder.path,
            access_controls=self._everybody("CAN_RUN"),
            opts=self._child,
        )
        destination = databricks.NotificationDestination(
            f"{name}-contacts",
            display_name=args.names.of("contacts"),
            config=databricks.NotificationDestinationConfigArgs(
                email=databricks.NotificationDestinationConfigEmailArgs(addresses=[*args.contacts])
            ),
            opts=self._child,
        )
        for alert in alerts(args.settings.alerts):
            self._alert(alert, destination)
        profiles = {each.table: self._monitor(each) for each in args.monitors}
        self.warehouse_id = self._warehouse.id
        self.dashboard_ids = Output.all(**self._dashboards(profiles))
        self.register_outputs(
            {"warehouse_id": self.warehouse_id, "dashboard_ids": self.dashboard_ids}
        )

    def _build_warehouse(self) -> databricks.SqlEndpoint:
        settings = self._args.settings.warehouse
        warehouse = databricks.SqlEndpoint(
            f"{self._name}-warehouse",
            name=self._args.names.of("observability"),
            cluster_size=settings.size,
            warehouse_type="PRO",
            enable_serverless_compute=True,
            min_num_clusters=1,
            max_num_clusters=settings.max_clusters,
            auto_stop_mins=settings.auto_stop_minutes,
            tags=databricks.SqlEndpointTagsArgs(
                custom_tags=[
                    databricks.SqlEndpointTagsCustomTagArgs(key=key, value=value)
                    for key, value in sorted(self._args.tags.items())
                ]
            ),
            opts=self._child,
        )
        databricks.Permissions(
            f"{self._name}-users",
            sql_endpoint_id=warehouse.id,
            access_controls=self._everybody("CAN_USE"),
            opts=self._child,
        )
        return warehouse

    def _everybody(self, level: str) -> list[databricks.PermissionsAccessControlArgs]:
        """A permission level for the viewers and for the alerts' identity."""
        entry = databricks.PermissionsAccessControlArgs
        return [
            entry(service_principal_name=self._args.run_as, permission_level=level),
            *(entry(group_name=group, permission_level=level) for group in self._args.viewers),
        ]

    def _alert(self, alert: Alert, destination: databricks.NotificationDestination) -> None:
        values: dict[str, Input[str]] = {**alert.values, "workspace_id": self._args.workspace_id}
        evaluation = databricks.AlertV2EvaluationArgs(
            comparison_operator="GREATER_THAN",
            source=databricks.AlertV2EvaluationSourceArgs(name=alert.column),
            threshold=databricks.AlertV2EvaluationThresholdArgs(
                value=databricks.AlertV2EvaluationThresholdValueArgs(double_value=alert.threshold)
            ),
            # Each statement answers one row: no row means that something else is wrong.
            empty_result_state="ERROR",
            notification=databricks.AlertV2EvaluationNotificationArgs(
                notify_on_ok=True,
                retrigger_seconds=AGAIN_SECONDS,
                subscriptions=[
                    databricks.AlertV2EvaluationNotificationSubscriptionArgs(
                        destination_id=destination.id
                    )
                ],
            ),
        )
        databricks.AlertV2(
            f"{self._name}-alert-{alert.name}",
            display_name=f"{self._args.environment}: {alert.title}",
            custom_description=alert.advice,
            # Given a path without /Workspace the provider reports an inconsistent result:
            # https://github.com/databricks/terraform-provider-databricks/issues/5042
            parent_path=self._folder.workspace_path,
            warehouse_id=self._warehouse.id,
            query_text=queries.statement(alert.statement),
            parameters=[
                databricks.AlertV2ParameterArgs(name=name, value=values[name])
                for name in queries.parameters(alert.statement)
            ],
            evaluation=evaluation,
            schedule=databricks.AlertV2ScheduleArgs(
                quartz_cron_schedule=alert.schedule, timezone_id="UTC", pause_status="UNPAUSED"
            ),
            run_as=databricks.AlertV2RunAsArgs(service_principal_name=self._args.run_as),
            opts=self._child,
        )

    def _dashboards(self, profiles: Mapping[str, Output[str]]) -> dict[str, Output[str]]:
        args = self._args
        # Names and titles do not depend on the values, which are known only once they exist.
        drawn = Output.all(args.workspace_id, Output.from_input({**profiles})).apply(
            lambda known: {
                each.name: each.serialized()
                for each in dashboards(known[0], CURRENCY, args.audit_table, known[1])
            }
        )
        return {
            each.name: databricks.Dashboard(
                f"{self._name}-dashboard-{each.name}",
                display_name=f"{args.environment}: {each.title}",
                parent_path=self._folder.path,
                warehouse_id=self._warehouse.id,
                serialized_dashboard=drawn[each.name],
                # Published with the deployer's rights, it would show them to every viewer.
                embed_credentials=False,
                opts=self._child,
            ).id
            for each in dashboards("", CURRENCY, args.audit_table, {})
        }

    def _monitor(self, settings: MonitorSettings) -> Output[str]:
        """Watch one table; the full name of the table of its profile metrics.

        DataQualityMonitor, the type meant to follow QualityMonitor, is in preview and takes the
        table by its id alone.
        """
        args = self._args
        part = settings.table.replace(".", "-").replace("_", "-")
        inference = time_series = snapshot = None
        if isinstance(settings, InferenceMonitor):
            inference = databricks.QualityMonitorInferenceLogArgs(
                granularities=[*settings.granularities],
                timestamp_col=settings.timestamp_column,
                prediction_col=settings.prediction_column,
                model_id_col=settings.model_id_column,
                problem_type=_PROBLEMS[settings.problem],
                label_col=settings.label_column,
            )
        elif isinstance(settings, TimeSeriesMonitor):
            time_series = databricks.QualityMonitorTimeSeriesArgs(
                granularities=[*settings.granularities], timestamp_col=settings.timestamp_column
            )
        else:
            snapshot = databricks.QualityMonitorSnapshotArgs()
        return databricks.QualityMonitor(
            f"{self._name}-monitor-{part}",
            table_name=f"{args.catalog_name}.{settings.table}",
            assets_dir=Output.concat(self._folder.workspace_path, f"/monitors/{settings.table}"),
            output_schema_name=f"{args.catalog_name}.{args.metrics_schema}",
            snapshot=snapshot,
            time_series=time_series,
            inference_log=inference,
            schedule=databricks.QualityMonitorScheduleArgs(
                quartz_cron_expression=settings.schedule, timezone_id="UTC"
            ),
            notifications=databricks.QualityMonitorNotificationsArgs(
                on_failure=databricks.QualityMonitorNotificationsOnFailureArgs(
                    email_addresses=[*args.contacts]
                )
            ),
            # The dashboard of drift and quality shows the same for all tables at once.
            skip_builtin_dashboard=True,
            # The provider takes the API's answer for the program's wish, and would undo it in
            # every update: https://github.com/databricks/terraform-provider-databricks/issues/4229
            opts=ResourceOptions.merge(
                self._child, ResourceOptions(ignore_changes=["dataClassificationConfig"])
            ),
        ).profile_metrics_table_name
