"""A team's stack on a workspace of somebody else's."""

from __future__ import annotations

import json

from policies import tokens
from policies.model import UNKNOWN
from tests.policies.foreign.common import PAIRS, PRINCIPAL, TAGS
from tests.policies.harness import Item, Secret


def job_stack() -> list[Item]:
    """A team's stack on a workspace of somebody else's: clusters, a job, tables, an endpoint."""
    definition = {
        "cluster_type": {"type": "fixed", "value": "job", "hidden": True},
        "dbus_per_hour": {"type": "range", "maxValue": 40},
        "node_type_id": {"type": "allowlist", "values": ["Standard_D8ds_v5", "Standard_D4ds_v5"]},
        "driver_node_type_id": {"type": "fixed", "value": "Standard_D4ds_v5"},
        "worker_node_type_flexibility.alternate_node_type_ids": {"type": "forbidden"},
        "driver_node_type_flexibility.alternate_node_type_ids": {"type": "forbidden"},
        "instance_pool_id": {"type": "forbidden", "hidden": True},
        "driver_instance_pool_id": {"type": "forbidden", "hidden": True},
        "num_workers": {"type": "range", "maxValue": 8, "defaultValue": 2},
        "autoscale.max_workers": {"type": "range", "minValue": 1, "maxValue": 8},
        "azure_attributes.availability": {"type": "fixed", "value": "ON_DEMAND_AZURE"},
        "spark_version": {"type": "fixed", "value": "auto:latest-lts-ml"},
        "data_security_mode": {"type": "allowlist", "values": ["SINGLE_USER", "USER_ISOLATION"]},
        "spark_env_vars.PIP_INDEX_URL": {"type": "fixed", "value": "https://pypi.example.com"},
        **{f"custom_tags.{key}": {"type": "fixed", "value": item} for key, item in TAGS.items()},
    }
    cluster = {
        "sparkVersion": "16.4.x-cpu-ml-scala2.12",
        "nodeTypeId": "Standard_D8ds_v5",
        "autoscale": {"minWorkers": 1, "maxWorkers": 4},
        "policyId": UNKNOWN,
        "dataSecurityMode": "DATA_SECURITY_MODE_DEDICATED",
        "azureAttributes": {"firstOnDemand": 1, "availability": "ON_DEMAND_AZURE"},
        "sparkEnvVars": {"API_TOKEN": Secret("{{secrets/churn/api}}")},
        "customTags": TAGS,
    }
    job = {
        "name": "score",
        "tags": TAGS,
        "tasks": [
            {
                "taskKey": "score",
                "newCluster": cluster,
                "maxRetries": 2,
                "timeoutSeconds": 1800,
                "pythonWheelTask": {
                    "packageName": "churn",
                    "entryPoint": "score",
                    "parameters": ["--catalog", "ml_prod_catalog", "--token-ttl", "3600"],
                },
                "libraries": [{"whl": "/Volumes/ml_prod_catalog/lib/wheels/churn-2.0.0.whl"}],
            }
        ],
        "schedule": {"quartzCronExpression": "0 0 4 * * ?", "timezoneId": "UTC"},
        "timeoutSeconds": 3600,
        "maxConcurrentRuns": 1,
        "queue": {"enabled": True},
        "runAs": {"servicePrincipalName": PRINCIPAL},
        "webhookNotifications": {"onFailures": [{"id": UNKNOWN}]},
        "health": {
            "rules": [{"metric": "RUN_DURATION_SECONDS", "op": "GREATER_THAN", "value": 3000}]
        },
    }
    warehouse = {
        "clusterSize": "2X-Small",
        "autoStopMins": 5,
        "enableServerlessCompute": True,
        "warehouseType": "PRO",
        "tags": {"customTags": PAIRS},
    }
    readers = {
        "principal": "data_scientists",
        "privileges": ["USE CATALOG", "USE SCHEMA", "SELECT"],
    }
    return [
        Item(tokens.CLUSTER_POLICY, "jobs", {"definition": json.dumps(definition, indent=2)}),
        Item(tokens.JOB, "score", job),
        Item(tokens.SQL_ENDPOINT, "bi", warehouse),
        Item(tokens.GRANT, "read", {"catalog": "ml_prod_catalog", **readers}),
        Item(
            tokens.PERMISSIONS,
            "score-runs",
            {
                "jobId": UNKNOWN,
                "accessControls": [
                    {"groupName": "devops_engineers", "permissionLevel": "CAN_MANAGE_RUN"},
                    {"servicePrincipalName": PRINCIPAL, "permissionLevel": "IS_OWNER"},
                ],
            },
        ),
        Item(
            "random:index/randomId:RandomId", "suffix", {"byteLength": 4}, provider="default_4_16_0"
        ),
    ]
