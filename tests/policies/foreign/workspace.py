"""The workspace of the foreign platform, with its settings and budgets; and a serverless one."""

from __future__ import annotations

from policies import tokens
from policies.model import UNKNOWN
from tests.policies.foreign.common import TAGS
from tests.policies.foreign.platform import ENDPOINT, VNET, WORKSPACE, logged, private
from tests.policies.harness import Item, urn


def workspace() -> list[Item]:
    props = {
        "workspaceName": "churn-prod",
        "managedResourceGroupId": UNKNOWN,
        "sku": {"name": "Premium"},
        "parameters": {
            "customVirtualNetworkId": {"value": UNKNOWN},
            "customPublicSubnetName": {"value": "public"},
            "customPrivateSubnetName": {"value": "private"},
            "enableNoPublicIp": {"value": True},
            "storageAccountSkuName": {"value": "Standard_GZRS"},
        },
        "publicNetworkAccess": "Disabled",
        "requiredNsgRules": "NoAzureDatabricksRules",
        "defaultStorageFirewall": "Enabled",
        "accessConnector": {"id": UNKNOWN, "identityType": "SystemAssigned"},
        "tags": TAGS,
    }
    here = Item(
        WORKSPACE,
        "dbx",
        props,
        protect=True,
        create_seconds=7200,
        outputs={"workspaceId": UNKNOWN},
        dependencies={"parameters": [urn(VNET, "net")]},
    )
    ui = private("ui", here, "databricks_ui_api")
    login = private("login", here, "browser_authentication", after=[urn(ENDPOINT, "ui")])
    own = urn(WORKSPACE, "dbx")
    conf = {
        "maxTokenLifetimeDays": "14",
        "enableResultsDownloading": "false",
        "enableExportNotebook": "false",
        "enableNotebookTableClipboard": "false",
        "enableFileStoreEndpoint": "false",
        "enableDbfsFileBrowser": "false",
        "storeInteractiveNotebookResultsInCustomerAccount": "true",
        "enableVerboseAuditLogs": "true",
        "enableProjectsAllowList": "true",
        "projectsAllowList": "https://github.com/contoso/",
    }
    admins = {"status": "RESTRICT_TOKENS_AND_JOB_RUN_AS"}
    return [
        here,
        *ui,
        *login,
        logged(here, UNKNOWN, "accounts", "clusters", "unityCatalog"),
        Item(tokens.WORKSPACE_CONF, "conf", {"customConfig": conf}),
        Item(
            tokens.METASTORE_ASSIGNMENT, "uc", {"metastoreId": "m", "workspaceId": UNKNOWN}
        ).with_dependency("workspaceId", own),
        Item(tokens.NCC_BINDING, "ncc", {"workspaceId": UNKNOWN}).with_dependency(
            "workspaceId", own
        ),
        Item(tokens.LEGACY_ACCESS, "no-hive", {"disableLegacyAccess": {"value": True}}),
        Item(tokens.LEGACY_DBFS, "no-dbfs", {"disableLegacyDbfs": {"value": True}}),
        Item(tokens.WORKSPACE_SETTING, "admins", {"restrictWorkspaceAdmins": admins}),
        Item(
            tokens.CONSUMPTION_BUDGET,
            "bill",
            {
                "scope": UNKNOWN,
                "amount": 90_000,
                "timeGrain": "Monthly",
                "filter": {
                    "dimensions": {
                        "name": "ResourceGroupName",
                        "operator": "In",
                        "values": ["churn-prod", "churn-managed"],
                    }
                },
                "notifications": {
                    "a": {
                        "enabled": True,
                        "operator": "GreaterThan",
                        "threshold": 80,
                        "thresholdType": "Actual",
                        "contactEmails": ["data@example.com"],
                    },
                    "f": {
                        "enabled": True,
                        "operator": "GreaterThan",
                        "threshold": 100,
                        "thresholdType": "Forecasted",
                        "contactEmails": ["data@example.com"],
                    },
                },
            },
        ),
        Item(
            tokens.BUDGET,
            "usage",
            {
                "displayName": "churn",
                "filter": {"workspaceId": {"operator": "IN", "values": [UNKNOWN]}},
                "alertConfigurations": [
                    {
                        "timePeriod": "MONTH",
                        "quantityThreshold": "70000",
                        "actionConfigurations": [
                            {
                                "actionType": "EMAIL_NOTIFICATION",
                                "target": "data@example.com",
                            }
                        ],
                    }
                ],
            },
            dependencies={"filter": [own]},
        ),
    ]


def serverless_stack() -> list[Item]:
    """A workspace without a network of its own, open to the office only."""
    return [
        *(
            item
            for item in workspace()
            if item.type not in (WORKSPACE, ENDPOINT, tokens.ZONE_GROUP)
        ),
        Item(
            WORKSPACE,
            "dbx",
            {
                "workspaceName": "churn-prod",
                "sku": {"name": "premium"},
                "computeMode": "Serverless",
                "publicNetworkAccess": "Enabled",
                "tags": TAGS,
            },
            protect=True,
            create_seconds=3600,
            outputs={"workspaceId": UNKNOWN},
        ),
        Item(
            tokens.IP_ACCESS_LIST,
            "office",
            {
                "label": "office",
                "listType": "ALLOW",
                "ipAddresses": ["203.0.113.7", "198.51.100.0/24"],
            },
        ),
        Item(tokens.WORKSPACE_CONF, "ip", {"customConfig": {"enableIpAccessLists": True}}),
    ]
