"""Policies, clusters, warehouses, jobs and who may use them."""

from __future__ import annotations

import json

from sandbox.databricks import tokens
from tests.sandbox.databricks.parts.places import CI
from tests.sandbox.databricks.parts.step import Step

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
            "sparkVersion": "18.x-cpu-ml-scala2.13",
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
