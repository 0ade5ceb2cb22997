"""Unity Catalog of the compliant stack."""

from __future__ import annotations

from policies import tokens
from tests.policies.harness import Item, urn


def parts() -> list[Item]:
    reader = {"principal": "data_scientists", "privileges": ["USE_CATALOG", "SELECT"]}
    owner = {"principal": "platform_owners", "privileges": ["ALL_PRIVILEGES"]}
    everybody = {"principal": "account users", "privileges": ["BROWSE"]}
    metastore = {
        "name": "company_mlops_metastore",
        "region": "eastus2",
        "owner": "platform_owners",
        "deltaSharingScope": "INTERNAL",
        "deltaSharingRecipientTokenLifetimeInSeconds": 90 * 86_400,
        "externalAccessEnabled": False,
        "forceDestroy": False,
    }
    binding = {
        "securableName": "ml_prod_catalog",
        "securableType": "catalog",
        "workspaceId": "1001",
    }
    credential = {
        "name": "lake",
        "azureManagedIdentity": {"accessConnectorId": "connector"},
        "skipValidation": False,
        "forceDestroy": False,
        "isolationMode": "ISOLATION_MODE_ISOLATED",
    }
    return [
        Item(tokens.METASTORE, "metastore", metastore, protect=True),
        Item(tokens.METASTORE, "metastore-west", {**metastore, "region": "westus2"}, protect=True),
        Item(tokens.METASTORE_ASSIGNMENT, "assignment", {"workspaceId": 1001}, provider="account"),
        Item(tokens.NCC_BINDING, "connectivity", {"workspaceId": "1001"}, provider="account"),
        # Everything on the Databricks side is made with it, and so after what it waits for.
        Item(
            tokens.DATABRICKS_PROVIDER,
            "explicit",
            {"skipVerify": "false"},
            provider="",
            after=[
                urn(tokens.METASTORE_ASSIGNMENT, "assignment"),
                urn(tokens.NCC_BINDING, "connectivity"),
                urn(tokens.PRIVATE_ENDPOINT, "ui-endpoint"),
            ],
        ),
        Item(tokens.STORAGE_CREDENTIAL, "credential", credential),
        Item(tokens.CREDENTIAL, "service", {**credential, "name": "service"}),
        Item(
            tokens.METASTORE_ACCESS,
            "root-access",
            {"name": "root", "azureManagedIdentity": {"accessConnectorId": "connector"}},
        ),
        Item(
            tokens.EXTERNAL_LOCATION,
            "location",
            {
                "name": "lake",
                "url": "abfss://data@mlopsprodlake.dfs.core.windows.net/",
                "isolationMode": "ISOLATION_MODE_ISOLATED",
                "fallback": False,
                "skipValidation": False,
                "forceDestroy": False,
            },
        ),
        Item(
            tokens.CATALOG,
            "catalog",
            {
                "name": "ml_prod_catalog",
                "isolationMode": "ISOLATED",
                "forceDestroy": False,
                "owner": "platform_owners",
                "comment": "Data of production",
            },
            protect=True,
        ),
        Item(
            tokens.CATALOG,
            "registry",
            {
                "name": "ml_models_catalog",
                "owner": "platform_owners",
                "comment": "Registered models by stage",
            },
            protect=True,
        ),
        Item(
            tokens.SCHEMA,
            "schema",
            {
                "name": "raw",
                "catalogName": "ml_prod_catalog",
                "forceDestroy": False,
                "owner": "platform_owners",
            },
        ),
        Item(tokens.WORKSPACE_BINDING, "binding", binding),
        Item(
            tokens.GRANTS,
            "catalog-grants",
            {"catalog": "ml_prod_catalog", "grants": [reader, owner, everybody]},
        ),
        Item(
            tokens.GRANT,
            "metastore-grant",
            {
                "metastore": "m",
                "principal": "platform_owners",
                "privileges": ["CREATE_CATALOG"],
            },
        ),
        Item(
            tokens.GRANT,
            "location-grant",
            {
                "externalLocation": "lake",
                "principal": "platform_owners",
                "privileges": ["READ_FILES"],
            },
        ),
        Item(tokens.GRANT, "schema-grant", {"schema": "ml_prod_catalog.raw", **reader}),
    ]
