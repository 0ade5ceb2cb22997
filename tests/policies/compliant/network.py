"""Network, subnets and rules of the compliant stack."""

from __future__ import annotations

from typing import Any

from policies import tokens
from tests.policies.compliant.common import NETWORK, TAGS
from tests.policies.harness import Item


def _subnet(name: str, prefix: str) -> dict[str, Any]:
    return {
        "subnetName": name,
        "addressPrefix": prefix,
        "networkSecurityGroup": {"id": f"{NETWORK}/networkSecurityGroups/nsg"},
        "delegations": [{"name": "databricks", "serviceName": "Microsoft.Databricks/workspaces"}],
        "defaultOutboundAccess": False,
        "natGateway": {"id": f"{NETWORK}/natGateways/nat"},
    }


def parts() -> list[Item]:
    allow_own = {
        "name": "office",
        "direction": "Inbound",
        "access": "Allow",
        "sourceAddressPrefix": "203.0.113.0/24",
    }
    deny = {
        "name": "deny",
        "direction": "Inbound",
        "access": "Deny",
        "sourceAddressPrefix": "*",
    }
    deny_out = {
        "networkSecurityGroupName": "nsg",
        "direction": "Outbound",
        "access": "Deny",
        "protocol": "*",
        "sourceAddressPrefix": "*",
        "destinationAddressPrefix": "Internet",
        "destinationPortRange": "*",
    }
    entra = {
        "name": "entra",
        "direction": "Outbound",
        "access": "Allow",
        "destinationAddressPrefix": "AzureActiveDirectory",
    }
    group = {
        "networkSecurityGroupName": "nsg",
        "tags": TAGS,
        "securityRules": [allow_own, deny, entra],
    }
    vnet = {"virtualNetworkName": "vnet", "tags": TAGS, "subnets": [{"name": "other"}]}
    resource_group = {
        "resourceGroupName": "mlops-prod-rg",
        "location": "eastus2",
        "tags": TAGS,
    }
    addresses = [{"id": f"{NETWORK}/publicIPAddresses/egress"}]
    log = {
        "targetResourceId": f"{NETWORK}/virtualNetworks/vnet",
        "enabled": True,
        "retentionPolicy": {"enabled": True, "days": 90},
        "tags": TAGS,
    }
    sku = {"name": "AZFW_VNet", "tier": "Standard"}
    return [
        Item(tokens.RESOURCE_GROUP, "rg", resource_group),
        Item(tokens.VNET, "vnet", vnet),
        Item(tokens.NSG, "nsg", group),
        Item(
            tokens.SECURITY_RULE,
            "relay",
            {
                "networkSecurityGroupName": "nsg",
                "direction": "Inbound",
                "access": "Allow",
                "sourceAddressPrefixes": ["VirtualNetwork", "10.0.0.0/8"],
            },
        ),
        Item(tokens.SECURITY_RULE, "deny-out", deny_out),
        Item(
            tokens.PUBLIC_IP,
            "egress",
            {"publicIpAddressName": "egress", "sku": {"name": "Standard"}, "tags": TAGS},
        ),
        Item(tokens.NAT_GATEWAY, "nat", {"publicIpAddresses": addresses, "tags": TAGS}),
        Item(tokens.FIREWALL, "firewall", {"sku": sku, "tags": TAGS}),
        Item(tokens.FLOW_LOG, "flow-log", log),
        Item(tokens.SUBNET, "host", _subnet("host-subnet", "10.2.1.0/24")),
        Item(tokens.SUBNET, "container", _subnet("container-subnet", "10.2.2.0/24")),
        Item(
            tokens.SUBNET, "endpoints", {"subnetName": "pe-subnet", "addressPrefix": "10.2.3.0/24"}
        ),
    ]
