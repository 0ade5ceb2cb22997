"""Cases of policies/rules/access_matrix.py."""

from __future__ import annotations

from tests.policies.cases import For

rule = For("ml-10-access-matrix")
rule.fails("catalog-grants", "grants.0.privileges", ["MODIFY"], ["write volume"], ["CREATE_SCHEMA"])
rule.fails("catalog-grants", "grants.0.principal", "model_testers")
rule.fails("schema-grant", "privileges", ["CREATE_TABLE"])
rule.fails("production-grants", "grants.0.privileges", ["CREATE_MODEL"], ["MODIFY"])
rule.fails("production-grants", "schema", "another_catalog.production_models")
rule.fails("location-grant", "principal", "data_scientists")
rule.absent("passes", "schema-grant", "privileges")
rule.unknown("defers", "production-grants", "grants", "grants.0.principal", "schema")
rule.unknown("defers", "schema-grant", "privileges")

rule = For("ml-16-production-models-released")
rule.fails("production", "owner", "platform_owners")
rule.fails("model", "owner", "data_scientists")
rule.absent("passes", "schema", "catalogName")
rule.unknown("defers", "model", "owner")
rule.unknown("defers", "schema", "name")
