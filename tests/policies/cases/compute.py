"""Cases of policies/rules/compute.py."""

# ruff: noqa: FBT003 - the booleans are wire values under test

from __future__ import annotations

from tests.policies.cases import For

rule = For("cost-03-cluster-autotermination")
rule.fails("cluster", "autoterminationMinutes", 0, 31, 60, True)
rule.absent("fails", "cluster", "autoterminationMinutes")
rule.unknown("defers", "cluster", "autoterminationMinutes")

rule = For("cost-10-cluster-has-policy")
rule.fails("cluster", "policyId", "")
rule.absent("fails", "cluster", "policyId")
rule.unknown("passes", "cluster", "policyId")
rule.fails("pipeline", "clusters.0.policyId", "")
rule.absent("fails", "job", "jobClusters.0.newCluster.policyId")
rule.unknown("defers", "job", "jobClusters.0.newCluster")

rule = For("cost-14-pool-bounded")
rule.fails("pool", "idleInstanceAutoterminationMinutes", 31, -1)
rule.fails("pool", "minIdleInstances", 5)
rule.fails("pool", "maxCapacity", 65)
rule.absent("fails", "pool", "idleInstanceAutoterminationMinutes", "maxCapacity")
rule.absent("passes", "pool", "minIdleInstances")
rule.unknown("defers", "pool", "maxCapacity", "minIdleInstances")
