"""Where the estate is: ids, providers, and what the other cloud holds of it."""

from __future__ import annotations

from typing import Any

from sandbox.databricks import tokens
from sandbox.rules import Record

ACCOUNT_ID = "00000000-0000-0000-0000-0000000000dd"
GROUP = "/subscriptions/s/resourceGroups/rg"
PROD = f"{GROUP}/providers/Microsoft.Databricks/workspaces/prod"
DEV = f"{GROUP}/providers/Microsoft.Databricks/workspaces/dev"
FAR = f"{GROUP}/providers/Microsoft.Databricks/workspaces/far"
CONNECTOR = f"{GROUP}/providers/Microsoft.Databricks/accessConnectors/data"
BARE = f"{GROUP}/providers/Microsoft.Databricks/accessConnectors/bare"
STORAGE = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/mldata"
VAULT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/kv"
FLAT = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/mlflat"
CI = "11111111-1111-4111-8111-111111111111"
STRANGER = "22222222-2222-4222-8222-222222222222"
NUMBERS = {PROD: "1001", DEV: "1002", FAR: "1003"}
URL = "abfss://data@mldata.dfs.core.windows.net"

PROVIDERS: dict[str, dict[str, Any]] = {
    "account": {"host": "https://accounts.azuredatabricks.net", "accountId": ACCOUNT_ID},
    "workspace": {"azureWorkspaceResourceId": PROD},
    "dev": {"azureWorkspaceResourceId": DEV},
    "far": {"azureWorkspaceResourceId": FAR},
}
AS_CI = {**PROVIDERS["workspace"], "azureClientId": CI}
"""The workspace, as the deploying identity."""


def azure(token: str, key: str, **properties: Any) -> Record:
    """A record of the other cloud."""
    return Record(key, token, f"urn::{key}", properties, properties)


def _workspace(key: str, location: str) -> Record:
    return azure(
        tokens.AZURE_WORKSPACE,
        key,
        workspaceId=NUMBERS[key],
        workspaceUrl=f"adb-{NUMBERS[key]}.1.azuredatabricks.net",
        location=location,
        managedResourceGroupId=f"/subscriptions/s/resourceGroups/managed-{NUMBERS[key]}",
    )


ROLE = azure(
    tokens.AZURE_ROLE,
    f"{STORAGE}/providers/Microsoft.Authorization/roleAssignments/1",
    scope=STORAGE,
    principalId="connector-object-id",
    roleDefinitionId="/providers/Microsoft.Authorization/roleDefinitions/"
    "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
)
AZURE = (
    _workspace(PROD, "eastus2"),
    _workspace(DEV, "East US 2"),
    _workspace(FAR, "westeurope"),
    azure(tokens.AZURE_CONNECTOR, CONNECTOR, identity={"principalId": "connector-object-id"}),
    azure(tokens.AZURE_CONNECTOR, BARE),
    azure(tokens.AZURE_STORAGE, STORAGE, accountName="mldata", isHnsEnabled=True),
    azure(tokens.AZURE_STORAGE, FLAT, accountName="mlflat"),
    azure(
        tokens.AZURE_CONTAINER,
        f"{STORAGE}/blobServices/default/containers/data",
        accountName="mldata",
        containerName="data",
    ),
    ROLE,
    azure(tokens.AZURE_VAULT, VAULT, properties={"vaultUri": "https://kv.vault.azure.net/"}),
)
