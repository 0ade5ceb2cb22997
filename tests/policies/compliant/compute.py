"""Compute and serving of the compliant stack."""

from __future__ import annotations

import json
from typing import Any

from policies import tokens
from tests.policies.compliant.common import PAIRS, TAGS
from tests.policies.harness import Item


def policy_definition(**changes: Any) -> str:
    """A jobs-capable interactive cluster policy; a change of ``None`` removes the attribute."""
    attributes: dict[str, Any] = {
        "cluster_type": {"type": "fixed", "value": "all-purpose"},
        "dbus_per_hour": {"type": "range", "maxValue": 100},
        "autotermination_minutes": {"type": "range", "minValue": 10, "maxValue": 30},
        "node_type_id": {"type": "allowlist", "values": ["Standard_D16ds_v5"]},
        "driver_node_type_id": {"type": "fixed", "value": "Standard_D16ds_v5"},
        "autoscale.max_workers": {"type": "range", "maxValue": 16},
        "num_workers": {"type": "forbidden"},
        "instance_pool_id": {"type": "forbidden"},
        "driver_instance_pool_id": {"type": "forbidden"},
        "worker_node_type_flexibility.alternate_node_type_ids": {"type": "forbidden"},
        "driver_node_type_flexibility.alternate_node_type_ids": {"type": "forbidden"},
        "azure_attributes.availability": {"type": "fixed", "value": "ON_DEMAND_AZURE"},
        "spark_version": {"type": "fixed", "value": "17.3.x-cpu-ml-scala2.13"},
        "data_security_mode": {"type": "fixed", "value": "USER_ISOLATION"},
        **{f"custom_tags.{key}": {"type": "fixed", "value": item} for key, item in TAGS.items()},
    }
    attributes |= changes
    return json.dumps({key: value for key, value in attributes.items() if value is not None})


def _docker_login() -> dict[str, str]:
    return {"username": "puller", "password": "{{secrets/vault/registry}}"}


def safe() -> dict[str, Any]:
    """What a cluster needs to run code safely."""
    return {
        "sparkVersion": "17.3.x-cpu-ml-scala2.13",
        "dataSecurityMode": "SINGLE_USER",
        "enableLocalDiskEncryption": True,
        "initScripts": [
            {"volumes": {"destination": "/Volumes/ml_prod_catalog/raw/scripts/start.sh"}},
            {"workspace": {"destination": "/platform/start.sh"}},
        ],
        "sparkConf": {"spark.hadoop.fs.azure.account.key": "{{secrets/vault/key}}"},
        "sparkEnvVars": {"STAGE": "prod"},
        "dockerImage": {"url": "registry/base:1.2", "basicAuth": _docker_login()},
    }


def _entity(name: str, version: str, size: str, *, scale_to_zero: bool) -> dict[str, Any]:
    return {
        "name": name,
        "workloadSize": size,
        "entityName": "ml_models_catalog.production_models.churn",
        "entityVersion": version,
        "scaleToZeroEnabled": scale_to_zero,
        "environmentVars": {"API_KEY": "{{secrets/vault/api-key}}"},
    }


def _gateway(prefix: str) -> dict[str, Any]:
    return {
        "inferenceTableConfig": {
            "enabled": True,
            "catalogName": "ml_prod_catalog",
            "schemaName": "serving",
            "tableNamePrefix": prefix,
        },
        "usageTrackingConfig": {"enabled": True},
        "guardrails": {
            "input": {"pii": {"behavior": "BLOCK"}, "safety": True},
            "output": {"safety": True},
        },
    }


def parts() -> list[Item]:
    endpoint = {
        "name": "churn",
        "config": {
            "servedEntities": [
                _entity("blue", "3", "Small", scale_to_zero=False),
                _entity("green", "4", "Medium", scale_to_zero=False),
            ],
            "servedModels": [],
            "trafficConfig": {
                "routes": [
                    {"servedModelName": "blue", "trafficPercentage": 90},
                    {"servedModelName": "green", "trafficPercentage": 10},
                ]
            },
        },
        "budgetPolicyId": "usage",
        "tags": [
            *PAIRS,
            {"key": "model-owner", "value": "growth"},
            {"key": "risk-tier", "value": "limited"},
        ],
        "aiGateway": _gateway("churn"),
    }
    throughput: dict[str, Any] = {
        "name": "assistant",
        "config": {
            "servedEntities": [
                {
                    "entityName": "system.ai.llama_v3_3_70b_instruct",
                    "entityVersion": "1",
                    "provisionedModelUnits": 50,
                }
            ],
            "servedModels": [],
        },
        "tags": PAIRS,
        "aiGateway": {
            **_gateway("assistant"),
            "rateLimits": [{"renewalPeriod": "minute", "tokens": 10_000}],
        },
    }
    pool = {
        "nodeTypeId": "Standard_D16ds_v5",
        "azureAttributes": {"availability": "ON_DEMAND_AZURE", "spotBidMaxPrice": -1},
        "idleInstanceAutoterminationMinutes": 30,
        "minIdleInstances": 0,
        "maxCapacity": 64,
        "customTags": TAGS,
        "preloadedSparkVersions": ["17.3.x-cpu-ml-scala2.13"],
        "preloadedDockerImages": [{"url": "registry/base:1.2", "basicAuth": _docker_login()}],
    }
    cluster = {
        "autoterminationMinutes": 30,
        "policyId": "ABC",
        "nodeTypeId": "Standard_D16ds_v5",
        "driverNodeTypeId": "Standard_D4ds_v5",
        "workerNodeTypeFlexibility": {"alternateNodeTypeIds": ["Standard_D8ds_v5"]},
        "autoscale": {"minWorkers": 1, "maxWorkers": 16},
        "runtimeEngine": "STANDARD",
        "azureAttributes": {"availability": "ON_DEMAND_AZURE", "spotBidMaxPrice": -1},
        "clusterLogConf": {"volumes": {"destination": "/Volumes/ml_prod_catalog/raw/logs"}},
        "sparkConf": {"spark.databricks.delta.retentionDurationCheck.enabled": "true"},
        "isPinned": False,
        "customTags": TAGS,
        **safe(),
    }
    settings = {"maxTokenLifetimeDays": "30", "enableTokensConfig": "true"}
    return [
        Item(tokens.WORKSPACE_CONF, "conf", {"customConfig": settings}),
        Item(
            tokens.CLUSTER_POLICY,
            "policy",
            {"definition": policy_definition(), "maxClustersPerUser": 2},
        ),
        Item(tokens.INSTANCE_POOL, "pool", pool),
        Item(tokens.CLUSTER, "cluster", cluster),
        Item(
            tokens.MODEL_SERVING,
            "endpoint",
            endpoint,
            outputs={"servingEndpointId": "endpoint-1"},
            create_seconds=3600,
        ),
        Item(
            tokens.PROVISIONED_THROUGHPUT,
            "throughput",
            throughput,
            outputs={"servingEndpointId": "endpoint-2"},
        ),
        Item(tokens.SECURITY_MONITORING, "monitoring", {}),
        Item(tokens.SECURITY_PROFILE, "security-profile", {}),
        Item(
            tokens.CLUSTER_UPDATE, "updates", {"automaticClusterUpdateWorkspace": {"enabled": True}}
        ),
    ]
