"""Cases of policies/rules/served_models.py."""

# ruff: noqa: FBT003 - the booleans are wire values under test

from __future__ import annotations

from tests.policies.cases import For

rule = For("ml-03-served-version-pinned")
rule.fails(
    "endpoint",
    "config.servedEntities.0.entityName",
    "churn",
    "ml_models_catalog.dev_models.churn",
    "ml_models_catalog.candidate_models.churn",
    "ml_models_catalog.production_models_old.churn",
    "",
)
rule.fails("endpoint", "config.servedEntities.0.entityVersion", "latest", "champion", "0", "")
rule.absent("fails", "endpoint", "config.servedEntities.0.entityName")
rule.absent("fails", "endpoint", "config.servedEntities.0.entityVersion")
rule.unknown("defers", "endpoint", "config.servedEntities.0.entityVersion")
rule.unknown("defers", "throughput", "config.servedEntities.0.entityName")

rule = For("ml-04-no-served-models")
LEGACY = {"modelName": "churn", "modelVersion": "3", "workloadSize": "Small"}
rule.fails("endpoint", "config.servedModels", [{**LEGACY, "scaleToZeroEnabled": False}])
rule.absent("passes", "endpoint", "config.servedModels")
rule.unknown("defers", "throughput", "config.servedModels")

rule = For("ml-05-inference-table")
rule.fails("endpoint", "config.autoCaptureConfig", {"enabled": True}, {"enabled": False})
rule.absent("passes", "endpoint", "aiGateway.inferenceTableConfig.tableNamePrefix")
rule.unknown("defers", "endpoint", "aiGateway.inferenceTableConfig.enabled")
for name in ("endpoint", "throughput"):
    rule.fails(name, "aiGateway.inferenceTableConfig.enabled", False, "true")
    rule.absent("fails", name, "aiGateway.inferenceTableConfig")
for part in ("catalogName", "schemaName"):
    rule.absent("fails", "endpoint", f"aiGateway.inferenceTableConfig.{part}")

rule = For("ml-06-usage-tracking")
for name in ("endpoint", "throughput"):
    rule.fails(name, "aiGateway.usageTrackingConfig.enabled", False)
    rule.absent("fails", name, "aiGateway.usageTrackingConfig")
    rule.unknown("defers", name, "aiGateway.usageTrackingConfig.enabled")

rule = For("ml-07-guardrails")
rule.fails("throughput", "aiGateway.guardrails.input.pii.behavior", "NONE")
rule.fails("throughput", "aiGateway.guardrails.input.safety", False)
rule.fails("throughput", "aiGateway.guardrails.output.safety", False)
rule.absent("fails", "throughput", "aiGateway.guardrails", "aiGateway.guardrails.input.pii")
rule.absent("passes", "endpoint", "aiGateway.guardrails")
rule.unknown("defers", "throughput", "aiGateway.guardrails")

rule = For("ml-15-endpoint-callers")
rule.fails("endpoint-callers", "servingEndpointId", "endpoint-9")
rule.fails("endpoint-callers", "accessControls.0.permissionLevel", "CAN_VIEW")
rule.absent("fails", "throughput-callers", "", "accessControls")
rule.unknown("defers", "endpoint-callers", "servingEndpointId", "accessControls")
