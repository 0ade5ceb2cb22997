"""Mistakes with Unity Catalog's objects."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sandbox.databricks import tokens
from tests.sandbox.databricks.estate import (
    BARE,
    CONNECTOR,
    FAR,
    FLAT,
    NUMBERS,
    PROVIDERS,
    ROLE,
    STORAGE,
    STRANGER,
    URL,
    azure,
)
from tests.sandbox.databricks.mistakes.actions import (
    REMOVED,
    Mistake,
    against,
    another,
    instead,
    updating,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.sandbox.databricks.world import World

_DEV = PROVIDERS["dev"]
_AS_CI = {**PROVIDERS["workspace"], "azureClientId": "11111111-1111-4111-8111-111111111111"}
_FORMS = "INVALID_PARAMETER_VALUE"


def _outsider(world: World) -> None:
    world.drop("deployer_owns")


def _given_away(world: World) -> None:
    world.drop("deployer_owns")
    world.edit("volume", owner="platform_owners")


def _unbound_credential(world: World) -> dict[str, Any]:
    del world
    return {"name": "other", "url": f"{URL}/dev"}


def _no_role(world: World) -> None:
    world.records.pop((tokens.AZURE_ROLE, ROLE.id))


def _role_elsewhere(world: World) -> None:
    world.put(replace(ROLE, inputs={**ROLE.inputs, "scope": FLAT}))


def _firewall(world: World) -> None:
    world.put(
        azure(
            tokens.AZURE_STORAGE,
            STORAGE,
            accountName="mldata",
            isHnsEnabled=True,
            publicNetworkAccess="Disabled",
            networkRuleSet={"defaultAction": "Deny", "bypass": "None"},
        )
    )


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
    "credential_has_one_identity": [
        (
            _FORMS,
            instead("credential", {"awsIamRole": {"roleArn": "arn:aws:iam::1:role/x"}}),
        ),
        (_FORMS, instead("credential", {"azureManagedIdentity": REMOVED})),
        (
            _FORMS,
            instead(
                "credential",
                {
                    "azureManagedIdentity": REMOVED,
                    "awsIamRole": {"roleArn": "arn:aws:iam::1:role/x"},
                },
            ),
        ),
    ],
    "isolation_mode_is_known": [
        (_FORMS, instead("credential", {"isolationMode": "ISOLATED"})),
        (_FORMS, instead("location", {"isolationMode": "OPEN"})),
    ],
    "access_connector_exists": [
        (
            "RESOURCE_DOES_NOT_EXIST",
            instead("credential", {"azureManagedIdentity.accessConnectorId": f"{CONNECTOR}404"}),
        ),
        (_FORMS, instead("credential", {"azureManagedIdentity.accessConnectorId": BARE})),
        (_FORMS, instead("credential", {"azureManagedIdentity.managedIdentityId": "/uami/404"})),
    ],
    "credential_is_unused": [("INVALID_STATE", against("credential"))],
    "url_is_of_adls": [
        (_FORMS, instead("location", {"url": "s3://bucket/x"})),
        (_FORMS, instead("location", {"url": "https://mldata.blob.core.windows.net/data"})),
    ],
    "locations_do_not_overlap": [
        (
            "INVALID_PARAMETER_VALUE.LOCATION_OVERLAP",
            another("location", {"name": "inner", "url": f"{URL}/prod/inner"}),
        ),
        (
            "INVALID_PARAMETER_VALUE.LOCATION_OVERLAP",
            another("location", {"name": "outer", "url": URL}),
        ),
    ],
    "credential_can_be_used": [
        ("STORAGE_CREDENTIAL_DOES_NOT_EXIST", instead("location", {"credentialName": "absent"})),
        ("PERMISSION_DENIED", another("location", _unbound_credential, provider=_DEV)),
    ],
    "creator_may_make_locations": [
        ("PERMISSION_DENIED", instead("location", before=_outsider)),
    ],
    "storage_can_be_reached": [
        (_FORMS, instead("location", {"url": "abfss://data@absent.dfs.core.windows.net/"})),
        (_FORMS, instead("location", {"url": "abfss://data@mlflat.dfs.core.windows.net/"})),
        (_FORMS, instead("location", {"url": "abfss://absent@mldata.dfs.core.windows.net/"})),
        ("PERMISSION_DENIED", instead("location", before=_no_role)),
        ("PERMISSION_DENIED", instead("location", before=_role_elsewhere)),
        ("PERMISSION_DENIED", instead("location", before=_firewall)),
    ],
    "file_events_have_one_queue": [
        (_FORMS, instead("location", {"fileEventQueue.providedAqs": {"queueUrl": "q"}})),
    ],
    "location_is_unused": [("INVALID_STATE", against("location"))],
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
        ("PERMISSION_DENIED", instead("catalog", provider=_AS_CI)),
    ],
    "catalog_is_empty": [("INVALID_STATE", against("catalog"))],
    "parent_exists_here": [
        ("CATALOG_DOES_NOT_EXIST", instead("schema", {"catalogName": "absent"})),
        ("SCHEMA_DOES_NOT_EXIST", instead("volume", {"schemaName": "absent"})),
        ("PERMISSION_DENIED", another("schema", {"name": "more"}, provider=_DEV)),
        ("PERMISSION_DENIED", another("schema", {"name": "x"}, _rest("binding"), _DEV)),
    ],
    "creator_may_fill_the_parent": [
        ("PERMISSION_DENIED", another("schema", {"name": "more"}, _outsider)),
        ("PERMISSION_DENIED", another("volume", {"name": "more"}, provider=_AS_CI)),
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
        ("PERMISSION_DENIED", updating("catalog", {"comment": "x"}, _outsider)),
    ],
    "only_owners_drop": [
        ("PERMISSION_DENIED", against("volume", _given_away)),
    ],
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
        ("PERMISSION_DENIED", instead("binding", before=_outsider)),
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
        ("PERMISSION_DENIED", instead("catalog_grants", before=_outsider)),
        (
            "PERMISSION_DENIED",
            instead(
                "catalog_grants", provider={**PROVIDERS["workspace"], "azureClientId": STRANGER}
            ),
        ),
    ],
}
