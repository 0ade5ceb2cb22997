"""Cases of policies/rules/storage_access.py."""

# ruff: noqa: FBT003 - the booleans are wire values under test

from __future__ import annotations

from tests.policies.cases import For

RULES = "networkRuleSet.resourceAccessRules"

rule = For("sec-18-storage-firewall-exceptions")
rule.fails("lake", "networkRuleSet.bypass", "AzureServices", "None, AzureServices", "Logging")
rule.fails("lake", RULES, [], [{"resourceId": "/subscriptions/0000/elsewhere"}])
rule.absent("fails", "lake", "networkRuleSet.bypass", RULES, f"{RULES}.0.resourceId")
rule.unknown("defers", "lake", "networkRuleSet", "networkRuleSet.bypass", RULES)
rule.unknown("passes", "lake", f"{RULES}.0.resourceId")

rule = For("sec-22-storage-signatures-expire")
rule.fails("lake", "allowSharedKeyAccess", True, "false")
rule.absent("fails", "lake", "allowSharedKeyAccess")
rule.unknown("defers", "lake", "allowSharedKeyAccess")
