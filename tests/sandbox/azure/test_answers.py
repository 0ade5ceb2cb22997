"""What Azure answers beside the accepted inputs, and what its functions look up."""

from __future__ import annotations

import ipaddress
import re

import pytest

from sandbox.azure import ids
from sandbox.azure.targets import root_storage_id
from sandbox.rules import FUNCTIONS, REGISTRY, Invocation, Refusal
from tests.sandbox.azure.estate import (
    ESTATE,
    GROUP,
    PROVIDER,
    ROOT_STORAGE,
    SUBSCRIPTION,
    TENANT,
    VNET,
    WORKSPACE,
    ZONES,
)
from tests.sandbox.azure.world import Refused, environment

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def test_a_workspace_has_a_numeric_id_and_the_url_made_of_it() -> None:
    answer = environment().record("workspace").outputs
    assert re.fullmatch(r"\d{16,19}", answer["workspaceId"])
    url = rf"adb-{answer['workspaceId']}\.\d{{1,2}}\.azuredatabricks\.net"
    assert re.fullmatch(url, answer["workspaceUrl"])
    assert answer["provisioningState"] == "Succeeded"


def test_a_workspace_fills_in_the_parameters_it_was_not_given() -> None:
    world = environment()
    parameters = world.record("workspace").outputs["parameters"]
    assert parameters["enableNoPublicIp"] == {"type": "Bool", "value": True}
    assert parameters["customPublicSubnetName"] == {"type": "String", "value": "host"}
    assert parameters["storageAccountSkuName"]["value"] == "Standard_ZRS"


def test_an_update_of_a_workspace_shows_its_private_endpoints() -> None:
    world = environment()
    connections = world.change("workspace").outputs["privateEndpointConnections"]
    assert [entry["properties"]["groupIds"] for entry in connections] == [
        ["databricks_ui_api"],
        ["browser_authentication"],
    ]


def test_the_managed_storage_lives_as_long_as_its_workspace() -> None:
    world = environment()
    workspace = world.record("workspace")
    assert root_storage_id({**workspace.inputs, **workspace.outputs}) == ROOT_STORAGE
    world.add("root-dfs", privateEndpointName="again")
    del world.cloud.records[workspace.id.lower()]
    with pytest.raises(Refused, match="endpoint_target_exists"):
        world.add("root-dfs", privateEndpointName="late")


def test_a_system_assigned_identity_keeps_its_principal() -> None:
    world = environment()
    first = world.record("connector").outputs["identity"]
    assert UUID.fullmatch(first["principalId"])
    assert first["tenantId"] == TENANT
    assert world.change("connector", tags={"a": "b"}).outputs["identity"] == first
    again = world.add("connector", connectorName="other").outputs["identity"]
    assert again["principalId"] != first["principalId"]


def test_private_endpoints_get_different_addresses_of_their_subnet() -> None:
    world = environment()
    labels = ("ui-api", "sign-in", "root-dfs", "data-blob", "secrets")
    addresses = {
        ipaddress.ip_address(world.record(label).outputs["customDnsConfigs"][0]["ipAddresses"][0])
        for label in labels
    }
    block = ipaddress.ip_network("10.0.3.0/24")
    assert len(addresses) == len(labels)
    assert all(address in block for address in addresses)
    assert not addresses & {block[0], block[1], block[2], block[3], block[-1]}


def test_a_private_endpoint_keeps_its_address() -> None:
    world = environment()
    before = world.record("secrets").outputs["customDnsConfigs"]
    assert world.change("secrets", tags={"a": "b"}).outputs["customDnsConfigs"] == before


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("sign-in", "eastus2.pl-auth.azuredatabricks.net"),
        ("root-dfs", "mlopsdevroot.dfs.core.windows.net"),
        ("data-blob", "mlopsdevdata.blob.core.windows.net"),
        ("secrets", "mlops-dev-kv.vault.azure.net"),
    ],
)
def test_a_private_endpoint_answers_for_the_public_name_of_its_target(
    label: str, name: str
) -> None:
    assert environment().record(label).outputs["customDnsConfigs"][0]["fqdn"] == name


def test_a_zone_group_shows_the_records_it_keeps() -> None:
    world = environment()
    config = world.record("sign-in-zones").outputs["privateDnsZoneConfigs"][0]
    address = world.record("sign-in").outputs["customDnsConfigs"][0]["ipAddresses"]
    assert config["recordSets"][0]["ipAddresses"] == address
    assert config["privateDnsZoneId"].endswith(ZONES[0])


def test_public_addresses_are_ones_that_documentation_may_show() -> None:
    world = environment()
    first = world.record("ip").outputs["ipAddress"]
    second = world.add("ip", publicIpAddressName="second").outputs["ipAddress"]
    ranges = [
        ipaddress.ip_network(r) for r in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")
    ]
    assert first != second
    assert all(any(ipaddress.ip_address(a) in r for r in ranges) for a in (first, second))
    assert world.change("ip", tags={"a": "b"}).outputs["ipAddress"] == first


def test_addresses_of_vault_and_storage_are_their_names() -> None:
    world = environment()
    properties = world.record("vault").outputs["properties"]
    assert properties["vaultUri"] == "https://mlops-dev-kv.vault.azure.net/"
    endpoints = world.record("storage").outputs["primaryEndpoints"]
    assert endpoints["dfs"] == "https://mlopsdevdata.dfs.core.windows.net/"
    assert UUID.fullmatch(world.record("logs").outputs["customerId"])


def test_a_security_group_has_the_default_rules() -> None:
    names = {rule["name"] for rule in environment().record("nsg").outputs["defaultSecurityRules"]}
    assert {"AllowVnetInBound", "AllowInternetOutBound", "DenyAllInBound"} <= names


def test_a_resource_without_location_takes_that_of_its_group() -> None:
    assert environment().add("nsg", networkSecurityGroupName="n", location=None).outputs[
        "location"
    ] == ("eastus2")


def test_a_deleted_vault_keeps_its_name_until_it_is_recovered_or_purged() -> None:
    world = environment()
    world.delete("vault")
    tombstone = world.cloud.all(ids.DELETED_VAULT)[0]
    assert tombstone.id == (
        f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.KeyVault/locations/eastus2"
        "/deletedVaults/mlops-dev-kv"
    )
    with pytest.raises(Refused, match="ConflictError"):
        world.add("vault")
    recovered = world.add("vault", properties__createMode="recover")
    assert "createMode" not in recovered.outputs["properties"]
    world.delete("vault")
    del world.cloud.records[tombstone.id.lower()]
    world.add("vault")


def test_endpoints_of_one_workspace_and_the_workspace_exclude_each_other() -> None:
    world = environment()
    keys: list[str] = []
    for label in ("ui-api", "sign-in", "workspace", "secrets"):
        token, inputs = ESTATE[label]
        for rule, _source in REGISTRY[token].exclusives:
            claim = rule(world.request("create", token, inputs))
            if claim:
                assert claim[1].code == "ConcurrentUpdateError"
                keys.append(claim[0])
    assert keys == [WORKSPACE.lower()] * 3


def test_subnets_of_one_network_wait_for_each_other() -> None:
    world = environment()
    claims = [
        rule(world.request("create", ids.SUBNET, ESTATE[label][1]))
        for label in ("host", "container")
        for rule, _source in REGISTRY[ids.SUBNET].exclusives
    ]
    assert [(claim[0], claim[1].code) for claim in claims if claim] == [
        (VNET.lower(), "AnotherOperationInProgress")
    ] * 2


def _ask(token: str, **args: str) -> dict[str, object]:
    function, _source = FUNCTIONS[token]
    return dict(function(Invocation(token, args, PROVIDER), environment().cloud))


def test_a_workspace_is_found_by_group_and_name_in_any_case() -> None:
    function = "azure-native:databricks:getWorkspace"
    found = _ask(function, resourceGroupName="MLOPS-dev-rg", workspaceName="MLOPS-DEV-WORKSPACE")
    assert found["id"] == WORKSPACE
    assert str(found["workspaceUrl"]).startswith("adb-")
    assert "resourceGroupName" not in found


@pytest.mark.parametrize(
    ("group", "code"), [("mlops-dev-rg", "ResourceNotFound"), ("lost", "ResourceGroupNotFound")]
)
def test_a_missing_workspace_is_reported_as_azure_does(group: str, code: str) -> None:
    with pytest.raises(Refusal) as caught:
        _ask("azure-native:databricks:getWorkspace", resourceGroupName=group, workspaceName="lost")
    assert (caught.value.code, caught.value.status) == (code, 404)


def test_the_client_is_the_one_the_provider_is_configured_with() -> None:
    answer = _ask("azure-native:authorization:getClientConfig")
    assert (answer["subscriptionId"], answer["tenantId"]) == (SUBSCRIPTION, TENANT)
    assert set(answer) == {"clientId", "objectId", "subscriptionId", "tenantId"}


def test_ids_come_apart_as_they_were_composed() -> None:
    world = environment()
    for label, (token, _inputs) in ESTATE.items():
        parsed = ids.parse(world.record(label).id)
        assert parsed is not None, label
        if token != ids.RESOURCE_GROUP:
            assert parsed.type == ids.TYPES[token].type
        assert parsed.name == world.record(label).outputs["name"]
    assert ids.parse("mlops-dev-rg") is None
    assert ids.parse(GROUP) == ids.ArmId(SUBSCRIPTION, "mlops-dev-rg", "", "mlops-dev-rg")
