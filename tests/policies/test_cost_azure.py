"""Budgets, storage and logs: what a budget misses, and whose old blobs nobody deletes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from policies import tokens
from policies.model import UNKNOWN
from policies.registry import load
from tests.policies.compliant import compliant, depends
from tests.policies.harness import Item, Outcome, judge

if TYPE_CHECKING:
    from collections.abc import Mapping

AZURE, DATABRICKS = "cost-23-azure-budget", "cost-22-databricks-budget"
GROUPS = {"name": "ResourceGroupName", "operator": "In", "values": ["MLOPS-PROD-RG", "Managed"]}
ENV = {"name": "env", "operator": "In", "values": ["prod"]}


def bill(rule: str = AZURE, **changes: Any) -> Outcome:
    """The compliant stack with another Azure or Databricks budget."""
    graph = compliant()
    name = "bill-budget" if rule == AZURE else "usage-budget"
    for path, value in changes.items():
        graph[name] = graph[name].with_value(path, value)
    return judge(graph.values(), rules=[load()[rule]])


@pytest.mark.parametrize(
    "changes",
    [
        {"filter": {"dimensions": GROUPS}},
        {"filter": {"and": [{"dimensions": GROUPS}, {"tags": ENV}]}},
        {"filter": {"tags": ENV}},
        {"scope": "/providers/Microsoft.Management/managementGroups/ml", "filter": None},
        {"scope": "/subscriptions/0000/", "timeGrain": "BillingMonth"},
    ],
)
def test_ways_of_watching_both_resource_groups(changes: dict[str, Any]) -> None:
    outcome = bill(**changes)
    assert outcome.rules == set(), outcome.messages


@pytest.mark.parametrize(
    "filters",
    [
        {"tags": {**ENV, "values": ["dev"]}},
        {"tags": {**ENV, "name": "team"}},
        {"and": [{"dimensions": GROUPS}, {"dimensions": {**GROUPS, "name": "ServiceName"}}]},
        {"and": [{"dimensions": GROUPS}, {"tags": {**ENV, "name": "team"}}]},
        {},
    ],
)
def test_a_filter_that_lets_only_part_through_watches_nothing(filters: dict[str, Any]) -> None:
    assert bill(filter=filters).rules == {AZURE}


def test_a_budget_on_the_group_itself_misses_the_machines_and_says_so() -> None:
    outcome = bill(scope="/subscriptions/0000/resourceGroups/mlops-prod-rg", filter=None)
    (missed,) = outcome.diagnostics
    assert missed.urn.endswith("::workspace")
    assert "the resource group that it manages" in missed.message


def test_a_second_budget_on_the_managed_group_closes_the_gap() -> None:
    graph = compliant()
    one = graph["bill-budget"].with_value("filter", None)
    own = one.with_value("scope", "/subscriptions/0000/resourceGroups/mlops-prod-rg")
    managed = one.with_value("scope", "/subscriptions/0000/resourceGroups/managed")
    graph["bill-budget"] = own
    graph["storage-budget"] = replace(managed, name="storage-budget")
    assert judge(graph.values(), rules=[load()[AZURE]]).rules == set()


def test_a_budget_of_an_older_api_version_is_one() -> None:
    graph = compliant()
    old = graph["bill-budget"]
    graph["bill-budget"] = Item("azure-native:consumption/v20230501:Budget", old.name, old.props)
    assert judge(graph.values(), rules=[load()[AZURE]]).rules == set()


def test_a_stack_without_a_resource_group_or_workspace_needs_no_budget() -> None:
    graph = compliant()
    only = [graph["lake"], graph["storage-budget"]]
    assert judge(only, rules=[load()[AZURE], load()[DATABRICKS]]).rules == set()


@pytest.mark.parametrize(
    "change",
    [
        {"contactEmails": [], "contactGroups": ["/subscriptions/0/actionGroups/owners"]},
        {"threshold": 50},
        {"thresholdType": None},  # Azure reads it as Actual
    ],
)
def test_ways_of_telling_somebody(change: dict[str, Any]) -> None:
    told = {"enabled": True, "contactEmails": ["a@b.example"], "threshold": 80}
    forecast = {**told, "thresholdType": "Forecasted", "threshold": 100}
    outcome = bill(
        notifications={"a": {**told, "thresholdType": "Actual", **change}, "f": forecast}
    )
    assert outcome.rules == set(), outcome.messages


@pytest.mark.parametrize(
    "filters",
    [
        None,
        {"tags": [{"key": "env", "value": {"operator": "IN", "values": ["prod"]}}]},
        {"workspaceId": {"operator": "IN", "values": ["1001", 1002]}},
        {"workspaceId": {"operator": "IN", "values": [1002, 1001]}},
    ],
)
def test_ways_of_watching_a_workspaces_usage(filters: Any) -> None:
    assert bill(DATABRICKS, filter=filters).rules == set()


@pytest.mark.parametrize(
    "clause",
    [
        {"key": "env", "value": {"operator": "IN", "values": ["dev"]}},
        {"key": "team", "value": {"operator": "IN", "values": ["prod"]}},
        {"key": "env"},
    ],
)
def test_a_budget_by_anothers_tag_watches_nothing(clause: dict[str, Any]) -> None:
    assert bill(DATABRICKS, filter={"tags": [clause]}).rules == {DATABRICKS}


def test_a_budget_of_the_workspace_that_is_being_made_is_recognised_by_its_origin() -> None:
    graph = depends("usage-budget", "filter", on="workspace")
    graph = {
        **graph,
        "usage-budget": graph["usage-budget"].with_value("filter.workspaceId.values.0", UNKNOWN),
    }
    outcome = judge(graph.values(), rules=[load()[DATABRICKS]])
    assert (outcome.rules, outcome.deferred) == (set(), 0)


def test_one_early_alert_is_enough_and_a_late_one_does_not_count() -> None:
    alert: Mapping[str, Any] = compliant()["usage-budget"].props["alertConfigurations"][0]
    late = {**alert, "quantityThreshold": "150000"}
    assert bill(DATABRICKS, alertConfigurations=[late, alert]).rules == set()
    silent: dict[str, Any] = {**alert, "actionConfigurations": []}
    assert bill(DATABRICKS, alertConfigurations=[late, silent]).rules == {DATABRICKS}


def test_old_blobs_of_a_flat_account_need_a_lifecycle_and_a_lakes_do_not() -> None:
    rule = load()["cost-30-storage-redundancy"]
    flat = {"accountName": "MLopsProdLogs", "sku": {"name": "standard_zrs"}}
    account = Item(tokens.STORAGE_ACCOUNT, "archive", flat)
    lifecycle = compliant()["lifecycle"]
    assert judge([account, lifecycle], rules=[rule]).rules == set()
    assert "no ManagementPolicy" in judge([account], rules=[rule]).messages
    elsewhere = lifecycle.with_value("accountName", "other")
    assert judge([account, elsewhere], rules=[rule]).rules == {rule.name}
    unsure = lifecycle.with_value("accountName", UNKNOWN)
    assert judge([account, unsure], rules=[rule]).deferred == 1
    assert judge([account.with_value("isHnsEnabled", value=True)], rules=[rule]).rules == set()


def test_in_development_a_workspace_does_not_log_everything_and_a_vault_may() -> None:
    rule = load()["cost-31-log-ingestion"]
    graph = compliant()

    def judged(name: str) -> Outcome:
        return judge([graph[name]], rules=[rule], environment="dev")

    assert judged("vault-logs").rules == set()
    assert judged("lake-logs").rules == set()
    assert judged("workspace-logs").rules == {rule.name}
    named = graph["workspace-logs"].with_value("logs", [{"category": "jobs", "enabled": True}])
    assert judge([named], rules=[rule], environment="dev").rules == set()


def test_two_networks_may_have_two_gateways() -> None:
    rule = load()["cost-32-network-parts-counted"]
    nats = [Item(tokens.NAT_GATEWAY, name, {}) for name in ("a", "b")]
    nets = [Item(tokens.VNET, name, {}) for name in ("c", "d")]
    assert judge([*nats, nets[0]], rules=[rule]).rules == {rule.name}
    assert judge([*nats, *nets], rules=[rule]).rules == set()


def test_a_free_defender_plan_needs_no_variant() -> None:
    rule = load()["cost-33-defender-plans-explicit"]
    free = {"pricingName": "StorageAccounts", "pricingTier": "Free"}
    assert judge([Item(tokens.DEFENDER_PLAN, "plan", free)], rules=[rule]).rules == set()
    other = {"pricingName": "Arm", "pricingTier": "Standard"}
    assert judge([Item(tokens.DEFENDER_PLAN, "plan", other)], rules=[rule]).rules == set()
