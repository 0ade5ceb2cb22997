"""A data engineering team: pipelines, their tables and who may read them; no model anywhere."""

from __future__ import annotations

import json
from typing import Any

from policies import tokens
from policies.model import UNKNOWN
from tests.policies.foreign.common import PAIRS, PRINCIPAL, TAGS
from tests.policies.harness import Item, urn

POLICY = urn(tokens.CLUSTER_POLICY, "dlt")


def pipeline_stack() -> list[Item]:
    """Streams and batches on classic and on serverless compute, and a warehouse to look at them."""
    return [*_compute(), *_data(), *_people()]


def _policy() -> Item:
    definition: dict[str, Any] = {
        "cluster_type": {"type": "fixed", "value": "dlt"},
        "dbus_per_hour": {"type": "range", "maxValue": 60},
        "node_type_id": {"type": "fixed", "value": "Standard_D8ds_v5"},
        "driver_node_type_id": {"type": "fixed", "value": "Standard_D8ds_v5"},
        "worker_node_type_flexibility.alternate_node_type_ids": {"type": "forbidden"},
        "driver_node_type_flexibility.alternate_node_type_ids": {"type": "forbidden"},
        "instance_pool_id": {"type": "forbidden"},
        "driver_instance_pool_id": {"type": "forbidden"},
        "num_workers": {"type": "forbidden"},
        "autoscale.max_workers": {"type": "range", "maxValue": 6},
        "azure_attributes.availability": {"type": "fixed", "value": "ON_DEMAND_AZURE"},
        **{f"custom_tags.{key}": {"type": "fixed", "value": item} for key, item in TAGS.items()},
    }
    return Item(tokens.CLUSTER_POLICY, "dlt", {"definition": json.dumps(definition)})


def _compute() -> list[Item]:
    common = {
        "catalog": "ml_prod_catalog",
        "schema": "silver",
        "channel": "CURRENT",
        "tags": TAGS,
        "runAs": {"servicePrincipalName": PRINCIPAL},
        "libraries": [{"glob": {"include": "/Workspace/pipelines/orders/**"}}],
        "notifications": [
            {"emailRecipients": ["data@example.com"], "alerts": ["on-update-failure"]}
        ],
    }
    classic = {
        **common,
        "name": "orders",
        "edition": "PRO",
        "photon": False,
        "continuous": False,
        "development": False,
        "clusters": [
            {
                "label": "default",
                "policyId": UNKNOWN,
                "applyPolicyDefaultValues": True,
                "nodeTypeId": "Standard_D8ds_v5",
                "autoscale": {"minWorkers": 1, "maxWorkers": 4, "mode": "ENHANCED"},
                "azureAttributes": {"availability": "ON_DEMAND_AZURE"},
                "enableLocalDiskEncryption": True,
                "customTags": TAGS,
                "clusterLogConf": {"volumes": {"destination": "/Volumes/ml_prod_catalog/ops/logs"}},
            },
            {"label": "maintenance", "policyId": UNKNOWN, "customTags": TAGS},
        ],
    }
    serverless = {
        **common,
        "name": "clicks",
        "serverless": True,
        "budgetPolicyId": "finance",
        "environment": {"dependencies": ["pydantic==2.12.3"]},
        "configuration": {"source": "{{secrets/events/connection}}", "tokens.column": "n_tokens"},
    }
    job = {
        "name": "nightly",
        "tags": TAGS,
        "tasks": [
            {
                "taskKey": "orders",
                "pipelineTask": {"pipelineId": UNKNOWN},
                "maxRetries": 1,
                "timeoutSeconds": 7200,
            },
            {
                "taskKey": "check",
                "dependsOns": [{"taskKey": "orders"}],
                "sqlTask": {"warehouseId": UNKNOWN, "file": {"path": "/Workspace/checks.sql"}},
                "maxRetries": 1,
                "timeoutSeconds": 900,
            },
        ],
        "schedule": {"quartzCronExpression": "0 30 1 * * ?", "timezoneId": "Europe/Berlin"},
        "timeoutSeconds": 9000,
        "maxConcurrentRuns": 1,
        "queue": {"enabled": True},
        "runAs": {"servicePrincipalName": PRINCIPAL},
        "emailNotifications": {"onFailures": ["data@example.com"]},
        "health": {
            "rules": [{"metric": "RUN_DURATION_SECONDS", "op": "GREATER_THAN", "value": 7200}]
        },
    }
    warehouse = {
        "name": "lookers",
        "clusterSize": "Small",
        "autoStopMins": 10,
        "maxNumClusters": 2,
        "enableServerlessCompute": True,
        "warehouseType": "PRO",
        "tags": {"customTags": PAIRS},
    }
    return [
        _policy(),
        Item(tokens.PIPELINE, "orders", classic).with_dependency("clusters", POLICY),
        Item(tokens.PIPELINE, "clicks", serverless),
        Item(tokens.JOB, "nightly", job, dependencies={"tasks": [urn(tokens.PIPELINE, "orders")]}),
        Item(tokens.SQL_ENDPOINT, "lookers", warehouse),
    ]


def _data() -> list[Item]:
    silver = {
        "catalogName": "ml_prod_catalog",
        "name": "silver",
        "owner": "data_platform_owners",
        "comment": "Cleaned events and orders.",
    }
    landing = {
        "catalogName": "ml_prod_catalog",
        "schemaName": "silver",
        "name": "landing",
        "volumeType": "EXTERNAL",
        "storageLocation": "abfss://landing@finlake.dfs.core.windows.net/orders",
        "owner": "data_platform_owners",
    }
    location = {
        "name": "landing",
        "url": "abfss://landing@finlake.dfs.core.windows.net/",
        "credentialName": "finlake",
        "isolationMode": "ISOLATION_MODE_ISOLATED",
        "readOnly": True,
        "owner": "data_platform_owners",
    }
    credential = {
        "name": "finlake",
        "azureManagedIdentity": {"accessConnectorId": UNKNOWN, "managedIdentityId": UNKNOWN},
        "isolationMode": "ISOLATION_MODE_ISOLATED",
        "readOnly": True,
        "owner": "data_platform_owners",
    }
    made = Item(tokens.STORAGE_CREDENTIAL, "finlake", credential, protect=True)
    return [
        made,
        Item(
            tokens.EXTERNAL_LOCATION,
            "landing-zone",
            location,
            protect=True,
            after=[urn(made.type, made.name)],
        ),
        Item(tokens.SCHEMA, "silver", silver, protect=True),
        Item(tokens.VOLUME, "landing", landing, protect=True),
    ]


def _people() -> list[Item]:
    read = ["USE_SCHEMA", "SELECT"]
    return [
        Item(
            tokens.GRANTS,
            "silver-readers",
            {
                "schema": "ml_prod_catalog.silver",
                "grants": [
                    {"principal": "data_scientists", "privileges": read},
                    {"principal": "ml_engineers", "privileges": read},
                ],
            },
        ),
        Item(
            tokens.PERMISSIONS,
            "orders-runs",
            {
                "pipelineId": UNKNOWN,
                "accessControls": [
                    {"groupName": "devops_engineers", "permissionLevel": "CAN_RUN"},
                    {"servicePrincipalName": PRINCIPAL, "permissionLevel": "IS_OWNER"},
                ],
            },
        ),
        Item(
            tokens.PERMISSIONS,
            "lookers",
            {
                "sqlEndpointId": UNKNOWN,
                "accessControls": [
                    {"groupName": "data_scientists", "permissionLevel": "CAN_USE"},
                ],
            },
        ),
    ]
