"""Virtual networks, and what they share with their subnets."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from sandbox.azure import cidr, ids
from sandbox.azure.usage import subnet_users, subnets_of
from sandbox.azure.values import at, fields, items
from sandbox.rules import Refusal, admit, check, exclusive, release

if TYPE_CHECKING:
    from sandbox.rules import Cloud, Request

VNETS = "https://learn.microsoft.com/azure/virtual-network/virtual-networks-faq"
SUBNETS = "https://learn.microsoft.com/azure/virtual-network/virtual-network-manage-subnet"
OVERLAPS = "https://github.com/MicrosoftDocs/azure-docs/pull/123869"


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


@check(ids.VNET, source=OVERLAPS)
def inline_subnets_fit(request: Request) -> None:
    """Subnets written inside their network's declaration obey the same rules as separate ones."""
    blocks = cidr.vnet_blocks(request.inputs)
    ranges = [
        (str(at(subnet, "name")), block)
        for subnet in items(request.inputs.get("subnets"))
        for block in cidr.subnet_blocks(fields(subnet))
    ]
    for name, block in ranges:
        if (
            blocks
            and ids.known(request.inputs.get("addressSpace"))
            and not cidr.within(block, blocks)
        ):
            raise outside(name, str(request.inputs.get("virtualNetworkName")))
    for (_, left), (name, right) in combinations(ranges, 2):
        if cidr.overlap(left, right):
            raise overlaps(name, str(request.inputs.get("virtualNetworkName")))


def outside(subnet: str, vnet: str) -> Refusal:
    """The refusal of a range that its network does not hold."""
    return Refusal(
        "NetcfgSubnetRangeOutsideVnet",
        f"Subnet '{subnet}' is not valid because its IP address range is outside the IP address "
        f"range of virtual network '{vnet}'.",
        prop="addressPrefix",
    )


def overlaps(subnet: str, vnet: str) -> Refusal:
    """The refusal of a range that another subnet has a part of."""
    return Refusal(
        "NetcfgSubnetRangesOverlap",
        f"Subnet '{subnet}' is not valid because its IP address range overlaps with that of an "
        f"existing subnet in virtual network '{vnet}'.",
        prop="addressPrefix",
    )


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
                f"Subnet {subnet} is in use by {user} and cannot be deleted. In order to "
                "delete the "
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
