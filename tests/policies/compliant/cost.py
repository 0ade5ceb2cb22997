"""Jobs, pipelines, services and budgets of the compliant stack, and what else costs."""

from __future__ import annotations

from typing import Any

from policies import tokens
from tests.policies.compliant.common import PAIRS, TAGS
from tests.policies.compliant.compute import safe
from tests.policies.harness import Item

LOGS = {"volumes": {"destination": "/Volumes/ml_prod_catalog/raw/logs"}}
JOB_CLUSTER: dict[str, Any] = {
    "nodeTypeId": "Standard_D16ds_v5",
    "numWorkers": 4,
    "policyId": "JOBS",
    "azureAttributes": {"availability": "ON_DEMAND_AZURE"},
    "clusterLogConf": LOGS,
    "customTags": TAGS,
    **safe(),
}


def parts() -> list[Item]:
    return [*_compute(), *_services(), *_budgets()]


def _compute() -> list[Item]:
    bounded = {"maxRetries": 1, "timeoutSeconds": 3600}
    job = {
        "tags": TAGS,
        "emailNotifications": {"onFailures": ["ml-platform@example.com"]},
        "health": {"rules": [{"metric": "RUN_DURATION_SECONDS", "op": "GREATER_THAN"}]},
        "runAs": {"servicePrincipalName": "22222222-0000-0000-0000-000000000000"},
        "gitSource": {"url": "https://example.com/code", "tag": "v1"},
        "timeoutSeconds": 3600,
        "maxConcurrentRuns": 1,
        "queue": {"enabled": True},
        "performanceTarget": "STANDARD",
        "budgetPolicyId": "usage",
        "schedule": {"quartzCronExpression": "0 0 2 * * ?", "pauseStatus": "PAUSED"},
        "jobClusters": [{"jobClusterKey": "main", "newCluster": JOB_CLUSTER}],
        "tasks": [
            {
                "taskKey": "train",
                "jobClusterKey": "main",
                **bounded,
                "pythonWheelTask": {"parameters": ["--api-key", "{{secrets/vault/api-key}}"]},
                "libraries": [
                    {"pypi": {"package": "lightgbm==4.6.0"}},
                    {"maven": {"coordinates": "com.microsoft.azure:synapseml_2.12:1.0.4"}},
                    {"whl": "/Volumes/ml_prod_catalog/raw/wheels/churn-1.4.0-py3-none-any.whl"},
                ],
            },
            {
                "taskKey": "report",
                "notebookTask": {"notebookPath": "/x"},
                "environmentKey": "e",
                **bounded,
            },
        ],
        "environments": [
            {"environmentKey": "e", "spec": {"dependencies": ["scikit-learn==1.7.2"]}}
        ],
    }
    gpu = {
        **JOB_CLUSTER,
        "nodeTypeId": "Standard_NC24ads_A100_v4",
        "customTags": {**TAGS, "gpu-approved": "platform_owners"},
    }
    pipeline = {
        "tags": TAGS,
        "edition": "CORE",
        "development": False,
        "continuous": False,
        "clusters": [
            {
                "label": "default",
                "enableLocalDiskEncryption": True,
                "nodeTypeId": "Standard_D8ds_v5",
                "policyId": "DLT",
                "clusterLogConf": LOGS,
                "autoscale": {"minWorkers": 1, "maxWorkers": 4},
            }
        ],
        "configuration": {"source.path": "/Volumes/ml_prod_catalog/raw/landing"},
    }
    warehouse = {
        "clusterSize": "Small",
        "maxNumClusters": 2,
        "autoStopMins": 10,
        "statementTimeout": 3600,
        "tags": {"customTags": PAIRS},
    }
    training = {**job, "jobClusters": [{"jobClusterKey": "main", "newCluster": gpu}]}
    return [
        Item(tokens.JOB, "job", job),
        Item(tokens.JOB, "training", training),
        Item(tokens.PIPELINE, "pipeline", pipeline),
        Item(tokens.SQL_ENDPOINT, "warehouse", warehouse),
        Item(tokens.SQL_GLOBAL_CONFIG, "warehouses", {"dataAccessConfig": {"spark.x": "y"}}),
    ]


def _services() -> list[Item]:
    return [
        Item(
            tokens.VECTOR_SEARCH,
            "search",
            {"name": "search", "endpointType": "STANDARD", "budgetPolicyId": "usage"},
        ),
        Item(
            tokens.DATABASE_INSTANCE,
            "database",
            {
                "name": "features",
                "capacity": "CU_1",
                "stopped": True,
                "usagePolicyId": "usage",
                "customTags": PAIRS,
            },
        ),
        Item(
            tokens.APP,
            "app",
            {
                "name": "review",
                "noCompute": True,
                "computeSize": "MEDIUM",
                "usagePolicyId": "usage",
            },
        ),
        Item(tokens.ONLINE_STORE, "online", {"name": "online", "capacity": "CU_2"}),
    ]


def _budgets() -> list[Item]:
    alert = {
        "timePeriod": "MONTH",
        "quantityThreshold": "80000",
        "actionConfigurations": [
            {"actionType": "EMAIL_NOTIFICATION", "target": "ml-platform@example.com"}
        ],
    }
    usage = {
        "displayName": "mlops-prod-budget",
        "alertConfigurations": [alert],
        "filter": {"workspaceId": {"operator": "IN", "values": [1001]}},
    }
    policy = {"policyName": "prod", "bindingWorkspaceIds": [1001], "customTags": PAIRS}
    groups = {"name": "ResourceGroupName", "operator": "In", "values": ["mlops-prod-rg", "managed"]}
    told = {"enabled": True, "contactEmails": ["ml-platform@example.com"]}
    bill = {
        "scope": "/subscriptions/0000",
        "budgetName": "mlops-prod-budget",
        "amount": 100_000,
        "timeGrain": "Monthly",
        "filter": {"dimensions": groups},
        "notifications": {
            "actual": {**told, "thresholdType": "Actual", "threshold": 80},
            "forecast": {**told, "thresholdType": "Forecasted", "threshold": 100},
        },
    }
    one_service = {"name": "ServiceName", "operator": "In", "values": ["Storage"]}
    storage = {
        **bill,
        "budgetName": "storage",
        "amount": 1000,
        "filter": {"dimensions": one_service},
    }
    plan = {"pricingName": "StorageAccounts", "pricingTier": "Standard", "subPlan": "V2"}
    return [
        Item(tokens.BUDGET, "usage-budget", usage),
        Item(tokens.BUDGET_POLICY, "usage-policy", policy),
        Item(tokens.CONSUMPTION_BUDGET, "bill-budget", bill),
        Item(tokens.COST_BUDGET, "storage-budget", storage),
        Item(tokens.DEFENDER_PLAN, "defender", plan),
        Item(tokens.LIFECYCLE, "lifecycle", {"accountName": "mlopsprodlogs"}),
    ]
