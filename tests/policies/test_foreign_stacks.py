"""Stacks that others would write, without our components: right ones have to pass.

Each is a preview of production: ids are unknown, and only dependencies say what belongs together.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from policies import tokens
from policies.model import UNKNOWN
from tests.policies.harness import Item, Outcome, Secret, judge, urn

TAGS = {
    "env": "prod",
    "owner": "data",
    "cost-center": "42",
    "project": "churn",
    "data-class": "internal",
}
PAIRS = [{"key": key, "value": value} for key, value in TAGS.items()]
PRINCIPAL = "33333333-0000-4000-8000-000000000000"
STORAGE = "azure-native:storage/v20230501:StorageAccount"
VAULT = "azure-native_keyvault_v20230701:keyvault:Vault"
WORKSPACE = "azure-native:databricks/v20240501:Workspace"
VNET = "azure-native:network/v20240501:VirtualNetwork"
NSG = "azure-native:network/v20240501:NetworkSecurityGroup"
ENDPOINT = "azure-native:network/v20240501:PrivateEndpoint"
BINDING_LEVEL = 1


def refused(items: list[Item], **settings: Any) -> dict[str, str]:
    """What stops the update, by rule."""
    outcome: Outcome = judge(items, settings=settings)
    return {
        item.policyName: item.message
        for item in outcome.diagnostics
        if item.enforcementLevel == BINDING_LEVEL
    }


def group() -> Item:
    props = {"resourceGroupName": "churn-prod", "location": "East US 2", "tags": TAGS}
    return Item(tokens.RESOURCE_GROUP, "group", props)


GROUP = urn(tokens.RESOURCE_GROUP, "group")


def network() -> list[Item]:
    """One network with everything inline, as ARM templates and portals export it."""
    subnet: dict[str, Any] = {
        "defaultOutboundAccess": False,
        "networkSecurityGroup": {"id": UNKNOWN},
        "natGateway": {"id": UNKNOWN},
        "delegations": [{"name": "dbx", "serviceName": "Microsoft.Databricks/workspaces"}],
    }
    inline: list[dict[str, Any]] = [
        {"name": "public", "addressPrefixes": ["10.9.0.0/25"], **subnet},
        {"name": "private", "addressPrefixes": ["10.9.0.128/25"], **subnet},
        {"name": "endpoints", "addressPrefix": "10.9.1.0/27"},
    ]
    outbound = {"direction": "Outbound", "protocol": "*", "sourcePortRange": "*"}
    rules = [
        {
            **outbound,
            "name": "storage",
            "priority": 100,
            "access": "Allow",
            "sourceAddressPrefix": "VirtualNetwork",
            "destinationAddressPrefix": "Storage.EastUS2",
            "destinationPortRanges": ["443"],
        },
        {
            **outbound,
            "name": "rest",
            "priority": 4096,
            "access": "Deny",
            "sourceAddressPrefix": "*",
            "destinationAddressPrefixes": ["Internet"],
            "destinationPortRange": "0-65535",
        },
    ]
    return [
        Item(NSG, "guard", {"securityRules": rules, "location": UNKNOWN, "tags": TAGS}),
        Item(tokens.PUBLIC_IP, "out", {"sku": {"name": "Standard"}, "tags": TAGS}),
        Item(
            tokens.NAT_GATEWAY, "nat", {"publicIpAddresses": [{"id": UNKNOWN}], "tags": TAGS}
        ).with_dependency("publicIpAddresses", urn(tokens.PUBLIC_IP, "out")),
        Item(
            VNET,
            "net",
            {"virtualNetworkName": "churn", "subnets": inline, "tags": TAGS},
            dependencies={"subnets": [urn(NSG, "guard"), urn(tokens.NAT_GATEWAY, "nat")]},
        ),
    ]


def private(name: str, target: Item, *groups: str, after: list[str] | None = None) -> list[Item]:
    connection = {"name": name, "groupIds": list(groups), "privateLinkServiceId": UNKNOWN}
    endpoint = Item(
        ENDPOINT,
        name,
        {"privateLinkServiceConnections": [connection], "tags": TAGS},
        dependencies={"privateLinkServiceConnections": [urn(target.type, target.name)]},
        after=after or [],
        create_seconds=3600,
    )
    zone = {"privateEndpointName": UNKNOWN, "privateDnsZoneConfigs": [{"privateDnsZoneId": "/z"}]}
    records = Item(tokens.ZONE_GROUP, f"{name}-dns", zone)
    return [endpoint, records.with_dependency("privateEndpointName", urn(ENDPOINT, name))]


def logged(target: Item, uri: Any, *categories: str) -> Item:
    logs = [{"category": each, "enabled": True} for each in categories]
    setting = Item(
        "azure-native:insights/v20210501preview:DiagnosticSetting",
        f"{target.name}-logs",
        {"resourceUri": uri, "workspaceId": UNKNOWN, "logs": logs},
    )
    return setting.with_dependency("resourceUri", urn(target.type, target.name))


def lake() -> list[Item]:
    account = Item(
        STORAGE,
        "lake",
        {
            "accountName": "churnlake",
            "resourceGroupName": UNKNOWN,
            "kind": "StorageV2",
            "sku": {"name": "Standard_GZRS"},
            "minimumTlsVersion": "TLS1_3",
            "allowSharedKeyAccess": False,
            "defaultToOAuthAuthentication": True,
            "isHnsEnabled": True,
            "isLocalUserEnabled": False,
            "publicNetworkAccess": "disabled",
            "networkRuleSet": {
                "defaultAction": "Deny",
                "bypass": "None",
                "resourceAccessRules": [{"resourceId": UNKNOWN}],
            },
            "tags": TAGS,
        },
        protect=True,
        dependencies={"resourceGroupName": [GROUP]},
    )
    soft = {"enabled": True, "days": 35}
    service = Item(
        "azure-native:storage/v20230501:BlobServiceProperties",
        "lake-blobs",
        {
            "accountName": UNKNOWN,
            "deleteRetentionPolicy": soft,
            "containerDeleteRetentionPolicy": soft,
        },
    ).with_dependency("accountName", urn(STORAGE, "lake"))
    lock = {"resourceGroupName": UNKNOWN, "level": "CanNotDelete"}
    return [
        account,
        service,
        Item(tokens.LOCK_ON_GROUP, "lock", lock).with_dependency("resourceGroupName", GROUP),
        *private("lake-pe", account, "blob"),
        *private("lake-dfs-pe", account, "dfs"),
        logged(account, UNKNOWN, "StorageRead", "StorageWrite", "StorageDelete"),
    ]


def vault() -> list[Item]:
    props = {
        "vaultName": "churn-kv",
        "properties": {
            "tenantId": PRINCIPAL,
            "sku": {"family": "A", "name": "standard"},
            "enableRbacAuthorization": True,
            "enablePurgeProtection": True,
            "publicNetworkAccess": "Disabled",
        },
        "tags": TAGS,
    }
    store = Item(VAULT, "kv", props, protect=True)
    return [store, *private("kv-pe", store, "vault"), logged(store, UNKNOWN, "AuditEvent")]


def workspace() -> list[Item]:
    props = {
        "workspaceName": "churn-prod",
        "managedResourceGroupId": UNKNOWN,
        "sku": {"name": "Premium"},
        "parameters": {
            "customVirtualNetworkId": {"value": UNKNOWN},
            "customPublicSubnetName": {"value": "public"},
            "customPrivateSubnetName": {"value": "private"},
            "enableNoPublicIp": {"value": True},
            "storageAccountSkuName": {"value": "Standard_GZRS"},
        },
        "publicNetworkAccess": "Disabled",
        "requiredNsgRules": "NoAzureDatabricksRules",
        "defaultStorageFirewall": "Enabled",
        "accessConnector": {"id": UNKNOWN, "identityType": "SystemAssigned"},
        "tags": TAGS,
    }
    here = Item(
        WORKSPACE,
        "dbx",
        props,
        protect=True,
        create_seconds=7200,
        outputs={"workspaceId": UNKNOWN},
        dependencies={"parameters": [urn(VNET, "net")]},
    )
    ui = private("ui", here, "databricks_ui_api")
    login = private("login", here, "browser_authentication", after=[urn(ENDPOINT, "ui")])
    own = urn(WORKSPACE, "dbx")
    conf = {
        "maxTokenLifetimeDays": "14",
        "enableResultsDownloading": "false",
        "enableExportNotebook": "false",
        "enableNotebookTableClipboard": "false",
        "enableFileStoreEndpoint": "false",
        "enableDbfsFileBrowser": "false",
        "storeInteractiveNotebookResultsInCustomerAccount": "true",
        "enableVerboseAuditLogs": "true",
        "enableProjectsAllowList": "true",
        "projectsAllowList": "https://github.com/contoso/",
    }
    admins = {"status": "RESTRICT_TOKENS_AND_JOB_RUN_AS"}
    return [
        here,
        *ui,
        *login,
        logged(here, UNKNOWN, "accounts", "clusters", "unityCatalog"),
        Item(tokens.WORKSPACE_CONF, "conf", {"customConfig": conf}),
        Item(
            tokens.METASTORE_ASSIGNMENT, "uc", {"metastoreId": "m", "workspaceId": UNKNOWN}
        ).with_dependency("workspaceId", own),
        Item(tokens.NCC_BINDING, "ncc", {"workspaceId": UNKNOWN}).with_dependency(
            "workspaceId", own
        ),
        Item(tokens.LEGACY_ACCESS, "no-hive", {"disableLegacyAccess": {"value": True}}),
        Item(tokens.LEGACY_DBFS, "no-dbfs", {"disableLegacyDbfs": {"value": True}}),
        Item(tokens.WORKSPACE_SETTING, "admins", {"restrictWorkspaceAdmins": admins}),
        Item(
            tokens.CONSUMPTION_BUDGET,
            "bill",
            {
                "scope": UNKNOWN,
                "amount": 90_000,
                "timeGrain": "Monthly",
                "filter": {
                    "dimensions": {
                        "name": "ResourceGroupName",
                        "operator": "In",
                        "values": ["churn-prod", "churn-managed"],
                    }
                },
                "notifications": {
                    "a": {
                        "enabled": True,
                        "operator": "GreaterThan",
                        "threshold": 80,
                        "thresholdType": "Actual",
                        "contactEmails": ["data@example.com"],
                    },
                    "f": {
                        "enabled": True,
                        "operator": "GreaterThan",
                        "threshold": 100,
                        "thresholdType": "Forecasted",
                        "contactEmails": ["data@example.com"],
                    },
                },
            },
        ),
        Item(
            tokens.BUDGET,
            "usage",
            {
                "displayName": "churn",
                "filter": {"workspaceId": {"operator": "IN", "values": [UNKNOWN]}},
                "alertConfigurations": [
                    {
                        "timePeriod": "MONTH",
                        "quantityThreshold": "70000",
                        "actionConfigurations": [
                            {
                                "actionType": "EMAIL_NOTIFICATION",
                                "target": "data@example.com",
                            }
                        ],
                    }
                ],
            },
            dependencies={"filter": [own]},
        ),
    ]


def test_a_platform_of_inline_children_and_versioned_types_passes() -> None:
    assert refused([group(), *network(), *lake(), *vault(), *workspace()]) == {}


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


def test_a_teams_jobs_on_a_workspace_of_somebody_else_pass() -> None:
    assert refused(job_stack()) == {}


def serverless_stack() -> list[Item]:
    """A workspace without a network of its own, open to the office only."""
    return [
        *(
            item
            for item in workspace()
            if item.type not in (WORKSPACE, ENDPOINT, tokens.ZONE_GROUP)
        ),
        Item(
            WORKSPACE,
            "dbx",
            {
                "workspaceName": "churn-prod",
                "sku": {"name": "premium"},
                "computeMode": "Serverless",
                "publicNetworkAccess": "Enabled",
                "tags": TAGS,
            },
            protect=True,
            create_seconds=3600,
            outputs={"workspaceId": UNKNOWN},
        ),
        Item(
            tokens.IP_ACCESS_LIST,
            "office",
            {
                "label": "office",
                "listType": "ALLOW",
                "ipAddresses": ["203.0.113.7", "198.51.100.0/24"],
            },
        ),
        Item(tokens.WORKSPACE_CONF, "ip", {"customConfig": {"enableIpAccessLists": True}}),
    ]


def test_a_serverless_workspace_behind_an_ip_access_list_passes() -> None:
    settings = {"sec-04-workspace-public-access-off": {"ipAccessListSuffices": True}}
    assert refused(serverless_stack(), **settings) == {}


# One thing wrong in each, so that these stacks prove that they are looked at.
@pytest.mark.parametrize(
    ("stack", "name", "path", "value", "rule"),
    [
        ("platform", "lake", "isLocalUserEnabled", True, "sec-21-storage-no-side-doors"),
        ("platform", "net", "subnets.0.natGateway", None, "sec-28-databricks-subnets-confined"),
        ("platform", "guard", "securityRules.1.access", "Allow", "sec-31-nsg-outbound-confined"),
        ("platform", "kv-logs", "logs.0.category", "AllMetrics", "sec-34-diagnostic-settings"),
        (
            "jobs",
            "score",
            "tasks.0.newCluster.nodeTypeId",
            "Standard_E64s_v5",
            "cost-06-node-types",
        ),
        (
            "jobs",
            "score",
            "tasks.0.newCluster.workerNodeTypeFlexibility",
            {"alternateNodeTypeIds": ["Standard_E64s_v5"]},
            "cost-06-node-types",
        ),
        ("jobs", "read", "privileges", ["all privileges"], "ml-11-least-privilege"),
        ("serverless", "office", "ipAddresses", ["0.0.0.0/1"], "sec-40-ip-access-list"),
    ],
)
def test_one_fault_in_a_foreign_stack_is_found(
    stack: str, name: str, path: str, value: Any, rule: str
) -> None:
    platform = [group(), *network(), *lake(), *vault(), *workspace()]
    stacks = {"platform": platform, "jobs": job_stack(), "serverless": serverless_stack()}
    items = [item.with_value(path, value) if item.name == name else item for item in stacks[stack]]
    settings = {"sec-04-workspace-public-access-off": {"ipAccessListSuffices": True}}
    assert rule in refused(items, **settings)
