"""Cases of policies/rules/tags.py."""

from __future__ import annotations

from tests.policies.cases import For

rule = For("cost-01-azure-tags")
rule.fails("rg", "tags.owner", "")
rule.fails("lake-data", "tags", {"owner": "x"})
rule.absent("fails", "rg", "tags", "tags.cost-center")
rule.unknown("defers", "rg", "tags")
rule.unknown("passes", "rg", "tags.owner")

rule = For("cost-02-databricks-tags")
rule.fails("cluster", "customTags.owner", "")
rule.fails("warehouse", "tags.customTags", [{"key": "env", "value": "prod"}])
rule.absent("fails", "cluster", "customTags")
rule.absent("fails", "pool", "customTags")
rule.absent("fails", "job", "tags")
rule.absent("fails", "pipeline", "tags")
rule.absent("fails", "warehouse", "tags")
rule.absent("fails", "endpoint", "tags.0")
rule.absent("fails", "throughput", "tags")
rule.absent("fails", "database", "customTags")
rule.unknown("defers", "cluster", "customTags")
rule.unknown("defers", "warehouse", "tags.customTags.0.key")
rule.unknown("passes", "job", "tags.owner")

rule = For("ml-22-endpoint-register")
rule.fails("endpoint", "tags.5.value", "")
rule.absent("fails", "endpoint", "tags.5", "tags.6")
rule.unknown("passes", "endpoint", "tags.6.value")
rule.unknown("defers", "endpoint", "tags.6")
