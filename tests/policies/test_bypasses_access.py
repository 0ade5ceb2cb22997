"""Ways around the rules of storage, keys, roles and places, and what only looks like one."""

from __future__ import annotations

import pytest

from policies import tokens
from tests.policies.alone import changed, judged
from tests.policies.compliant import compliant
from tests.policies.harness import Item

# SEC-18, SEC-22: storage


def test_the_benchmarks_bypass_is_a_configuration_away() -> None:
    rule = "sec-18-storage-firewall-exceptions"
    lake = changed("lake", networkRuleSet__bypass="AzureServices")
    assert judged(rule, lake).rules == {rule}
    assert judged(rule, lake, bypass="AzureServices").rules == set()
    wider = changed("lake", networkRuleSet__bypass="AzureServices, Logging")
    assert judged(rule, wider, bypass="AzureServices").rules == {rule}


def test_an_account_that_is_no_data_lake_needs_neither_connector_nor_dfs() -> None:
    plain = changed("lake", isHnsEnabled=False, networkRuleSet__resourceAccessRules=[])
    assert judged("sec-18-storage-firewall-exceptions", plain).rules == set()
    blob = compliant()["lake-blob-endpoint"]
    assert judged("sec-19-storage-private-endpoints", plain, blob).rules == set()
    side_doors = "sec-21-storage-no-side-doors"
    assert judged(side_doors, plain).rules == {side_doors}
    assert judged(side_doors, plain, hierarchicalNamespace=False).rules == set()


@pytest.mark.parametrize(
    ("days", "period", "rules"), [(90, "1.00:00:00", 0), (91, "1.00:00:00", 1), (90, "", 1)]
)
def test_where_account_keys_are_allowed_they_end(days: int, period: str, rules: int) -> None:
    lake = changed(
        "lake",
        allowSharedKeyAccess=True,
        sasPolicy={"sasExpirationPeriod": period},
        keyPolicy={"keyExpirationPeriodInDays": days},
    )
    assert len(judged("sec-22-storage-signatures-expire", lake).rules) == rules


def test_without_account_keys_the_question_does_not_arise() -> None:
    outcome = judged("sec-22-storage-signatures-expire", compliant()["lake"])
    assert outcome.not_applicable


# SEC-26: keys


def test_a_hardware_key_can_be_asked_for() -> None:
    rule = "sec-26-key-expires-and-rotates"
    assert judged(rule, compliant()["key"], hardware=True).rules == {rule}
    assert judged(rule, changed("key", properties__kty="RSA-HSM"), hardware=True).rules == set()


# SEC-36, SEC-37: roles


@pytest.mark.parametrize(
    "role",
    [
        "{8E3AF657-A8FF-443C-A75C-2FE8C4BCB635}",
        "8e3af657a8ff443ca75c2fe8c4bcb635",
        "/providers/microsoft.authorization/ROLEDEFINITIONS/18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
        "/subscriptions/0000/resourceGroups/rg/x/roleDefinitions/f58310d9-a9f6-439a-9e8d-f62e7b41a168",
        "owner",
    ],
)
def test_a_role_that_gives_roles_is_recognised_however_it_is_written(role: str) -> None:
    assignment = changed("lake-role", roleDefinitionId=role)
    assert judged("sec-36-role-assignments-narrow", assignment).rules != set()


def test_other_roles_can_be_forbidden_by_their_guid() -> None:
    rule = "sec-36-role-assignments-narrow"
    forbidden = ["BA92F5B4-2d11-453d-a403-e96b0029c9fe"]
    assert judged(rule, compliant()["lake-role"], forbiddenRoles=forbidden).rules == {rule}


@pytest.mark.parametrize(
    ("actions", "wide"),
    [
        (["*/READ"], False),
        (["Microsoft.Storage/storageAccounts/*"], False),
        (["Microsoft.Authorization/*/read"], False),
        (["microsoft.*/write"], True),
        ([" * "], True),
        (["Microsoft.Authorization/roleAssignments/*"], True),
        (["Microsoft.Authorization/elevateAccess/Action"], True),
        (["*/action"], True),
    ],
)
def test_wildcards_in_custom_roles(actions: list[str], wide: object) -> None:
    role = changed("custom-role", permissions=[{"actions": actions, "notActions": ["*"]}])
    assert (judged("sec-37-no-wildcard-roles", role).rules != set()) is wide


# SEC-38, SEC-39


def test_a_region_is_recognised_by_its_display_name_and_more_can_be_allowed() -> None:
    rule = "sec-38-allowed-locations"
    assert judged(rule, changed("rg", location="East US 2")).rules == set()
    assert judged(rule, changed("rg", location="Global")).rules == set()
    west = changed("rg", location="West Europe")
    assert judged(rule, west, locations=["eastus2", "westeurope"]).rules == set()


def test_a_provider_s_secret_is_not_in_the_message() -> None:
    provider = changed("explicit", token="dapi0123456789abcdef")  # noqa: S106 - the fault under test
    outcome = judged("sec-39-providers-without-secrets", provider)
    assert "token is set" in outcome.messages
    assert "dapi" not in outcome.messages


def test_what_databricks_manages_is_not_judged() -> None:
    group = "/subscriptions/0000/resourceGroups/Managed"
    workspace = changed("workspace", managedResourceGroupId=group)
    inside = {"id": f"{group.lower()}/providers/Microsoft.Storage/storageAccounts/dbstorage"}
    root = Item(tokens.STORAGE_ACCOUNT, "root", {"accountName": "dbstorage"}, outputs=inside)
    rule = "sec-34-diagnostic-settings"
    logs = compliant()["workspace-logs"]
    assert judged(rule, workspace, logs, root).rules == set()
    outside = Item(tokens.STORAGE_ACCOUNT, "other", {"accountName": "other"})
    assert judged(rule, workspace, logs, outside).rules == {rule}


def test_a_serverless_workspace_has_no_disks_of_ours() -> None:
    rule = "sec-09-workspace-own-keys"
    services = compliant()["workspace"].props["encryption"]["entities"]["managedServices"]
    entities = {"entities": {"managedServices": services}}
    assert judged(rule, changed("workspace", encryption=entities)).rules == {rule}
    serverless = changed("workspace", encryption=entities, computeMode="serverless")
    assert judged(rule, serverless).rules == set()


def test_an_unknown_feature_of_enhanced_security_is_named() -> None:
    outcome = judged(
        "sec-12-workspace-enhanced-security", compliant()["workspace"], features=["antivirus"]
    )
    assert "'antivirus' is no feature" in outcome.messages
