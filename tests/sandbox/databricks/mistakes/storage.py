"""Mistakes with storage credentials and external locations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.databricks import tokens
from tests.sandbox.databricks.mistakes.actions import (
    REMOVED,
    Mistake,
    against,
    another,
    instead,
    outsider,
)
from tests.sandbox.databricks.parts.places import (
    BARE,
    CONNECTOR,
    FLAT,
    PROVIDERS,
    ROLE,
    STORAGE,
    URL,
    azure,
)

if TYPE_CHECKING:
    from tests.sandbox.databricks.world import World

_DEV = PROVIDERS["dev"]
_FORMS = "INVALID_PARAMETER_VALUE"


def _unbound_credential(world: World) -> dict[str, Any]:
    del world
    return {"name": "other", "url": f"{URL}/dev"}


def _no_role(world: World) -> None:
    world.records.pop((tokens.AZURE_ROLE, ROLE.id))


def _role_elsewhere(world: World) -> None:
    world.put(ROLE._replace(inputs={**ROLE.inputs, "scope": FLAT}))


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


MISTAKES: dict[str, list[tuple[str, Mistake]]] = {
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
        ("PERMISSION_DENIED", instead("location", before=outsider)),
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
}
