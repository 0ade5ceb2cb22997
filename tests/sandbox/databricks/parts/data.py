"""The prod catalog and all it takes to have one."""

from __future__ import annotations

from sandbox.databricks import tokens
from tests.sandbox.databricks.parts.places import CI, CONNECTOR, DEV, NUMBERS, URL
from tests.sandbox.databricks.parts.step import Step

DATA = (
    Step(
        "credential",
        tokens.STORAGE_CREDENTIAL,
        lambda _: {
            "name": "ml_storage",
            "owner": "platform_owners",
            "isolationMode": "ISOLATION_MODE_ISOLATED",
            "azureManagedIdentity": {"accessConnectorId": CONNECTOR},
        },
    ),
    Step(
        "location",
        tokens.EXTERNAL_LOCATION,
        lambda _: {
            "name": "ml_storage",
            "owner": "platform_owners",
            "url": f"{URL}/prod",
            "credentialName": "ml_storage",
            "enableFileEvents": True,
            "fileEventQueue": {"managedAqs": {"resourceGroup": "rg", "subscriptionId": "s"}},
        },
    ),
    Step(
        "metastore_grants",
        tokens.GRANTS,
        lambda w: {
            "metastore": w.id("metastore"),
            "grants": [{"principal": CI, "privileges": ["CREATE_CATALOG"]}],
        },
    ),
    Step(
        "catalog",
        tokens.CATALOG,
        lambda w: {
            "name": "ml_prod_catalog",
            "owner": "platform_owners",
            "storageRoot": f"{URL}/prod/catalog",
            "isolationMode": "ISOLATED",
            "metastoreId": w.id("metastore"),
            "enablePredictiveOptimization": "ENABLE",
        },
    ),
    Step(
        "binding",
        tokens.WORKSPACE_BINDING,
        lambda _: {
            "securableName": "ml_prod_catalog",
            "securableType": "catalog",
            "workspaceId": NUMBERS[DEV],
            "bindingType": "BINDING_TYPE_READ_ONLY",
        },
    ),
    Step(
        "schema",
        tokens.SCHEMA,
        lambda _: {
            "name": "models",
            "catalogName": "ml_prod_catalog",
            "owner": "platform_owners",
            "storageRoot": f"{URL}/prod/models",
        },
    ),
    Step(
        "volume",
        tokens.VOLUME,
        lambda _: {
            "name": "files",
            "catalogName": "ml_prod_catalog",
            "schemaName": "models",
            "volumeType": "MANAGED",
        },
    ),
    Step(
        "landing",
        tokens.VOLUME,
        lambda _: {
            "name": "landing",
            "catalogName": "ml_prod_catalog",
            "schemaName": "models",
            "volumeType": "EXTERNAL",
            "storageLocation": f"{URL}/prod/landing",
        },
    ),
    Step(
        "model",
        tokens.REGISTERED_MODEL,
        lambda _: {"name": "churn", "catalogName": "ml_prod_catalog", "schemaName": "models"},
    ),
    Step(
        "version",
        tokens.MODEL_VERSION,
        lambda _: {
            "catalogName": "ml_prod_catalog",
            "schemaName": "models",
            "modelName": "churn",
            "version": 1,
        },
    ),
    Step(
        "catalog_grants",
        tokens.GRANTS,
        lambda _: {
            "catalog": "ml_prod_catalog",
            "grants": [
                {"principal": "data_scientists", "privileges": ["USE_CATALOG", "USE_SCHEMA"]},
                {"principal": "account users", "privileges": ["BROWSE"]},
            ],
        },
    ),
)
