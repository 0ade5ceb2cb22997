"""Cases of policies/rules/serving.py."""

from __future__ import annotations

from tests.policies.cases import For

rule = For("cost-17-serving-scale-to-zero")
rule.fails("endpoint", "config.servedEntities.0.scaleToZeroEnabled", "true")
rule.absent("fails", "endpoint", "config.servedEntities.0.scaleToZeroEnabled")
rule.unknown("defers", "endpoint", "config.servedEntities.0.scaleToZeroEnabled")
rule.unknown("defers", "endpoint", "config.servedEntities")

rule = For("rel-18-traffic-sums-to-100")
rule.fails("endpoint", "config.trafficConfig.routes.0.trafficPercentage", 91, "90", 110)
rule.absent("fails", "endpoint", "config.trafficConfig", "config.trafficConfig.routes.0")
rule.unknown("defers", "endpoint", "config.trafficConfig.routes.0.trafficPercentage")
rule.unknown("defers", "endpoint", "config.trafficConfig")
