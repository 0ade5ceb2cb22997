"""Cases of policies/rules/cost_growth.py; what is deployed is the compliant stack."""

from __future__ import annotations

from tests.policies.cases import For
from tests.policies.cases.cost_estimate import COMMITTED

rule = For("cost-37-monthly-growth")
rule.fails("logs", "sku", COMMITTED)
rule.absent("passes", "firewall", "sku")
rule.unknown("defers", "firewall", "sku.tier")
