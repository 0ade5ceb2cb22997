"""Cases of policies/rules/azure_budget.py."""

# ruff: noqa: FBT003 - the booleans are wire values under test

from __future__ import annotations

from tests.policies.cases import For

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
