"""Virtual networks and subnets."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

from sandbox.azure import cidr, ids
from sandbox.azure.common import region
from sandbox.azure.usage import subnet_users, workspace_on
from sandbox.azure.values import at, items, output, referenced, texts
from sandbox.rules import Refusal, admit, check, exclusive, outputs, release

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sandbox.rules import Cloud, Record, Request

VNETS = "https://learn.microsoft.com/azure/virtual-network/virtual-networks-faq"
SUBNETS = "https://learn.microsoft.com/azure/virtual-network/virtual-network-manage-subnet"
OVERLAPS = "https://github.com/MicrosoftDocs/azure-docs/pull/123869"
SMALLEST = 29  # Azure keeps five addresses of each subnet: a /29 leaves three
ATTACHMENTS = {
    "networkSecurityGroup": "Microsoft.Network/networkSecurityGroups",
    "natGateway": "Microsoft.Network/natGateways",
    "routeTable": "Microsoft.Network/routeTables",
}


@check(ids.VNET, source=VNETS)
def address_space_is_valid(request: Request) -> None:
    """A virtual network has address blocks that are valid and do not overlap."""
    prefixes = at(request.inputs, "addressSpace.addressPrefixes")
    pools = at(request.inputs, "addressSpace.ipamPoolPrefixAllocations")
    if ids.known(request.inputs.get("addressSpace")) and not prefixes and not pools:
        raise Refusal(
            "InvalidRequestFormat",
            "A virtual network needs at least one address prefix, for example 10.0.0.0/16.",
            prop="addressSpace.addressPrefixes",
        )
    for left, right in combinations(cidr.vnet_blocks(request.inputs), 2):
        if cidr.overlap(left, right):
            raise Refusal(
                "AddressSpaceOverlap",
                f"The address prefixes {left} and {right} of the virtual network overlap.",
                prop="addressSpace.addressPrefixes",
            )


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


@check(ids.VNET, source=OVERLAPS)
def inline_subnets_fit(request: Request) -> None:
    """Subnets written inside their network's declaration obey the same rules as separate ones."""
    blocks = cidr.vnet_blocks(request.inputs)
    ranges = [
        (str(at(subnet, "name")), block)
        for subnet in items(request.inputs.get("subnets"))
        for block in cidr.subnet_blocks(subnet if isinstance(subnet, dict) else {})  # pyright: ignore[reportUnknownArgumentType]  # plain wire data
    ]
    for name, block in ranges:
        if (
            blocks
            and ids.known(request.inputs.get("addressSpace"))
            and not cidr.within(block, blocks)
        ):
            raise _outside(name, str(request.inputs.get("virtualNetworkName")))
    for (_, left), (name, right) in combinations(ranges, 2):
        if cidr.overlap(left, right):
            raise _overlaps(name, str(request.inputs.get("virtualNetworkName")))


def _outside(subnet: str, vnet: str) -> Refusal:
    return Refusal(
        "NetcfgSubnetRangeOutsideVnet",
        f"Subnet '{subnet}' is not valid because its IP address range is outside the IP address "
        f"range of virtual network '{vnet}'.",
        prop="addressPrefix",
    )


def _overlaps(subnet: str, vnet: str) -> Refusal:
    return Refusal(
        "NetcfgSubnetRangesOverlap",
        f"Subnet '{subnet}' is not valid because its IP address range overlaps with that of an "
        f"existing subnet in virtual network '{vnet}'.",
        prop="addressPrefix",
    )


def subnets_of(cloud: Cloud, vnet_id: str) -> Sequence[Record]:
    """The subnets of a virtual network that were created as resources of their own."""
    return [record for record in cloud.all(ids.SUBNET) if ids.same(ids.parent(record.id), vnet_id)]


@admit(ids.SUBNET, source=OVERLAPS)
def subnet_fits_its_network(request: Request, cloud: Cloud) -> None:
    """The network exists, holds the subnet's range, and no other subnet has a part of it."""
    subnet_id = ids.compose(request.token, request.inputs, request.provider) or ""
    vnet = cloud.get(ids.parent(subnet_id))
    vnet_name, name = request.inputs.get("virtualNetworkName"), request.inputs.get("subnetName")
    if vnet is None:
        raise Refusal(
            "ParentResourceNotFound",
            "Failed to perform 'write' on resource(s) of type 'virtualNetworks/subnets', because the "
            f"parent resource '{ids.parent(subnet_id)}' could not be found.",
            status=404,
            prop="virtualNetworkName",
        )
    space = cidr.vnet_blocks(vnet.inputs)
    for block in cidr.subnet_blocks(request.inputs):
        if space and not cidr.within(block, space):
            raise _outside(str(name), str(vnet_name))
        for other in subnets_of(cloud, vnet.id):
            if not ids.same(other.id, subnet_id) and any(
                cidr.overlap(block, taken) for taken in cidr.subnet_blocks(other.inputs)
            ):
                raise _overlaps(str(name), str(vnet_name))


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
                f"Property id '{target}' at path 'properties.{prop}.id' is invalid. Expect the id of "
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
            f"Network security group cannot be removed from subnet {old.id} because it has a network "
            "intent policy of a Databricks workspace applied.",
            prop="networkSecurityGroup",
        )


def delegations(subnet: Mapping[str, Any]) -> list[str]:
    """The services that a subnet's inputs delegate it to."""
    return [*texts(*(at(entry, "serviceName") for entry in items(subnet.get("delegations"))))]


@admit(ids.VNET, source="https://learn.microsoft.com/azure/virtual-network/manage-virtual-network")
def subnets_stay_inside(request: Request, cloud: Cloud) -> None:
    """An address prefix that a subnet lies in cannot be taken from the network."""
    if request.old is None:
        return
    space = cidr.vnet_blocks(request.inputs)
    for subnet in subnets_of(cloud, request.old.id):
        if space and not all(
            cidr.within(block, space) for block in cidr.subnet_blocks(subnet.inputs)
        ):
            raise Refusal(
                "InUsePrefixCannotBeDeleted",
                f"The address space of {request.old.id} no longer holds subnet {subnet.id}. Delete "
                "or move the subnet first.",
                prop="addressSpace.addressPrefixes",
            )


@release(ids.SUBNET, ids.VNET, source=SUBNETS)
def used_subnet_is_not_deleted(request: Request, cloud: Cloud) -> None:
    """A subnet in use stays, and so does its network."""
    if request.old is None:
        return
    whole = request.token == ids.VNET
    for subnet in (
        [record.id for record in subnets_of(cloud, request.old.id)] if whole else [request.old.id]
    ):
        for user in subnet_users(cloud, subnet):
            raise Refusal(
                "InUseSubnetCannotBeDeleted",
                f"Subnet {subnet} is in use by {user} and cannot be deleted. In order to delete the "
                "subnet, delete all the resources within the subnet.",
            )


@exclusive(
    ids.SUBNET,
    ids.VNET,
    source="https://github.com/pulumi/pulumi-azure-native/blob/master/provider/pkg/azure/client_azcore.go",
)
def one_change_of_a_network_at_a_time(request: Request) -> tuple[str, Refusal] | None:
    """Subnets of one network are written one after the other; the provider waits for its turn."""
    own = ids.compose(request.token, request.inputs, request.provider)
    if own is None:
        return None
    vnet = ids.parent(own) if request.token == ids.SUBNET else own
    return vnet.lower(), Refusal(
        "AnotherOperationInProgress",
        f"Another operation on this or dependent resource is in progress: {vnet}.",
        status=409,
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
