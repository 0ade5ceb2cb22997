"""The way out of an environment's network: a NAT gateway of its own, or routes to a firewall."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pulumi import Input, ResourceOptions
from pulumi_azure_native import network

from settings.network import FirewallEgress, NatEgress

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pulumi

    from components.naming import Names


def way_out(
    name: str,
    settings: NatEgress | FirewallEgress,
    *,
    names: Names,
    resource_group_name: Input[str],
    location: str,
    tags: Mapping[str, str],
    parent: pulumi.Resource,
) -> network.NatGateway | network.RouteTable:
    """What a subnet needs to reach what has no private endpoint: a gateway, or a table of routes.

    Args:
        name: Logical name of the component that it belongs to.
        settings: Which of the two.
        names: The environment's physical names.
        resource_group_name: Where it is made.
        location: Azure region.
        tags: Tags of all of it.
        parent: The component.
    """
    if isinstance(settings, FirewallEgress):
        return network.RouteTable(
            f"{name}-routes",
            route_table_name=names.of("routes"),
            resource_group_name=resource_group_name,
            location=location,
            routes=[
                network.RouteArgs(
                    name="to-firewall",
                    address_prefix="0.0.0.0/0",
                    next_hop_type=network.RouteNextHopType.VIRTUAL_APPLIANCE,
                    next_hop_ip_address=str(settings.next_hop_ip),
                )
            ],
            tags=tags,
            opts=ResourceOptions(parent=parent),
        )
    address = network.PublicIPAddress(
        f"{name}-egress-ip",
        public_ip_address_name=names.of("egress-ip"),
        resource_group_name=resource_group_name,
        location=location,
        public_ip_allocation_method=network.IPAllocationMethod.STATIC,
        public_ip_address_version=network.IPVersion.I_PV4,
        sku=network.PublicIPAddressSkuArgs(name=network.PublicIPAddressSkuName.STANDARD),
        tags=tags,
        opts=ResourceOptions(parent=parent),
    )
    return network.NatGateway(
        f"{name}-nat",
        nat_gateway_name=names.of("nat"),
        resource_group_name=resource_group_name,
        location=location,
        sku=network.NatGatewaySkuArgs(name=network.NatGatewaySkuName.STANDARD),
        idle_timeout_in_minutes=settings.idle_timeout_minutes,
        public_ip_addresses=[network.SubResourceArgs(id=address.id)],
        tags=tags,
        opts=ResourceOptions(parent=parent),
    )
