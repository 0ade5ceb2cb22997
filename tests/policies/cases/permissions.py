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

rule = For("sec-71-managers-named")
rule.fails("job-users", "accessControls.0.permissionLevel", "CAN_MANAGE", "IS_OWNER", "can_manage")
rule.fails("job-users", "accessControls.2.groupName", "data_scientists")
rule.fails(
    "job-users",
    "accessControls.1",
    {"servicePrincipalName": "release", "permissionLevel": "CAN_MANAGE"},
)
rule.absent("passes", "job-users", "jobId", "accessControls.0.permissionLevel")
rule.absent("fails", "job-users", "accessControls.2.groupName")
rule.unknown("defers", "job-users", "accessControls", "accessControls.0.permissionLevel")
rule.unknown("defers", "job-users", "accessControls.2.groupName")
