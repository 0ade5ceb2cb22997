"""Cases of policies/rules/monitors.py."""

from __future__ import annotations

from tests.policies.cases import For

rule = For("ml-08-inference-table-monitored")
rule.fails("monitor", "tableName", "ml_prod_catalog.serving.other_payload")
rule.fails("profile", "dataProfilingConfig.monitoredTableName", "ml_prod_catalog.serving.x_payload")
rule.absent("fails", "monitor", "")
rule.absent("fails", "profile", "")
rule.absent("defers", "profile", "dataProfilingConfig.monitoredTableName")
rule.unknown("defers", "monitor", "tableName")
rule.unknown("defers", "endpoint", "aiGateway.inferenceTableConfig.schemaName")

rule = For("ml-09-monitor-complete")
for name, prefix, notifications in (
    ("monitor", "", "notifications"),
    ("profile", "dataProfilingConfig.", "notificationSettings"),
):
    addresses = f"{prefix}{notifications}.onFailure.emailAddresses"
    rule.fails(name, f"{prefix}baselineTableName", "")
    rule.fails(name, f"{prefix}slicingExprs", [])
    rule.fails(name, addresses, [])
    rule.fails(name, f"{prefix}schedule.pauseStatus", "PAUSED")
    rule.absent("fails", name, f"{prefix}schedule", f"{prefix}{notifications}")
    rule.absent("fails", name, f"{prefix}baselineTableName", f"{prefix}slicingExprs")
    rule.unknown("defers", name, f"{prefix}schedule", f"{prefix}slicingExprs", addresses)
    rule.unknown("passes", name, f"{prefix}baselineTableName")

rule = For("ml-18-current-types")
rule.forbids("online-table", "name")
rule.forbids("lakehouse-monitor", "tableName")

rule = For("ml-23-alerts-reach-somebody")
rule.fails("alert", "schedule.pauseStatus", "PAUSED")
rule.fails("alert", "evaluation.notification.subscriptions", [])
rule.absent("fails", "alert", "", "evaluation.notification")
rule.absent("passes", "alert", "schedule.pauseStatus")
rule.unknown("defers", "alert", "evaluation", "schedule.pauseStatus")
