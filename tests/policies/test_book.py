"""The book's own configuration, as its chapters type it: the rules name what is wrong with it.

What stands here is what "MLOps with Databricks on Azure End-to-End" shows for production, in the
properties of today's resource types. A rule that is added and judges it belongs into the list.
"""

from __future__ import annotations

from policies import tokens
from tests.policies.harness import Item, judge

CLUSTER = {
    "clusterName": "ml-prod",
    "sparkVersion": "17.2.x-ml-scala2.12",
    "nodeTypeId": "Standard_DS5_v2",
    "autoscale": {"minWorkers": 4, "maxWorkers": 16},
    "autoterminationMinutes": 120,
    "runtimeEngine": "PHOTON",
    "azureAttributes": {"availability": "SPOT_WITH_FALLBACK_AZURE", "spotBidMaxPrice": 100},
    "sparkConf": {"spark.databricks.delta.retentionDurationCheck.enabled": "false"},
}
BOOK = [
    # Chapter 2: a workspace beside its network, metastore storage without namespace.
    Item(
        tokens.WORKSPACE,
        "workspace",
        {"workspaceName": "mlops-prod-workspace", "sku": {"name": "premium"}},
    ),
    Item(
        tokens.STORAGE_ACCOUNT,
        "metastore-storage",
        {"accountName": "companymlopsmeta", "sku": {"name": "Standard_LRS"}},
    ),
    Item(
        tokens.METASTORE,
        "metastore",
        {
            "name": "company_mlops_metastore",
            "deltaSharingScope": "INTERNAL_AND_EXTERNAL",
            "deltaSharingRecipientTokenLifetimeInSeconds": 90,
        },
    ),
    Item(tokens.CATALOG, "catalog", {"name": "ml_prod_catalog"}),
    # Chapter 3: a personal token, artifacts in DBFS.
    Item(tokens.TOKEN, "token", {"comment": "mlflow"}),
    Item(
        tokens.MLFLOW_EXPERIMENT,
        "experiment",
        {"name": "/ml", "artifactLocation": "dbfs:/ml-artifacts"},
    ),
    # Chapters 5 and 6: clusters and a job without compute of its own.
    Item(tokens.CLUSTER, "cluster", CLUSTER),
    Item(tokens.JOB, "train", {"tasks": [{"taskKey": "train", "existingClusterId": "ml-prod"}]}),
    # Chapter 8: served models in their old form, with the old kind of inference table.
    Item(
        tokens.MODEL_SERVING,
        "endpoint",
        {
            "name": "churn",
            "config": {
                "servedModels": [{"modelName": "churn", "modelVersion": "1"}],
                "autoCaptureConfig": {"catalogName": "ml_prod_catalog", "enabled": True},
            },
        },
    ),
]
BROKEN = {
    "cost-01-azure-tags",
    "cost-02-databricks-tags",
    "cost-03-cluster-autotermination",
    "cost-04-job-compute",
    "cost-06-node-types",
    "cost-07-node-generation",
    "cost-08-spot-capacity",
    "cost-09-photon-justified",
    "cost-10-cluster-has-policy",
    "cost-17-serving-scale-to-zero",
    "cost-18-serving-size",
    "cost-20-serverless-usage-policy",
    "cost-22-databricks-budget",
    "cost-23-azure-budget",
    "cost-24-job-bounded",
    "cost-30-storage-redundancy",
    "ml-04-no-served-models",
    "ml-05-inference-table",
    "ml-06-usage-tracking",
    "ml-13-owned-by-a-group",
    "ml-14-described-and-classified",
    "ml-15-endpoint-callers",
    "ml-17-experiment-artifacts-governed",
    "ml-22-endpoint-register",
    "rel-01-protect-stateful",
    "rel-05-blob-soft-delete",
    "rel-07-storage-redundant",
    "rel-08-data-locked",
    "rel-09-delta-retention-check",
    "rel-10-driver-not-on-spot",
    "rel-12-job-tasks-retried",
    "rel-13-job-runs-as-service-principal",
    "rel-15-cluster-logs-delivered",
    "rel-16-one-metastore",
    "rel-19-patient-timeouts",
    "sec-02-workspace-vnet-injection",
    "sec-03-workspace-no-public-ip",
    "sec-04-workspace-public-access-off",
    "sec-06-workspace-private-endpoints",
    "sec-08-workspace-root-storage-firewall",
    "sec-09-workspace-own-keys",
    "sec-10-workspace-root-own-key",
    "sec-11-workspace-double-encryption",
    "sec-12-workspace-enhanced-security",
    "sec-13-workspace-unity-catalog",
    "sec-14-storage-encrypted-transport",
    "sec-16-storage-shared-key-off",
    "sec-17-storage-public-access-off",
    "sec-19-storage-private-endpoints",
    "sec-20-storage-own-key",
    "sec-21-storage-no-side-doors",
    "sec-22-storage-signatures-expire",
    "sec-34-diagnostic-settings",
    "sec-40-ip-access-list",
    "sec-41-token-lifetime",
    "sec-42-no-personal-token",
    "sec-45-exports-off",
    "sec-46-sql-download-off",
    "sec-47-verbose-audit-logs",
    "sec-48-git-allow-list",
    "sec-49-legacy-off",
    "sec-50-admins-restricted",
    "sec-51-serverless-egress",
    "sec-52-ncc-bound",
    "sec-53-governed-access-mode",
    "sec-54-supported-runtime",
    "sec-55-local-disk-encryption",
    "sec-62-catalog-isolated",
    "sec-63-metastore-sharing-bounded",
    "sec-65-metastore-assigned",
    "sec-66-system-schemas",
    "sec-72-artifact-allow-list",
}


def test_the_book_s_configuration_breaks_exactly_these_rules() -> None:
    assert judge(BOOK).rules == BROKEN
