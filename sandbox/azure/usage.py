"""Who uses a subnet: the questions that deletes, updates and address allocation share."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from sandbox.azure import cidr, ids
from sandbox.azure.values import at, items, texts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from sandbox.rules import Cloud, Record

_RESERVED = 4  # network, gateway and two for DNS at the start; the broadcast at the end


def workspace_subnets(inputs: Mapping[str, Any]) -> tuple[str, ...]:
    """The ids of the host and container subnets that a workspace's inputs name."""
    vnet = at(inputs, "parameters.customVirtualNetworkId.value")
    names = (
        at(inputs, "parameters.customPublicSubnetName.value"),
        at(inputs, "parameters.customPrivateSubnetName.value"),
    )
    return (
        tuple(f"{vnet}/subnets/{name}" for name in texts(*names)) if isinstance(vnet, str) else ()
    )


def workspace_on(cloud: Cloud, subnet_id: str) -> str | None:
    """The id of the Databricks workspace that is injected into the subnet, if one is."""
    for workspace in cloud.all(ids.WORKSPACE):
        if any(ids.same(used, subnet_id) for used in workspace_subnets(workspace.inputs)):
            return workspace.id
    return None


def endpoints_in(cloud: Cloud, subnet_id: str) -> list[str]:
    """The ids of the private endpoints with an address in the subnet."""
    return [
        endpoint.id
        for endpoint in cloud.all(ids.ENDPOINT)
        if ids.same(at(endpoint.inputs, "subnet.id"), subnet_id)
    ]


def subnet_users(cloud: Cloud, subnet_id: str) -> list[str]:
    """The ids of everything that has addresses in the subnet."""
    workspace = workspace_on(cloud, subnet_id)
    return [*endpoints_in(cloud, subnet_id), *([workspace] if workspace else [])]


def free_address(cloud: Cloud, subnet_id: str, seed: str) -> str | None:
    """An address for an endpoint: free, and the same for the same seed. ``None`` if full."""
    subnet = cloud.get(subnet_id)
    blocks = cidr.subnet_blocks(subnet.inputs) if subnet else []
    if not blocks:
        return None
    taken = {
        address
        for endpoint in cloud.all(ids.ENDPOINT)
        if ids.same(at(endpoint.inputs, "subnet.id"), subnet_id)
        for config in items(endpoint.outputs.get("customDnsConfigs"))
        for address in texts(*items(at(config, "ipAddresses")))
    }
    room = blocks[0].num_addresses - _RESERVED - 1
    start = ids.seeded_number(seed, "address", 6)
    for step in range(min(room, len(taken) + 1)):
        host = int(blocks[0].network_address) + _RESERVED + (start + step) % room
        address = str(ipaddress.ip_address(host))
        if address not in taken:
            return address
    return None


def subnets_of(cloud: Cloud, vnet_id: str) -> Sequence[Record]:
    """The subnets of a virtual network that were created as resources of their own."""
    return [record for record in cloud.all(ids.SUBNET) if ids.same(ids.parent(record.id), vnet_id)]


def delegations(subnet: Mapping[str, Any]) -> list[str]:
    """The services that a subnet's inputs delegate it to."""
    return [*texts(*(at(entry, "serviceName") for entry in items(subnet.get("delegations"))))]
