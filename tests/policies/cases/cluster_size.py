"""Cases of policies/rules/cluster_size.py."""

# ruff: noqa: FBT003 - the booleans are wire values under test

from __future__ import annotations

from tests.policies.cases import For

IN_JOB = "jobClusters.0.newCluster"

rule = For("cost-05-cluster-size")
rule.fails("cluster", "autoscale.maxWorkers", 17, "16", 0)
rule.fails("cluster", "autoscale.minWorkers", 16, -1, "1")
rule.fails("cluster", "numWorkers", 17)
rule.fails("cluster", "autoscale", {})
rule.fails("job", f"{IN_JOB}.numWorkers", 17, 0, True)
rule.fails("pipeline", "clusters.0.autoscale.maxWorkers", 100)
rule.absent("fails", "cluster", "autoscale", "autoscale.maxWorkers", "autoscale.minWorkers")
rule.absent("fails", "job", f"{IN_JOB}.numWorkers")
rule.absent("passes", "pipeline", "clusters.0.autoscale")  # one to five
rule.other("absent", "passes", "cluster", "numWorkers", None)
rule.unknown("defers", "cluster", "autoscale", "autoscale.maxWorkers", "autoscale.minWorkers")
rule.unknown("defers", "cluster", "isSingleNode", "numWorkers", "sparkConf")
rule.unknown("defers", "pipeline", "clusters")

rule = For("cost-29-nothing-kept-running")
rule.fails("cluster", "isPinned", True, "false")
rule.fails("job", "alwaysRunning", True)
rule.absent("passes", "cluster", "isPinned")
rule.unknown("defers", "cluster", "isPinned")
rule.unknown("defers", "job", "alwaysRunning")
