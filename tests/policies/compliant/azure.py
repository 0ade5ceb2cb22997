"""Workspace, storage, vault and logs of the compliant stack."""

from __future__ import annotations

from policies import tokens
from tests.policies.compliant.common import ARM, KEY, TAGS
from tests.policies.harness import Item


def parts() -> list[Item]:
    workspace = {
        "workspaceName": "mlops-prod-workspace",
        "sku": {"name": "premium"},
        "parameters": {
            "customVirtualNetworkId": {"value": f"{ARM}/Microsoft.Network/virtualNetworks/vnet"},
            "customPublicSubnetName": {"value": "host-subnet"},
            "customPrivateSubnetName": {"value": "container-subnet"},
            "enableNoPublicIp": {"value": True},
            "storageAccountSkuName": {"value": "Standard_ZRS"},
            "prepareEncryption": {"value": True},
            "encryption": {"value": {**KEY, "keySource": "Microsoft.Keyvault"}},
            "requireInfrastructureEncryption": {"value": True},
        },
        "computeMode": "Hybrid",
        "location": "eastus2",
        "requiredNsgRules": "NoAzureDatabricksRules",
        "defaultCatalog": {"initialType": "UnityCatalog"},
        "encryption": {
            "entities": {
                "managedServices": {"keySource": "Microsoft.Keyvault", "keyVaultProperties": KEY},
                "managedDisk": {"keySource": "Microsoft.Keyvault", "keyVaultProperties": KEY},
            }
        },
        "enhancedSecurityCompliance": {"enhancedSecurityMonitoring": {"value": "Enabled"}},
        "publicNetworkAccess": "Disabled",
        "defaultStorageFirewall": "Enabled",
        "managedResourceGroupId": "/subscriptions/0000/resourceGroups/managed",
        "accessConnector": {"id": f"{ARM}/Microsoft.Databricks/accessConnectors/connector"},
        "tags": TAGS,
    }
    account = {
        "accountName": "mlopsprodlake",
        "resourceGroupName": "mlops-prod-rg",
        "enableHttpsTrafficOnly": True,
        "minimumTlsVersion": "TLS1_2",
        "allowBlobPublicAccess": False,
        "allowSharedKeyAccess": False,
        "defaultToOAuthAuthentication": True,
        "publicNetworkAccess": "Disabled",
        "networkRuleSet": {
            "defaultAction": "Deny",
            "bypass": "None",
            "resourceAccessRules": [
                {"resourceId": f"{ARM}/Microsoft.Databricks/accessConnectors/connector"}
            ],
        },
        "sku": {"name": "Standard_GZRS"},
        "isHnsEnabled": True,
        "encryption": {
            "keySource": "Microsoft.Keyvault",
            "keyVaultProperties": KEY,
            "requireInfrastructureEncryption": True,
        },
        "isSftpEnabled": False,
        "enableNfsV3": False,
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
    key = {
        "kty": "RSA",
        "attributes": {"expires": 1_893_456_000},
        "rotationPolicy": {
            "lifetimeActions": [
                {"action": {"type": "rotate"}, "trigger": {"timeBeforeExpiry": "P30D"}}
            ]
        },
    }
    role = {
        "principalId": "11111111-0000-0000-0000-000000000000",
        "principalType": "ServicePrincipal",
        "scope": f"{ARM}/Microsoft.Storage/storageAccounts/mlopsprodlake",
        "roleDefinitionId": "/subscriptions/0000/providers/Microsoft.Authorization/roleDefinitions/"
        "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
    }
    return [
        Item(
            tokens.WORKSPACE,
            "workspace",
            workspace,
            protect=True,
            create_seconds=3600,
            outputs={"workspaceId": "1001"},
        ),
        Item(tokens.AZURE_PROVIDER, "azure", {"location": "eastus2"}, provider=""),
        Item(tokens.ACCESS_CONNECTOR, "connector", {"tags": TAGS}, protect=True),
        Item(tokens.STORAGE_ACCOUNT, "lake", account, protect=True),
        Item(tokens.BLOB_CONTAINER, "lake-data", {"publicAccess": "None"}),
        Item(tokens.VAULT, "vault", vault, protect=True),
        Item(
            tokens.BLOB_SERVICE,
            "lake-retention",
            {
                "accountName": "mlopsprodlake",
                "deleteRetentionPolicy": {"enabled": True, "days": 30},
                "containerDeleteRetentionPolicy": {"enabled": True, "days": 30},
            },
        ),
        Item(
            tokens.LOCK,
            "lake-lock",
            {
                "scope": f"{ARM}/Microsoft.Storage/storageAccounts/mlopsprodlake",
                "level": "CanNotDelete",
            },
        ),
        # Of other things, so that the one above still has to be there.
        Item(
            tokens.LOCK_ON_GROUP,
            "other-group-lock",
            {"resourceGroupName": "another-rg", "level": "CanNotDelete"},
        ),
        Item(
            tokens.LOCK_ON_RESOURCE,
            "vault-lock",
            {
                "resourceGroupName": "mlops-prod-rg",
                "resourceProviderNamespace": "Microsoft.KeyVault",
                "parentResourcePath": "",
                "resourceType": "vaults",
                "resourceName": "mlops-prod-kv",
                "level": "CanNotDelete",
            },
        ),
        Item(tokens.LOCK_ON_SUBSCRIPTION, "no-lock", {"level": "NotSpecified"}),
        Item(tokens.KEY, "key", {"properties": key}, protect=True),
        Item(
            tokens.VAULT_SECRET,
            "secret",
            {
                "properties": {
                    "value": "hush-hush",
                    "contentType": "text/plain",
                    "attributes": {"expires": 1_893_456_000},
                }
            },
        ),
        Item(tokens.ROLE_ASSIGNMENT, "lake-role", role),
        Item(
            tokens.ROLE_DEFINITION,
            "custom-role",
            {"permissions": [{"actions": ["*/read", "Microsoft.Databricks/workspaces/*"]}]},
        ),
        Item(
            tokens.LOG_ANALYTICS,
            "logs",
            {"retentionInDays": 90, "workspaceCapping": {"dailyQuotaGb": 50}, "tags": TAGS},
        ),
        _setting("workspace-logs", f"{ARM}/Microsoft.Databricks/workspaces/mlops-prod-workspace"),
        _setting(
            "lake-logs",
            f"{ARM}/microsoft.storage/storageAccounts/mlopsprodlake/blobServices/default",
        ),
        _setting("vault-logs", f"{ARM}/Microsoft.KeyVault/vaults/mlops-prod-kv"),
    ]


def _setting(name: str, target: str) -> Item:
    logs = [{"categoryGroup": "allLogs", "enabled": True}]
    props = {"resourceUri": target, "workspaceId": f"{ARM}/logs", "logs": logs}
    return Item(tokens.DIAGNOSTIC_SETTING, name, props)
