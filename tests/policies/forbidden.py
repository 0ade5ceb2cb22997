"""Resources that a rule refuses whatever they say; a case adds one to the compliant stack."""

from __future__ import annotations

from policies import tokens
from tests.policies.harness import Item


def forbidden() -> dict[str, Item]:
    """The resources by logical name, built anew for each test."""
    account = {"accountName": "mlopsprodlake", "resourceGroupName": "mlops-prod-rg"}
    items = [
        Item(tokens.STATIC_WEBSITE, "website", {**account, "indexDocument": "index.html"}),
        Item(tokens.LOCAL_USER, "local-user", {**account, "hasSshPassword": True}),
        Item(tokens.USER_ROLE, "user-role", {"role": "account_admin", "userId": "1"}),
        Item(
            tokens.SECRET,
            "scope-secret",
            {"scope": "vault", "key": "db", "stringValue": "geheim12"},
        ),
        Item(tokens.MOUNT, "mount", {"name": "lake"}),
        Item(tokens.DBFS_FILE, "dbfs-file", {"path": "/config.json"}),
        Item(tokens.TOKEN, "token", {"comment": "pipeline", "lifetimeSeconds": 60}),
        Item(tokens.MLFLOW_MODEL, "mlflow-model", {"name": "churn"}),
        Item(tokens.MLFLOW_WEBHOOK, "mlflow-webhook", {"modelName": "churn"}),
        Item(tokens.ONLINE_TABLE, "online-table", {"name": "features"}),
        Item(tokens.LAKEHOUSE_MONITOR, "lakehouse-monitor", {"tableName": "t"}),
    ]
    return {item.name: item for item in items}
