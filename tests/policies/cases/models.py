"""Cases of policies/rules/models.py."""

from __future__ import annotations

from tests.policies.cases import For

rule = For("ml-01-models-in-unity-catalog")
rule.forbids("mlflow-model", "name")
rule.forbids("mlflow-webhook", "modelName")
rule.fails("job-users", "registeredModelId", "model-1")
rule.absent("fails", "model", "schemaName")
rule.unknown("passes", "model", "catalogName", "schemaName")

rule = For("ml-02-aliases-not-stages")
rule.fails("model", "aliases.0.aliasName", "Production", "Champion", "challenger", None)
rule.absent("passes", "model", "aliases")
rule.unknown("defers", "model", "aliases", "aliases.0.aliasName")

rule = For("ml-13-owned-by-a-group")
for name in ("catalog", "schema", "model"):
    rule.fails(name, "owner", "someone@example.com", "", "12345678-1234-1234-1234-1234567890ab")
    rule.absent("fails", name, "owner")
rule.unknown("defers", "catalog", "owner")

rule = For("ml-14-described-and-classified")
rule.fails("catalog", "comment", "")
rule.fails("catalog-class", "tagKey", "team")
rule.fails("catalog-class", "entityType", "schemas")
rule.absent("fails", "model", "comment")
rule.absent("fails", "catalog-class", "")
rule.unknown("passes", "model", "comment")
rule.unknown("defers", "catalog-class", "tagKey")
