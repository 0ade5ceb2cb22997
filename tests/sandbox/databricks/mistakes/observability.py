"""Mistakes with dashboards, alerts, monitors and grants to one principal."""

from __future__ import annotations

from tests.sandbox.databricks.mistakes.actions import (
    REMOVED,
    Mistake,
    another,
    instead,
    updating,
)
from tests.sandbox.databricks.parts.places import AS_CI, STRANGER

_FORMS = "INVALID_PARAMETER_VALUE"
_GONE = "RESOURCE_DOES_NOT_EXIST"
_OPERATOR = "evaluation.comparisonOperator"
_TOLD = "evaluation.notification.subscriptions"

MISTAKES: dict[str, list[tuple[str, Mistake]]] = {
    "grant_names_one_securable": [
        (_FORMS, instead("observers_grant", {"schema": REMOVED})),
        (_FORMS, instead("observers_grant", {"catalog": "ml_prod_catalog"})),
    ],
    "grant_fits_the_securable": [
        (_FORMS, instead("observers_grant", {"privileges": ["USE_CATALOG"]})),
        (_FORMS, instead("observers_grant", {"privileges": []})),
    ],
    "grantee_exists": [
        ("PRINCIPAL_DOES_NOT_EXIST", instead("observers_grant", {"principal": "nobody"})),
    ],
    "granted_securable_exists": [
        ("SCHEMA_DOES_NOT_EXIST", instead("observers_grant", {"schema": "system.lakeflow"})),
        (
            "SCHEMA_DOES_NOT_EXIST",
            instead("observers_grant", before=lambda w: w.drop("system")),
        ),
        ("SCHEMA_DOES_NOT_EXIST", instead("observers_grant", {"schema": "ml_prod_catalog.gold"})),
        ("PERMISSION_DENIED", instead("observers_grant", provider=AS_CI)),
    ],
    "principal_has_one_grant_here": [("RESOURCE_ALREADY_EXISTS", another("observers_grant"))],
    "monitor_has_one_profile": [
        (_FORMS, instead("monitor", {"timeSeries": REMOVED})),
        (_FORMS, instead("monitor", {"snapshot": {}})),
    ],
    "monitor_is_well_formed": [
        (_FORMS, instead("monitor", {"timeSeries.granularities": ["daily"]})),
        (_FORMS, instead("monitor", {"timeSeries.granularities": ["2 days"]})),
        (_FORMS, instead("monitor", {"assetsDir": "monitors"})),
        (
            _FORMS,
            instead(
                "monitor",
                {"notifications.onFailure.emailAddresses": [f"p{n}@example.com" for n in range(6)]},
            ),
        ),
        (
            "INVALID_INPUT",
            instead(
                "monitor",
                {"timeSeries": REMOVED, "inferenceLog": {"problemType": "regression"}},
            ),
        ),
    ],
    "monitor_schedule_can_be_read": [
        (_FORMS, instead("monitor", {"schedule.quartzCronExpression": "0 4 * * *"})),
    ],
    "monitor_has_its_tables": [
        (
            "TABLE_DOES_NOT_EXIST",
            instead("monitor", {"tableName": "ml_prod_catalog.models.absent"}),
        ),
        ("TABLE_DOES_NOT_EXIST", instead("monitor", {"baselineTableName": "a.b.c"})),
        ("SCHEMA_DOES_NOT_EXIST", instead("monitor", {"outputSchemaName": "ml_prod_catalog.x"})),
    ],
    "table_has_one_monitor": [("RESOURCE_ALREADY_EXISTS", another("monitor"))],
    "monitor_is_made_by_who_reads_the_table": [
        (
            "PERMISSION_DENIED",
            instead("monitor", before=lambda w: w.edit("table", owner="data_scientists")),
        ),
        ("PERMISSION_DENIED", instead("monitor", provider=AS_CI)),
    ],
    "dashboard_has_one_content": [
        ("INVALID_INPUT", instead("dashboard", {"serializedDashboard": "{pages: []}"})),
        ("INVALID_INPUT", instead("dashboard", {"serializedDashboard": "[]"})),
        ("CONFLICTING_PROPERTIES", instead("dashboard", {"filePath": "cost.lvdash.json"})),
    ],
    "dashboard_folder_is_a_path": [
        (_FORMS, instead("dashboard", {"parentPath": "observability"})),
        (_FORMS, instead("dashboard", {"parentPath": "/observability/"})),
    ],
    "dashboard_has_a_warehouse": [
        (_GONE, instead("dashboard", {"warehouseId": "0123456789abcdef"})),
    ],
    "dashboard_name_is_free": [
        (
            "RESOURCE_ALREADY_EXISTS",
            another("dashboard", {"parentPath": "/Workspace/observability/prod"}),
        ),
    ],
    "destination_is_of_one_kind": [
        (_FORMS, instead("destination", {"config": {}})),
        (_FORMS, instead("destination", {"config.slack": {"url": "https://hooks.example.com"}})),
        (_FORMS, instead("destination", {"config.email.addresses": []})),
        (_FORMS, instead("destination", {"config.email.addresses": ["the team"]})),
    ],
    "alert_is_well_formed": [
        ("INVALID_INPUT", instead("alert", {_OPERATOR: ">"})),
        ("INVALID_INPUT", instead("alert", {"evaluation.emptyResultState": "NONE"})),
        ("INVALID_INPUT", instead("alert", {"evaluation.source.aggregation": "FIRST"})),
        ("INVALID_INPUT", instead("alert", {"customTemplateFormat": "TEXT"})),
        (_FORMS, instead("alert", {"evaluation.threshold": REMOVED})),
        (_FORMS, instead("alert", {"evaluation.notification.retriggerSeconds": -1})),
    ],
    "alert_parameters_are_distinct": [
        (_FORMS, instead("alert", {"parameters": [{"name": "days"}, {"name": "days"}]})),
        (_FORMS, instead("alert", {"parameters": [{"name": ""}]})),
    ],
    "alert_schedule_can_be_read": [
        (_FORMS, instead("alert", {"schedule.quartzCronSchedule": "0 7 * * *"})),
        (_FORMS, instead("alert", {"schedule.quartzCronSchedule": "0 0 7 * * *"})),
        (_FORMS, instead("alert", {"schedule.timezoneId": "Europe/Bonn"})),
    ],
    "alert_has_a_warehouse": [(_GONE, instead("alert", {"warehouseId": "0123456789abcdef"}))],
    "alert_has_a_folder": [(_GONE, instead("alert", {"parentPath": "/Workspace/absent"}))],
    "alert_path_is_spelt_as_answered": [
        ("INCONSISTENT_RESULT", instead("alert", {"parentPath": "/observability/prod"})),
        ("INCONSISTENT_RESULT", instead("alert", {"parentPath": "/Workspace/observability/prod/"})),
    ],
    "alert_stays_in_its_folder": [
        (_FORMS, updating("alert", {"parentPath": "/Workspace/observability"})),
    ],
    "alert_tells_somebody": [
        (_GONE, instead("alert", {_TOLD: [{"destinationId": "absent"}]})),
        (_GONE, instead("alert", {_TOLD: [{"userEmail": "ml@example.com"}]})),
        (_FORMS, instead("alert", {_TOLD: [{}]})),
    ],
    "alert_runs_as_whom_the_caller_may_use": [
        (_GONE, instead("alert", {"runAs.servicePrincipalName": STRANGER})),
        ("PERMISSION_DENIED", instead("alert", before=lambda w: w.drop("ci_users"))),
    ],
}
