"""The network of one environment: its subnets, its way out, its private names.

Owns the virtual network and everything that belongs to no other component. A private endpoint
belongs to the component that owns its target; this one hands out where it goes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
from pulumi import Input, Output, ResourceOptions
from pulumi_azure_native import network, privatedns

from components.egress import way_out
from components.network_rules import Rule, databricks_rules, endpoint_rules
from components.private_link import ZONES, PrivateLink

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from ipaddress import IPv4Network

    from components.naming import Names
    from settings.network import NetworkSettings

DELEGATION = "Microsoft.Databricks/workspaces"


@dataclass(frozen=True, kw_only=True)
class NetworkPerimeterArgs:
    """What a perimeter needs."""

    settings: NetworkSettings
    names: Names
    resource_group_name: Input[str]
    location: str
    tags: Mapping[str, str]


class NetworkPerimeter(pulumi.ComponentResource):
    """``mlops:network:NetworkPerimeter``: a private network for one environment.

    Produces a virtual network; host, container and endpoint subnets with their security groups;
    a NAT gateway with its address, or a route table to a firewall; four private DNS zones linked
    to the network. Azure refuses to move a subnet that is in use; ``addressSpace`` may grow
    around it.
    """

    virtual_network_id: Output[str]
    """Azure id of the virtual network."""
    host_subnet_name: Output[str]
    """Name of the Databricks host subnet; known once the subnet stands."""
    container_subnet_name: Output[str]
    """Name of the Databricks container subnet; known once the subnet stands."""
    endpoint_subnet_id: Output[str]
    """Azure id of the private-endpoint subnet."""
    zone_ids: Output[Mapping[str, str]]
    """Private DNS zone name to Azure id, once the zone is linked to the network."""

    def __init__(
        self, name: str, args: NetworkPerimeterArgs, opts: ResourceOptions | None = None
    ) -> None:
        super().__init__("mlops:network:NetworkPerimeter", name, None, opts)
        self._name = name
        self._args = args
        settings = args.settings

        databricks_group = self._security_group(
            "databricks", databricks_rules(internet_outbound=settings.internet_outbound)
        )
        endpoint_group = self._security_group("endpoints", endpoint_rules())
        egress = way_out(
            name,
            settings.egress,
            names=args.names,
            resource_group_name=args.resource_group_name,
            location=args.location,
            tags=args.tags,
            parent=self,
        )

        virtual_network = network.VirtualNetwork(
            f"{name}-vnet",
            virtual_network_name=args.names.of("vnet"),
            resource_group_name=args.resource_group_name,
            location=args.location,
            address_space=network.AddressSpaceArgs(address_prefixes=[str(settings.address_space)]),
            tags=args.tags,
            # The subnets are resources of their own and would show up here on every refresh.
            # https://github.com/pulumi/pulumi-azure-native/issues/611
            opts=ResourceOptions(parent=self, ignore_changes=["subnets"]),
        )
        # A virtual network takes one subnet change at a time, and a conflict is not always
        # retried, so the subnets are made one after the other.
        # https://github.com/pulumi/pulumi-azure-native/issues/903
        host = self._subnet(
            "host",
            settings.host_subnet,
            virtual_network=virtual_network,
            group=databricks_group,
            egress=egress,
        )
        container = self._subnet(
            "container",
            settings.container_subnet,
            virtual_network=virtual_network,
            group=databricks_group,
            egress=egress,
            after=[host],
        )
        endpoints = network.Subnet(
            f"{name}-endpoint-subnet",
            subnet_name="endpoints",
            resource_group_name=args.resource_group_name,
            virtual_network_name=virtual_network.name,
            address_prefix=str(settings.endpoint_subnet),
            network_security_group=network.NetworkSecurityGroupArgs(id=endpoint_group.id),
            private_endpoint_network_policies=(
                network.VirtualNetworkPrivateEndpointNetworkPolicies.DISABLED
            ),
            default_outbound_access=False,
            opts=ResourceOptions(parent=self, depends_on=[container]),
        )

        self.virtual_network_id = virtual_network.id
        self.host_subnet_name = host.name.apply(_present)
        self.container_subnet_name = container.name.apply(_present)
        self.endpoint_subnet_id = endpoints.id
        self._zone_ids = {zone: self._zone(zone, virtual_network) for zone in _distinct(ZONES)}
        self.zone_ids = Output.all(**self._zone_ids)
        self.register_outputs(
            {
                "virtual_network_id": self.virtual_network_id,
                "host_subnet_name": self.host_subnet_name,
                "container_subnet_name": self.container_subnet_name,
                "endpoint_subnet_id": self.endpoint_subnet_id,
                "zone_ids": self.zone_ids,
            }
        )

    @property
    def private_link(self) -> PrivateLink:
        """Where private endpoints of this network go."""
        return PrivateLink(
            resource_group_name=self._args.resource_group_name,
            location=self._args.location,
            tags=self._args.tags,
            subnet_id=self.endpoint_subnet_id,
            zone_ids=self._zone_ids,
        )

    def _security_group(self, role: str, rules: Sequence[Rule]) -> network.NetworkSecurityGroup:
        return network.NetworkSecurityGroup(
            f"{self._name}-{role}-nsg",
            network_security_group_name=self._args.names.of(f"{role}-nsg"),
            resource_group_name=self._args.resource_group_name,
            location=self._args.location,
            security_rules=[
                network.SecurityRuleArgs(
                    name=rule.name,
                    description=rule.description,
                    direction=rule.direction,
                    access=rule.access,
                    priority=rule.priority,
                    protocol=rule.protocol,
                    source_address_prefix=rule.source,
                    source_port_range="*",
                    destination_address_prefix=rule.destination,
                    destination_port_range=rule.port,
                )
                for rule in rules
            ],
            tags=self._args.tags,
            opts=ResourceOptions(parent=self),
        )

    def _subnet(
        self,
        role: str,
        block: IPv4Network,
        *,
        virtual_network: network.VirtualNetwork,
        group: network.NetworkSecurityGroup,
        egress: network.NatGateway | network.RouteTable,
        after: Sequence[network.Subnet] = (),
    ) -> network.Subnet:
        nat = isinstance(egress, network.NatGateway)
        return network.Subnet(
            f"{self._name}-{role}-subnet",
            subnet_name=f"databricks-{role}",
            resource_group_name=self._args.resource_group_name,
            virtual_network_name=virtual_network.name,
            address_prefix=str(block),
            network_security_group=network.NetworkSecurityGroupArgs(id=group.id),
            nat_gateway=network.SubResourceArgs(id=egress.id) if nat else None,
            route_table=None if nat else network.RouteTableArgs(id=egress.id),
            default_outbound_access=False,
            delegations=[network.DelegationArgs(name="databricks", service_name=DELEGATION)],
            # Azure fills in the delegated actions, which a refresh would report as a change.
            # https://github.com/pulumi/pulumi-azure-native/issues/2402
            opts=ResourceOptions(
                parent=self, depends_on=[*after], ignore_changes=["delegations[0].actions"]
            ),
        )

    def _zone(self, zone_name: str, virtual_network: network.VirtualNetwork) -> Output[str]:
        """The id of a private DNS zone, known once the network resolves through it."""
        label = zone_name.removeprefix("privatelink.").split(".")[0]
        zone = privatedns.PrivateZone(
            f"{self._name}-{label}-zone",
            private_zone_name=zone_name,
            resource_group_name=self._args.resource_group_name,
            location="global",
            tags=self._args.tags,
            opts=ResourceOptions(parent=self),
        )
        link = privatedns.VirtualNetworkLink(
            f"{self._name}-{label}-link",
            virtual_network_link_name=self._args.names.of("link"),
            private_zone_name=zone.name,
            resource_group_name=self._args.resource_group_name,
            location="global",
            registration_enabled=False,
            virtual_network=privatedns.SubResourceArgs(id=virtual_network.id),
            tags=self._args.tags,
            opts=ResourceOptions(parent=self),
        )
        return Output.all(zone.id, link.id).apply(lambda ids: str(ids[0]))


def _distinct(zones: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(zones.values()))


def _present(name: str | None) -> str:
    if name is None:
        raise TypeError("Azure returned a subnet without a name")
    return name
