"""Cases of policies/rules/databricks_budget.py."""

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
