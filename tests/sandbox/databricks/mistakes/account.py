"""Mistakes with principals, metastores, connectivity and providers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.databricks import tokens
from sandbox.rules import Record
from tests.sandbox.databricks.mistakes.actions import (
    REMOVED,
    Mistake,
    against,
    another,
    instead,
)
from tests.sandbox.databricks.parts.places import CI, FAR, NUMBERS, PROVIDERS, STORAGE, STRANGER
from tests.sandbox.databricks.parts.shared import BUDGET_ALERT

if TYPE_CHECKING:
    from tests.sandbox.databricks.world import World

_ACCOUNT, _WORKSPACE = PROVIDERS["account"], PROVIDERS["workspace"]


def _circle(world: World) -> dict[str, Any]:
    return {"groupId": world.id("owners"), "memberId": world.id("scientists")}


def _owners_in_scientists(world: World) -> None:
    inputs = {"groupId": world.id("scientists"), "memberId": world.id("owners")}
    world.put(Record("x|y", tokens.GROUP_MEMBER, "urn::circle", inputs, inputs))


def _far_ncc(world: World) -> None:
    world.edit("ncc", region="westeurope")


def _nccs(world: World) -> None:
    for number in range(10):
        inputs = {"name": f"ncc-{number}", "region": "eastus2"}
        world.put(Record(f"a/{number}", tokens.NCC, f"urn::{number}", inputs, inputs))


def _elsewhere(world: World) -> None:
    world.edit("assignment_prod", metastoreId="00000000-0000-4000-8000-000000000000")


def _second_ncc(world: World) -> dict[str, Any]:
    config = {"networkConnectivityConfigId": "n2", "region": "eastus2"}
    world.put(Record("a/n2", tokens.NCC, "urn::n2", {"name": "n2", "region": "eastus2"}, config))
    return {"networkConnectivityConfigId": "n2"}


def _alerts(*thresholds: str, **changes: Any) -> dict[str, Any]:
    return {
        "alertConfigurations": [
            {**BUDGET_ALERT, "quantityThreshold": threshold, **changes} for threshold in thresholds
        ]
    }


_ALERT = "alertConfigurations.0"
_ACTION = f"{_ALERT}.actionConfigurations.0"
_BLOCK = {"actionType": "BLOCK_USAGE"}
_PER_USER = "ALERT_CONFIGURATION_SCOPE_TYPE_PER_USER"
_GATEWAY = {"resourceType": "BUDGET_RESOURCE_TYPE_UNITY_AI_GATEWAY"}

MISTAKES: dict[str, list[tuple[str, Mistake]]] = {
    "needs_the_account": [
        ("INVALID_CONFIGURATION", instead("ncc", provider=_WORKSPACE)),
        ("INVALID_CONFIGURATION", instead("ncc", provider={"host": _ACCOUNT["host"]})),
        ("INVALID_CONFIGURATION", instead("budget", provider=_WORKSPACE)),
    ],
    "budget_name_fits": [
        ("INVALID_PARAMETER_VALUE", instead("budget", {"displayName": ""})),
        ("INVALID_PARAMETER_VALUE", instead("budget", {"displayName": "x" * 129})),
    ],
    "budget_words_are_known": [
        ("INVALID_INPUT", instead("budget", {"resourceType": "ALL"})),
        ("INVALID_INPUT", instead("budget", {f"{_ALERT}.timePeriod": "DAY"})),
        ("INVALID_INPUT", instead("budget", {f"{_ACTION}.actionType": "SLACK"})),
        ("INVALID_INPUT", instead("budget", {"filter.workspaceId.operator": "EQUALS"})),
        ("INVALID_INPUT", instead("budget", {"filter.tags.0.value.operator": "NOT_IN"})),
    ],
    "alerts_are_few_and_differ": [
        ("INVALID_PARAMETER_VALUE", instead("budget", {"alertConfigurations": []})),
        ("INVALID_PARAMETER_VALUE", instead("budget", _alerts("1", "2", "3", "4", "5"))),
        ("INVALID_PARAMETER_VALUE", instead("budget", _alerts("4000", "4000.00"))),
        ("INVALID_PARAMETER_VALUE", instead("budget", _alerts("0"))),
        ("INVALID_PARAMETER_VALUE", instead("budget", _alerts("80%"))),
        ("INVALID_PARAMETER_VALUE", instead("budget", _alerts("1", scopeType=_PER_USER))),
        (
            "INVALID_PARAMETER_VALUE",
            instead("budget", {**_GATEWAY, **_alerts("1", "2", scopeType=_PER_USER)}),
        ),
    ],
    "alerts_are_complete": [
        ("INVALID_PARAMETER_VALUE", instead("budget", {f"{_ALERT}.triggerType": REMOVED})),
        ("INVALID_PARAMETER_VALUE", instead("budget", {f"{_ACTION}.target": REMOVED})),
        ("INVALID_PARAMETER_VALUE", instead("budget", {f"{_ACTION}.target": "everybody"})),
        (
            "INVALID_PARAMETER_VALUE",
            instead("budget", _alerts("1", actionConfigurations=[_BLOCK])),
        ),
        ("INVALID_PARAMETER_VALUE", instead("budget", {"filter.workspaceId.values": []})),
    ],
    "usage_policy_is_named": [
        ("INVALID_PARAMETER_VALUE", instead("usage_policy", {"policyName": ""})),
        ("INVALID_PARAMETER_VALUE", instead("usage_policy", {"policyName": "x" * 128})),
        ("INVALID_PARAMETER_VALUE", instead("usage_policy", {"policyName": "Ωmega"})),
        (
            "INVALID_PARAMETER_VALUE",
            instead("usage_policy", {"policyName": "databricks:default-policy"}),
        ),
    ],
    "usage_tags_are_within_limits": [
        (
            "INVALID_PARAMETER_VALUE",
            instead("usage_policy", {"customTags": [{"key": str(n)} for n in range(21)]}),
        ),
        (
            "INVALID_PARAMETER_VALUE",
            instead("usage_policy", {"customTags": [{"key": "env"}, {"key": "env"}]}),
        ),
        (
            "INVALID_PARAMETER_VALUE",
            instead("usage_policy", {"customTags.0.key": "budget-policy-id"}),
        ),
        ("INVALID_PARAMETER_VALUE", instead("usage_policy", {"customTags.0.value": "x" * 257})),
    ],
    "usage_policy_is_new": [
        ("INVALID_PARAMETER_VALUE", instead("usage_policy", {"policyName": REMOVED})),
        ("INVALID_PARAMETER_VALUE", instead("usage_policy", {"policyId": "mine"})),
        ("RESOURCE_ALREADY_EXISTS", another("usage_policy")),
    ],
    "usage_policy_serves_the_workspace": [
        ("RESOURCE_DOES_NOT_EXIST", instead("endpoint", {"budgetPolicyId": "lost"})),
        (
            "RESOURCE_DOES_NOT_EXIST",
            instead(
                "endpoint",
                lambda w: {"budgetPolicyId": w.id("usage_policy")},
                before=lambda w: w.edit("usage_policy", bindingWorkspaceIds=[1002]),
            ),
        ),
    ],
    "needs_a_workspace": [
        ("INVALID_CONFIGURATION", instead("schema", provider=_ACCOUNT)),
        ("RESOURCE_NOT_FOUND", instead("pool", provider={"azureWorkspaceResourceId": "/no/where"})),
        (
            "RESOURCE_NOT_FOUND",
            instead("pool", provider={"host": "https://adb-9.azuredatabricks.net"}),
        ),
    ],
    "authentication_is_known": [
        ("INVALID_CONFIGURATION", instead("pool", provider={**_WORKSPACE, "authType": "magic"})),
    ],
    "group_name_is_free": [
        ("RESOURCE_ALREADY_EXISTS", another("owners", {"displayName": "Platform_Owners"})),
        ("INVALID_PARAMETER_VALUE", instead("owners", {"displayName": " "})),
    ],
    "group_is_not_built_in": [
        ("RESOURCE_ALREADY_EXISTS", instead("owners", {"displayName": "account users"})),
    ],
    "member_and_group_exist": [
        ("RESOURCE_DOES_NOT_EXIST", instead("deployer_owns", {"groupId": "7"})),
        ("RESOURCE_DOES_NOT_EXIST", instead("deployer_owns", {"memberId": CI})),
        (
            "RESOURCE_DOES_NOT_EXIST",
            instead("deployer_owns", lambda w: {"groupId": w.id("locals")}),
        ),
    ],
    "membership_is_no_circle": [
        ("INVALID_PARAMETER_VALUE", another("deployer_owns", _circle, _owners_in_scientists)),
    ],
    "principal_is_named": [
        ("INVALID_PARAMETER_VALUE", instead("ci", {"applicationId": "ci-app"})),
        ("INVALID_PARAMETER_VALUE", instead("ci", {"applicationId": REMOVED, "displayName": ""})),
        ("RESOURCE_ALREADY_EXISTS", another("ci")),
    ],
    "permissions_are_known": [
        ("INVALID_PARAMETER_VALUE", instead("scientists_in_prod", {"permissions": ["OWNER"]})),
        ("INVALID_PARAMETER_VALUE", instead("scientists_in_prod", {"permissions": []})),
    ],
    "workspace_and_principal_exist": [
        ("INVALID_PARAMETER_VALUE", instead("scientists_in_prod", {"workspaceId": "prod"})),
        ("RESOURCE_DOES_NOT_EXIST", instead("scientists_in_prod", {"workspaceId": "404"})),
        ("RESOURCE_DOES_NOT_EXIST", instead("scientists_in_prod", {"principalId": "404"})),
        (
            "RESOURCE_DOES_NOT_EXIST",
            instead("scientists_in_prod", lambda w: {"principalId": w.id("locals")}),
        ),
    ],
    "workspace_has_a_metastore": [
        ("FEATURE_DISABLED", instead("scientists_in_prod", {"workspaceId": NUMBERS[FAR]})),
    ],
    "sharing_is_stated_whole": [
        ("INVALID_INPUT", instead("metastore", {"deltaSharingScope": "EVERYBODY"})),
        (
            "MISSING_PROPERTY",
            instead("metastore", {"deltaSharingRecipientTokenLifetimeInSeconds": REMOVED}),
        ),
        ("MISSING_PROPERTY", instead("metastore", {"deltaSharingScope": REMOVED})),
    ],
    "metastore_has_a_region": [
        ("INVALID_PARAMETER_VALUE", instead("metastore", {"region": REMOVED})),
    ],
    "one_metastore_in_a_region": [
        ("RESOURCE_LIMIT_EXCEEDED", another("metastore", {"region": "East US 2"})),
    ],
    "metastore_is_empty": [
        ("INVALID_STATE", against("metastore")),
    ],
    "assignment_joins_one_region": [
        ("RESOURCE_DOES_NOT_EXIST", instead("assignment_dev", {"workspaceId": "404"})),
        ("METASTORE_DOES_NOT_EXIST", instead("assignment_dev", {"metastoreId": "404"})),
        ("INVALID_PARAMETER_VALUE", instead("assignment_dev", {"workspaceId": NUMBERS[FAR]})),
    ],
    "workspace_has_one_metastore": [
        ("INVALID_PARAMETER_VALUE", another("assignment_prod", before=_elsewhere)),
    ],
    "system_schema_exists": [
        ("INVALID_PARAMETER_VALUE", instead("system", {"schema": "information_schema"})),
        ("METASTORE_DOES_NOT_EXIST", instead("system", provider=PROVIDERS["far"])),
    ],
    "billing_is_on_already": [
        ("INVALID_PARAMETER_VALUE", instead("system", {"schema": "billing"})),
    ],
    "ncc_name_is_valid": [
        ("INVALID_INPUT", instead("ncc", {"name": "no spaces"})),
        ("INVALID_INPUT", instead("ncc", {"name": "n" * 31})),
    ],
    "nccs_are_limited": [
        ("RESOURCE_LIMIT_EXCEEDED", another("ncc", {"name": "eleventh"}, _nccs)),
        ("RESOURCE_ALREADY_EXISTS", another("ncc")),
    ],
    "ncc_is_unbound": [
        ("INVALID_STATE", against("ncc")),
        ("INVALID_STATE", against("ncc", before=lambda w: w.delete("ncc_binding"))),
    ],
    "binding_stays_in_its_region": [
        ("RESOURCE_DOES_NOT_EXIST", instead("ncc_binding", {"workspaceId": "404"})),
        ("RESOURCE_DOES_NOT_EXIST", instead("ncc_binding", {"networkConnectivityConfigId": "x"})),
        ("INVALID_PARAMETER_VALUE", instead("ncc_binding", before=_far_ncc)),
    ],
    "workspace_has_one_ncc": [
        ("INVALID_PARAMETER_VALUE", another("ncc_binding", _second_ncc)),
    ],
    "rule_has_one_target": [
        ("CONFLICTING_PROPERTIES", instead("ncc_rule", {"domainNames": ["example.org"]})),
    ],
    "rule_fits_its_resource": [
        ("INVALID_PARAMETER_VALUE", instead("ncc_rule", {"groupId": "vault"})),
        ("INVALID_PARAMETER_VALUE", instead("ncc_rule", {"resourceId": "mldata"})),
        ("RESOURCE_DOES_NOT_EXIST", instead("ncc_rule", {"resourceId": f"{STORAGE}404"})),
    ],
    "rules_are_distinct_and_limited": [
        ("RESOURCE_ALREADY_EXISTS", another("ncc_rule")),
    ],
    "creator_may_make_credentials": [
        (
            "PERMISSION_DENIED",
            instead("credential", provider={**_WORKSPACE, "azureClientId": STRANGER}),
        ),
    ],
}
