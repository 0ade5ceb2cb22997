"""A hub with a firewall and a spoke with the workspace, flat and as a state has it after an update.

Every id is a text: nothing is known by what it is computed from.
"""

from __future__ import annotations

from typing import Any

from policies import tokens
from tests.policies.foreign.common import TAGS
from tests.policies.harness import Item, urn

SUB = "/subscriptions/11111111-2222-4333-8444-555555555555"
GROUP = f"{SUB}/resourceGroups/rg-data-prod"
NETWORK = f"{GROUP}/providers/Microsoft.Network"
WORKSPACE = f"{GROUP}/providers/Microsoft.Databricks/workspaces/dbw-data-prod"
LAKE = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/stdataprod"
VAULT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/kv-data-prod"
LOGS = f"{GROUP}/providers/Microsoft.OperationalInsights/workspaces/log-data-prod"
ENDPOINT = "azure-native_network_v20240701:network:PrivateEndpoint"
NUMBER = "7405600000000001"
PLACE = {"resourceGroupName": "rg-data-prod", "location": "eastus2", "tags": TAGS}


def _network() -> list[Item]:
    spoke = f"{NETWORK}/virtualNetworks/vnet-spoke"
    confined = {
        "networkSecurityGroup": {"id": f"{NETWORK}/networkSecurityGroups/nsg-dbx"},
        "routeTable": {"id": f"{NETWORK}/routeTables/rt-dbx"},
        "defaultOutboundAccess": False,
        "delegations": [{"name": "dbx", "serviceName": "Microsoft.Databricks/workspaces"}],
        "virtualNetworkName": "vnet-spoke",
    }
    route = {"name": "all", "addressPrefix": "0.0.0.0/0", "nextHopType": "VirtualAppliance"}
    deny = {
        "direction": "Outbound",
        "access": "Deny",
        "protocol": "*",
        "priority": 4000,
        "sourceAddressPrefix": "*",
        "sourcePortRange": "*",
        "destinationAddressPrefix": "Internet",
        "destinationPortRange": "*",
    }
    configurations = [
        {
            "name": "main",
            "subnet": {"id": f"{NETWORK}/virtualNetworks/vnet-hub/subnets/AzureFirewallSubnet"},
            "publicIPAddress": {"id": f"{NETWORK}/publicIPAddresses/pip-fw"},
        }
    ]
    return [
        Item(
            tokens.VNET,
            "vnet-hub",
            {**PLACE, "virtualNetworkName": "vnet-hub"},
            outputs={"id": f"{NETWORK}/virtualNetworks/vnet-hub"},
        ),
        Item(
            tokens.VNET,
            "vnet-spoke",
            {**PLACE, "virtualNetworkName": "vnet-spoke"},
            outputs={"id": spoke},
        ),
        Item(
            tokens.SUBNET,
            "snet-hub-firewall",
            {"subnetName": "AzureFirewallSubnet", "addressPrefix": "10.0.0.0/26"},
        ),
        Item(
            tokens.SUBNET,
            "snet-host",
            {"subnetName": "snet-host", "addressPrefix": "10.1.0.0/24", **confined},
            outputs={"id": f"{spoke}/subnets/snet-host", "name": "snet-host"},
        ),
        Item(
            tokens.SUBNET,
            "snet-container",
            {"subnetName": "snet-container", "addressPrefix": "10.1.1.0/24", **confined},
            outputs={"id": f"{spoke}/subnets/snet-container", "name": "snet-container"},
        ),
        Item(
            tokens.SUBNET,
            "snet-pe",
            {"subnetName": "snet-pe", "addressPrefix": "10.1.2.0/27"},
        ),
        Item(
            tokens.NSG,
            "nsg-dbx",
            {**PLACE, "networkSecurityGroupName": "nsg-dbx"},
            outputs={"id": f"{NETWORK}/networkSecurityGroups/nsg-dbx"},
        ),
        Item(
            tokens.SECURITY_RULE,
            "nsg-dbx-deny",
            {**deny, "networkSecurityGroupName": "nsg-dbx", "securityRuleName": "deny"},
        ),
        Item(
            tokens.ROUTE_TABLE,
            "rt-dbx",
            {**PLACE, "routes": [{**route, "nextHopIpAddress": "10.0.0.4"}]},
        ),
        Item(
            tokens.PUBLIC_IP,
            "pip-fw",
            {**PLACE, "sku": {"name": "Standard"}, "publicIpAddressName": "pip-fw"},
            outputs={"id": f"{NETWORK}/publicIPAddresses/pip-fw"},
        ),
        Item(
            tokens.FIREWALL,
            "fw",
            {**PLACE, "sku": {"tier": "Standard"}, "ipConfigurations": configurations},
        ),
    ]


def _reached(name: str, target: str, group: str, zone: str, *after: str) -> list[Item]:
    connection = {"name": name, "privateLinkServiceId": target, "groupIds": [group]}
    records = {
        "privateEndpointName": f"pe-{name}",
        "privateDnsZoneConfigs": [
            {"name": "z", "privateDnsZoneId": f"{NETWORK}/privateDnsZones/{zone}"}
        ],
    }
    endpoint = Item(
        ENDPOINT,
        f"pe-{name}",
        {
            **PLACE,
            "privateEndpointName": f"pe-{name}",
            "privateLinkServiceConnections": [connection],
        },
        create_seconds=3600,
        outputs={"id": f"{NETWORK}/privateEndpoints/pe-{name}"},
        after=after,
    )
    return [endpoint, Item(tokens.ZONE_GROUP, f"dns-{name}", records)]


def _logged(name: str, target: str, *categories: str) -> Item:
    logs = [{"category": each, "enabled": True} for each in categories]
    props = {"resourceUri": target, "workspaceId": LOGS, "logs": logs}
    return Item(tokens.DIAGNOSTIC_SETTING, f"diag-{name}", props)


def _data() -> list[Item]:
    connector = f"{GROUP}/providers/Microsoft.Databricks/accessConnectors/dbac-data-prod"
    account = {
        **PLACE,
        "accountName": "stdataprod",
        "kind": "StorageV2",
        "sku": {"name": "Standard_GZRS"},
        "minimumTlsVersion": "TLS1_2",
        "enableHttpsTrafficOnly": True,
        "allowBlobPublicAccess": False,
        "allowSharedKeyAccess": False,
        "defaultToOAuthAuthentication": True,
        "isHnsEnabled": True,
        "isLocalUserEnabled": False,
        "publicNetworkAccess": "Disabled",
        "networkRuleSet": {
            "defaultAction": "Deny",
            "bypass": "None",
            "resourceAccessRules": [{"resourceId": connector}],
        },
    }
    vault = {
        "tenantId": "t",
        "sku": {"family": "A", "name": "premium"},
        "enableRbacAuthorization": True,
        "enablePurgeProtection": True,
        "publicNetworkAccess": "Disabled",
        "networkAcls": {"defaultAction": "Deny", "bypass": "None"},
    }
    soft = {"enabled": True, "days": 30}
    kept = {"deleteRetentionPolicy": soft, "containerDeleteRetentionPolicy": soft}
    return [
        Item(tokens.ACCESS_CONNECTOR, "dbac", {**PLACE}, protect=True, outputs={"id": connector}),
        Item(tokens.STORAGE_ACCOUNT, "st", account, protect=True, outputs={"id": LAKE}),
        Item(tokens.BLOB_SERVICE, "st-blobs", {"accountName": "stdataprod", **kept}),
        Item(tokens.LOCK, "st-lock", {"scope": LAKE, "level": "CanNotDelete"}),
        Item(
            tokens.VAULT,
            "kv",
            {**PLACE, "vaultName": "kv-data-prod", "properties": vault},
            protect=True,
            outputs={"id": VAULT},
        ),
        *_reached("st-blob", LAKE, "blob", "privatelink.blob.core.windows.net"),
        *_reached("st-dfs", LAKE, "dfs", "privatelink.dfs.core.windows.net"),
        *_reached("kv", VAULT, "vault", "privatelink.vaultcore.azure.net"),
        _logged(
            "st", f"{LAKE}/blobServices/default", "StorageRead", "StorageWrite", "StorageDelete"
        ),
        _logged("kv", VAULT, "AuditEvent"),
    ]


def _settings() -> list[Item]:
    off = (
        *("enableResultsDownloading", "enableExportNotebook", "enableNotebookTableClipboard"),
        *("enableFileStoreEndpoint", "enableDbfsFileBrowser"),
    )
    conf: dict[str, Any] = {
        **dict.fromkeys(off, "false"),
        "storeInteractiveNotebookResultsInCustomerAccount": "true",
        "enableVerboseAuditLogs": "true",
        "enableProjectsAllowList": "true",
        "projectsAllowList": "https://github.com/contoso/",
        "enableTokensConfig": "false",
    }
    admins = {"restrictWorkspaceAdmins": {"status": "RESTRICT_TOKENS_AND_JOB_RUN_AS"}}
    return [
        Item(tokens.WORKSPACE_CONF, "conf", {"customConfig": conf}),
        Item(tokens.LEGACY_ACCESS, "no-hive", {"disableLegacyAccess": {"value": True}}),
        Item(tokens.LEGACY_DBFS, "no-dbfs", {"disableLegacyDbfs": {"value": True}}),
        Item(tokens.RESTRICT_ADMINS, "admins", admins),
        Item(tokens.METASTORE_ASSIGNMENT, "uc", {"metastoreId": "m", "workspaceId": NUMBER}),
        Item(
            tokens.NCC_BINDING, "ncc", {"networkConnectivityConfigId": "n", "workspaceId": NUMBER}
        ),
    ]


def _budgets() -> list[Item]:
    contact = {"operator": "GreaterThan", "enabled": True, "contactEmails": ["finops@example.com"]}
    azure = {
        "budgetName": "data-prod",
        "scope": SUB,
        "amount": 50_000,
        "timeGrain": "Monthly",
        "notifications": {
            "actual80": {**contact, "threshold": 80, "thresholdType": "Actual"},
            "forecast100": {**contact, "threshold": 100, "thresholdType": "Forecasted"},
        },
    }
    mail = {"actionType": "EMAIL_NOTIFICATION", "target": "finops@example.com"}
    alert = {
        "timePeriod": "MONTH",
        "triggerType": "CUMULATIVE_SPENDING_EXCEEDED",
        "quantityType": "LIST_PRICE_DOLLARS_USD",
        "quantityThreshold": "40000",
        "actionConfigurations": [mail],
    }
    usage = {
        "displayName": "data-prod",
        "filter": {"workspaceId": {"operator": "IN", "values": [int(NUMBER)]}},
        "alertConfigurations": [alert],
    }
    return [
        Item(tokens.CONSUMPTION_BUDGET, "azure-budget", azure),
        Item(tokens.BUDGET, "usage-budget", usage),
    ]


def hub_and_spoke() -> list[Item]:
    """The Azure half of a landing zone."""
    parameters: dict[str, Any] = {
        "customVirtualNetworkId": {"value": f"{NETWORK}/virtualNetworks/vnet-spoke"},
        "customPublicSubnetName": {"value": "snet-host"},
        "customPrivateSubnetName": {"value": "snet-container"},
        "enableNoPublicIp": {"value": True},
        "storageAccountSkuName": {"value": "Standard_GRS"},
    }
    workspace = {
        **PLACE,
        "workspaceName": "dbw-data-prod",
        "sku": {"name": "premium"},
        "parameters": parameters,
        "publicNetworkAccess": "Disabled",
        "requiredNsgRules": "NoAzureDatabricksRules",
        "defaultStorageFirewall": "Enabled",
        "accessConnector": {
            "id": f"{GROUP}/providers/Microsoft.Databricks/accessConnectors/dbac-data-prod",
            "identityType": "SystemAssigned",
        },
    }
    zone = "privatelink.azuredatabricks.net"
    return [
        Item(
            tokens.RESOURCE_GROUP,
            "rg",
            {"resourceGroupName": "rg-data-prod", "location": "eastus2", "tags": TAGS},
        ),
        *_network(),
        *_data(),
        Item(
            tokens.LOG_ANALYTICS,
            "log",
            {**PLACE, "retentionInDays": 180, "workspaceCapping": {"dailyQuotaGb": 10}},
            outputs={"id": LOGS},
        ),
        Item(
            tokens.WORKSPACE,
            "dbw",
            workspace,
            protect=True,
            create_seconds=7200,
            outputs={"id": WORKSPACE, "workspaceId": NUMBER},
        ),
        *_reached("ui", WORKSPACE, "databricks_ui_api", zone),
        *_reached("login", WORKSPACE, "browser_authentication", zone, urn(ENDPOINT, "pe-ui")),
        _logged("dbw", WORKSPACE, "accounts", "clusters", "unityCatalog", "jobs", "secrets"),
        *_settings(),
        *_budgets(),
    ]
