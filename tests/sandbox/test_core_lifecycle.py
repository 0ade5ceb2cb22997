"""One resource's life: preview, create, compare, change, replace, refresh, import, delete."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import grpc
import pytest

from sandbox.__main__ import main
from tests.sandbox.providers import GROUP, SUBNET, UNKNOWN, VNET, error_of

if TYPE_CHECKING:
    from sandbox.state import Cloud
    from tests.sandbox.providers import Answer, Client

CONNECTOR = "azure-native:databricks:AccessConnector"
NETWORK: dict[str, Any] = {
    "resourceGroupName": "rg",
    "virtualNetworkName": "net",
    "location": "eastus2",
    "addressSpace": {"addressPrefixes": ["10.0.0.0/16"]},
    "tags": {"env": "dev"},
}


@pytest.fixture
def network(azure: Client, group: Answer) -> Answer:
    assert group.id
    return azure.create(VNET, "net", NETWORK)


def test_a_previewed_create_knows_its_inputs_and_nothing_else(azure: Client) -> None:
    preview = azure.create(VNET, "net", NETWORK, preview=True)
    assert not preview.id
    assert preview.values["tags"] == {"env": "dev"}
    assert preview.values["name"] is UNKNOWN
    assert preview.values["provisioningState"] is UNKNOWN


def test_a_preview_does_not_know_what_azure_fills_into_an_object(azure: Client) -> None:
    inputs = {
        "resourceGroupName": "rg",
        "connectorName": "connector",
        "location": "eastus2",
        "identity": {"type": "SystemAssigned"},
    }
    identity = azure.create(CONNECTOR, "connector", inputs, preview=True).values["identity"]
    assert identity["type"] == "SystemAssigned"
    assert identity["principalId"] is UNKNOWN


@pytest.mark.usefixtures("network")
def test_a_preview_creates_nothing(azure: Client, cloud: Cloud) -> None:
    before = len(cloud.all())
    azure.create(VNET, "other", {**NETWORK, "virtualNetworkName": "other"}, preview=True)
    assert len(cloud.all()) == before


def test_a_create_answers_the_arm_id_and_the_name(network: Answer) -> None:
    assert network.id.endswith("/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/net")
    assert network.values["name"] == "net"
    assert network.values["provisioningState"] == "Succeeded"
    assert "resourceGroupName" not in network.values, "a path parameter is no output"


def test_a_type_without_any_rule_is_served_from_its_shape(azure: Client, group: Answer) -> None:
    assert group.id
    made = azure.create(
        "azure-native:network:ApplicationSecurityGroup",
        "asg",
        {"resourceGroupName": "rg", "location": "eastus2", "tags": {"a": "b"}},
    )
    assert made.id.rsplit("/", 1)[1] == made.values["name"]
    assert made.values["name"].startswith("asg")
    assert made.values["tags"] == {"a": "b"}


def test_what_exists_cannot_be_created_again(azure: Client, network: Answer) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        azure.create(VNET, "twin", {**NETWORK, "virtualNetworkName": "NET"})
    words = error_of(caught.value)
    assert f"cannot create already existing resource '{network.id}'" in words
    assert "import" in words


def test_equal_inputs_are_no_change(azure: Client, network: Answer) -> None:
    diff = azure.diff(VNET, "net", network, {**NETWORK, "location": "East US 2"})
    assert diff.changes == diff.DIFF_NONE
    assert not diff.detailedDiff


def test_a_changed_property_is_named_and_updates_in_place(azure: Client, network: Answer) -> None:
    news = {**NETWORK, "tags": {"env": "dev", "a.b": "c"}}
    diff = azure.diff(VNET, "net", network, news)
    assert list(diff.detailedDiff) == ['tags["a.b"]']
    assert not diff.replaces
    updated = azure.update(VNET, "net", network, news)
    assert updated.values["tags"] == {"env": "dev", "a.b": "c"}
    assert updated.values["resourceGuid"] == network.values["resourceGuid"]


def test_a_property_taken_away_is_gone_after_the_update(azure: Client, network: Answer) -> None:
    news = {name: value for name, value in NETWORK.items() if name != "tags"}
    assert list(azure.diff(VNET, "net", network, news).detailedDiff) == ["tags"]
    assert "tags" not in azure.update(VNET, "net", network, news).values


def test_a_previewed_update_keeps_name_and_location_alone(azure: Client, network: Answer) -> None:
    news: dict[str, Any] = {**NETWORK, "tags": {}}
    preview = azure.update(VNET, "net", network, news, preview=True)
    assert preview.values["name"] == "net"
    assert preview.values["location"] == "eastus2"
    assert preview.values["resourceGuid"] is UNKNOWN


def test_a_given_name_is_deleted_before_it_is_replaced(azure: Client, network: Answer) -> None:
    diff = azure.diff(VNET, "net", network, {**NETWORK, "location": "westus2"})
    assert list(diff.replaces) == ["location"]
    assert diff.deleteBeforeReplace


def test_an_invented_name_is_replaced_by_another_before_the_old_one_goes(azure: Client) -> None:
    old = azure.create(GROUP, "auto", {"location": "eastus2"})
    diff = azure.diff(GROUP, "auto", old, {"location": "westus2"})
    assert list(diff.replaces) == ["location"]
    assert not diff.deleteBeforeReplace
    new = azure.create(GROUP, "auto", {"location": "westus2"})
    assert new.values["name"] != old.values["name"]


def test_an_unknown_value_of_a_replacing_property_replaces(azure: Client, network: Answer) -> None:
    diff = azure.diff(VNET, "net", network, {**NETWORK, "resourceGroupName": UNKNOWN})
    assert list(diff.replaces) == ["resourceGroupName"]


def test_a_refresh_without_drift_changes_nothing(azure: Client, network: Answer) -> None:
    read = azure.read(VNET, "net", network.id, network)
    assert (read.values, read.inputs) == (network.values, network.inputs)


def test_a_refresh_sees_what_changed_behind_the_stacks_back(azure: Client, network: Answer) -> None:
    assert main(["change", network.id, "tags.env=hacked", "flowTimeoutInMinutes=10"]) == 0
    read = azure.read(VNET, "net", network.id, network)
    assert read.values["tags"] == {"env": "hacked"}
    assert read.inputs == {**network.inputs, "tags": {"env": "hacked"}, "flowTimeoutInMinutes": 10}


def test_a_refresh_sees_what_disappeared(azure: Client, network: Answer) -> None:
    assert main(["remove", network.id]) == 0
    assert not azure.read(VNET, "net", network.id, network).id


def test_an_update_of_what_disappeared_advises_a_refresh(azure: Client, network: Answer) -> None:
    main(["remove", network.id])
    with pytest.raises(grpc.RpcError) as caught:
        azure.update(VNET, "net", network, {**NETWORK, "tags": {}})
    assert 'Code="ResourceNotFound"' in error_of(caught.value)
    assert "pulumi refresh" in error_of(caught.value)


def test_an_import_reconstructs_the_inputs(azure: Client, network: Answer) -> None:
    read = azure.read(VNET, "imported", network.id.upper())
    assert read.id == network.id
    assert {name: read.inputs[name] for name in NETWORK} == NETWORK
    assert azure.diff(VNET, "imported", read, read.inputs).changes == 1, "nothing to change"


def test_deleting_a_resource_group_takes_all_that_is_in_it(
    azure: Client, cloud: Cloud, group: Answer, network: Answer
) -> None:
    assert network.id
    cloud_before = {record.token for record in cloud.all()}
    assert cloud_before == {GROUP, VNET}
    azure.delete(GROUP, "rg", group.id)
    assert not cloud.all()


def test_deleting_what_is_gone_is_no_error(azure: Client, network: Answer) -> None:
    azure.delete(VNET, "net", network.id)
    azure.delete(VNET, "net", network.id)


def test_a_function_reads_a_resource_by_its_path(azure: Client, network: Answer) -> None:
    assert network.id
    azure.create(
        SUBNET,
        "s",
        {"resourceGroupName": "rg", "virtualNetworkName": "net", "addressPrefix": "10.0.1.0/24"},
    )
    path = {"resourceGroupName": "rg", "virtualNetworkName": "net"}
    got = azure.invoke("azure-native:network:getSubnet", **path, subnetName="s")
    assert got.values["addressPrefix"] == "10.0.1.0/24"
    with pytest.raises(grpc.RpcError) as caught:
        azure.invoke("azure-native:network:getSubnet", **path, subnetName="absent")
    assert "was not found" in error_of(caught.value)


def test_a_secret_input_is_a_secret_output_and_plain_to_the_cloud(
    azure: Client, cloud: Cloud
) -> None:
    inputs = {"resourceGroupName": "rg", "location": "eastus2", "tags": {"env": "x", "key": "s3"}}
    made = azure.create(GROUP, "rg", inputs, secrets={("tags", "key")})
    assert made.secrets == {("tags", "key")}
    assert cloud.all(GROUP)[0].outputs["tags"]["key"] == "s3"
    assert azure.read(GROUP, "rg", made.id, made).secrets == {("tags", "key")}
