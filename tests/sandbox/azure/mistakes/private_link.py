"""Mistakes with private endpoints and private DNS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.sandbox.azure.estate import ESTATE, STORAGE, VAULT, VNET, ZONES
from tests.sandbox.azure.mistakes.actions import add, change, delete, second_workspace
from tests.sandbox.azure.world import arm

if TYPE_CHECKING:
    from tests.sandbox.azure.mistakes.actions import Mistakes
    from tests.sandbox.azure.world import World


def connection(target: str, group: str | None) -> list[dict[str, Any]]:
    """A private endpoint's connection."""
    return [{"name": "c", "privateLinkServiceId": target, "groupIds": [group] if group else []}]


def without(world: World, *labels: str) -> World:
    """The world without these resources, whatever depends on them."""
    for label in labels:
        del world.cloud.records[world.record(label).id.lower()]
    return world


def west(world: World) -> World:
    """The world with a second resource group and network, in another region."""
    world.add("group", resourceGroupName="west-rg", location="westus2")
    world.add("vnet", resourceGroupName="west-rg", location="westus2")
    return world


def second_sign_in(world: World) -> object:
    """Another workspace of the region with its own sign-in endpoint in the same zone."""
    second_workspace(world)
    target = arm("Microsoft.Databricks/workspaces/other")
    world.add(
        "sign-in",
        privateEndpointName="sign-in-2",
        privateLinkServiceConnections=connection(target, "browser_authentication"),
    )
    return world.add("sign-in-zones", privateEndpointName="sign-in-2")


def full_subnet(world: World) -> object:
    """Four endpoints in a subnet that has room for three."""
    world.add("endpoints", subnetName="tiny", addressPrefix="10.0.9.0/29")
    for number in range(4):
        world.add(
            "data-blob",
            privateEndpointName=f"blob-{number}",
            subnet__id=f"{VNET}/subnets/tiny",
        )
    return None


MISTAKES: Mistakes = {
    "endpoint_has_one_connection": [
        ("InvalidPrivateEndpointConnections", add("secrets", privateLinkServiceConnections=[])),
        (
            "LinkedInvalidPropertyId",
            add("secrets", privateLinkServiceConnections=connection("vault", "vault")),
        ),
        (
            "PrivateEndpointInvalidGroupIds",
            add("secrets", privateLinkServiceConnections=connection(VAULT, "blob")),
        ),
        (
            "PrivateEndpointInvalidGroupIds",
            add("secrets", privateLinkServiceConnections=connection(VAULT, None)),
        ),
    ],
    "endpoint_names_its_subnet": [
        ("LinkedInvalidPropertyId", add("secrets", subnet={"id": VNET})),
    ],
    "endpoint_subnet_suits": [
        ("InvalidResourceReference", add("secrets", subnet={"id": f"{VNET}/subnets/lost"})),
        (
            "PrivateEndpointCannotBeCreatedInSubnetThatHasDelegation",
            add("secrets", subnet={"id": f"{VNET}/subnets/host"}),
        ),
        ("InvalidResourceReference", add("secrets", privateEndpointName="x2", location="westus2")),
        ("SubnetIsFull", full_subnet),
    ],
    "endpoint_target_exists": [
        (
            "InvalidResourceReference",
            add("secrets", privateLinkServiceConnections=connection(f"{VAULT}-lost", "vault")),
        ),
        (
            "InvalidResourceReference",
            lambda w: without(w, "workspace").add("root-dfs", privateEndpointName="dfs-2"),
        ),
    ],
    "endpoint_keeps_its_target": [
        (
            "CannotChangePrivateLinkConnectionOnPrivateEndpoint",
            change("data-blob", privateLinkServiceConnections=connection(STORAGE, "dfs")),
        ),
    ],
    "databricks_endpoints_come_in_order": [
        (
            "PrivateEndpointConnectionProvisioningFailed",
            lambda w: without(w, "ui-api").add("ui-api"),
        ),
        (
            "PrivateEndpointConnectionProvisioningFailed",
            add("sign-in", privateEndpointName="again"),
        ),
    ],
    "workspace_supports_private_link": [
        (
            "PrivateEndpointConnectionProvisioningFailed",
            lambda w: (
                second_workspace(
                    w,
                    parameters={"enableNoPublicIp": {"value": True}},
                    publicNetworkAccess=None,
                    requiredNsgRules=None,
                ),
                w.add(
                    "ui-api",
                    privateEndpointName="second",
                    privateLinkServiceConnections=connection(
                        arm("Microsoft.Databricks/workspaces/other"), "databricks_ui_api"
                    ),
                ),
            ),
        ),
    ],
    "link_joins_what_exists": [
        ("ParentResourceNotFound", add(f"link-{ZONES[0]}", privateZoneName="lost.net")),
        ("BadRequest", add(f"link-{ZONES[0]}", virtualNetwork={"id": f"{VNET}-lost"})),
        ("BadRequest", add(f"link-{ZONES[0]}", virtualNetworkLinkName="again")),
        (
            "BadRequest",
            lambda w: [w.change(f"link-{zone}", registrationEnabled=True) for zone in ZONES[:2]],
        ),
    ],
    "link_names_a_network": [
        ("LinkedInvalidPropertyId", add(f"link-{ZONES[0]}", virtualNetwork={"id": STORAGE})),
    ],
    "link_keeps_its_network": [
        (
            "BadRequest",
            lambda w: west(w).change(
                f"link-{ZONES[0]}", virtualNetwork={"id": VNET.replace("mlops-dev-rg", "west-rg")}
            ),
        ),
    ],
    "linked_zone_is_not_deleted": [
        ("CannotDeleteResource", delete(f"zone-{ZONES[0]}")),
    ],
    "group_names_zones": [
        ("InvalidPrivateDnsZoneConfigs", change("secrets-zones", privateDnsZoneConfigs=[])),
        (
            "InvalidPrivateDnsZoneConfigs",
            change(
                "secrets-zones",
                privateDnsZoneConfigs=ESTATE["secrets-zones"][1]["privateDnsZoneConfigs"] * 2,
            ),
        ),
        (
            "LinkedInvalidPropertyId",
            change(
                "secrets-zones", privateDnsZoneConfigs=[{"name": "z", "privateDnsZoneId": VNET}]
            ),
        ),
    ],
    "group_serves_its_endpoint": [
        ("ParentResourceNotFound", add("secrets-zones", privateEndpointName="lost")),
        (
            "MoreThanOnePrivateDnsZoneGroupPerPrivateEndpointNotAllowed",
            add("secrets-zones", privateDnsZoneGroupName="again"),
        ),
        (
            "InvalidResourceReference",
            change(
                "secrets-zones",
                privateDnsZoneConfigs=[
                    {
                        "name": "z",
                        "privateDnsZoneId": arm("Microsoft.Network/privateDnsZones/lost.net"),
                    }
                ],
            ),
        ),
        (
            "InvalidPrivateDnsZoneIds",
            change(
                "secrets-zones",
                privateDnsZoneConfigs=ESTATE["ui-api-zones"][1]["privateDnsZoneConfigs"],
            ),
        ),
    ],
    "one_sign_in_endpoint_per_region_and_zone": [
        ("PrivateDnsZoneRecordConflict", second_sign_in),
    ],
}
