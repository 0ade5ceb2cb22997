"""Ways around the rules of firewalls, logs and recovery that look closed at a glance."""

from __future__ import annotations

from typing import Any

import pytest
from pulumi.runtime.proto import analyzer_pb2

from policies import tokens
from policies.model import UNKNOWN
from tests.policies.alone import changed, judged
from tests.policies.compliant import compliant
from tests.policies.compliant.common import ARM
from tests.policies.harness import Item, urn

HALVES = ["0.0.0.0/1", "128.0.0.0/1"]
EIGHTHS = [f"{number}.0.0.0/8" for number in range(1, 224)]
STORAGE, VAULT = "sec-17-storage-public-access-off", "sec-24-key-vault-public-access-off"


# SEC-17, SEC-24: the firewalls' own lists


@pytest.mark.parametrize("ranges", [["0.0.0.0/0"], HALVES, EIGHTHS])
def test_a_firewall_that_lists_the_internet_is_none(ranges: list[str]) -> None:
    lake = changed("lake", networkRuleSet__ipRules=[{"iPAddressOrRange": r} for r in ranges])
    assert "ipRules lets in" in judged(STORAGE, lake).messages
    vault = changed("vault", properties__networkAcls__ipRules=[{"value": r} for r in ranges])
    assert "ipRules lets in" in judged(VAULT, vault).messages


def test_a_firewall_may_list_the_organisations_own_addresses() -> None:
    lake = changed("lake", networkRuleSet__ipRules=[{"iPAddressOrRange": "20.1.2.0/24"}])
    assert judged(STORAGE, lake).rules == set()
    unknown = changed("lake", networkRuleSet__ipRules=[{"iPAddressOrRange": UNKNOWN}])
    assert (judged(STORAGE, unknown).rules, judged(STORAGE, unknown).deferred) == (set(), 1)


def test_an_exception_for_every_connector_of_the_subscription_is_no_exception_for_one() -> None:
    rule = "sec-18-storage-firewall-exceptions"
    path = "networkRuleSet.resourceAccessRules"
    anybody = {"resourceId": f"{ARM}/Microsoft.Databricks/accessConnectors/*"}
    lake = compliant()["lake"].with_value(path, [anybody])
    assert "every resource of a kind" in judged(rule, lake).messages


# SEC-26, SEC-27: ends that are none


@pytest.mark.parametrize("end", [1_893_456_000_000, 253_402_300_799])
def test_an_end_in_milliseconds_or_in_another_age_is_none(end: int) -> None:
    for name, rule in (
        ("key", "sec-26-key-expires-and-rotates"),
        ("secret", "sec-27-secret-expires"),
    ):
        item = changed(name, properties__attributes__expires=end)
        assert judged(rule, item).rules == {rule}


# SEC-28, SEC-29: inline subnets that the update computes


def test_inline_subnets_that_are_not_known_yet_wait_for_the_update() -> None:
    network = changed("vnet", subnets=UNKNOWN)
    for rule in ("sec-28-databricks-subnets-confined", "sec-29-databricks-subnet-size"):
        assert judged(rule, network).deferred == 1


# SEC-30


@pytest.mark.parametrize("source", ["0.0.0.0", "/0", "::/0", " internet ", "any"])  # noqa: S104 - a fault under test
def test_the_internet_has_many_names(source: str) -> None:
    rule = "sec-30-nsg-no-inbound-from-internet"
    inbound = {"direction": "inbound", "access": "ALLOW", "sourceAddressPrefix": source}
    assert judged(rule, Item(tokens.SECURITY_RULE, "in", inbound)).rules == {rule}


# SEC-34: logs that hold no audit

AUDITED: list[tuple[str, str, list[str], bool]] = [
    ("vault", f"{ARM}/Microsoft.KeyVault/vaults/mlops-prod-kv", ["AuditEvent"], True),
    ("vault", f"{ARM}/Microsoft.KeyVault/vaults/mlops-prod-kv", ["AzurePolicyEvaluation"], False),
    (
        "workspace",
        f"{ARM}/Microsoft.Databricks/workspaces/mlops-prod-workspace",
        ["Accounts", "jobs"],
        True,
    ),
    (
        "workspace",
        f"{ARM}/Microsoft.Databricks/workspaces/mlops-prod-workspace",
        ["jobs"],
        False,
    ),
    (
        "lake",
        f"{ARM}/Microsoft.Storage/storageAccounts/mlopsprodlake/blobServices/default",
        ["StorageRead", "StorageWrite", "StorageDelete"],
        True,
    ),
    (
        "lake",
        f"{ARM}/Microsoft.Storage/storageAccounts/mlopsprodlake/blobServices/default",
        ["StorageDelete"],
        False,
    ),
    (
        "lake",
        f"{ARM}/Microsoft.Storage/storageAccounts/mlopsprodlake/queueServices/default",
        ["StorageRead", "StorageWrite", "StorageDelete"],
        False,
    ),
]


@pytest.mark.parametrize(("name", "target", "categories", "audited"), AUDITED)
def test_only_the_audit_says_who_read_what(
    name: str, target: str, categories: list[str], audited: object
) -> None:
    rule = "sec-34-diagnostic-settings"
    logs: list[dict[str, Any]] = [{"category": each, "enabled": True} for each in categories]
    props: dict[str, Any] = {"resourceUri": target, "workspaceId": "logs", "logs": logs}
    setting = Item(tokens.DIAGNOSTIC_SETTING, "setting", props)
    assert (judged(rule, compliant()[name], setting).rules == set()) is audited


@pytest.mark.parametrize("group", ["audit", "ALLLOGS"])
def test_a_group_of_categories_holds_the_audit(group: str) -> None:
    rule = "sec-34-diagnostic-settings"
    setting = changed("vault-logs", logs=[{"categoryGroup": group, "enabled": True}])
    assert judged(rule, compliant()["vault"], setting).rules == set()
    other = changed("vault-logs", logs=[{"categoryGroup": "metrics", "enabled": True}])
    assert judged(rule, compliant()["vault"], other).rules == {rule}
    hidden = changed("vault-logs", logs=[{"categoryGroup": group, "enabled": UNKNOWN}])
    assert judged(rule, compliant()["vault"], hidden).deferred == 1


# SEC-40, SEC-64: many narrow ranges


def test_addresses_of_a_workspace_are_counted_together() -> None:
    rule = "sec-40-ip-access-list"
    listed = {"listType": "ALLOW", "ipAddresses": EIGHTHS, "enabled": True}
    conf = {"customConfig": {"enableIpAccessLists": "true"}}
    items = [
        Item(tokens.IP_ACCESS_LIST, "l", listed),
        Item(tokens.WORKSPACE_CONF, "c", conf),
    ]
    assert "and 222 more" in judged(rule, *items, shortestPrefix=8).messages


def test_a_list_has_no_effect_until_the_switch_is_on() -> None:
    rule = "sec-40-ip-access-list"
    listed = Item(tokens.IP_ACCESS_LIST, "l", {"listType": "ALLOW", "ipAddresses": ["20.1.2.3"]})
    # The switch may be with the workspace, in another stack.
    (alone,) = judged(rule, listed).diagnostics
    assert "a list has no effect without it" in alone.message
    assert alone.enforcementLevel == analyzer_pb2.ADVISORY
    for config in ({"enableIpAccessLists": "true"}, UNKNOWN):
        conf = Item(tokens.WORKSPACE_CONF, "c", {"customConfig": config})
        assert judged(rule, listed, conf).rules == set()
    private = Item(tokens.WORKSPACE, "w", {"publicNetworkAccess": "Disabled"})
    (own,) = judged(rule, listed, private).diagnostics
    assert own.enforcementLevel == analyzer_pb2.MANDATORY


@pytest.mark.parametrize("ranges", [["0.0.0.0/2"], EIGHTHS, ["::/0"]])
def test_a_recipient_does_not_read_from_everywhere(ranges: list[str]) -> None:
    rule = "sec-64-recipient-bounded"
    props = {
        "authenticationType": "TOKEN",
        "expirationTime": 1_893_456_000_000,
        "ipAccessList": {"allowedIpAddresses": ranges},
    }
    assert judged(rule, Item(tokens.RECIPIENT, "r", props)).rules == {rule}
    narrow = {**props, "ipAccessList": {"allowedIpAddresses": ["20.1.2.3"]}}
    assert judged(rule, Item(tokens.RECIPIENT, "r", narrow)).rules == set()
    endless = {**narrow, "expirationTime": 0}
    assert judged(rule, Item(tokens.RECIPIENT, "r", endless)).rules == {rule}


# SEC-04: the alternative that the control allows


def test_an_ip_access_list_can_stand_in_for_a_closed_front_end_on_purpose_only() -> None:
    rule = "sec-04-workspace-public-access-off"
    public = changed("workspace", publicNetworkAccess="Enabled")
    assert judged(rule, public).rules == {rule}
    assert judged(rule, public, ipAccessListSuffices=True).rules == set()
    assert judged("sec-40-ip-access-list", public).rules == {"sec-40-ip-access-list"}


# SEC-62: another environment's workspace


def test_another_environments_workspace_reads_at_most() -> None:
    rule = "sec-62-catalog-isolated"
    graph = compliant()
    own = [graph["catalog"], graph["binding"], graph["workspace"]]
    other = {"securableName": "ml_prod_catalog", "workspaceId": "2002"}
    for kind, broken in (
        ({}, {rule}),
        ({"bindingType": "BINDING_TYPE_READ_WRITE"}, {rule}),
        ({"bindingType": "BINDING_TYPE_READ_ONLY"}, set[str]()),
    ):
        binding = Item(tokens.WORKSPACE_BINDING, "other", {**other, **kind})
        assert judged(rule, *own, binding).rules == broken
    workspace = urn(tokens.WORKSPACE, "workspace")
    computed = Item(tokens.WORKSPACE_BINDING, "own", {**other, "workspaceId": UNKNOWN})
    assert judged(rule, *own, computed.with_dependency("workspaceId", workspace)).rules == set()
    assert judged(rule, *own, computed).deferred == 1


# REL-05


def test_soft_delete_that_may_be_purged_at_once_is_none() -> None:
    service = changed("lake-retention", deleteRetentionPolicy__allowPermanentDelete=True)
    rule = "rel-05-blob-soft-delete"
    assert judged(rule, compliant()["lake"], service).rules == {rule}


# SEC-51


@pytest.mark.parametrize(("host", "wide"), [("*", True), ("*.com", True), ("*.contoso.com", False)])
def test_egress_to_everywhere_is_not_restricted(host: str, wide: object) -> None:
    rule = "sec-51-serverless-egress"
    policy = compliant()["egress-policy"].with_value(
        "egress.networkAccess.allowedInternetDestinations", [{"destination": host}]
    )
    assert (judged(rule, policy).rules != set()) is wide
