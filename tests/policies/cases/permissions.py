"""Cases of policies/rules/permissions.py."""

# ruff: noqa: FBT003 - the booleans are wire values under test

from __future__ import annotations

from tests.policies.cases import For

rule = For("sec-68-endpoint-callers-named")
rule.fails("endpoint-callers", "accessControls.0.groupName", "users", "account users")
rule.absent("passes", "job-users", "jobId")
rule.unknown("defers", "endpoint-callers", "accessControls.0.groupName")

rule = For("sec-69-no-free-compute")
for name in ("group", "user", "principal", "entitlements"):
    for key in ("allowClusterCreate", "allowInstancePoolCreate"):
        rule.fails(name, key, True, "false")
        rule.absent("passes", name, key)
        rule.unknown("defers", name, key)

for name in ("workspace-assignment", "account-assignment"):
    rule.fails(name, "entitlements", ["WORKSPACE_ACCESS", "ALLOW_CLUSTER_CREATE"])
    rule.fails(name, "entitlements", ["allow_instance_pool_create"])
    rule.absent("passes", name, "entitlements")
    rule.unknown("defers", name, "entitlements", "entitlements.0")

rule = For("sec-70-principals-are-groups")
rule.fails("job-users", "accessControls.0", {"userName": "a", "permissionLevel": "CAN_VIEW"})
rule.fails("schema-grant", "principal", "someone@example.com")
rule.fails("catalog-grants", "grants.0.principal", "someone@example.com")
rule.fails("assigned", "userName", "someone@example.com")
rule.fails("scope-readers", "principal", "someone@example.com")
rule.fails("rule-set", "grantRules.0.principals", ["users/someone@example.com"])
rule.fails("entitlements", "userId", "1")
rule.unknown("fails", "entitlements", "userId")
rule.forbids("user-role", "userId")
rule.absent("passes", "rule-set", "grantRules")
rule.unknown("defers", "schema-grant", "principal")
rule.unknown("defers", "rule-set", "grantRules", "grantRules.0.principals")
rule.unknown("defers", "job-users", "accessControls")
rule.unknown("defers", "scope-readers", "principal")
rule.fails("legacy-grants", "privilegeAssignments.0.principal", "someone@example.com")
rule.absent("passes", "legacy-grants", "privilegeAssignments")
rule.unknown("defers", "legacy-grants", "privilegeAssignments.0.principal")
rule.fails("postgres-role", "spec.postgresRole", "someone@example.com")
rule.fails("postgres-role", "spec.identityType", "USER")
rule.absent("passes", "postgres-role", "spec.postgresRole")
rule.unknown("defers", "postgres-role", "spec.postgresRole")
