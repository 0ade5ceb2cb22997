"""Mistakes with files in volumes, secret scopes and the use of service principals."""

from __future__ import annotations

from tests.sandbox.databricks.mistakes.actions import REMOVED, Mistake, another, instead
from tests.sandbox.databricks.parts.places import ACCOUNT_ID, CI, PROD, STRANGER, VAULT

_FORMS = "INVALID_PARAMETER_VALUE"
_SETS = f"accounts/{ACCOUNT_ID}/servicePrincipals"

MISTAKES: dict[str, list[tuple[str, Mistake]]] = {
    "file_has_one_content": [
        ("INVALID_INPUT", instead("library", {"source": "/dev/null"})),
        ("INVALID_INPUT", instead("library", {"contentBase64": REMOVED})),
        (
            "INVALID_INPUT",
            instead("library", {"contentBase64": REMOVED, "source": "no-such-file.whl"}),
        ),
        (_FORMS, instead("library", {"contentBase64": "{}"})),
    ],
    "file_is_in_a_volume": [
        (_FORMS, instead("library", {"path": "/FileStore/settings.json"})),
        (_FORMS, instead("library", {"path": "/Volumes/ml_prod_catalog/models/files"})),
        (_FORMS, instead("library", {"path": "/Volumes/ml_prod_catalog/models/files/../x"})),
    ],
    "volume_exists_and_may_be_written": [
        (
            "VOLUME_DOES_NOT_EXIST",
            instead("library", {"path": "/Volumes/ml_prod_catalog/models/other/settings.json"}),
        ),
        (
            "PERMISSION_DENIED",
            instead(
                "library",
                provider={"azureWorkspaceResourceId": PROD, "azureClientId": CI},
            ),
        ),
    ],
    "scope_is_well_formed": [
        (_FORMS, instead("secrets", {"name": "a scope"})),
        ("INVALID_INPUT", instead("secrets", {"backendType": "VAULT"})),
        (_FORMS, instead("secrets", {"initialManagePrincipal": "admins"})),
    ],
    "scope_name_is_free": [("RESOURCE_ALREADY_EXISTS", another("secrets"))],
    "vault_is_there_and_is_meant": [
        (
            "RESOURCE_DOES_NOT_EXIST",
            instead("secrets", {"keyvaultMetadata.resourceId": f"{VAULT}2"}),
        ),
        (
            _FORMS,
            instead("secrets", {"keyvaultMetadata.dnsName": "https://other.vault.azure.net/"}),
        ),
        (
            "BAD_REQUEST",
            instead("secrets", provider={"azureWorkspaceResourceId": PROD, "token": "dapi"}),
        ),
    ],
    "acl_permission_is_known": [
        ("INVALID_INPUT", instead("secrets_reader", {"permission": "LIST"})),
    ],
    "acl_is_for_a_scope_and_somebody": [
        ("RESOURCE_DOES_NOT_EXIST", instead("secrets_reader", {"scope": "other"})),
        ("RESOURCE_DOES_NOT_EXIST", instead("secrets_reader", {"principal": STRANGER})),
    ],
    "rule_set_is_of_something_that_exists": [
        (_FORMS, instead("ci_users", {"name": f"{_SETS}/{CI}"})),
        (
            "RESOURCE_DOES_NOT_EXIST",
            instead("ci_users", {"name": f"{_SETS}/{STRANGER}/ruleSets/default"}),
        ),
    ],
    "rules_give_known_roles_to_known_principals": [
        (_FORMS, instead("ci_users", {"grantRules.0.role": "roles/servicePrincipal.owner"})),
        (_FORMS, instead("ci_users", {"grantRules.0.principals": ["platform_owners"]})),
        (_FORMS, instead("ci_users", {"grantRules.0.principals": ["groups/nobody"]})),
    ],
    "job_runs_as_whom_the_caller_may_use": [
        ("PERMISSION_DENIED", instead("job", before=lambda w: w.drop("ci_users"))),
        (
            "PERMISSION_DENIED",
            instead("job", before=lambda w: w.edit("ci_users", grantRules=[])),
        ),
    ],
}
