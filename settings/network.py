"""The address plan and the way out of an environment's network."""

from __future__ import annotations

from ipaddress import IPv4Address
from itertools import combinations
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from settings.base import PRIVATE_RANGES, Cidr, Settings

SMALLEST_DATABRICKS_SUBNET = 26
"""https://learn.microsoft.com/azure/databricks/security/network/classic/vnet-inject"""
SMALLEST_ENDPOINT_SUBNET = 28
"""16 addresses, 5 of them Azure's: the endpoints of one environment fit with room for growth."""
AZURE_RESERVED_ADDRESSES = 5
"""https://learn.microsoft.com/azure/virtual-network/virtual-networks-faq"""


def _address(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        IPv4Address(value)
    except ValueError as error:
        raise ValueError("must be an IPv4 address, for example 10.100.0.4") from error
    return value


def _reached_privately(address: IPv4Address) -> IPv4Address:
    if not any(address in private for private in PRIVATE_RANGES):
        raise ValueError("must be the firewall's private address, for example 10.100.0.4")
    return address


class NatEgress(Settings):
    """Way out through a NAT gateway of the environment's own."""

    kind: Literal["nat"] = "nat"
    idle_timeout_minutes: Annotated[int, Field(ge=4, le=120)] = 10
    """Minutes after which an idle outbound flow is dropped."""


class FirewallEgress(Settings):
    """Way out through a firewall that exists already, for example in a hub network."""

    kind: Literal["firewall"]
    next_hop_ip: Annotated[
        IPv4Address, BeforeValidator(_address), AfterValidator(_reached_privately)
    ]
    """Private address of the firewall, reachable from the environment's network."""


class NetworkSettings(Settings):
    """One environment's address plan."""

    address_space: Cidr
    """Address space of the virtual network. Disjoint from every other environment's."""
    host_subnet: Cidr
    """Databricks host ("public") subnet: one address per node. Azure refuses to move it, and the
    two below, once anything uses them (docs/changes.md says what to do then)."""
    container_subnet: Cidr
    """Databricks container ("private") subnet, as large as the host subnet."""
    endpoint_subnet: Cidr
    """Subnet of the private endpoints."""
    egress: Annotated[NatEgress | FirewallEgress, Field(discriminator="kind")] = NatEgress()
    """Way out to what has no private endpoint. Default: a NAT gateway."""
    internet_outbound: bool = False
    """Whether nodes may open connections to the public internet (package indexes, for example).
    Default: denied; Azure services named by service tag stay reachable."""

    @property
    def subnets(self) -> dict[str, Cidr]:
        """The three subnets by their key in the stack file."""
        return {
            "hostSubnet": self.host_subnet,
            "containerSubnet": self.container_subnet,
            "endpointSubnet": self.endpoint_subnet,
        }

    @property
    def node_capacity(self) -> int:
        """Nodes that fit at the same time: one host and one container address each."""
        smaller = min(self.host_subnet.num_addresses, self.container_subnet.num_addresses)
        return smaller - AZURE_RESERVED_ADDRESSES

    @model_validator(mode="after")
    def _plan_is_sound(self) -> Self:
        for key, subnet in self.subnets.items():
            if not subnet.subnet_of(self.address_space):
                raise ValueError(
                    f"{key} {subnet} lies outside addressSpace {self.address_space}; "
                    "choose a block inside it"
                )
            smallest = (
                SMALLEST_ENDPOINT_SUBNET if key == "endpointSubnet" else SMALLEST_DATABRICKS_SUBNET
            )
            if subnet.prefixlen > smallest:
                raise ValueError(
                    f"{key} {subnet} is too small; /{smallest} is the smallest that works, "
                    f"for example {subnet.network_address}/{smallest}"
                )
            if isinstance(self.egress, FirewallEgress) and self.egress.next_hop_ip in subnet:
                raise ValueError(
                    f"egress.nextHopIp {self.egress.next_hop_ip} lies in {key} {subnet}, which "
                    "holds no firewall; name the address of one outside these subnets"
                )
        for (key, subnet), (other_key, other) in combinations(self.subnets.items(), 2):
            if subnet.overlaps(other):
                raise ValueError(f"{key} {subnet} overlaps {other_key} {other}; move one of them")
        if self.host_subnet.prefixlen != self.container_subnet.prefixlen:
            raise ValueError(
                f"hostSubnet {self.host_subnet} and containerSubnet {self.container_subnet} differ "
                "in size; a node takes one address of each, so make them equal"
            )
        return self
