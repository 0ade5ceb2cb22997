"""VNet injection: what a workspace's network, host and container subnets must be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.azure import cidr, ids
from sandbox.azure.common import region
from sandbox.azure.usage import delegations, endpoints_in, workspace_on, workspace_subnets
from sandbox.azure.values import at, output
from sandbox.azure.workspaces import invalid
from sandbox.rules import admit, check

if TYPE_CHECKING:
    from sandbox.rules import Cloud, Record, Request

INJECTION = "https://learn.microsoft.com/azure/databricks/security/network/classic/vnet-inject"
DELEGATION = "Microsoft.Databricks/workspaces"
SMALLEST_SUBNET = 26
NETWORK_SIZES = range(16, 25)
_CUSTOM = ("customVirtualNetworkId", "customPublicSubnetName", "customPrivateSubnetName")


@check(ids.WORKSPACE, source=INJECTION)
def network_parameters_come_together(request: Request) -> None:
    """Network, host and container subnet are given together, the subnets being two."""
    parameters = request.inputs.get("parameters")
    values = [at(parameters, f"{name}.value") for name in _CUSTOM]
    missing = [name for name, value in zip(_CUSTOM, values, strict=True) if value is None]
    if ids.known(parameters) and missing and len(missing) < len(_CUSTOM):
        raise invalid(
            f"VNet injection needs {', '.join(_CUSTOM)} together; {', '.join(missing)} is missing.",
            f"parameters.{missing[0]}", "MissingVNetInjectionParameters",
        )  # fmt: skip
    vnet, host, container = values
    if ids.same(host, container):
        raise invalid(
            f"customPublicSubnetName and customPrivateSubnetName must differ; both are '{host}'.",
            "parameters.customPrivateSubnetName", "SubnetsMustBeDistinct",
        )  # fmt: skip
    if isinstance(vnet, str) and not ids.is_type(vnet, "Microsoft.Network/virtualNetworks"):
        raise invalid(
            f"'{vnet}' is not the id of a virtual network.",
            "parameters.customVirtualNetworkId", "InvalidVirtualNetworkId",
        )  # fmt: skip
    if isinstance(vnet, str) and isinstance(at(parameters, "natGatewayName.value"), str):
        raise invalid(
            "natGatewayName is for a managed network; with VNet injection attach the NAT "
            "gateway to "
            "the subnets.", "parameters.natGatewayName", "InvalidNatGatewayParameter",
        )  # fmt: skip


@admit(ids.WORKSPACE, source=INJECTION)
def network_suits(request: Request, cloud: Cloud) -> None:
    """The network exists, in the workspace's region and subscription, from /16 to /24."""
    vnet_id = at(request.inputs, "parameters.customVirtualNetworkId.value")
    if not isinstance(vnet_id, str):
        return
    prop, vnet = "parameters.customVirtualNetworkId", cloud.get(vnet_id)
    if vnet is None:
        raise invalid(
            f"The virtual network '{vnet_id}' was not found.", prop, "VirtualNetworkNotFound"
        )
    parsed, location = ids.parse(vnet_id), request.inputs.get("location")
    if parsed is None or not ids.same(parsed.subscription, ids.subscription(request.provider)):
        raise invalid(f"'{vnet_id}' must be in the workspace's subscription.", prop,
                      "VirtualNetworkSubscriptionMismatch")  # fmt: skip
    if location is not None and region(location) != region(output(vnet, "location")):
        raise invalid(
            f"The virtual network '{vnet_id}' is in {output(vnet, 'location')}; it must be in the "
            f"workspace's region {location}.", prop, "VirtualNetworkRegionMismatch",
        )  # fmt: skip
    for block in cidr.vnet_blocks(vnet.inputs):
        if block.prefixlen > NETWORK_SIZES[-1]:
            raise invalid(
                f"The address space {block} of '{vnet_id}' is too small: it must be between "
                f"/{NETWORK_SIZES[0]} and /{NETWORK_SIZES[-1]}.", prop, "InvalidVirtualNetworkCIDR",
            )  # fmt: skip


@admit(ids.WORKSPACE, source=INJECTION)
def subnets_suit(request: Request, cloud: Cloud) -> None:
    """Both subnets exist, are delegated, guarded, large enough and this workspace's alone."""
    own = ids.compose(request.token, request.inputs, request.provider)
    props = ("parameters.customPublicSubnetName", "parameters.customPrivateSubnetName")
    for subnet_id, prop in zip(workspace_subnets(request.inputs), props, strict=False):
        subnet = cloud.get(subnet_id)
        if subnet is None:
            raise invalid(
                f"The subnet '{subnet_id}' was not found: its CIDR range '<null>' is not "
                "within the "
                "virtual network's range.", prop, "SubnetIsNotWithinVnetError",
            )  # fmt: skip
        _guarded(subnet, prop)
        other = workspace_on(cloud, subnet_id)
        if other and not ids.same(other, own):
            raise invalid(f"The subnet '{subnet_id}' is already in use by workspace {other}.", prop,
                          "SubnetAlreadyInUse")  # fmt: skip
        if endpoints_in(cloud, subnet_id):
            raise invalid(
                f"The subnet '{subnet_id}' holds private endpoints; a workspace's subnets must be "
                "its alone.", prop, "SubnetAlreadyInUse",
            )  # fmt: skip


def _guarded(subnet: Record, prop: str) -> None:
    if DELEGATION not in delegations(subnet.inputs):
        raise invalid(
            f"The subnet '{subnet.id}' must be delegated to {DELEGATION}.", prop,
            "SubnetDelegationMissing",
        )  # fmt: skip
    if not at(subnet.inputs, "networkSecurityGroup.id"):
        raise invalid(f"The subnet '{subnet.id}' must have a network security group.", prop,
                      "NetworkSecurityGroupMissing")  # fmt: skip
    for block in cidr.subnet_blocks(subnet.inputs):
        if block.prefixlen > SMALLEST_SUBNET:
            raise invalid(
                f"The subnet '{subnet.id}' has range {block}; at least /{SMALLEST_SUBNET} is "
                "needed.",
                prop, "InvalidSubnetCIDR",
            )  # fmt: skip
