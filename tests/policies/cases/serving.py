"""Cases of policies/rules/serving.py."""

from __future__ import annotations

from tests.policies.cases import For

rule = For("cost-17-serving-scale-to-zero")
rule.fails("endpoint", "config.servedEntities.0.scaleToZeroEnabled", "true")
rule.absent("fails", "endpoint", "config.servedEntities.0.scaleToZeroEnabled")
rule.unknown("defers", "endpoint", "config.servedEntities.0.scaleToZeroEnabled")
rule.unknown("defers", "endpoint", "config.servedEntities")
