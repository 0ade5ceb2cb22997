"""Cases of policies/rules/jobs.py."""

from __future__ import annotations

from tests.policies.cases import For

rule = For("rel-11-job-failure-heard")
rule.fails("job", "emailNotifications", {"onFailures": []}, {"onSuccesses": ["a@example.com"]})
rule.fails("job", "health", {"rules": []})
rule.absent("fails", "job", "emailNotifications", "health")
rule.absent("passes", "job", "schedule")
rule.unknown("defers", "job", "emailNotifications", "health")

rule = For("rel-12-job-tasks-retried")
rule.fails("job", "tasks.0.maxRetries", 0, -1, "1", 99)
rule.fails("job", "tasks.0.timeoutSeconds", 0, "3600")
rule.absent("fails", "job", "tasks.0.maxRetries", "tasks.0.timeoutSeconds")
rule.absent("passes", "job", "tasks")
rule.unknown("defers", "job", "tasks.0.maxRetries", "tasks")

rule = For("rel-13-job-runs-as-service-principal")
rule.fails("job", "runAs", {"userName": "ann@example.com"}, {"groupName": "ml_engineers"})
rule.fails("job", "runAs.userName", "ann@example.com")
rule.absent("fails", "job", "runAs", "runAs.servicePrincipalName")
rule.unknown("defers", "job", "runAs", "runAs.userName")
rule.unknown("passes", "job", "runAs.servicePrincipalName")

rule = For("rel-14-job-code-pinned")
rule.fails("job", "gitSource.branch", "main")
rule.fails("job", "gitSource.tag", "")
rule.fails("job", "gitSource.commit", "main", "HEAD")
rule.absent("fails", "job", "gitSource.tag")
rule.absent("passes", "job", "gitSource")
rule.unknown("defers", "job", "gitSource", "gitSource.branch")
rule.unknown("passes", "job", "gitSource.tag", "gitSource.commit")
