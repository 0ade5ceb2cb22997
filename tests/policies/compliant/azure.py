"""Workspace, storage, vault and logs of the compliant stack."""

from __future__ import annotations

from policies import tokens
from tests.policies.compliant.common import ARM, TAGS
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
        },
        "publicNetworkAccess": "Disabled",
        "defaultStorageFirewall": "Enabled",
        "managedResourceGroupId": "/subscriptions/0000/resourceGroups/managed",
        "accessConnector": {"id": f"{ARM}/Microsoft.Databricks/accessConnectors/connector"},
        "tags": TAGS,
    }
    account = {
        "accountName": "mlopsprodlake",
        "sku": {"name": "Standard_GZRS"},
        "isHnsEnabled": True,
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
        Item(
            tokens.WORKSPACE,
            "workspace",
            workspace,
            protect=True,
            outputs={"workspaceId": "1001"},
        ),
        Item(tokens.ACCESS_CONNECTOR, "connector", {"tags": TAGS}, protect=True),
        Item(tokens.STORAGE_ACCOUNT, "lake", account, protect=True),
        Item(tokens.BLOB_CONTAINER, "lake-data", {"publicAccess": "None"}),
        Item(tokens.VAULT, "vault", vault, protect=True),
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
