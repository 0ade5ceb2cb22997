"""A serving endpoint, an experiment and the settings of the prod workspace."""

from __future__ import annotations

from sandbox.databricks import tokens
from tests.sandbox.databricks.parts.places import CI, VAULT
from tests.sandbox.databricks.parts.step import Step

WORKSPACE = (
    Step(
        "library",
        tokens.FILE,
        lambda _: {
            "path": "/Volumes/ml_prod_catalog/models/files/settings.json",
            "contentBase64": "e30=",
        },
    ),
    Step(
        "secrets",
        tokens.SECRET_SCOPE,
        lambda _: {
            "name": "platform",
            "keyvaultMetadata": {
                "resourceId": VAULT,
                "dnsName": "https://kv.vault.azure.net/",
            },
        },
    ),
    Step(
        "secrets_reader",
        tokens.SECRET_ACL,
        lambda _: {"scope": "platform", "principal": CI, "permission": "READ"},
    ),
    Step(
        "endpoint",
        tokens.MODEL_SERVING,
        lambda _: {
            "name": "churn",
            "config": {
                "servedEntities": [
                    {
                        "name": name,
                        "entityName": "ml_prod_catalog.models.churn",
                        "entityVersion": "1",
                        "workloadSize": "Small",
                        "workloadType": "CPU",
                        "scaleToZeroEnabled": True,
                    }
                    for name in ("champion", "challenger")
                ],
                "trafficConfig": {
                    "routes": [
                        {"servedEntityName": "champion", "trafficPercentage": 90},
                        {"servedEntityName": "challenger", "trafficPercentage": 10},
                    ]
                },
            },
            "aiGateway": {
                "inferenceTableConfig": {
                    "enabled": True,
                    "catalogName": "ml_prod_catalog",
                    "schemaName": "models",
                    "tableNamePrefix": "inference_logs_churn",
                },
                "rateLimits": [{"calls": 100, "renewalPeriod": "minute", "key": "user"}],
            },
            "tags": [{"key": "env", "value": "prod"}],
        },
    ),
    Step(
        "callers",
        tokens.PERMISSIONS,
        lambda w: {
            "servingEndpointId": w.out("endpoint", "servingEndpointId"),
            "accessControls": [{"groupName": "data_scientists", "permissionLevel": "CAN_QUERY"}],
        },
    ),
    Step("directory", tokens.DIRECTORY, lambda _: {"path": "/ml_experiments/prod"}),
    Step(
        "folder_users",
        tokens.PERMISSIONS,
        lambda _: {
            "directoryPath": "/ml_experiments/prod",
            "accessControls": [{"groupName": "data_scientists", "permissionLevel": "CAN_READ"}],
        },
    ),
    Step(
        "experiment",
        tokens.EXPERIMENT,
        lambda _: {"name": "/Workspace/ml_experiments/prod/churn"},
    ),
    Step(
        "conf",
        tokens.WORKSPACE_CONF,
        lambda _: {"customConfig": {"enableTokensConfig": "true", "maxTokenLifetimeDays": "30"}},
    ),
    Step(
        "admins",
        tokens.RESTRICT_ADMINS,
        lambda _: {"restrictWorkspaceAdmins": {"status": "RESTRICT_TOKENS_AND_JOB_RUN_AS"}},
    ),
    Step(
        "legacy_access",
        tokens.DISABLE_LEGACY_ACCESS,
        lambda _: {"disableLegacyAccess": {"value": True}},
    ),
    Step(
        "legacy_dbfs",
        tokens.DISABLE_LEGACY_DBFS,
        lambda _: {"disableLegacyDbfs": {"value": True}},
    ),
)
