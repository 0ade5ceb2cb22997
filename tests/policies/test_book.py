"""The book's own configuration, as its chapters type it: the rules name what is wrong with it.

What stands here is what "MLOps with Databricks on Azure End-to-End" shows for production, in the
properties of today's resource types. A rule that is added and judges it belongs into one of the two
lists.
"""

from __future__ import annotations

from policies import tokens
from policies.registry import load
from tests.policies.compliant.common import ARM
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
WORKSPACE_ID = f"{ARM}/Microsoft.Databricks/workspaces/mlops-prod-workspace"
BOOK = [
    # Getting started: a provider with a token, and a workspace beside a network it is not in.
    Item(tokens.DATABRICKS_PROVIDER, "explicit", {"token": "dapi-of-the-author"}, provider=""),
    Item(
        tokens.WORKSPACE,
        "workspace",
        {"workspaceName": "mlops-prod-workspace", "sku": {"name": "premium"}},
    ),
    Item(
        tokens.VNET,
        "network",
        {
            "virtualNetworkName": "mlops-vnet",
            "subnets": [
                {"name": "public-subnet", "addressPrefix": "10.0.1.0/24"},
                {"name": "private-subnet", "addressPrefix": "10.0.2.0/24"},
            ],
        },
    ),
    # Chapter 2: metastore storage without namespace.
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
    # Chapter 3: a personal token, artifacts in DBFS, a model with stages.
    Item(tokens.TOKEN, "token", {"comment": "mlflow"}),
    Item(
        tokens.MLFLOW_EXPERIMENT,
        "experiment",
        {"name": "/ml", "artifactLocation": "dbfs:/ml-artifacts"},
    ),
    Item(tokens.MLFLOW_MODEL, "stages", {"name": "churn"}),
    # Chapters 5 and 6: clusters and a job without compute of its own.
    Item(tokens.CLUSTER, "cluster", CLUSTER),
    Item(
        tokens.JOB,
        "train",
        {
            "tasks": [
                {
                    "taskKey": "train",
                    "existingClusterId": "ml-prod",
                    "libraries": [
                        {"whl": "dbfs:/wheels/churn.whl"},
                        {"pypi": {"package": "scikit-learn"}},
                    ],
                }
            ]
        },
    ),
    # Chapter 7: one private endpoint of the two, and nothing that finds it.
    Item(
        tokens.PRIVATE_ENDPOINT,
        "interface",
        {
            "privateLinkServiceConnections": [
                {"groupIds": ["databricks_ui_api"], "privateLinkServiceId": WORKSPACE_ID}
            ]
        },
    ),
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
# Each rule with why it is broken: what the configuration says or leaves out, and what that means.
BROKEN = {
    "cost-01-azure-tags": "workspace, network, storage and endpoint have no tags",
    "cost-02-databricks-tags": "cluster, job and endpoint have no tags",
    "cost-03-cluster-autotermination": "120 minutes idle, where production allows 30",
    "cost-04-job-compute": "the job names existingClusterId",
    "cost-06-node-types": "Standard_DS5_v2 is not in production's list",
    "cost-07-node-generation": "Standard_DS5_v2 is of the retiring Dsv2 family",
    "cost-08-spot-capacity": "production on spot, at a bid of 100 per cent instead of -1",
    "cost-09-photon-justified": "PHOTON without the tag that says why",
    "cost-10-cluster-has-policy": "no policyId",
    "cost-17-serving-scale-to-zero": "the served model leaves scaleToZeroEnabled out",
    "cost-18-serving-size": "the served model leaves workloadSize out",
    "cost-20-serverless-usage-policy": "the endpoint has neither budgetPolicyId nor usagePolicyId",
    "cost-22-databricks-budget": "a workspace and no Databricks budget",
    "cost-23-azure-budget": "a resource group and no Azure budget",
    "cost-24-job-bounded": "no timeoutSeconds and no queue",
    "cost-30-storage-redundancy": "Standard_LRS in production, and nothing clears old blobs",
    "ml-01-models-in-unity-catalog": "a model of the workspace registry, for its stages",
    "ml-04-no-served-models": "servedModels, the old form",
    "ml-05-inference-table": "autoCaptureConfig, which can no longer be switched on",
    "ml-06-usage-tracking": "no aiGateway, so nothing is tracked",
    "ml-13-owned-by-a-group": "the catalog has no owner, so its creator is",
    "ml-14-described-and-classified": "the catalog has neither comment nor class",
    "ml-15-endpoint-callers": "no Permissions names who may query",
    "ml-17-experiment-artifacts-governed": "artifacts in dbfs:/ml-artifacts",
    "ml-22-endpoint-register": "neither model-owner nor risk-tier",
    "rel-01-protect-stateful": "workspace, storage, metastore and catalog without protect",
    "rel-05-blob-soft-delete": "no BlobServiceProperties, and soft delete is off by default",
    "rel-07-storage-redundant": "Standard_LRS: three copies in one building",
    "rel-08-data-locked": "no lock covers the storage account",
    "rel-09-delta-retention-check": "retentionDurationCheck.enabled is 'false'",
    "rel-10-driver-not-on-spot": "spot without firstOnDemand takes the driver too",
    "rel-12-job-tasks-retried": "the task has neither maxRetries nor timeoutSeconds",
    "rel-13-job-runs-as-service-principal": "no runAs, so the author",
    "rel-15-cluster-logs-delivered": "no clusterLogConf",
    "rel-16-one-metastore": "the metastore says no region",
    "rel-19-patient-timeouts": "no customTimeouts on workspace, endpoint and private endpoint",
    "sec-02-workspace-vnet-injection": "the network stands beside the workspace, which names none",
    "sec-03-workspace-no-public-ip": "enableNoPublicIp is absent, and its default depends",
    "sec-04-workspace-public-access-off": "publicNetworkAccess is absent, which is Enabled",
    "sec-05-workspace-nsg-rules-private": "a private back end, and requiredNsgRules is absent",
    "sec-06-workspace-private-endpoints": "databricks_ui_api alone, no browser_authentication",
    "sec-07-private-endpoint-names": "the endpoint has no zone group",
    "sec-08-workspace-root-storage-firewall": "neither firewall nor access connector",
    "sec-09-workspace-own-keys": "no encryption block: Microsoft's keys",
    "sec-10-workspace-root-own-key": "no prepareEncryption: Microsoft's key",
    "sec-11-workspace-double-encryption": "requireInfrastructureEncryption is absent: once",
    "sec-12-workspace-enhanced-security": "no enhancedSecurityCompliance and no setting instead",
    "sec-13-workspace-unity-catalog": "no defaultCatalog",
    "sec-14-storage-encrypted-transport": "minimumTlsVersion is absent, which is TLS1_0",
    "sec-16-storage-shared-key-off": "allowSharedKeyAccess is absent, which is true",
    "sec-17-storage-public-access-off": "publicNetworkAccess and networkRuleSet are absent: open",
    "sec-19-storage-private-endpoints": "no endpoint leads to the storage account",
    "sec-20-storage-own-key": "no encryption block: Microsoft's key, once",
    "sec-21-storage-no-side-doors": "no namespace, and local users are on by default",
    "sec-22-storage-signatures-expire": "keys are on, and no policy ends them",
    "sec-33-flow-logs": "a network and no flow log",
    "sec-34-diagnostic-settings": "workspace and storage without a diagnostic setting",
    "sec-39-providers-without-secrets": "the provider's token is written down",
    "sec-40-ip-access-list": "a public workspace and no IP access list",
    "sec-41-token-lifetime": "no maxTokenLifetimeDays",
    "sec-42-no-personal-token": "a Token resource",
    "sec-45-exports-off": "no WorkspaceConf, and a new workspace exports",
    "sec-46-sql-download-off": "no setting, and the download is on by default",
    "sec-47-verbose-audit-logs": "no WorkspaceConf switches them on",
    "sec-48-git-allow-list": "no WorkspaceConf switches it on",
    "sec-49-legacy-off": "neither setting that disables Hive and DBFS",
    "sec-50-admins-restricted": "no RestrictWorkspaceAdminsSetting",
    "sec-51-serverless-egress": "no network policy is attached",
    "sec-52-ncc-bound": "no network connectivity configuration is bound",
    "sec-53-governed-access-mode": "dataSecurityMode is absent: no isolation",
    "sec-54-supported-runtime": "17.2 is no LTS runtime, and ended in March 2026",
    "sec-55-local-disk-encryption": "enableLocalDiskEncryption is absent: off",
    "sec-57-no-dbfs": "the job's wheel lies in dbfs:/wheels",
    "sec-62-catalog-isolated": "neither isolationMode nor a binding",
    "sec-63-metastore-sharing-bounded": "no owner, external sharing, a token of 90 seconds",
    "sec-65-metastore-assigned": "no MetastoreAssignment",
    "sec-66-system-schemas": "the metastore's stack switches no system schema on",
    "sec-72-artifact-allow-list": "the metastore's stack has no allow-list",
    "sec-74-libraries-pinned": "scikit-learn without a version",
}
# Each other rule that has something to judge here, with why it is content.
KEPT = {
    "sec-01-workspace-premium-sku": "the book does say premium",
    "sec-15-storage-no-anonymous-blobs": "absent is private, since 2023",
    "sec-18-storage-firewall-exceptions": "there is no firewall to pass, which SEC-17 says",
    "sec-25-key-vault-private-endpoint": "no vault",
    "sec-28-databricks-subnets-confined": "no workspace is in the subnets, which SEC-02 says",
    "sec-29-databricks-subnet-size": "no workspace is in the subnets, which SEC-02 says",
    "sec-31-nsg-outbound-confined": "no security group",
    "sec-56-init-scripts-governed": "no init script",
    "sec-58-no-literal-secrets": "clusters, job and endpoint hold none; the provider is SEC-39's",
    "sec-73-images-and-submit": "no image, no spark-submit",
    "cost-05-cluster-size": "4 to 16 workers are production's own",
    "cost-19-serving-rate-limits": "the model runs on the endpoint's own compute",
    "cost-26-serverless-job-standard": "the job runs on a cluster",
    "cost-29-nothing-kept-running": "neither pinned nor always running",
    "cost-32-network-parts-counted": "no NAT gateway",
    "cost-34-monthly-ceiling": "below production's 100,000 USD",
    "cost-35-hourly-burn": "below production's limit",
    "cost-36-priced": "all that is here has a price",
    "cost-37-monthly-growth": "nothing is deployed that it could be dearer than",
    "rel-03-no-force-destroy": "absent is off",
    "rel-11-job-failure-heard": "the job starts by hand",
    "rel-14-job-code-pinned": "no gitSource",
    "rel-18-serving-ready": "no servedEntities; ML-04 refuses the old form as a whole",
    "rel-20-made-in-order": "nothing to wait for is declared",
    "ml-03-served-version-pinned": "no servedEntities; ML-04 refuses the old form as a whole",
    "ml-07-guardrails": "a classifier has no text",
    "ml-08-inference-table-monitored": "no inference table, which ML-05 says",
    "ml-10-access-matrix": "no grants",
    "ml-12-one-grants-per-securable": "no grants",
    "ml-16-production-models-released": "no grants, no model in Unity Catalog",
    "ml-20-explicit-databricks-provider": "the provider is named",
    "ml-21-no-foreign-names": "only names of production",
    "sec-38-allowed-locations": "no location is written; the provider's would count",
}


def test_the_book_s_configuration_breaks_exactly_these_rules() -> None:
    assert judge(BOOK).rules == set(BROKEN)


def test_every_other_rule_has_nothing_to_judge_or_a_reason_to_be_content() -> None:
    types = {item.type for item in BOOK}
    judging = {
        name
        for name, rule in load().items()
        if rule.levels.prod != "disabled" and (not rule.types or types & set(rule.types))
    }
    assert judging - set(BROKEN) == set(KEPT)
