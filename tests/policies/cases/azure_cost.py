"""Cases of policies/rules/azure_cost.py."""

from __future__ import annotations

from policies import tokens
from tests.policies.cases import For

rule = For("cost-30-storage-redundancy")
rule.fails("lake", "sku.name", "Standard_LRS", "Premium_LRS")
rule.absent("fails", "lake", "sku")
rule.unknown("defers", "lake", "sku", "sku.name")

rule = For("cost-31-log-ingestion")
rule.fails("logs", "workspaceCapping.dailyQuotaGb", -1, 51, "1")
rule.absent("fails", "logs", "workspaceCapping")
rule.unknown("defers", "logs", "workspaceCapping")
rule.unknown("defers", "vault-logs", "logs")

rule = For("cost-32-network-parts-counted")
rule.fails("egress", "@type", tokens.NAT_GATEWAY)
rule.absent("passes", "egress", "")
rule.unknown("passes", "nat", "tags.owner")

rule = For("cost-33-defender-plans-explicit")
rule.fails("defender", "pricingTier", "Premium", True)  # noqa: FBT003 - a wire value
rule.fails("defender", "subPlan", "")
rule.absent("fails", "defender", "pricingTier", "subPlan")
rule.unknown("defers", "defender", "pricingTier", "subPlan", "pricingName")
