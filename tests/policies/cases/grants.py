"""Cases of policies/rules/grants.py."""

from __future__ import annotations

from tests.policies.cases import For

rule = For("ml-11-least-privilege")
rule.fails("catalog-grants", "grants.0.privileges", ["MANAGE"], ["ALL PRIVILEGES"])
rule.fails("catalog-grants", "grants.2.privileges", ["BROWSE", "SELECT"])
rule.fails("catalog-grants", "grants.1.principal", "data_scientists")
rule.fails("schema-grant", "privileges", ["ALL_PRIVILEGES"])
rule.absent("passes", "catalog-grants", "grants")
rule.unknown("defers", "catalog-grants", "grants", "grants.0.privileges", "grants.1.principal")
rule.unknown("defers", "schema-grant", "privileges")

rule = For("ml-12-one-grants-per-securable")
rule.fails("schema-grant", "catalog", "ml_prod_catalog")
rule.fails("catalog-grants", "schema", "ml_prod_catalog.other")
rule.absent("passes", "catalog-grants", "catalog")
rule.unknown("defers", "catalog-grants", "catalog")
