"""Cases of policies/rules/job_cost.py."""

# ruff: noqa: FBT003 - the booleans are wire values under test

from __future__ import annotations

from tests.policies.cases import For

rule = For("cost-04-job-compute")
rule.fails("job", "existingClusterId", "1125-1")
rule.fails("job", "tasks.0.existingClusterId", "1125-1")
rule.fails("job", "tasks.1.forEachTask", {"task": {"existingClusterId": "1125-1"}})
rule.absent("passes", "job", "tasks.0")
# An id that is not known yet names a cluster all the same.
rule.unknown("fails", "job", "tasks.0.existingClusterId", "existingClusterId")
rule.unknown("defers", "training", "tasks.0")

rule = For("cost-24-job-bounded")
rule.fails("job", "timeoutSeconds", 0, 86_401, "3600")
rule.fails("job", "maxConcurrentRuns", 5, 1000)
rule.fails("job", "queue.enabled", False, "true")
rule.fails("job", "tasks.0.maxRetries", -1, 4)
rule.fails("job", "tasks.1.forEachTask", {"task": {"maxRetries": -1}})
rule.absent("fails", "job", "timeoutSeconds", "queue")
rule.absent("passes", "job", "maxConcurrentRuns", "tasks.0.maxRetries")
rule.unknown("defers", "job", "timeoutSeconds", "maxConcurrentRuns", "queue", "tasks.0.maxRetries")

rule = For("cost-25-schedule-paused")
rule.fails("job", "schedule.pauseStatus", "UNPAUSED", "paused")
rule.fails("job", "trigger", {"fileArrival": {"url": "/Volumes/a/b/c"}})
rule.fails("job", "continuous", {"pauseStatus": "UNPAUSED"})
rule.fails("job", "triggers", [{"periodic": {"interval": 1, "unit": "DAYS"}}])
rule.absent("fails", "job", "schedule.pauseStatus")
rule.absent("passes", "job", "schedule")
rule.unknown("defers", "job", "schedule", "schedule.pauseStatus", "triggers")

rule = For("cost-26-serverless-job-standard")
rule.fails("job", "performanceTarget", "PERFORMANCE_OPTIMIZED", "standard")
rule.absent("fails", "job", "performanceTarget")
rule.unknown("defers", "job", "performanceTarget")
