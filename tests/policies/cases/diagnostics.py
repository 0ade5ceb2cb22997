"""Cases of policies/rules/diagnostics.py."""

from __future__ import annotations

from tests.policies.cases import For

rule = For("sec-34-diagnostic-settings")
rule.fails("vault-logs", "resourceUri", "/subscriptions/0000/elsewhere")
rule.fails("vault-logs", "logs", [{"category": "AuditEvent", "enabled": False}])
rule.absent("fails", "workspace-logs", "", "workspaceId", "logs")
rule.absent("fails", "lake-logs", "")
rule.unknown("defers", "workspace-logs", "resourceUri", "logs")
rule.unknown("passes", "workspace-logs", "workspaceId")

rule = For("sec-35-log-retention")
rule.fails("logs", "retentionInDays", 30, "90")
rule.absent("fails", "logs", "retentionInDays")
rule.unknown("defers", "logs", "retentionInDays")
