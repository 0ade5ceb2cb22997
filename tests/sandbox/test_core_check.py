"""What a provider refuses before anything is created, in words that name the fix."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import grpc
import pytest

from tests.sandbox.providers import GROUP, SUBNET, UNKNOWN, VNET, error_of

if TYPE_CHECKING:
    from tests.sandbox.providers import Client

NETWORK: dict[str, Any] = {
    "resourceGroupName": "rg",
    "virtualNetworkName": "net",
    "location": "eastus2",
    "addressSpace": {"addressPrefixes": ["10.0.0.0/16"]},
}
BAD_INPUTS: list[tuple[dict[str, Any], str, str]] = [
    ({"adressSpace": {}}, "adressSpace", "Did you mean 'addressSpace'?"),
    (
        {"addressSpace": {"adressPrefixes": []}},
        "addressSpace.adressPrefixes",
        "Did you mean 'addressPrefixes'?",
    ),
    ({"resourceGroupName": None}, "resourceGroupName", "missing required property"),
    ({"addressSpace": {"addressPrefixes": "10.0.0.0/16"}}, "addressSpace.addressPrefixes", "array"),
    ({"enableDdosProtection": "yes"}, "enableDdosProtection", "of type 'boolean' but got a string"),
    ({"tags": ["a"]}, "tags", "of type 'map' but got an array"),
    ({"location": 5}, "location", "of type 'string' but got a number"),
    ({"flowTimeoutInMinutes": 1.5}, "flowTimeoutInMinutes", "of type 'integer'"),
    (
        {"encryption": {"enabled": True, "enforcement": "DropUnencryptd"}},
        "encryption.enforcement",
        "Did you mean 'DropUnencrypted'?",
    ),
    (
        {"subnets": [{"name": "a"}, {"name": "b", "adressPrefix": "10.0.0.0/24"}]},
        "subnets[1].adressPrefix",
        "Did you mean 'addressPrefix'?",
    ),
]


@pytest.mark.parametrize(("change", "path", "words"), BAD_INPUTS, ids=[b[1] for b in BAD_INPUTS])
def test_a_bad_input_is_refused_with_its_path_and_the_fix(
    azure: Client, change: dict[str, Any], path: str, words: str
) -> None:
    news = {name: value for name, value in {**NETWORK, **change}.items() if value is not None}
    failures = azure.check(VNET, "net", news).failures
    assert list(failures) == [path]
    assert words in failures[path]


def test_good_inputs_pass_as_they_are(azure: Client) -> None:
    checked = azure.check(VNET, "net", NETWORK)
    assert not checked.failures
    assert checked.values == NETWORK


def test_unknown_values_pass_at_any_depth(azure: Client) -> None:
    space = {"addressPrefixes": [UNKNOWN]}
    news = {**NETWORK, "addressSpace": space, "tags": UNKNOWN, "location": UNKNOWN}
    checked = azure.check(VNET, "net", news)
    assert not checked.failures
    assert checked.values["addressSpace"] == space


def test_an_unknown_type_is_an_error_that_names_the_closest(azure: Client) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        azure.check("azure-native:network:VirtualNetwrk", "net", NETWORK)
    assert "unrecognized resource type 'azure-native:network:VirtualNetwrk'" in error_of(
        caught.value
    )
    assert "Did you mean 'azure-native:network:VirtualNetwork'?" in error_of(caught.value)


def test_a_type_pinned_to_an_api_version_is_refused_with_what_to_use(azure: Client) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        azure.check("azure-native:network/v20240501:Subnet", "s", {})
    assert "use the type without the version" in error_of(caught.value)


def test_an_unknown_function_is_an_error_that_names_the_closest(azure: Client) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        azure.invoke("azure-native:network:getSubnett")
    assert "Did you mean 'azure-native:network:getSubnet'?" in error_of(caught.value)


def test_a_function_checks_its_arguments(azure: Client) -> None:
    failures = azure.invoke("azure-native:network:getSubnet", resourceGroup="rg").failures
    assert set(failures) == {
        "resourceGroupName",
        "virtualNetworkName",
        "subnetName",
        "resourceGroup",
    }
    assert "Did you mean 'resourceGroupName'?" in failures["resourceGroup"]


def test_a_function_without_a_rule_or_a_resource_says_how_to_add_one(azure: Client) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        azure.invoke(
            "azure-native:storage:listStorageAccountKeys", resourceGroupName="a", accountName="b"
        )
    assert "add one with @function" in error_of(caught.value)


def test_a_missing_name_is_invented_once_and_kept(azure: Client) -> None:
    first = azure.check(GROUP, "rg", {"location": "eastus2"}).values
    assert first["resourceGroupName"].startswith("rg")
    assert len(first["resourceGroupName"]) == len("rg") + 8
    again = azure.check(GROUP, "rg", {"location": "eastus2"}, first).values
    assert again == first


def test_a_subnet_without_a_name_takes_the_logical_one(azure: Client) -> None:
    news = {"resourceGroupName": "rg", "virtualNetworkName": "net", "addressPrefix": "10.0.1.0/24"}
    assert azure.check(SUBNET, "host", news).values["subnetName"] == "host"


@pytest.mark.usefixtures("group")
def test_a_missing_location_is_the_resource_groups(azure: Client) -> None:
    news = {name: value for name, value in NETWORK.items() if name != "location"}
    assert azure.check(VNET, "net", news).values["location"] == "eastus2"
    unknown = {**news, "resourceGroupName": UNKNOWN}
    assert azure.check(VNET, "net", unknown).values["location"] is UNKNOWN


def test_the_provider_has_the_sdks_version(azure: Client) -> None:
    assert azure.version() == "3.29.0"
