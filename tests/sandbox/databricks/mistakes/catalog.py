"""Mistakes with Unity Catalog's objects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.sandbox.databricks.mistakes.actions import (
    REMOVED,
    Mistake,
    against,
    another,
    instead,
    outsider,
    updating,
)
from tests.sandbox.databricks.parts.places import (
    AS_CI,
    PROVIDERS,
    URL,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.sandbox.databricks.world import World

_DEV = PROVIDERS["dev"]
_FORMS = "INVALID_PARAMETER_VALUE"


def _given_away(world: World) -> None:
    world.drop("deployer_owns")
    world.edit("volume", owner="platform_owners")


def _held(world: World) -> None:
    world.drop("deployer_owns")
    world.edit("metastore", owner="data_scientists")


def _rest(*steps: str) -> Callable[[World], None]:
    return lambda world: world.drop(*steps)


MISTAKES: dict[str, list[tuple[str, Mistake]]] = {
    "name_is_valid": [
        (_FORMS, instead("catalog", {"name": "a/b"})),
        (_FORMS, instead("schema", {"name": "a.b"})),
        (_FORMS, instead("volume", {"name": "a b"})),
        (_FORMS, instead("model", {"name": "m" * 256})),
        (_FORMS, instead("credential", {"name": ""})),
        (_FORMS, instead("location", {"name": "tab\t"})),
    ],
    "name_is_free": [
        ("CATALOG_ALREADY_EXISTS", another("catalog", {"name": "ML_Prod_Catalog"})),
        ("CATALOG_ALREADY_EXISTS", another("catalog", {"name": "system"})),
        ("SCHEMA_ALREADY_EXISTS", another("schema", {"name": "information_schema"})),
        ("STORAGE_CREDENTIAL_ALREADY_EXISTS", another("credential")),
        ("EXTERNAL_LOCATION_ALREADY_EXISTS", another("location", {"url": f"{URL}/dev"})),
    ],
    "metastore_is_the_workspaces": [
        (_FORMS, instead("catalog", {"metastoreId": "00000000-0000-4000-8000-000000000000"})),
    ],
    "catalog_modes_are_known": [
        (_FORMS, instead("catalog", {"isolationMode": "ISOLATION_MODE_ISOLATED"})),
    ],
    "predictive_optimization_is_known": [
        (_FORMS, instead("catalog", {"enablePredictiveOptimization": "ON"})),
    ],
    "creator_may_make_catalogs": [
        ("PERMISSION_DENIED", instead("catalog", before=_held)),
    ],
    "catalog_has_storage": [
        (
            "NO_PARENT_EXTERNAL_LOCATION_FOR_PATH",
            instead("catalog", {"storageRoot": f"{URL}/dev/catalog"}),
        ),
        ("INVALID_STATE", instead("catalog", {"storageRoot": REMOVED})),
        ("PERMISSION_DENIED", instead("catalog", provider=AS_CI)),
    ],
    "catalog_is_empty": [("INVALID_STATE", against("catalog"))],
    "parent_exists_here": [
        ("CATALOG_DOES_NOT_EXIST", instead("schema", {"catalogName": "absent"})),
        ("SCHEMA_DOES_NOT_EXIST", instead("volume", {"schemaName": "absent"})),
        ("PERMISSION_DENIED", another("schema", {"name": "more"}, provider=_DEV)),
        ("PERMISSION_DENIED", another("schema", {"name": "x"}, _rest("binding"), _DEV)),
    ],
    "creator_may_fill_the_parent": [
        ("PERMISSION_DENIED", another("schema", {"name": "more"}, outsider)),
        ("PERMISSION_DENIED", another("volume", {"name": "more"}, provider=AS_CI)),
    ],
    "schema_storage_is_covered": [
        (
            "NO_PARENT_EXTERNAL_LOCATION_FOR_PATH",
            instead("schema", {"storageRoot": f"{URL}/elsewhere"}),
        ),
    ],
    "schema_is_empty": [("INVALID_STATE", against("schema"))],
    "volume_type_is_known": [("INVALID_INPUT", instead("volume", {"volumeType": "BOTH"}))],
    "only_external_volumes_have_a_place": [
        (_FORMS, instead("volume", {"storageLocation": f"{URL}/prod/x"})),
        (_FORMS, instead("landing", {"storageLocation": REMOVED})),
        (
            "NO_PARENT_EXTERNAL_LOCATION_FOR_PATH",
            instead("landing", {"storageLocation": f"{URL}/elsewhere"}),
        ),
    ],
    "external_volumes_do_not_overlap": [
        (
            "INVALID_PARAMETER_VALUE.LOCATION_OVERLAP",
            another("landing", {"name": "in", "storageLocation": f"{URL}/prod/landing/in"}),
        ),
        (
            "INVALID_PARAMETER_VALUE.LOCATION_OVERLAP",
            instead("landing", {"storageLocation": f"{URL}/prod/catalog/in"}),
        ),
    ],
    "model_says_where_it_is": [
        (_FORMS, instead("model", {"catalogName": REMOVED})),
        (_FORMS, instead("model", {"schemaName": REMOVED})),
    ],
    "version_has_a_model": [
        ("RESOURCE_DOES_NOT_EXIST", instead("version", {"modelName": "absent"})),
        (_FORMS, instead("version", {"version": 0})),
    ],
    "owner_exists": [
        ("PRINCIPAL_DOES_NOT_EXIST", instead("catalog", {"owner": "nobody"})),
        ("PRINCIPAL_DOES_NOT_EXIST", instead("metastore", {"owner": "locals"})),
    ],
    "only_owners_change": [
        ("PERMISSION_DENIED", updating("catalog", {"comment": "x"}, outsider)),
    ],
    "only_owners_drop": [
        ("PERMISSION_DENIED", against("volume", _given_away)),
    ],
}
