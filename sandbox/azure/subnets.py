"""Subnets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.azure import cidr, ids
from sandbox.azure.common import region
from sandbox.azure.network import OVERLAPS, SUBNETS, outside, overlaps
from sandbox.azure.usage import delegations, subnet_users, subnets_of, workspace_on
from sandbox.azure.values import at, items, output, referenced
from sandbox.rules import Refusal, admit, check, outputs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.rules import Cloud, Request

SMALLEST = 29  # Azure keeps five addresses of each subnet: a /29 leaves three
ATTACHMENTS = {
    "networkSecurityGroup": "Microsoft.Network/networkSecurityGroups",
    "natGateway": "Microsoft.Network/natGateways",
    "routeTable": "Microsoft.Network/routeTables",
}


@check(ids.SUBNET, source=SUBNETS)
def subnet_range_is_valid(request: Request) -> None:
    """A subnet has a valid block of at least /29."""
    inputs = request.inputs
    named = (inputs.get("addressPrefix"), inputs.get("addressPrefixes"))
    if not any(named) and not inputs.get("ipamPoolPrefixAllocations"):
        raise Refusal(
            "SubnetAddressPrefixMissing",
            "A subnet needs an address prefix, for example 10.0.1.0/24.",
            prop="addressPrefix",
        )
    for block in cidr.subnet_blocks(inputs):
        if block.version == 4 and block.prefixlen > SMALLEST:  # noqa: PLR2004 - the IP version
            raise Refusal(
                "NetcfgInvalidSubnet",
                f"Subnet '{inputs.get('subnetName')}' is not valid: {block} is smaller than "
                f"/{SMALLEST}, and Azure reserves five addresses of each subnet.",
                prop="addressPrefix",
            )


@admit(ids.SUBNET, source=OVERLAPS)
def subnet_fits_its_network(request: Request, cloud: Cloud) -> None:
    """The network exists, holds the subnet's range, and no other subnet has a part of it."""
    subnet_id = ids.compose(request.token, request.inputs, request.provider) or ""
    vnet = cloud.get(ids.parent(subnet_id))
    vnet_name, name = request.inputs.get("virtualNetworkName"), request.inputs.get("subnetName")
    if vnet is None:
        raise Refusal(
            "ParentResourceNotFound",
            "Failed to perform 'write' on resource(s) of type 'virtualNetworks/subnets', "
            "because the "
            f"parent resource '{ids.parent(subnet_id)}' could not be found.",
            status=404,
            prop="virtualNetworkName",
        )
    space = cidr.vnet_blocks(vnet.inputs)
    for block in cidr.subnet_blocks(request.inputs):
        if space and not cidr.within(block, space):
            raise outside(str(name), str(vnet_name))
        for other in subnets_of(cloud, vnet.id):
            if not ids.same(other.id, subnet_id) and any(
                cidr.overlap(block, taken) for taken in cidr.subnet_blocks(other.inputs)
            ):
                raise overlaps(str(name), str(vnet_name))


@admit(ids.SUBNET, source=SUBNETS)
def subnet_attachments_exist(request: Request, cloud: Cloud) -> None:
    """Security group, NAT gateway and route table exist, are what they should be, in one region."""
    subnet_id = ids.compose(request.token, request.inputs, request.provider) or ""
    vnet = cloud.get(ids.parent(subnet_id))
    for prop, arm_type in ATTACHMENTS.items():
        target = at(request.inputs, f"{prop}.id")
        record = referenced(cloud, target, prop=f"{prop}.id")
        if record is None:
            continue
        if not ids.is_type(target, arm_type):
            raise Refusal(
                "LinkedInvalidPropertyId",
                f"Property id '{target}' at path 'properties.{prop}.id' is invalid. Expect the "
                "id of "
                f"a resource of type '{arm_type}'.",
                prop=f"{prop}.id",
            )
        if vnet and region(output(record, "location")) != region(output(vnet, "location")):
            raise Refusal(
                "InvalidResourceReference",
                f"Resource {target} is in region {output(record, 'location')}, the virtual network "
                f"in {output(vnet, 'location')}. Both must be in the same region.",
                prop=f"{prop}.id",
            )


@admit(ids.SUBNET, source="https://github.com/hashicorp/terraform-provider-azurerm/issues/11158")
def subnet_in_use_keeps_what_it_is_used_for(request: Request, cloud: Cloud) -> None:
    """While in use a subnet keeps its range and delegations; a workspace's one also its group."""
    if request.old is None:
        return
    old, users = request.old, subnet_users(cloud, request.old.id)
    if not users:
        return
    if cidr.subnet_blocks(old.inputs) != cidr.subnet_blocks(request.inputs):
        raise Refusal(
            "InUsePrefixCannotBeDeleted",
            f"IpPrefix of subnet {old.id} is in use by {users[0]} and cannot be changed.",
            prop="addressPrefix",
        )
    before, after = delegations(old.inputs), delegations(request.inputs)
    if before != after:
        raise Refusal(
            "SubnetDelegationsCannotChangeWhenSubnetUsedByResource",
            f"Delegations of subnet {old.id} cannot be changed from {before} to {after} because it "
            f"is being used by the resource {users[0]}.",
            prop="delegations",
        )
    if workspace_on(cloud, old.id) and not at(request.inputs, "networkSecurityGroup.id"):
        raise Refusal(
            "NetworkSecurityGroupCannotBeRemovedDueToNipOnSubnet",
            f"Network security group cannot be removed from subnet {old.id} because it has a "
            "network "
            "intent policy of a Databricks workspace applied.",
            prop="networkSecurityGroup",
        )


@outputs(
    ids.SUBNET,
    source="https://learn.microsoft.com/rest/api/virtualnetwork/subnets/create-or-update",
)
def subnet_state(request: Request, _cloud: Cloud) -> Mapping[str, Any]:
    """What a delegated subnet answers; endpoint policies as the API defaults them."""
    named = [
        {
            "actions": ["Microsoft.Network/virtualNetworks/subnets/join/action"],
            **entry,
            "provisioningState": "Succeeded",
        }
        for entry in items(request.inputs.get("delegations"))
    ]
    return {
        "delegations": named,
        "privateEndpointNetworkPolicies": request.inputs.get(
            "privateEndpointNetworkPolicies", "Disabled"
        ),
        "privateLinkServiceNetworkPolicies": request.inputs.get(
            "privateLinkServiceNetworkPolicies", "Enabled"
        ),
    }
