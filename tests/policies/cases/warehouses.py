"""Cases of policies/rules/warehouses.py."""

from __future__ import annotations

from tests.policies.cases import For

rule = For("cost-15-warehouse-auto-stop")
rule.fails("warehouse", "autoStopMins", 0, 16, 120, "10", True)  # noqa: FBT003 - a wire value
rule.absent("fails", "warehouse", "autoStopMins")
rule.unknown("defers", "warehouse", "autoStopMins")

rule = For("cost-16-warehouse-size")
rule.fails("warehouse", "clusterSize", "Large", "5X-Large", "medium", 4)
rule.fails("warehouse", "maxNumClusters", 5, "1")
rule.fails("warehouse", "minNumClusters", 30)
rule.fails("warehouse", "spotInstancePolicy", "POLICY_UNSPECIFIED")
rule.fails("warehouse", "statementTimeout", 0, 172_800)
rule.absent("fails", "warehouse", "clusterSize")
rule.absent("passes", "warehouse", "maxNumClusters", "statementTimeout")
rule.unknown("defers", "warehouse", "clusterSize", "maxNumClusters", "statementTimeout")
