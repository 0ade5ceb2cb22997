"""A spoke for Databricks behind the firewall of a hub, every child a resource of its own."""

from __future__ import annotations

from typing import Any

from policies import tokens
from policies.model import UNKNOWN
from tests.policies.foreign.common import HERE
from tests.policies.harness import Item, urn

DATABRICKS = "Microsoft.Databricks/workspaces"


def computed(item: Item, **sources: Item) -> Item:
    """Computed from these other resources."""
    for prop, source in sources.items():
        item = item.with_dependency(prop, urn(source.type, source.name))
    return item


def _child(token: str, name: str, parent: Item, prop: str, props: dict[str, Any]) -> Item:
    return computed(Item(token, name, {prop: UNKNOWN, **props}), **{prop: parent})


HUB_GROUP = Item(tokens.RESOURCE_GROUP, "connectivity", {"resourceGroupName": "fin-hub", **HERE})
GROUP = Item(tokens.RESOURCE_GROUP, "analytics", {"resourceGroupName": "fin-spoke", **HERE})
HUB = Item(tokens.VNET, "hub", {"addressSpace": {"addressPrefixes": ["10.0.0.0/22"]}, **HERE})
SPOKE = Item(tokens.VNET, "spoke", {"addressSpace": {"addressPrefixes": ["10.8.0.0/20"]}, **HERE})


def hub() -> list[Item]:
    """The firewall that everything leaves by, and the zones that everybody asks."""
    inside = _child(
        tokens.SUBNET,
        "fw-subnet",
        HUB,
        "virtualNetworkName",
        {"subnetName": "AzureFirewallSubnet", "addressPrefix": "10.0.0.0/26"},
    )
    address = Item(
        tokens.PUBLIC_IP,
        "fw-ip",
        {"sku": {"name": "Standard"}, "publicIPAllocationMethod": "Static", **HERE},
    )
    policy = Item(
        "azure-native:network:FirewallPolicy",
        "fw-policy",
        {"threatIntelMode": "Deny", "sku": {"tier": "Premium"}, **HERE},
    )
    firewall = Item(
        tokens.FIREWALL,
        "fw",
        {
            "sku": {"name": "AZFW_VNet", "tier": "Premium"},
            "firewallPolicy": {"id": UNKNOWN},
            "ipConfigurations": [
                {"name": "out", "subnet": {"id": UNKNOWN}, "publicIPAddress": {"id": UNKNOWN}}
            ],
            **HERE,
        },
        dependencies={
            "ipConfigurations": [urn(inside.type, inside.name), urn(address.type, address.name)],
            "firewallPolicy": [urn(policy.type, policy.name)],
        },
    )
    return [HUB_GROUP, HUB, inside, address, policy, firewall, *_recorded(HUB)]


def _recorded(network: Item) -> list[Item]:
    log = Item(
        tokens.FLOW_LOG,
        f"{network.name}-flow",
        {
            "targetResourceId": UNKNOWN,
            "enabled": True,
            "storageId": UNKNOWN,
            "retentionPolicy": {"enabled": True, "days": 180},
            **HERE,
        },
    )
    return [computed(log, targetResourceId=network)]


def spoke() -> list[Item]:
    """Two subnets whose only way out is the firewall, and one for endpoints."""
    table = Item(
        tokens.ROUTE_TABLE,
        "via-hub",
        {
            "disableBgpRoutePropagation": True,
            "routes": [
                {
                    "name": "all",
                    "addressPrefix": "0.0.0.0/0",
                    "nextHopType": "VirtualAppliance",
                    "nextHopIpAddress": "10.0.0.4",
                }
            ],
            **HERE,
        },
    )
    guard = Item(tokens.NSG, "dbx-nsg", HERE)
    out = {"direction": "Outbound", "sourceAddressPrefix": "VirtualNetwork", "protocol": "Tcp"}
    rules = [
        ("to-sql", {**out, "access": "Allow", "destinationAddressPrefix": "Sql.EastUS2"}),
        ("to-hub", {**out, "access": "Allow", "destinationAddressPrefix": "10.0.0.0/8"}),
        (
            "to-nowhere",
            {
                **out,
                "access": "Deny",
                "protocol": "*",
                "sourcePortRange": "*",
                "sourceAddressPrefix": "*",
                "destinationAddressPrefix": "0.0.0.0/0",
                "destinationPortRange": "*",
            },
        ),
        (
            "within",
            {
                "direction": "Inbound",
                "access": "Allow",
                "protocol": "*",
                "sourceAddressPrefix": "VirtualNetwork",
                "destinationAddressPrefix": "VirtualNetwork",
            },
        ),
    ]
    dependencies = {
        "virtualNetworkName": [urn(SPOKE.type, SPOKE.name)],
        "routeTable": [urn(table.type, table.name)],
        "networkSecurityGroup": [urn(guard.type, guard.name)],
    }
    nodes = [
        Item(
            tokens.SUBNET,
            name,
            {
                "virtualNetworkName": UNKNOWN,
                "subnetName": name,
                "addressPrefixes": [prefix],
                "routeTable": {"id": UNKNOWN},
                "networkSecurityGroup": {"id": UNKNOWN},
                "defaultOutboundAccess": False,
                "delegations": [{"name": "d", "serviceName": DATABRICKS}],
            },
            dependencies=dependencies,
        )
        for name, prefix in (("dbx-host", "10.8.0.0/22"), ("dbx-container", "10.8.4.0/22"))
    ]
    ends = {
        "subnetName": "endpoints",
        "addressPrefix": "10.8.8.0/26",
        "privateEndpointNetworkPolicies": "Disabled",
    }
    peer = {"allowForwardedTraffic": True, "remoteVirtualNetwork": {"id": UNKNOWN}}
    peering = "azure-native:network:VirtualNetworkPeering"
    return [
        GROUP,
        SPOKE,
        table,
        guard,
        *(
            _child(
                tokens.SECURITY_RULE,
                name,
                guard,
                "networkSecurityGroupName",
                {"priority": 100 + 10 * index, **props},
            )
            for index, (name, props) in enumerate(rules)
        ),
        *nodes,
        _child(tokens.SUBNET, "endpoints", SPOKE, "virtualNetworkName", ends),
        _child(peering, "to-spoke", HUB, "virtualNetworkName", peer),
        _child(peering, "to-the-hub", SPOKE, "virtualNetworkName", peer),
        *_recorded(SPOKE),
    ]
