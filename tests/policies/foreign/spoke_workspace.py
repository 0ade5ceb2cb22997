"""What the account, the workspace's own settings and the budgets add to the spoke."""

from __future__ import annotations

from policies import tokens
from policies.model import UNKNOWN
from tests.policies.foreign.spoke import computed
from tests.policies.harness import Item


def attached(workspace: Item) -> list[Item]:
    """What the account and the workspace's own settings add, and the budgets."""
    off = (
        *("enableResultsDownloading", "enableExportNotebook", "enableNotebookTableClipboard"),
        *("enableFileStoreEndpoint", "enableDbfsFileBrowser"),
    )
    on = (
        *("storeInteractiveNotebookResultsInCustomerAccount", "enableVerboseAuditLogs"),
        "enableProjectsAllowList",
    )
    switches = {
        **dict.fromkeys(off, "false"),
        **dict.fromkeys(on, "true"),
        "projectsAllowList": "https://dev.azure.com/contoso/",
        "enableTokensConfig": "false",
    }
    half, whole = (
        {
            "enabled": True,
            "operator": "GreaterThanOrEqualTo",
            "threshold": threshold,
            "thresholdType": kind,
            "contactGroups": [UNKNOWN],
            "contactEmails": [],
        }
        for threshold, kind in ((80, "Actual"), (100, "Forecasted"))
    )
    budget = Item(
        tokens.CONSUMPTION_BUDGET,
        "monthly",
        {
            "scope": "/subscriptions/44444444-0000-4000-8000-000000000000",
            "amount": 40_000,
            "category": "Cost",
            "timeGrain": "Monthly",
            "notifications": {"half": half, "whole": whole},
        },
    )
    alert = {"actionType": "EMAIL_NOTIFICATION", "target": "finops@example.com"}
    usage = Item(
        tokens.BUDGET,
        "dbu",
        {
            "displayName": "finance",
            "filter": {"workspaceId": {"operator": "IN", "values": [UNKNOWN]}},
            "alertConfigurations": [
                {
                    "timePeriod": "MONTH",
                    "triggerType": "CUMULATIVE_SPENDING_EXCEEDED",
                    "quantityType": "LIST_PRICE_DOLLARS_USD",
                    "quantityThreshold": "30000",
                    "actionConfigurations": [alert],
                }
            ],
        },
    )
    return [
        computed(Item(token, name, {"workspaceId": UNKNOWN, **props}), workspaceId=workspace)
        for token, name, props in (
            (tokens.METASTORE_ASSIGNMENT, "catalogs", {"metastoreId": "m-1"}),
            (tokens.NCC_BINDING, "serverless", {"networkConnectivityConfigId": "n-1"}),
        )
    ] + [
        Item(tokens.WORKSPACE_CONF, "switches", {"customConfig": switches}),
        Item(tokens.LEGACY_ACCESS, "hive-off", {"disableLegacyAccess": {"value": True}}),
        Item(tokens.LEGACY_DBFS, "dbfs-off", {"disableLegacyDbfs": {"value": True}}),
        Item(
            tokens.RESTRICT_ADMINS,
            "admins",
            {"restrictWorkspaceAdmins": {"status": "RESTRICT_TOKENS_AND_JOB_RUN_AS"}},
        ),
        Item(
            tokens.WORKSPACE_SETTING,
            "no-downloads",
            {"name": "sql_results_download", "booleanVal": {"value": False}},
        ),
        budget,
        computed(usage, filter=workspace),
    ]
