"""Cases of policies/rules/usage_policies.py."""

from __future__ import annotations

from tests.policies.cases import For

rule = For("cost-20-serverless-usage-policy")
rule.fails("endpoint", "budgetPolicyId", "")
rule.fails("pipeline", "serverless", True)  # noqa: FBT003 - a wire value
for name in ("job", "endpoint", "search"):
    rule.absent("fails", name, "budgetPolicyId")
for name in ("app", "database"):
    rule.absent("fails", name, "usagePolicyId")
rule.unknown("passes", "job", "budgetPolicyId")
rule.unknown("defers", "pipeline", "serverless")

rule = For("cost-21-usage-policy-bound")
rule.fails("usage-policy", "bindingWorkspaceIds", [])
rule.fails("usage-policy", "customTags.0.value", "")
rule.absent("fails", "usage-policy", "bindingWorkspaceIds", "customTags", "customTags.1")
rule.unknown("passes", "usage-policy", "bindingWorkspaceIds", "customTags.0.value")
rule.unknown("defers", "usage-policy", "customTags", "customTags.0.key")
