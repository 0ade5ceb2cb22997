"""Network, subnets and rules of the compliant stack."""

from __future__ import annotations

from typing import Any

from policies import tokens
from tests.policies.compliant.common import ARM, TAGS
from tests.policies.harness import Item


def _subnet(name: str) -> dict[str, Any]:
    return {
        "subnetName": name,
        "networkSecurityGroup": {"id": f"{ARM}/Microsoft.Network/networkSecurityGroups/nsg"},
        "delegations": [{"name": "databricks", "serviceName": "Microsoft.Databricks/workspaces"}],
        "defaultOutboundAccess": False,
        "natGateway": {"id": f"{ARM}/Microsoft.Network/natGateways/nat"},
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
    return [
        Item(tokens.RESOURCE_GROUP, "rg", {"resourceGroupName": "mlops-prod-rg", "tags": TAGS}),
        Item(tokens.VNET, "vnet", {"tags": TAGS, "subnets": [{"name": "other"}]}),
        Item(tokens.NSG, "nsg", {"tags": TAGS, "securityRules": [allow_own, deny]}),
        Item(
            tokens.SECURITY_RULE,
            "relay",
            {
                "direction": "Inbound",
                "access": "Allow",
                "sourceAddressPrefixes": ["VirtualNetwork", "10.0.0.0/8"],
            },
        ),
        Item(tokens.NAT_GATEWAY, "nat", {"tags": TAGS}),
        Item(tokens.SUBNET, "host", _subnet("host-subnet")),
        Item(tokens.SUBNET, "container", _subnet("container-subnet")),
        Item(tokens.SUBNET, "endpoints", {"subnetName": "pe-subnet"}),
    ]
