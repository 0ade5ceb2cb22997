"""Cases of policies/rules/cluster_durability.py."""

from __future__ import annotations

from tests.policies.cases import For
from tests.policies.compliant.cost import JOB_CLUSTER

CHECK = "spark.databricks.delta.retentionDurationCheck.enabled"
JOB = "jobClusters.0.newCluster"
SPOT = {"availability": "SPOT_WITH_FALLBACK_AZURE"}

rule = For("rel-09-delta-retention-check")
rule.fails("cluster", "sparkConf", {CHECK: "false"}, {CHECK: False}, {CHECK: " FALSE"})
rule.fails("job", f"{JOB}.sparkConf", {CHECK: "false"})
rule.fails("job", "tasks.0.newCluster", {**JOB_CLUSTER, "sparkConf": {CHECK: "no"}})
rule.fails("pipeline", "configuration", {CHECK: "false"})
rule.absent("passes", "cluster", "sparkConf")
rule.absent("passes", "job", "jobClusters")
rule.unknown("defers", "cluster", "sparkConf")
rule.unknown("defers", "job", "jobClusters", f"{JOB}.sparkConf")

rule = For("rel-10-driver-not-on-spot")
rule.fails("cluster", "azureAttributes", SPOT, {**SPOT, "firstOnDemand": 0})
rule.fails("cluster", "azureAttributes", {"availability": "spot_azure", "firstOnDemand": "1"})
rule.fails("job", f"{JOB}.azureAttributes", SPOT)
rule.fails("pool", "azureAttributes", {**SPOT, "firstOnDemand": 1})
rule.absent("passes", "cluster", "azureAttributes")
rule.absent("passes", "job", f"{JOB}.azureAttributes")
rule.unknown("defers", "cluster", "azureAttributes", "azureAttributes.availability")

rule = For("rel-15-cluster-logs-delivered")
rule.fails("cluster", "clusterLogConf", {"dbfs": {"destination": "dbfs:/cluster-logs"}}, {})
rule.fails("job", f"{JOB}.clusterLogConf.volumes.destination", "")
rule.absent("fails", "cluster", "clusterLogConf")
rule.absent("passes", "job", "jobClusters")
rule.unknown("defers", "cluster", "clusterLogConf", "clusterLogConf.volumes.destination")
