"""One complete Databricks estate: a shared account, a prod workspace full of objects, a bare dev one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sandbox.databricks import tokens
from sandbox.databricks.scope import DEPLOYER_ID
from sandbox.rules import Record

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.sandbox.databricks.world import World

ACCOUNT_ID = "00000000-0000-0000-0000-0000000000dd"
GROUP = "/subscriptions/s/resourceGroups/rg"
PROD = f"{GROUP}/providers/Microsoft.Databricks/workspaces/prod"
DEV = f"{GROUP}/providers/Microsoft.Databricks/workspaces/dev"
FAR = f"{GROUP}/providers/Microsoft.Databricks/workspaces/far"
CONNECTOR = f"{GROUP}/providers/Microsoft.Databricks/accessConnectors/data"
BARE = f"{GROUP}/providers/Microsoft.Databricks/accessConnectors/bare"
STORAGE = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/mldata"
FLAT = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/mlflat"
CI = "11111111-1111-4111-8111-111111111111"
STRANGER = "22222222-2222-4222-8222-222222222222"
NUMBERS = {PROD: "1001", DEV: "1002", FAR: "1003"}
URL = "abfss://data@mldata.dfs.core.windows.net"

PROVIDERS: dict[str, dict[str, Any]] = {
    "account": {"host": "https://accounts.azuredatabricks.net", "accountId": ACCOUNT_ID},
    "workspace": {"azureWorkspaceResourceId": PROD},
    "dev": {"azureWorkspaceResourceId": DEV},
    "far": {"azureWorkspaceResourceId": FAR},
}


def azure(token: str, key: str, **properties: Any) -> Record:
    """A record of the other cloud."""
    return Record(key, token, f"urn::{key}", properties, properties)


def _workspace(key: str, location: str) -> Record:
    return azure(
        tokens.AZURE_WORKSPACE,
        key,
        workspaceId=NUMBERS[key],
        workspaceUrl=f"adb-{NUMBERS[key]}.1.azuredatabricks.net",
        location=location,
        managedResourceGroupId=f"/subscriptions/s/resourceGroups/managed-{NUMBERS[key]}",
    )


ROLE = azure(
    tokens.AZURE_ROLE,
    f"{STORAGE}/providers/Microsoft.Authorization/roleAssignments/1",
    scope=STORAGE,
    principalId="connector-object-id",
    roleDefinitionId="/providers/Microsoft.Authorization/roleDefinitions/"
    "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
)
AZURE = (
    _workspace(PROD, "eastus2"),
    _workspace(DEV, "East US 2"),
    _workspace(FAR, "westeurope"),
    azure(tokens.AZURE_CONNECTOR, CONNECTOR, identity={"principalId": "connector-object-id"}),
    azure(tokens.AZURE_CONNECTOR, BARE),
    azure(tokens.AZURE_STORAGE, STORAGE, accountName="mldata", isHnsEnabled=True),
    azure(tokens.AZURE_STORAGE, FLAT, accountName="mlflat"),
    azure(
        tokens.AZURE_CONTAINER,
        f"{STORAGE}/blobServices/default/containers/data",
        accountName="mldata",
        containerName="data",
    ),
    ROLE,
)

DEFINITION = {
    "spark_version": {"type": "fixed", "value": "auto:latest-lts-ml"},
    "node_type_id": {"type": "allowlist", "values": ["Standard_D4ds_v5", "Standard_D8ds_v5"]},
    "autoscale.max_workers": {"type": "range", "minValue": 1, "maxValue": 4},
    "autotermination_minutes": {
        "type": "range",
        "minValue": 10,
        "maxValue": 20,
        "defaultValue": 20,
    },
    "data_security_mode": {"type": "blocklist", "values": ["NONE"], "isOptional": True},
    "cluster_name": {"type": "regex", "pattern": "ml-.*"},
    "custom_tags.env": {"type": "fixed", "value": "prod"},
    "instance_pool_id": {"type": "forbidden", "hidden": True},
    "dbus_per_hour": {"type": "range", "maxValue": 10},
    "num_workers": {"type": "unlimited", "isOptional": True},
}


@dataclass(frozen=True)
class Step:
    """One resource of the estate: its name, type, inputs and the provider it is declared with."""

    name: str
    token: str
    inputs: Callable[[World], dict[str, Any]]
    via: str = "workspace"


def _account(name: str, token: str, inputs: Callable[[World], dict[str, Any]]) -> Step:
    return Step(name, token, inputs, "account")


SHARED = (
    _account("owners", tokens.GROUP, lambda _: {"displayName": "platform_owners"}),
    _account("scientists", tokens.GROUP, lambda _: {"displayName": "data_scientists"}),
    _account(
        "deployer_owns",
        tokens.GROUP_MEMBER,
        lambda w: {"groupId": w.id("owners"), "memberId": DEPLOYER_ID},
    ),
    _account("ci", tokens.SERVICE_PRINCIPAL, lambda _: {"applicationId": CI, "displayName": "ci"}),
    _account(
        "ci_is_scientist",
        tokens.GROUP_MEMBER,
        lambda w: {"groupId": w.id("scientists"), "memberId": w.id("ci")},
    ),
    _account(
        "metastore",
        tokens.METASTORE,
        lambda _: {
            "name": "company",
            "region": "eastus2",
            "owner": "platform_owners",
            "deltaSharingScope": "INTERNAL",
            "deltaSharingRecipientTokenLifetimeInSeconds": 7_776_000,
        },
    ),
    _account(
        "ncc",
        tokens.NCC,
        lambda _: {"name": "ncc-eastus2", "region": "eastus2", "accountId": ACCOUNT_ID},
    ),
    _account(
        "ncc_rule",
        tokens.NCC_RULE,
        lambda w: {
            "networkConnectivityConfigId": w.out("ncc", "networkConnectivityConfigId"),
            "resourceId": STORAGE,
            "groupId": "dfs",
        },
    ),
)

JOINED = (
    *(
        _account(
            f"assignment_{name}",
            tokens.METASTORE_ASSIGNMENT,
            lambda w, key=key: {"metastoreId": w.id("metastore"), "workspaceId": NUMBERS[key]},
        )
        for name, key in (("prod", PROD), ("dev", DEV))
    ),
    _account(
        "ncc_binding",
        tokens.NCC_BINDING,
        lambda w: {
            "networkConnectivityConfigId": w.out("ncc", "networkConnectivityConfigId"),
            "workspaceId": NUMBERS[PROD],
        },
    ),
    _account(
        "scientists_in_prod",
        tokens.PERMISSION_ASSIGNMENT,
        lambda w: {
            "workspaceId": NUMBERS[PROD],
            "principalId": w.id("scientists"),
            "permissions": ["USER"],
        },
    ),
    Step("locals", tokens.GROUP, lambda _: {"displayName": "locals"}),
    Step("system", tokens.SYSTEM_SCHEMA, lambda _: {"schema": "access"}),
)

DATA = (
    Step(
        "credential",
        tokens.STORAGE_CREDENTIAL,
        lambda _: {
            "name": "ml_storage",
            "owner": "platform_owners",
            "isolationMode": "ISOLATION_MODE_ISOLATED",
            "azureManagedIdentity": {"accessConnectorId": CONNECTOR},
        },
    ),
    Step(
        "location",
        tokens.EXTERNAL_LOCATION,
        lambda _: {
            "name": "ml_storage",
            "owner": "platform_owners",
            "url": f"{URL}/prod",
            "credentialName": "ml_storage",
            "enableFileEvents": True,
            "fileEventQueue": {"managedAqs": {"resourceGroup": "rg", "subscriptionId": "s"}},
        },
    ),
    Step(
        "metastore_grants",
        tokens.GRANTS,
        lambda w: {
            "metastore": w.id("metastore"),
            "grants": [{"principal": CI, "privileges": ["CREATE_CATALOG"]}],
        },
    ),
    Step(
        "catalog",
        tokens.CATALOG,
        lambda w: {
            "name": "ml_prod_catalog",
            "owner": "platform_owners",
            "storageRoot": f"{URL}/prod/catalog",
            "isolationMode": "ISOLATED",
            "metastoreId": w.id("metastore"),
            "enablePredictiveOptimization": "ENABLE",
        },
    ),
    Step(
        "binding",
        tokens.WORKSPACE_BINDING,
        lambda _: {
            "securableName": "ml_prod_catalog",
            "securableType": "catalog",
            "workspaceId": NUMBERS[DEV],
            "bindingType": "BINDING_TYPE_READ_ONLY",
        },
    ),
    Step(
        "schema",
        tokens.SCHEMA,
        lambda _: {
            "name": "models",
            "catalogName": "ml_prod_catalog",
            "owner": "platform_owners",
            "storageRoot": f"{URL}/prod/models",
        },
    ),
    Step(
        "volume",
        tokens.VOLUME,
        lambda _: {
            "name": "files",
            "catalogName": "ml_prod_catalog",
            "schemaName": "models",
            "volumeType": "MANAGED",
        },
    ),
    Step(
        "landing",
        tokens.VOLUME,
        lambda _: {
            "name": "landing",
            "catalogName": "ml_prod_catalog",
            "schemaName": "models",
            "volumeType": "EXTERNAL",
            "storageLocation": f"{URL}/prod/landing",
        },
    ),
    Step(
        "model",
        tokens.REGISTERED_MODEL,
        lambda _: {"name": "churn", "catalogName": "ml_prod_catalog", "schemaName": "models"},
    ),
    Step(
        "version",
        tokens.MODEL_VERSION,
        lambda _: {
            "catalogName": "ml_prod_catalog",
            "schemaName": "models",
            "modelName": "churn",
            "version": 1,
        },
    ),
    Step(
        "catalog_grants",
        tokens.GRANTS,
        lambda _: {
            "catalog": "ml_prod_catalog",
            "grants": [
                {"principal": "data_scientists", "privileges": ["USE_CATALOG", "USE_SCHEMA"]},
                {"principal": "account users", "privileges": ["BROWSE"]},
            ],
        },
    ),
)

COMPUTE = (
    Step(
        "policy",
        tokens.CLUSTER_POLICY,
        lambda _: {
            "name": "interactive",
            "definition": json.dumps(DEFINITION),
            "maxClustersPerUser": 2,
        },
    ),
    Step(
        "pool",
        tokens.INSTANCE_POOL,
        lambda _: {
            "instancePoolName": "warm",
            "nodeTypeId": "Standard_D4ds_v5",
            "minIdleInstances": 1,
            "maxCapacity": 4,
            "idleInstanceAutoterminationMinutes": 10,
            "azureAttributes": {"availability": "ON_DEMAND_AZURE"},
            "preloadedSparkVersions": ["17.3.x-cpu-ml-scala2.13"],
        },
    ),
    Step(
        "cluster",
        tokens.CLUSTER,
        lambda w: {
            "clusterName": "ml-shared",
            "policyId": w.id("policy"),
            "sparkVersion": "auto:latest-lts-ml",
            "nodeTypeId": "Standard_D4ds_v5",
            "autoscale": {"minWorkers": 1, "maxWorkers": 4},
            "autoterminationMinutes": 20,
            "dataSecurityMode": "SINGLE_USER",
            "singleUserName": CI,
            "customTags": {"env": "prod"},
        },
    ),
    Step(
        "warehouse",
        tokens.SQL_ENDPOINT,
        lambda _: {
            "name": "reports",
            "clusterSize": "Small",
            "maxNumClusters": 2,
            "autoStopMins": 10,
            "warehouseType": "PRO",
        },
    ),
    Step(
        "job",
        tokens.JOB,
        lambda w: {
            "name": "train",
            "maxConcurrentRuns": 1,
            "runAs": {"servicePrincipalName": CI},
            "schedule": {
                "quartzCronExpression": "0 0 6 * * ?",
                "timezoneId": "Europe/Berlin",
                "pauseStatus": "PAUSED",
            },
            "gitSource": {"url": "https://github.com/example/ml", "branch": "main"},
            "environments": [{"environmentKey": "wheel", "spec": {"environmentVersion": "4"}}],
            "jobClusters": [
                {
                    "jobClusterKey": "small",
                    "newCluster": {
                        "sparkVersion": "17.3.x-cpu-ml-scala2.13",
                        "nodeTypeId": "Standard_D4ds_v5",
                        "numWorkers": 1,
                    },
                }
            ],
            "tasks": [
                {
                    "taskKey": "prepare",
                    "jobClusterKey": "small",
                    "notebookTask": {"notebookPath": "notebooks/prepare"},
                },
                {
                    "taskKey": "train",
                    "environmentKey": "wheel",
                    "pythonWheelTask": {"packageName": "ml", "entryPoint": "train"},
                    "dependsOns": [{"taskKey": "prepare"}],
                },
                {
                    "taskKey": "report",
                    "sqlTask": {"warehouseId": w.id("warehouse")},
                    "dependsOns": [{"taskKey": "train"}],
                    "runIf": "ALL_DONE",
                },
            ],
        },
    ),
    Step(
        "policy_users",
        tokens.PERMISSIONS,
        lambda w: {
            "clusterPolicyId": w.id("policy"),
            "accessControls": [{"groupName": "data_scientists", "permissionLevel": "CAN_USE"}],
        },
    ),
    Step(
        "job_users",
        tokens.PERMISSIONS,
        lambda w: {
            "jobId": w.id("job"),
            "accessControls": [
                {"groupName": "data_scientists", "permissionLevel": "CAN_MANAGE_RUN"},
                {"servicePrincipalName": CI, "permissionLevel": "IS_OWNER"},
            ],
        },
    ),
)

WORKSPACE = (
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

STEPS = (*SHARED, *JOINED, *DATA, *COMPUTE, *WORKSPACE)
BY_NAME = {step.name: step for step in STEPS}
