"""A platform of versioned types with everything inline, as ARM templates and portals export it."""

from __future__ import annotations

from typing import Any

from policies import tokens
from policies.model import UNKNOWN
from tests.policies.foreign.common import PRINCIPAL, TAGS
from tests.policies.harness import Item, urn

STORAGE = "azure-native:storage/v20230501:StorageAccount"
VAULT = "azure-native_keyvault_v20230701:keyvault:Vault"
WORKSPACE = "azure-native:databricks/v20240501:Workspace"
VNET = "azure-native:network/v20240501:VirtualNetwork"
NSG = "azure-native:network/v20240501:NetworkSecurityGroup"
ENDPOINT = "azure-native:network/v20240501:PrivateEndpoint"


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
