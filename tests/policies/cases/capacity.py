"""Cases of policies/rules/capacity.py."""

# ruff: noqa: FBT003 - the booleans are wire values under test

from __future__ import annotations

from tests.policies.cases import For

IN_JOB = "jobClusters.0.newCluster"
SPOT = "SPOT_WITH_FALLBACK_AZURE"

rule = For("cost-08-spot-capacity")
rule.fails("cluster", "azureAttributes.availability", SPOT, "SPOT_AZURE", "on_demand")
rule.fails("cluster", "azureAttributes", {"availability": SPOT, "firstOnDemand": 1})
rule.fails("cluster", "azureAttributes.spotBidMaxPrice", 0.2, 100)
rule.fails("pool", "azureAttributes.availability", "SPOT_AZURE")
rule.fails("job", f"{IN_JOB}.azureAttributes.availability", SPOT)
rule.fails("pipeline", "clusters.0.azureAttributes", {"availability": SPOT})
rule.absent("passes", "cluster", "azureAttributes", "azureAttributes.spotBidMaxPrice")
rule.absent("passes", "pool", "azureAttributes.availability")
rule.unknown("defers", "cluster", "azureAttributes", "azureAttributes.availability")
rule.unknown("defers", "job", f"{IN_JOB}.azureAttributes")

rule = For("cost-09-photon-justified")
rule.fails("cluster", "runtimeEngine", "PHOTON")
rule.fails("job", f"{IN_JOB}.sparkVersion", "17.3.x-photon-scala2.13")
rule.fails("pipeline", "photon", True)
rule.absent("passes", "cluster", "runtimeEngine")
rule.unknown("defers", "cluster", "runtimeEngine")
rule.unknown("defers", "pipeline", "photon")
