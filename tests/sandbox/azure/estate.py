"""One environment as the platform deploys it, in wire names: every type, every rule satisfied."""

from __future__ import annotations

from typing import Any

from sandbox.azure import ids

SUBSCRIPTION = "11111111-2222-4333-8444-555555555555"
TENANT = "99999999-8888-4777-8666-555555555555"
PROVIDER = {"subscriptionId": SUBSCRIPTION, "tenantId": TENANT}
REGION = "eastus2"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/mlops-dev-rg"
ROLE = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/"
BLOB_CONTRIBUTOR = ROLE + "ba92f5b4-2d11-453d-a403-e96b0029c9fe"
GROUP_MEMBER = "12345678-1234-4234-8234-123456789012"


def _id(path: str) -> str:
    return f"{GROUP}/providers/{path}"


VNET = _id("Microsoft.Network/virtualNetworks/net")
WORKSPACE = _id("Microsoft.Databricks/workspaces/mlops-dev-workspace")
STORAGE = _id("Microsoft.Storage/storageAccounts/mlopsdevdata")
VAULT = _id("Microsoft.KeyVault/vaults/mlops-dev-kv")
LOGS = _id("Microsoft.OperationalInsights/workspaces/mlops-dev-logs")
CONNECTOR = _id("Microsoft.Databricks/accessConnectors/connector")
MANAGED = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/mlops-dev-managed-rg"
ROOT_STORAGE = f"{MANAGED}/providers/Microsoft.Storage/storageAccounts/mlopsdevroot"

_HERE: dict[str, Any] = {"resourceGroupName": "mlops-dev-rg", "location": REGION}
_IN_GROUP: dict[str, Any] = {"resourceGroupName": "mlops-dev-rg"}


def _subnet(name: str, block: str, *, delegated: bool) -> dict[str, Any]:
    subnet: dict[str, Any] = {
        **_IN_GROUP,
        "virtualNetworkName": "net",
        "subnetName": name,
        "addressPrefix": block,
        "networkSecurityGroup": {"id": _id("Microsoft.Network/networkSecurityGroups/nsg")},
        "routeTable": {"id": _id("Microsoft.Network/routeTables/routes")},
        "delegations": [],
    }
    if delegated:
        subnet["natGateway"] = {"id": _id("Microsoft.Network/natGateways/nat")}
        subnet["delegations"] = [
            {"name": "databricks", "serviceName": "Microsoft.Databricks/workspaces"}
        ]
    return subnet


def _endpoint(name: str, target: str, group: str) -> dict[str, Any]:
    return {
        **_HERE,
        "privateEndpointName": name,
        "subnet": {"id": f"{VNET}/subnets/endpoints"},
        "privateLinkServiceConnections": [
            {"name": name, "privateLinkServiceId": target, "groupIds": [group]}
        ],
    }


def _zone(name: str) -> dict[str, Any]:
    return {**_IN_GROUP, "privateZoneName": name, "location": "global"}


def _link(zone: str) -> dict[str, Any]:
    return {
        **_zone(zone),
        "virtualNetworkLinkName": "net",
        "virtualNetwork": {"id": VNET},
        "registrationEnabled": False,
    }


def _zone_group(endpoint: str, zone: str) -> dict[str, Any]:
    return {
        **_IN_GROUP,
        "privateEndpointName": endpoint,
        "privateDnsZoneGroupName": "default",
        "privateDnsZoneConfigs": [
            {"name": "zone", "privateDnsZoneId": _id(f"Microsoft.Network/privateDnsZones/{zone}")}
        ],
    }


ZONES = (
    "privatelink.azuredatabricks.net",
    "privatelink.dfs.core.windows.net",
    "privatelink.blob.core.windows.net",
    "privatelink.vaultcore.azure.net",
)
SECURITY_RULE: dict[str, Any] = {
    "name": "to-databricks",
    "priority": 100,
    "direction": "Outbound",
    "access": "Allow",
    "protocol": "Tcp",
    "sourceAddressPrefix": "VirtualNetwork",
    "sourcePortRange": "*",
    "destinationAddressPrefix": "AzureDatabricks",
    "destinationPortRanges": ["443", "8443-8451"],
}
ROUTE: dict[str, Any] = {
    "name": "out",
    "addressPrefix": "0.0.0.0/0",
    "nextHopType": "VirtualAppliance",
    "nextHopIpAddress": "10.9.0.4",
}
NOTIFICATION: dict[str, Any] = {
    "enabled": True,
    "operator": "GreaterThan",
    "threshold": 80,
    "contactEmails": ["owner@example.com"],
    "contactGroups": [_id("Microsoft.Insights/actionGroups/owners")],
}

# Label to (type, inputs), in the order of creation.
ESTATE: dict[str, tuple[str, dict[str, Any]]] = {
    "group": (ids.RESOURCE_GROUP, {**_HERE, "tags": {"env": "dev"}}),
    "vnet": (
        ids.VNET,
        {
            **_HERE,
            "virtualNetworkName": "net",
            "addressSpace": {"addressPrefixes": ["10.0.0.0/16"]},
        },
    ),
    "nsg": (
        ids.NSG,
        {**_HERE, "networkSecurityGroupName": "nsg", "securityRules": [SECURITY_RULE]},
    ),
    "routes": (ids.ROUTE_TABLE, {**_HERE, "routeTableName": "routes", "routes": [ROUTE]}),
    "ip": (
        ids.PUBLIC_IP,
        {
            **_HERE,
            "publicIpAddressName": "nat-ip",
            "sku": {"name": "Standard"},
            "publicIPAllocationMethod": "Static",
        },
    ),
    "nat": (
        ids.NAT,
        {
            **_HERE,
            "natGatewayName": "nat",
            "sku": {"name": "Standard"},
            "idleTimeoutInMinutes": 10,
            "publicIpAddresses": [{"id": _id("Microsoft.Network/publicIPAddresses/nat-ip")}],
        },
    ),
    "host": (ids.SUBNET, _subnet("host", "10.0.1.0/24", delegated=True)),
    "container": (ids.SUBNET, _subnet("container", "10.0.2.0/24", delegated=True)),
    "endpoints": (ids.SUBNET, _subnet("endpoints", "10.0.3.0/24", delegated=False)),
    **{f"zone-{zone}": (ids.ZONE, _zone(zone)) for zone in ZONES},
    **{f"link-{zone}": (ids.ZONE_LINK, _link(zone)) for zone in ZONES},
    "connector": (
        ids.CONNECTOR,
        {**_HERE, "connectorName": "connector", "identity": {"type": "SystemAssigned"}},
    ),
    "workspace": (
        ids.WORKSPACE,
        {
            **_HERE,
            "workspaceName": "mlops-dev-workspace",
            "computeMode": "Hybrid",
            "sku": {"name": "premium"},
            "managedResourceGroupId": MANAGED,
            "publicNetworkAccess": "Disabled",
            "requiredNsgRules": "NoAzureDatabricksRules",
            "defaultStorageFirewall": "Enabled",
            "accessConnector": {"id": CONNECTOR, "identityType": "SystemAssigned"},
            "parameters": {
                "customVirtualNetworkId": {"value": VNET},
                "customPublicSubnetName": {"value": "host"},
                "customPrivateSubnetName": {"value": "container"},
                "enableNoPublicIp": {"value": True},
                "storageAccountName": {"value": "mlopsdevroot"},
            },
        },
    ),
    "storage": (
        ids.STORAGE,
        {
            **_HERE,
            "accountName": "mlopsdevdata",
            "kind": "StorageV2",
            "sku": {"name": "Standard_ZRS"},
            "isHnsEnabled": True,
            "minimumTlsVersion": "TLS1_2",
            "networkRuleSet": {
                "defaultAction": "Deny",
                "bypass": "Logging, Metrics",
                "resourceAccessRules": [{"tenantId": TENANT, "resourceId": CONNECTOR}],
                "virtualNetworkRules": [{"virtualNetworkResourceId": f"{VNET}/subnets/host"}],
            },
        },
    ),
    "container-raw": (
        ids.CONTAINER,
        {**_IN_GROUP, "accountName": "mlopsdevdata", "containerName": "raw"},
    ),
    "blob-service": (
        ids.BLOB_SERVICE,
        {
            **_IN_GROUP,
            "accountName": "mlopsdevdata",
            "blobServicesName": "default",
            "deleteRetentionPolicy": {"enabled": True, "days": 7},
        },
    ),
    "lifecycle": (
        ids.LIFECYCLE,
        {
            **_IN_GROUP,
            "accountName": "mlopsdevdata",
            "managementPolicyName": "default",
            "policy": {
                "rules": [
                    {
                        "name": "cool",
                        "type": "Lifecycle",
                        "definition": {
                            "actions": {"baseBlob": {"tierToCool": {}}},
                            "filters": {"blobTypes": ["blockBlob"]},
                        },
                    }
                ]
            },
        },
    ),
    "vault": (
        ids.VAULT,
        {
            **_HERE,
            "vaultName": "mlops-dev-kv",
            "properties": {
                "tenantId": TENANT,
                "sku": {"family": "A", "name": "standard"},
                "enableRbacAuthorization": True,
                "enablePurgeProtection": True,
                "softDeleteRetentionInDays": 30,
                "networkAcls": {"defaultAction": "Deny", "bypass": "AzureServices"},
            },
        },
    ),
    "logs": (
        ids.LOG_ANALYTICS,
        {
            **_HERE,
            "workspaceName": "mlops-dev-logs",
            "sku": {"name": "PerGB2018"},
            "retentionInDays": 30,
            "workspaceCapping": {"dailyQuotaGb": 1},
        },
    ),
    "diagnostics": (
        ids.DIAGNOSTICS,
        {
            "name": "to-logs",
            "resourceUri": WORKSPACE,
            "workspaceId": LOGS,
            "logs": [{"categoryGroup": "allLogs", "enabled": True}],
        },
    ),
    "storage-diagnostics": (
        ids.DIAGNOSTICS,
        {
            "name": "to-logs",
            "resourceUri": f"{STORAGE}/blobServices/default",
            "workspaceId": LOGS,
            "logs": [{"categoryGroup": "audit", "enabled": True}],
        },
    ),
    "role": (
        ids.ROLE_ASSIGNMENT,
        {
            "scope": STORAGE,
            "roleAssignmentName": "7f1c0c4e-0000-4000-8000-000000000001",
            "roleDefinitionId": BLOB_CONTRIBUTOR,
            "principalId": GROUP_MEMBER,
            "principalType": "Group",
        },
    ),
    "ui-api": (ids.ENDPOINT, _endpoint("ui-api", WORKSPACE, "databricks_ui_api")),
    "sign-in": (ids.ENDPOINT, _endpoint("sign-in", WORKSPACE, "browser_authentication")),
    "root-dfs": (ids.ENDPOINT, _endpoint("root-dfs", ROOT_STORAGE, "dfs")),
    "data-blob": (ids.ENDPOINT, _endpoint("data-blob", STORAGE, "blob")),
    "secrets": (ids.ENDPOINT, _endpoint("secrets", VAULT, "vault")),
    "lock": (ids.LOCK, {"scope": STORAGE, "lockName": "keep", "level": "CanNotDelete"}),
    "ui-api-zones": (ids.ZONE_GROUP, _zone_group("ui-api", ZONES[0])),
    "sign-in-zones": (ids.ZONE_GROUP, _zone_group("sign-in", ZONES[0])),
    "root-dfs-zones": (ids.ZONE_GROUP, _zone_group("root-dfs", ZONES[1])),
    "secrets-zones": (ids.ZONE_GROUP, _zone_group("secrets", ZONES[3])),
    "alerts": (
        ids.ACTION_GROUP,
        {
            **_IN_GROUP,
            "location": "global",
            "actionGroupName": "owners",
            "groupShortName": "owners",
            "emailReceivers": [{"name": "owner", "emailAddress": "owner@example.com"}],
        },
    ),
    "budget": (
        ids.BUDGET,
        {
            "scope": GROUP,
            "budgetName": "monthly",
            "amount": 5000,
            "category": "Cost",
            "timeGrain": "Monthly",
            "timePeriod": {"startDate": "2026-12-01T00:00:00Z", "endDate": "2030-12-01T00:00:00Z"},
            "notifications": {"warning": NOTIFICATION},
        },
    ),
}
