"""One production stack that every rule accepts; the tests break it one property at a time."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from policies import tokens
from tests.policies.harness import Item, urn

if TYPE_CHECKING:
    from collections.abc import Mapping

TAGS = {
    "env": "prod",
    "owner": "platform",
    "cost-center": "1001",
    "project": "mlops",
    "data-class": "internal",
}
PAIRS = [{"key": key, "value": value} for key, value in TAGS.items()]
_ARM = "/subscriptions/0000/resourceGroups/mlops-prod-rg/providers"


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
        "spark_version": {"type": "fixed", "value": "17.3.x-cpu-ml-scala2.13"},
        "data_security_mode": {"type": "fixed", "value": "USER_ISOLATION"},
        **{f"custom_tags.{key}": {"type": "fixed", "value": item} for key, item in TAGS.items()},
    }
    attributes |= changes
    return json.dumps({key: value for key, value in attributes.items() if value is not None})


def _subnet(name: str) -> dict[str, Any]:
    return {
        "subnetName": name,
        "networkSecurityGroup": {"id": f"{_ARM}/Microsoft.Network/networkSecurityGroups/nsg"},
        "delegations": [{"name": "databricks", "serviceName": "Microsoft.Databricks/workspaces"}],
        "defaultOutboundAccess": False,
        "natGateway": {"id": f"{_ARM}/Microsoft.Network/natGateways/nat"},
    }


def _network() -> list[Item]:
    allow_own = {
        "name": "office",
        "direction": "Inbound",
        "access": "Allow",
        "sourceAddressPrefix": "203.0.113.0/24",
    }
    deny = {
        "name": "deny",
        "direction": "Inbound",
        "access": "Deny",
        "sourceAddressPrefix": "*",
    }
    return [
        Item(tokens.RESOURCE_GROUP, "rg", {"tags": TAGS}),
        Item(tokens.VNET, "vnet", {"tags": TAGS, "subnets": [{"name": "other"}]}),
        Item(tokens.NSG, "nsg", {"tags": TAGS, "securityRules": [allow_own, deny]}),
        Item(
            tokens.SECURITY_RULE,
            "relay",
            {
                "direction": "Inbound",
                "access": "Allow",
                "sourceAddressPrefixes": ["VirtualNetwork", "10.0.0.0/8"],
            },
        ),
        Item(tokens.NAT_GATEWAY, "nat", {"tags": TAGS}),
        Item(tokens.SUBNET, "host", _subnet("host-subnet")),
        Item(tokens.SUBNET, "container", _subnet("container-subnet")),
        Item(tokens.SUBNET, "endpoints", {"subnetName": "pe-subnet"}),
    ]


def _azure() -> list[Item]:
    workspace = {
        "workspaceName": "mlops-prod-workspace",
        "sku": {"name": "premium"},
        "parameters": {
            "customVirtualNetworkId": {"value": f"{_ARM}/Microsoft.Network/virtualNetworks/vnet"},
            "customPublicSubnetName": {"value": "host-subnet"},
            "customPrivateSubnetName": {"value": "container-subnet"},
            "enableNoPublicIp": {"value": True},
        },
        "publicNetworkAccess": "Disabled",
        "defaultStorageFirewall": "Enabled",
        "accessConnector": {"id": f"{_ARM}/Microsoft.Databricks/accessConnectors/connector"},
        "tags": TAGS,
    }
    account = {
        "accountName": "mlopsprodlake",
        "enableHttpsTrafficOnly": True,
        "minimumTlsVersion": "TLS1_2",
        "allowBlobPublicAccess": False,
        "allowSharedKeyAccess": False,
        "publicNetworkAccess": "Disabled",
        "networkRuleSet": {"defaultAction": "Deny"},
        "isSftpEnabled": False,
        "isLocalUserEnabled": False,
        "allowCrossTenantReplication": False,
        "tags": TAGS,
    }
    vault = {
        "vaultName": "mlops-prod-kv",
        "properties": {
            "enableRbacAuthorization": True,
            "publicNetworkAccess": "disabled",
            "networkAcls": {"defaultAction": "Deny"},
            "enablePurgeProtection": True,
            "enableSoftDelete": True,
            "softDeleteRetentionInDays": 90,
        },
        "tags": TAGS,
    }
    return [
        Item(tokens.WORKSPACE, "workspace", workspace, protect=True),
        Item(tokens.ACCESS_CONNECTOR, "connector", {"tags": TAGS}, protect=True),
        Item(tokens.STORAGE_ACCOUNT, "lake", account, protect=True),
        Item(tokens.BLOB_CONTAINER, "lake-data", {"publicAccess": "None"}),
        Item(tokens.VAULT, "vault", vault, protect=True),
        Item(tokens.LOG_ANALYTICS, "logs", {"retentionInDays": 90, "tags": TAGS}),
        _setting("workspace-logs", f"{_ARM}/Microsoft.Databricks/workspaces/mlops-prod-workspace"),
        _setting(
            "lake-logs",
            f"{_ARM}/microsoft.storage/storageAccounts/mlopsprodlake/blobServices/default",
        ),
        _setting("vault-logs", f"{_ARM}/Microsoft.KeyVault/vaults/mlops-prod-kv"),
    ]


def _setting(name: str, target: str) -> Item:
    logs = [{"categoryGroup": "allLogs", "enabled": True}]
    props = {"resourceUri": target, "workspaceId": f"{_ARM}/logs", "logs": logs}
    return Item(tokens.DIAGNOSTIC_SETTING, name, props)


def _catalog() -> list[Item]:
    reader = {"principal": "data_scientists", "privileges": ["USE_CATALOG", "SELECT"]}
    owner = {"principal": "platform_owners", "privileges": ["ALL_PRIVILEGES"]}
    everybody = {"principal": "account users", "privileges": ["BROWSE"]}
    metastore = {
        "name": "company_mlops_metastore",
        "owner": "platform_owners",
        "deltaSharingScope": "INTERNAL",
        "deltaSharingRecipientTokenLifetimeInSeconds": 90 * 86_400,
        "externalAccessEnabled": False,
        "forceDestroy": False,
    }
    binding = {"securableName": "ml_prod_catalog", "securableType": "catalog", "workspaceId": "1"}
    credential = {
        "name": "lake",
        "azureManagedIdentity": {"accessConnectorId": "connector"},
        "skipValidation": False,
        "forceDestroy": False,
    }
    return [
        Item(tokens.METASTORE, "metastore", metastore, protect=True),
        Item(tokens.STORAGE_CREDENTIAL, "credential", credential),
        Item(tokens.EXTERNAL_LOCATION, "location", {"name": "lake", "forceDestroy": False}),
        Item(
            tokens.CATALOG,
            "catalog",
            {"name": "ml_prod_catalog", "isolationMode": "ISOLATED", "forceDestroy": False},
            protect=True,
        ),
        Item(tokens.CATALOG, "registry", {"name": "ml_models_catalog"}, protect=True),
        Item(tokens.SCHEMA, "schema", {"name": "raw", "forceDestroy": False}),
        Item(tokens.WORKSPACE_BINDING, "binding", binding),
        Item(
            tokens.GRANTS,
            "catalog-grants",
            {"catalog": "ml_prod_catalog", "grants": [reader, owner, everybody]},
        ),
        Item(tokens.GRANT, "schema-grant", {"schema": "ml_prod_catalog.raw", **reader}),
    ]


def _compute() -> list[Item]:
    endpoint = {
        "name": "churn",
        "config": {
            "servedEntities": [
                {"name": "blue", "scaleToZeroEnabled": False},
                {"name": "green", "scaleToZeroEnabled": True},
            ],
            "trafficConfig": {
                "routes": [
                    {"servedModelName": "blue", "trafficPercentage": 90},
                    {"servedModelName": "green", "trafficPercentage": 10},
                ]
            },
        },
        "tags": [
            *PAIRS,
            {"key": "model-owner", "value": "growth"},
            {"key": "risk-tier", "value": "limited"},
        ],
    }
    pool = {
        "idleInstanceAutoterminationMinutes": 30,
        "minIdleInstances": 0,
        "maxCapacity": 64,
        "customTags": TAGS,
    }
    cluster = {"autoterminationMinutes": 30, "policyId": "ABC", "customTags": TAGS}
    settings = {"maxTokenLifetimeDays": "30", "enableTokensConfig": "true"}
    return [
        Item(tokens.WORKSPACE_CONF, "conf", {"customConfig": settings}),
        Item(tokens.CLUSTER_POLICY, "policy", {"definition": policy_definition()}),
        Item(tokens.INSTANCE_POOL, "pool", pool),
        Item(tokens.CLUSTER, "cluster", cluster),
        Item(tokens.JOB, "job", {"tags": TAGS}),
        Item(tokens.SQL_ENDPOINT, "warehouse", {"tags": {"customTags": PAIRS}}),
        Item(tokens.PIPELINE, "pipeline", {"tags": TAGS}),
        Item(tokens.MODEL_SERVING, "endpoint", endpoint),
    ]


def compliant() -> dict[str, Item]:
    """The stack by logical name, built anew for each test."""
    return {item.name: item for item in [*_network(), *_azure(), *_catalog(), *_compute()]}


def depends(name: str, prop: str, on: str) -> Mapping[str, Item]:
    """The stack in which a property of one resource is computed from another resource."""
    graph = compliant()
    item, source = graph[name], graph[on]
    graph[name] = item.with_dependency(prop, urn(source.type, source.name))
    return graph
