"""Cases of policies/rules/flow_logs.py."""

# ruff: noqa: FBT003 - the booleans are wire values under test

from __future__ import annotations

from tests.policies.cases import For

rule = For("sec-33-flow-logs")
rule.fails("flow-log", "enabled", False, "true")
rule.fails("flow-log", "retentionPolicy.days", 89, "90")
rule.fails("flow-log", "targetResourceId", "/x/providers/Microsoft.Network/virtualNetworks/other")
rule.absent("fails", "flow-log", "", "enabled")
rule.absent("passes", "flow-log", "retentionPolicy", "retentionPolicy.days")
rule.unknown("defers", "flow-log", "enabled", "targetResourceId", "retentionPolicy.days")
