"""Mistakes with bindings and grants."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.sandbox.databricks.mistakes.actions import (
    REMOVED,
    Mistake,
    another,
    instead,
    outsider,
)
from tests.sandbox.databricks.parts.places import (
    FAR,
    NUMBERS,
    PROVIDERS,
    STRANGER,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.sandbox.databricks.world import World

_DEV = PROVIDERS["dev"]
_FORMS = "INVALID_PARAMETER_VALUE"


def _rest(*steps: str) -> Callable[[World], None]:
    return lambda world: world.drop(*steps)


MISTAKES: dict[str, list[tuple[str, Mistake]]] = {
    "binding_is_well_formed": [
        ("INVALID_INPUT", instead("binding", {"securableType": "schema"})),
        ("INVALID_INPUT", instead("binding", {"bindingType": "READ"})),
        ("CONFLICTING_PROPERTIES", instead("binding", {"catalogName": "ml_prod_catalog"})),
    ],
    "only_catalogs_are_bound_for_reading": [
        (
            _FORMS,
            instead(
                "binding", {"securableType": "storage_credential", "securableName": "ml_storage"}
            ),
        ),
    ],
    "binding_joins_what_exists": [
        ("CATALOG_DOES_NOT_EXIST", instead("binding", {"securableName": "absent"})),
        (_FORMS, instead("binding", {"workspaceId": "dev"})),
        ("RESOURCE_DOES_NOT_EXIST", instead("binding", {"workspaceId": "404"})),
        (_FORMS, instead("binding", {"workspaceId": NUMBERS[FAR]})),
    ],
    "only_isolated_securables_keep_bindings": [
        ("NOT_FOUND", instead("binding", before=lambda w: w.edit("catalog", isolationMode="OPEN"))),
    ],
    "binder_owns_the_securable": [
        ("PERMISSION_DENIED", instead("binding", before=outsider)),
    ],
    "grants_name_a_securable": [
        ("MISSING_PROPERTY", instead("catalog_grants", {"catalog": REMOVED})),
    ],
    "grants_name_one_securable": [
        (_FORMS, instead("catalog_grants", {"schema": "ml_prod_catalog.models"})),
    ],
    "securable_has_one_grants": [
        ("RESOURCE_ALREADY_EXISTS", another("catalog_grants", {"catalog": "ML_PROD_CATALOG"})),
    ],
    "grants_are_not_empty": [
        ("NOT_FOUND", instead("catalog_grants", {"grants": []})),
        (_FORMS, instead("catalog_grants", {"grants.0.privileges": []})),
    ],
    "principals_are_named_once": [
        (_FORMS, instead("catalog_grants", {"grants.1.principal": "Data_Scientists"})),
    ],
    "privileges_have_underscores": [
        (_FORMS, instead("catalog_grants", {"grants.0.privileges": ["USE CATALOG"]})),
    ],
    "privileges_fit_the_securable": [
        (_FORMS, instead("catalog_grants", {"grants.0.privileges": ["READ_FILES"]})),
        (_FORMS, instead("metastore_grants", {"grants.0.privileges": ["ALL_PRIVILEGES"]})),
        (_FORMS, instead("catalog_grants", {"grants.0.privileges": ["ABC"]})),
    ],
    "grantees_exist": [
        ("PRINCIPAL_DOES_NOT_EXIST", instead("catalog_grants", {"grants.0.principal": "nobody"})),
        ("PRINCIPAL_DOES_NOT_EXIST", instead("catalog_grants", {"grants.0.principal": "locals"})),
        ("PRINCIPAL_DOES_NOT_EXIST", instead("catalog_grants", {"grants.0.principal": "admins"})),
        ("PRINCIPAL_DOES_NOT_EXIST", instead("catalog_grants", {"grants.0.principal": "ci"})),
    ],
    "securable_exists_here": [
        ("CATALOG_DOES_NOT_EXIST", instead("catalog_grants", {"catalog": "absent"})),
        ("PERMISSION_DENIED", instead("catalog_grants", {}, _rest("binding"), _DEV)),
    ],
    "grantor_manages_the_securable": [
        ("PERMISSION_DENIED", instead("catalog_grants", before=outsider)),
        (
            "PERMISSION_DENIED",
            instead(
                "catalog_grants", provider={**PROVIDERS["workspace"], "azureClientId": STRANGER}
            ),
        ),
    ],
}
