"""Cases of policies/rules/always_on.py."""

# ruff: noqa: FBT003 - the booleans are wire values under test

from __future__ import annotations

from tests.policies.cases import For

rule = For("cost-28-nothing-left-on")
rule.fails("search", "endpointType", "STORAGE_OPTIMIZED")
rule.fails("search", "name", "forgotten")
rule.fails("online", "name", "forgotten")
rule.fails("online", "capacity", "CU_8")
rule.fails("online", "readReplicaCount", 4)
rule.fails("database", "stopped", False, "true")
rule.fails("database", "capacity", "CU_8", 1)
rule.fails("database", "nodeCount", 4)
rule.fails("app", "noCompute", False)
rule.fails("app", "computeSize", "HUGE")
rule.fails("app", "computeMaxInstances", 10)
rule.absent("fails", "search", "endpointType", "name")
rule.absent("fails", "database", "stopped", "capacity")
rule.absent("fails", "app", "noCompute")
rule.absent("passes", "app", "computeSize")
rule.unknown("defers", "search", "name", "endpointType")
rule.unknown("defers", "database", "stopped", "capacity")
rule.unknown("defers", "app", "noCompute", "computeSize")
