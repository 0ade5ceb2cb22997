"""Cases of policies/rules/workspace_settings.py."""

from __future__ import annotations

from tests.policies.cases import For

rule = For("sec-41-token-lifetime")
rule.fails("conf", "customConfig.maxTokenLifetimeDays", "31", "0", "-1", "soon", 90)
rule.absent("fails", "conf", "", "customConfig", "customConfig.maxTokenLifetimeDays")
rule.unknown("defers", "conf", "customConfig", "customConfig.maxTokenLifetimeDays")

rule = For("ml-20-explicit-databricks-provider")
for name in ("cluster", "catalog", "endpoint"):
    for provider in ("default", "default_1_118_0"):
        rule.other("fail", "fails", name, "@provider", provider)
rule.other("absent", "passes", "cluster", "@provider", "")
rule.other("unknown", "passes", "conf", "@provider", "defaults")
