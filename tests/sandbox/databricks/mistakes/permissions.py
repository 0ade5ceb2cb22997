"""Mistakes with permissions on workspace objects."""

from __future__ import annotations

from tests.sandbox.databricks.mistakes.actions import REMOVED, Mistake, another, instead
from tests.sandbox.databricks.parts.places import PROVIDERS

_FORMS = "INVALID_PARAMETER_VALUE"

MISTAKES: dict[str, list[tuple[str, Mistake]]] = {
    "permissions_are_of_one_object": [
        ("CONFLICTING_PROPERTIES", instead("policy_users", {"jobId": "1"})),
        ("MISSING_PROPERTY", instead("policy_users", {"clusterPolicyId": REMOVED})),
        ("INVALID_INPUT", instead("policy_users", {"accessControls": []})),
    ],
    "levels_fit_the_object": [
        (
            "INVALID_INPUT",
            instead("policy_users", {"accessControls.0.permissionLevel": "CAN_MANAGE"}),
        ),
        ("INVALID_INPUT", instead("policy_users", {"accessControls.0.groupName": "admins"})),
    ],
    "object_exists_here": [
        ("RESOURCE_DOES_NOT_EXIST", instead("policy_users", {"clusterPolicyId": "absent"})),
        ("RESOURCE_DOES_NOT_EXIST", instead("policy_users", provider=PROVIDERS["dev"])),
        ("RESOURCE_DOES_NOT_EXIST", instead("callers", {"servingEndpointId": "churn"})),
        (
            _FORMS,
            instead("policy_users", {"clusterPolicyId": REMOVED, "authorization": "secrets"}),
        ),
    ],
    "object_has_one_permissions": [("RESOURCE_ALREADY_EXISTS", another("policy_users"))],
    "grantees_are_in_the_workspace": [
        (
            "RESOURCE_DOES_NOT_EXIST",
            instead("policy_users", {"accessControls.0.groupName": "platform_owners"}),
        ),
        (
            "RESOURCE_DOES_NOT_EXIST",
            instead(
                "policy_users",
                {"accessControls.0": {"servicePrincipalName": "ci", "permissionLevel": "CAN_USE"}},
            ),
        ),
        (_FORMS, instead("policy_users", {"accessControls.0.userName": "x@example.org"})),
        (_FORMS, instead("policy_users", {"accessControls.0.permissionLevel": REMOVED})),
    ],
    "deployer_keeps_managing": [
        (
            _FORMS,
            instead(
                "job_users",
                {
                    "accessControls.0": {
                        "servicePrincipalName": "00000000-0000-0000-0000-00000000d390",
                        "permissionLevel": "CAN_VIEW",
                    }
                },
            ),
        ),
    ],
    "owners_are_no_groups": [
        (_FORMS, instead("job_users", {"accessControls.0.permissionLevel": "IS_OWNER"})),
    ],
}
