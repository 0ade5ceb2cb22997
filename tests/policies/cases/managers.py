"""Cases of policies/rules/managers.py."""

from __future__ import annotations

from tests.policies.cases import For

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
rule.fails("assigned", "permissions", ["ADMIN"], ["USER", "admin"])
rule.absent("passes", "assigned", "permissions")
rule.unknown("defers", "assigned", "permissions", "permissions.0")
for name in ("group-role", "principal-role"):
    rule.fails(name, "role", "account_admin", "Account_Admin")
    rule.absent("passes", name, "role")
    rule.unknown("defers", name, "role")
