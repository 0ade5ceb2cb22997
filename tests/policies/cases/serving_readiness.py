"""Cases of policies/rules/serving_readiness.py."""

from __future__ import annotations

from tests.policies.cases import For

SHARE = "config.trafficConfig.routes.0.trafficPercentage"
TARGET = "config.trafficConfig.routes.0.servedModelName"
AWAKE = "config.servedEntities.0.scaleToZeroEnabled"

rule = For("rel-18-serving-ready")
rule.fails("endpoint", SHARE, 91, "90", 110)
rule.fails("endpoint", TARGET, "green", "red")
rule.fails("endpoint", AWAKE, True)  # noqa: FBT003 - the property's value
rule.absent("fails", "endpoint", "config.trafficConfig", "config.trafficConfig.routes.0", AWAKE)
rule.unknown("defers", "endpoint", SHARE, TARGET, AWAKE)
rule.unknown("defers", "endpoint", "config.trafficConfig", "config.servedEntities")
