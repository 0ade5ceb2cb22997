"""Models, monitors and what is shared, of the compliant stack."""

from __future__ import annotations

from typing import Any

from policies import tokens
from tests.policies.harness import Item, urn


def _class(name: str, catalog: str) -> Item:
    tag = {
        "entityType": "catalogs",
        "entityName": catalog,
        "tagKey": "data_classification",
        "tagValue": "confidential",
    }
    return Item(tokens.ENTITY_TAG, f"{name}-class", tag).with_dependency(
        "entityName", urn(tokens.CATALOG, name)
    )


def parts() -> list[Item]:
    model: dict[str, Any] = {
        "name": "churn",
        "catalogName": "ml_models_catalog",
        "schemaName": "production_models",
        "owner": "mlops_release",
        "comment": "Who is about to leave",
        "aliases": [
            {"aliasName": "champion", "versionNum": 3},
            {"aliasName": "challenger", "versionNum": 4},
        ],
    }
    production = {
        "name": "production_models",
        "catalogName": "ml_models_catalog",
        "owner": "mlops_release",
        "forceDestroy": False,
    }
    readers = {"principal": "model_consumers", "privileges": ["USE_SCHEMA", "EXECUTE"]}
    makers = {"principal": "mlops_release", "privileges": ["CREATE_MODEL", "APPLY_TAG"]}
    complete: dict[str, Any] = {
        "baselineTableName": "ml_prod_catalog.feature_store.churn_training",
        "slicingExprs": ["region"],
        "schedule": {"quartzCronExpression": "0 0 6 * * ?", "timezoneId": "UTC"},
    }
    told = {"onFailure": {"emailAddresses": ["ml-platform@example.com"]}}
    monitor = {
        "tableName": "ml_prod_catalog.serving.churn_payload",
        "inferenceLog": {"problemType": "PROBLEM_TYPE_CLASSIFICATION"},
        "notifications": told,
        **complete,
    }
    profile = {
        "objectType": "table",
        "objectId": "id",
        "dataProfilingConfig": {
            "monitoredTableName": "ml_prod_catalog.serving.assistant_payload",
            "inferenceLog": {"problemType": "INFERENCE_PROBLEM_TYPE_CLASSIFICATION"},
            "notificationSettings": told,
            **complete,
        },
    }
    alert: dict[str, Any] = {
        "evaluation": {"notification": {"subscriptions": [{"destinationId": "teams"}]}},
        "schedule": {"quartzCronSchedule": "0 0 7 * * ?", "pauseStatus": "UNPAUSED"},
    }
    recipient = {
        "authenticationType": "TOKEN",
        "expirationTime": 1_767_225_600_000,
        "ipAccessList": {"allowedIpAddresses": ["198.51.100.7"]},
    }
    volume_path = "dbfs:/Volumes/ml_prod_catalog/raw/artifacts"
    jars = {"artifact": "/Volumes/ml_prod_catalog/raw/jars/", "matchType": "PREFIX_MATCH"}
    return [
        _class("catalog", "ml_prod_catalog"),
        _class("registry", "ml_models_catalog"),
        Item(tokens.REGISTERED_MODEL, "model", model),
        Item(tokens.SCHEMA, "production", production),
        Item(
            tokens.GRANTS,
            "production-grants",
            {"schema": "ml_models_catalog.production_models", "grants": [readers, makers]},
        ),
        Item(tokens.MLFLOW_EXPERIMENT, "experiment", {"artifactLocation": volume_path}),
        Item(tokens.QUALITY_MONITOR, "monitor", monitor),
        Item(tokens.DATA_QUALITY_MONITOR, "profile", profile),
        Item(tokens.ALERT, "alert", alert),
        Item(tokens.RECIPIENT, "recipient", recipient),
        Item(
            tokens.ARTIFACT_ALLOWLIST,
            "jars",
            {"artifactType": "LIBRARY_JAR", "artifactMatchers": [jars]},
        ),
        Item(tokens.LIBRARY, "library", {"clusterId": "c", "pypi": {"package": "shap==0.48.0"}}),
        Item(tokens.VOLUME, "volume", {"name": "landing", "storageLocation": "abfss://a@b/c"}),
        Item(tokens.SQL_TABLE, "table", {"name": "t", "storageLocation": "abfss://a@b/c"}),
    ]
