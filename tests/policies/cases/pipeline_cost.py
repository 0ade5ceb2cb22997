"""Cases of policies/rules/pipeline_cost.py."""

# ruff: noqa: FBT003 - the booleans are wire values under test

from __future__ import annotations

from tests.policies.cases import For

rule = For("cost-27-pipeline-bounded")
rule.fails("pipeline", "clusters", [])
rule.fails("pipeline", "edition", "ENTERPRISE")
rule.fails("pipeline", "continuous", True)
rule.fails("pipeline", "development", True)
rule.absent("fails", "pipeline", "clusters")
rule.absent("passes", "pipeline", "edition", "continuous", "development")
rule.unknown("defers", "pipeline", "clusters", "edition", "continuous", "development", "serverless")
