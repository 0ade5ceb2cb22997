"""How the prod workspace is watched: a dashboard, an alert, a monitor of a table."""

from __future__ import annotations

from sandbox.databricks import tokens
from tests.sandbox.databricks.parts.places import CI
from tests.sandbox.databricks.parts.step import Step

OBSERVABILITY = (
    Step(
        "observers_grant",
        tokens.GRANT,
        lambda _: {
            "schema": "system.access",
            "principal": "data_scientists",
            "privileges": ["USE_SCHEMA", "SELECT"],
        },
    ),
    Step(
        "table",
        tokens.TABLE,
        lambda _: {
            "name": "customers",
            "catalogName": "ml_prod_catalog",
            "schemaName": "models",
            "tableType": "MANAGED",
        },
    ),
    Step(
        "monitor",
        tokens.QUALITY_MONITOR,
        lambda _: {
            "tableName": "ml_prod_catalog.models.customers",
            "assetsDir": "/Workspace/observability/prod/monitors",
            "outputSchemaName": "ml_prod_catalog.models",
            "timeSeries": {"granularities": ["1 day"], "timestampCol": "at"},
            "schedule": {"quartzCronExpression": "0 0 4 * * ?", "timezoneId": "UTC"},
            "notifications": {"onFailure": {"emailAddresses": ["ml@example.com"]}},
            "skipBuiltinDashboard": True,
        },
    ),
    Step(
        "dashboard",
        tokens.DASHBOARD,
        lambda w: {
            "displayName": "Cost",
            "parentPath": "/observability/prod",
            "warehouseId": w.id("warehouse"),
            "serializedDashboard": '{"pages": []}',
            "embedCredentials": False,
        },
    ),
    Step(
        "destination",
        tokens.DESTINATION,
        lambda _: {
            "displayName": "contacts",
            "config": {"email": {"addresses": ["ml@example.com"]}},
        },
    ),
    Step("watch_folder", tokens.DIRECTORY, lambda _: {"path": "/observability/prod"}),
    Step(
        "alert",
        tokens.ALERT,
        lambda w: {
            "displayName": "Daily cost",
            "parentPath": "/Workspace/observability/prod",
            "warehouseId": w.id("warehouse"),
            "queryText": "SELECT 1 AS cost WHERE :days > 0",
            "parameters": [{"name": "days", "value": "1"}],
            "evaluation": {
                "comparisonOperator": "GREATER_THAN",
                "emptyResultState": "ERROR",
                "source": {"name": "cost"},
                "threshold": {"value": {"doubleValue": 1000}},
                "notification": {
                    "retriggerSeconds": 86400,
                    "subscriptions": [{"destinationId": w.id("destination")}],
                },
            },
            "schedule": {
                "quartzCronSchedule": "0 0 7 * * ?",
                "timezoneId": "UTC",
                "pauseStatus": "UNPAUSED",
            },
            "runAs": {"servicePrincipalName": CI},
        },
    ),
)
