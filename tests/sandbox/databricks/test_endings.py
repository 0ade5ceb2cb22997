"""What a delete takes along and leaves, and identities a connector has beside its own."""

from __future__ import annotations

import pytest

from sandbox.databricks import tokens
from sandbox.databricks.connectivity import BOUND
from tests.sandbox.databricks.estate import BY_NAME
from tests.sandbox.databricks.parts.places import CONNECTOR, PROD, ROLE, STORAGE, URL, azure
from tests.sandbox.databricks.world import Refused, estate


def test_a_binding_ends_with_its_securable() -> None:
    world = estate()
    for name in (
        "catalog_grants",
        "version",
        "model",
        "landing",
        "volume",
        "endpoint",
        "table",
        "schema",
    ):
        world.delete(name)
    world.delete("catalog")
    assert not world.all(tokens.WORKSPACE_BINDING)


def test_a_workspace_stays_bound_to_its_connectivity_until_it_is_gone() -> None:
    world = estate()
    world.delete("ncc_binding")
    with pytest.raises(Refused, match="bound to workspaces 1001"):
        world.delete("ncc")
    del world.records[tokens.AZURE_WORKSPACE, PROD]
    world.delete("ncc")
    assert not world.all(BOUND)


def test_a_credential_may_use_an_identity_that_its_connector_was_given() -> None:
    world = estate()
    identity = "/subscriptions/s/userAssignedIdentities/reader"
    given = {"userAssignedIdentities": {identity: {"principalId": "reader-object-id"}}}
    world.put(azure(tokens.AZURE_CONNECTOR, CONNECTOR, identity=given))
    managed = {"accessConnectorId": CONNECTOR, "managedIdentityId": identity}
    inputs = {"name": "reader", "azureManagedIdentity": managed}
    world.create(BY_NAME["credential"], inputs, label="reader")
    location = {"name": "dev", "url": f"{URL}/dev", "credentialName": "reader"}
    with pytest.raises(Refused, match="contributor role on the storage account is not set"):
        world.create(BY_NAME["location"], location, label="early")
    role = {**ROLE.inputs, "principalId": "reader-object-id"}
    world.put(azure(tokens.AZURE_ROLE, f"{STORAGE}/roleAssignments/2", **role))
    world.create(BY_NAME["location"], location, label="late")
