"""The account: people, metastore, connectivity, and how workspaces join them."""

from __future__ import annotations

from sandbox.databricks import tokens
from sandbox.databricks.scope import DEPLOYER_ID
from tests.sandbox.databricks.parts.places import ACCOUNT_ID, CI, DEV, NUMBERS, PROD, STORAGE
from tests.sandbox.databricks.parts.step import Step, on_account

SHARED = (
    on_account("owners", tokens.GROUP, lambda _: {"displayName": "platform_owners"}),
    on_account("scientists", tokens.GROUP, lambda _: {"displayName": "data_scientists"}),
    on_account(
        "deployer_owns",
        tokens.GROUP_MEMBER,
        lambda w: {"groupId": w.id("owners"), "memberId": DEPLOYER_ID},
    ),
    on_account(
        "ci", tokens.SERVICE_PRINCIPAL, lambda _: {"applicationId": CI, "displayName": "ci"}
    ),
    on_account(
        "ci_is_scientist",
        tokens.GROUP_MEMBER,
        lambda w: {"groupId": w.id("scientists"), "memberId": w.id("ci")},
    ),
    on_account(
        "ci_users",
        tokens.RULE_SET,
        lambda _: {
            "name": f"accounts/{ACCOUNT_ID}/servicePrincipals/{CI}/ruleSets/default",
            "grantRules": [
                {"role": "roles/servicePrincipal.user", "principals": ["groups/platform_owners"]}
            ],
        },
    ),
    on_account(
        "metastore",
        tokens.METASTORE,
        lambda _: {
            "name": "company",
            "region": "eastus2",
            "owner": "platform_owners",
            "deltaSharingScope": "INTERNAL",
            "deltaSharingRecipientTokenLifetimeInSeconds": 7_776_000,
        },
    ),
    on_account(
        "ncc",
        tokens.NCC,
        lambda _: {"name": "ncc-eastus2", "region": "eastus2", "accountId": ACCOUNT_ID},
    ),
    on_account(
        "ncc_rule",
        tokens.NCC_RULE,
        lambda w: {
            "networkConnectivityConfigId": w.out("ncc", "networkConnectivityConfigId"),
            "resourceId": STORAGE,
            "groupId": "dfs",
        },
    ),
)

BUDGET_ALERT = {
    "timePeriod": "MONTH",
    "triggerType": "CUMULATIVE_SPENDING_EXCEEDED",
    "quantityType": "LIST_PRICE_DOLLARS_USD",
    "quantityThreshold": "4000",
    "actionConfigurations": [
        {"actionType": "EMAIL_NOTIFICATION", "target": "ml-platform@example.com"}
    ],
}

JOINED = (
    *(
        on_account(
            f"assignment_{name}",
            tokens.METASTORE_ASSIGNMENT,
            lambda w, key=key: {"metastoreId": w.id("metastore"), "workspaceId": NUMBERS[key]},
        )
        for name, key in (("prod", PROD), ("dev", DEV))
    ),
    on_account(
        "ncc_binding",
        tokens.NCC_BINDING,
        lambda w: {
            "networkConnectivityConfigId": w.out("ncc", "networkConnectivityConfigId"),
            "workspaceId": NUMBERS[PROD],
        },
    ),
    on_account(
        "scientists_in_prod",
        tokens.PERMISSION_ASSIGNMENT,
        lambda w: {
            "workspaceId": NUMBERS[PROD],
            "principalId": w.id("scientists"),
            "permissions": ["USER"],
        },
    ),
    on_account(
        "budget",
        tokens.BUDGET,
        lambda _: {
            "displayName": "mlops-prod-budget",
            "alertConfigurations": [BUDGET_ALERT],
            "filter": {
                "workspaceId": {"operator": "IN", "values": [int(NUMBERS[PROD])]},
                "tags": [{"key": "env", "value": {"operator": "IN", "values": ["prod"]}}],
            },
        },
    ),
    on_account(
        "usage_policy",
        tokens.BUDGET_POLICY,
        lambda _: {
            "policyName": "mlops-prod",
            "bindingWorkspaceIds": [int(NUMBERS[PROD])],
            "customTags": [{"key": "env", "value": "prod"}],
        },
    ),
    Step("locals", tokens.GROUP, lambda _: {"displayName": "locals"}),
    Step("system", tokens.SYSTEM_SCHEMA, lambda _: {"schema": "access"}),
)
