"""Teams' stacks: data engineers with pipelines of their own, and a team that is serverless only."""

from __future__ import annotations

from typing import Any

from policies import tokens
from policies.model import UNKNOWN
from tests.policies.foreign.common import PAIRS, PRINCIPAL, TAGS
from tests.policies.harness import Item, urn

HEARD: dict[str, Any] = {
    "emailNotifications": {"onFailures": ["data-oncall@example.com"]},
    "health": {"rules": [{"metric": "RUN_DURATION_SECONDS", "op": "GREATER_THAN", "value": 5400}]},
}
BOUNDED: dict[str, Any] = {
    "timeoutSeconds": 7200,
    "maxConcurrentRuns": 1,
    "queue": {"enabled": True},
    "runAs": {"servicePrincipalName": PRINCIPAL},
    "tags": TAGS,
    **HEARD,
}
TRIED = {"maxRetries": 1, "timeoutSeconds": 3600}
POOL = urn(tokens.INSTANCE_POOL, "pool")
LOGS = {"volumes": {"destination": "/Volumes/ml_prod_catalog/ops/cluster_logs"}}


def engineers() -> list[Item]:
    """A pool, a pipeline on classic compute, a job that chains them, tables and rights."""
    machines = {
        "instancePoolId": UNKNOWN,
        "driverInstancePoolId": UNKNOWN,
        "policyId": UNKNOWN,
        "customTags": TAGS,
        "clusterLogConf": LOGS,
    }
    grows = {"minWorkers": 1, "maxWorkers": 4}
    pipeline = {
        "name": "silver",
        "catalog": "ml_prod_catalog",
        "schema": "silver",
        "edition": "ADVANCED",
        "channel": "CURRENT",
        "clusters": [
            {"label": "default", **machines, "autoscale": {**grows, "mode": "ENHANCED"}},
        ],
        "libraries": [{"file": {"path": "/Workspace/Deploy/silver.py"}}],
        "tags": TAGS,
    }
    cluster = {
        **machines,
        "sparkVersion": "16.4.x-scala2.12",
        "autoscale": grows,
        "dataSecurityMode": "USER_ISOLATION",
        "sparkConf": {"spark.databricks.delta.optimizeWrite.enabled": "true"},
        "sparkEnvVars": {"API_TOKEN": "{{secrets/ingest/api-token}}"},
    }
    wheel = {"whl": "/Volumes/ml_prod_catalog/ops/wheels/ingest-1.4.0-py3-none-any.whl"}
    shared = {"jobClusterKey": "main", "libraries": [wheel], **TRIED}
    each = {
        "taskKey": "land-one",
        "pythonWheelTask": {"packageName": "ingest", "entryPoint": "land"},
        **shared,
    }
    job = {
        **BOUNDED,
        "name": "daily",
        "jobClusters": [{"jobClusterKey": "main", "newCluster": cluster}],
        "tasks": [
            {
                "taskKey": "find",
                "pythonWheelTask": {"packageName": "ingest", "entryPoint": "find"},
                **shared,
            },
            {
                "taskKey": "land",
                "dependsOns": [{"taskKey": "find"}],
                "forEachTask": {
                    "inputs": "{{tasks.find.values.tables}}",
                    "concurrency": 4,
                    "task": each,
                },
            },
            {"taskKey": "refine", "pipelineTask": {"pipelineId": UNKNOWN}, **TRIED},
            {
                "taskKey": "check",
                "sqlTask": {"warehouseId": UNKNOWN, "query": {"queryId": "q"}},
                **TRIED,
            },
        ],
        "schedule": {"quartzCronExpression": "0 30 3 * * ?", "timezoneId": "Europe/Berlin"},
    }
    rights = [
        {"groupName": "devops_engineers", "permissionLevel": "CAN_MANAGE_RUN"},
        {"servicePrincipalName": PRINCIPAL, "permissionLevel": "IS_OWNER"},
    ]
    grants = [
        {"principal": "ml_engineers", "privileges": ["USE_SCHEMA", "SELECT"]},
        {"principal": "devops_engineers", "privileges": ["USE SCHEMA", "MODIFY", "CREATE TABLE"]},
    ]
    return [
        Item(
            tokens.INSTANCE_POOL,
            "pool",
            {
                "instancePoolName": "etl",
                "nodeTypeId": "Standard_D8ds_v5",
                "minIdleInstances": 0,
                "maxCapacity": 20,
                "idleInstanceAutoterminationMinutes": 15,
                "azureAttributes": {"availability": "ON_DEMAND_AZURE"},
                "preloadedSparkVersions": ["16.4.x-scala2.12"],
                "customTags": TAGS,
            },
        ),
        Item(tokens.PIPELINE, "silver", pipeline).with_dependency("clusters", POOL),
        Item(tokens.JOB, "daily", job).with_dependency("jobClusters", POOL),
        Item(tokens.PERMISSIONS, "daily-rights", {"jobId": UNKNOWN, "accessControls": rights}),
        Item(
            tokens.SCHEMA,
            "silver-schema",
            {"catalogName": "ml_prod_catalog", "name": "silver", "owner": "platform_owners"},
        ),
        Item(tokens.GRANTS, "silver-grants", {"schema": UNKNOWN, "grants": grants}).with_dependency(
            "schema", urn(tokens.SCHEMA, "silver-schema")
        ),
    ]


def serverless_team() -> list[Item]:
    """Jobs, a pipeline, a warehouse and an endpoint for an outside model; no machine of its own."""
    spec = {"environmentVersion": "3", "dependencies": ["polars==1.9.0", "-r /Volumes/a/b/c/r.txt"]}
    job = {
        **BOUNDED,
        "name": "enrich",
        "performanceTarget": "STANDARD",
        "budgetPolicyId": UNKNOWN,
        "environments": [{"environmentKey": "main", "spec": spec}],
        "tasks": [
            {
                "taskKey": "enrich",
                "environmentKey": "main",
                "sparkPythonTask": {
                    "pythonFile": "/Workspace/Deploy/enrich.py",
                    "parameters": ["--scope", "enrich", "--token-key", "api"],
                },
                **TRIED,
            },
            {
                "taskKey": "models",
                "environmentKey": "main",
                "dbtTask": {"commands": ["dbt deps", "dbt run"], "projectDirectory": "dbt"},
                **TRIED,
            },
        ],
        "gitSource": {"url": "https://github.com/contoso/dbt", "provider": "gitHub", "tag": "v1.2"},
        "trigger": {"fileArrival": {"url": "/Volumes/ml_prod_catalog/raw/landing/"}},
    }
    pipeline = {
        "name": "gold",
        "serverless": True,
        "catalog": "ml_prod_catalog",
        "schema": "gold",
        "budgetPolicyId": UNKNOWN,
        "tags": TAGS,
        "environment": {"dependencies": ["/Volumes/ml_prod_catalog/ops/wheels/gold-2.0.0.whl"]},
    }
    warehouse = {
        "name": "bi",
        "clusterSize": "Small",
        "warehouseType": "PRO",
        "enableServerlessCompute": True,
        "autoStopMins": 10,
        "maxNumClusters": 2,
        "channel": {"name": "CHANNEL_NAME_CURRENT"},
        "tags": {"customTags": PAIRS},
    }
    outside = {
        "name": "gpt",
        "externalModel": {
            "provider": "openai",
            "name": "gpt-4o",
            "task": "llm/v1/chat",
            "openaiConfig": {
                "openaiApiType": "azure",
                "openaiApiBase": "https://contoso.openai.azure.com",
                "openaiApiVersion": "2024-10-21",
                "openaiDeploymentName": "gpt-4o",
                "openaiApiKey": "{{secrets/llm/openai}}",
            },
        },
    }
    guard = {"safety": True, "pii": {"behavior": "MASK"}}
    table = {"catalogName": "ml_prod_catalog", "schemaName": "logs", "enabled": True}
    described = {"model-owner": "data", "risk-tier": "limited", "data-class": "internal"}
    endpoint = {
        "name": "assistant-prod",
        "config": {
            "servedEntities": [outside],
            "trafficConfig": {"routes": [{"servedModelName": "gpt", "trafficPercentage": 100}]},
        },
        "aiGateway": {
            "inferenceTableConfig": table,
            "usageTrackingConfig": {"enabled": True},
            "guardrails": {"input": guard, "output": guard},
            "rateLimits": [{"calls": 100, "key": "user", "renewalPeriod": "minute"}],
        },
        "budgetPolicyId": UNKNOWN,
        "tags": [{"key": key, "value": value} for key, value in ({**TAGS, **described}).items()],
    }
    callers = [{"groupName": "model_consumers", "permissionLevel": "CAN_QUERY"}]
    serving = Item(tokens.MODEL_SERVING, "assistant", endpoint, create_seconds=3600)
    return [
        Item(tokens.JOB, "enrich", job),
        Item(tokens.PIPELINE, "gold", pipeline),
        Item(tokens.SQL_ENDPOINT, "bi", warehouse),
        serving,
        Item(
            tokens.PERMISSIONS,
            "assistant-callers",
            {"servingEndpointId": UNKNOWN, "accessControls": callers},
        ).with_dependency("servingEndpointId", urn(tokens.MODEL_SERVING, "assistant")),
    ]
