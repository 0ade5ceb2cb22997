"""Cases of policies/rules/roles.py."""

from __future__ import annotations

from tests.policies.cases import For

OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
ACTIONS = "permissions.0.actions"

rule = For("sec-36-role-assignments-narrow")
rule.fails("lake-role", "principalType", "User", "ForeignGroup", "")
for scope in ("", "/", "/subscriptions/0000", "/SUBSCRIPTIONS/0000/"):
    rule.fails("lake-role", "scope", scope)
rule.fails("lake-role", "scope", "/providers/Microsoft.Management/managementGroups/root")
for role in (OWNER, OWNER.upper(), f"/subscriptions/0000/x/roleDefinitions/{OWNER}/"):
    rule.fails("lake-role", "roleDefinitionId", role)
rule.fails("eligible", "roleDefinitionId", f"/x/roleDefinitions/{OWNER}")
rule.fails("eligible", "scope", "/subscriptions/0000")
rule.unknown("defers", "eligible", "scope")
rule.absent("fails", "lake-role", "principalType", "scope")
rule.unknown("defers", "lake-role", "principalType", "scope", "roleDefinitionId")

rule = For("sec-37-no-wildcard-roles")
for action in (
    "*",
    "*/write",
    "*/*",
    "Microsoft.Authorization/*",
    "microsoft.authorization/*/Write",
):
    rule.fails("custom-role", f"{ACTIONS}.0", action)
rule.fails("custom-role", ACTIONS, "*", ["Microsoft.Authorization/roleAssignments/write"])
rule.fails("custom-role", "permissions", [{"dataActions": ["*"]}])
rule.absent("passes", "custom-role", "permissions", ACTIONS)
rule.unknown("defers", "custom-role", "permissions", ACTIONS, f"{ACTIONS}.1")
