"""Cases of policies/rules/cost_estimate.py."""

from __future__ import annotations

from tests.policies.cases import For
from tests.policies.compliant.priced import job_clusters

# A commitment is due whether there are logs or not, and its hour is small beside the month.
COMMITTED = {"name": "CapacityReservation", "capacityReservationLevel": 1500}

rule = For("cost-34-monthly-ceiling")
rule.fails("logs", "sku", COMMITTED)
rule.absent("passes", "firewall", "sku")
rule.unknown("defers", "firewall", "sku.tier")

rule = For("cost-35-hourly-burn")
rule.fails("nightly", "jobClusters", job_clusters(40))
rule.absent("passes", "nightly", "maxConcurrentRuns")
rule.unknown("defers", "nightly", "jobClusters")

rule = For("cost-36-priced")
rule.fails("runner", "hardwareProfile.vmSize", "Standard_D4ds_v9", "")
rule.fails("firewall", "sku.tier", "Ultra")
rule.fails("egress", "sku.name", "Basic")
rule.absent("fails", "runner", "hardwareProfile.vmSize")
rule.unknown("defers", "runner", "hardwareProfile.vmSize")
