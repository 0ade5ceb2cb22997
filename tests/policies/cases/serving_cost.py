"""Cases of policies/rules/serving_cost.py."""

from __future__ import annotations

from tests.policies.cases import For

FIRST = "config.servedEntities.0"

rule = For("cost-18-serving-size")
rule.fails("endpoint", f"{FIRST}.workloadSize", "Large", "small")
rule.fails("endpoint", f"{FIRST}.workloadType", "GPU_LARGE", "MULTIGPU_MEDIUM")
rule.fails("endpoint", f"{FIRST}.maxProvisionedConcurrency", 64)
rule.fails("endpoint", f"{FIRST}.maxProvisionedThroughput", 1001)
rule.fails("throughput", f"{FIRST}.provisionedModelUnits", 51, "50")
rule.absent("fails", "endpoint", f"{FIRST}.workloadSize")
rule.absent("fails", "throughput", f"{FIRST}.provisionedModelUnits")
rule.unknown("defers", "endpoint", f"{FIRST}.workloadSize", f"{FIRST}.workloadType", "config")
rule.unknown("defers", "throughput", f"{FIRST}.provisionedModelUnits")

rule = For("cost-19-serving-rate-limits")
rule.fails("throughput", "aiGateway.rateLimits", [])
rule.fails("throughput", "aiGateway.rateLimits.0.tokens", "many", -1)
rule.fails("endpoint", f"{FIRST}.entityName", "system.ai.llama")
rule.fails("endpoint", f"{FIRST}.externalModel", {"provider": "openai"})
rule.absent("fails", "throughput", "aiGateway.rateLimits", "aiGateway.rateLimits.0.tokens")
rule.unknown("defers", "throughput", "aiGateway", "aiGateway.rateLimits.0.tokens")
rule.unknown("defers", "endpoint", "config")
