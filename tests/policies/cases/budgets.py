"""Cases of policies/rules/budgets.py."""

# ruff: noqa: FBT003 - the booleans are wire values under test

from __future__ import annotations

from tests.policies.cases import For

ALERT = "alertConfigurations.0"

rule = For("cost-22-databricks-budget")
rule.fails("usage-budget", f"{ALERT}.quantityThreshold", "100000", "0", "a lot", 80_000)
rule.fails("usage-budget", f"{ALERT}.actionConfigurations.0.target", "")
rule.fails("usage-budget", "filter.workspaceId.values", [1002])
rule.fails("usage-budget", "filter.tags", [{"key": "team", "value": {"values": ["x"]}}])
rule.fails("usage-budget", "resourceType", "BUDGET_RESOURCE_TYPE_UNITY_AI_GATEWAY")
rule.fails("usage-budget", "alertConfigurations", [])
rule.absent("fails", "usage-budget", "", "alertConfigurations", f"{ALERT}.actionConfigurations")
rule.absent("passes", "usage-budget", "filter")
rule.unknown("defers", "usage-budget", "filter", "filter.workspaceId.values.0")
rule.unknown("defers", "usage-budget", "alertConfigurations", f"{ALERT}.quantityThreshold")

rule = For("cost-23-azure-budget")
rule.fails("bill-budget", "amount", 0, 100_001, "5000")
rule.fails("bill-budget", "timeGrain", "Annually")
rule.fails("bill-budget", "scope", "/subscriptions/0000/resourceGroups/mlops-prod-rg", "")
rule.fails("bill-budget", "filter.dimensions.values", ["mlops-prod-rg"], ["managed"])
rule.fails("bill-budget", "filter.dimensions.name", "ResourceId")
rule.fails("bill-budget", "notifications.actual.threshold", 81, "80")
rule.fails("bill-budget", "notifications.actual.enabled", False)
rule.fails("bill-budget", "notifications.actual.contactEmails", [])
rule.fails("bill-budget", "notifications.forecast.thresholdType", "Actual")
rule.fails("bill-budget", "notifications.forecast.threshold", 110)
rule.absent("fails", "bill-budget", "", "amount", "notifications", "notifications.forecast")
rule.absent("passes", "bill-budget", "filter")
rule.unknown("defers", "bill-budget", "scope", "filter", "amount", "notifications")
rule.unknown("defers", "bill-budget", "notifications.actual.contactEmails")
