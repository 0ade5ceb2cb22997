"""Mistakes with networks, subnets, rules, routes and gateways."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.sandbox.azure.estate import ROUTE, SECURITY_RULE, STORAGE
from tests.sandbox.azure.mistakes.actions import add, change, delete
from tests.sandbox.azure.world import arm, changed

if TYPE_CHECKING:
    from tests.sandbox.azure.mistakes.actions import Mistakes
    from tests.sandbox.azure.world import World


def rule(**changes: Any) -> list[dict[str, Any]]:
    """A security group's rules: the good one with changes."""
    return [changed(SECURITY_RULE, changes)]


def route(**changes: Any) -> list[dict[str, Any]]:
    """A route table's routes: the good one with changes."""
    return [changed(ROUTE, changes)]


def west(world: World) -> World:
    """The world with a second resource group and network, in another region."""
    world.add("group", resourceGroupName="west-rg", location="westus2")
    world.add("vnet", resourceGroupName="west-rg", location="westus2")
    return world


LOST = arm("Microsoft.Network/natGateways/lost")


MISTAKES: Mistakes = {
    "address_space_is_valid": [
        ("InvalidRequestFormat", add("vnet", addressSpace={"addressPrefixes": []})),
        ("InvalidCIDRNotation", add("vnet", addressSpace={"addressPrefixes": ["10.0.1.0/16"]})),
        ("InvalidAddressPrefixFormat", add("vnet", addressSpace={"addressPrefixes": ["10.0.0.0"]})),
        (
            "InvalidAddressPrefixFormat",
            add("vnet", addressSpace={"addressPrefixes": ["10.0.0.0/33"]}),
        ),
        (
            "AddressSpaceOverlap",
            add("vnet", addressSpace={"addressPrefixes": ["10.0.0.0/16", "10.0.4.0/24"]}),
        ),
    ],
    "inline_subnets_fit": [
        (
            "NetcfgSubnetRangeOutsideVnet",
            add("vnet", subnets=[{"name": "a", "addressPrefix": "10.1.0.0/24"}]),
        ),
        (
            "NetcfgSubnetRangesOverlap",
            add(
                "vnet",
                subnets=[
                    {"name": "a", "addressPrefix": "10.0.0.0/24"},
                    {"name": "b", "addressPrefix": "10.0.0.0/25"},
                ],
            ),
        ),
    ],
    "subnet_range_is_valid": [
        ("SubnetAddressPrefixMissing", add("host", addressPrefix=None)),
        ("NetcfgInvalidSubnet", add("host", addressPrefix="10.0.5.0/30")),
        ("InvalidCIDRNotation", add("host", addressPrefix="10.0.5.1/24")),
    ],
    "subnet_fits_its_network": [
        ("ParentResourceNotFound", add("host", virtualNetworkName="lost")),
        ("NetcfgSubnetRangeOutsideVnet", add("host", subnetName="x", addressPrefix="10.1.0.0/24")),
        ("NetcfgSubnetRangesOverlap", add("host", subnetName="x", addressPrefix="10.0.1.128/25")),
    ],
    "subnet_attachments_exist": [
        (
            "InvalidResourceReference",
            add("host", subnetName="x", addressPrefix="10.0.5.0/24", natGateway={"id": LOST}),
        ),
        (
            "LinkedInvalidPropertyId",
            add("host", subnetName="x", addressPrefix="10.0.5.0/24", natGateway={"id": STORAGE}),
        ),
        ("InvalidResourceReference", lambda w: west(w).add("host", resourceGroupName="west-rg")),
    ],
    "subnet_in_use_keeps_what_it_is_used_for": [
        ("InUsePrefixCannotBeDeleted", change("host", addressPrefix="10.0.5.0/24")),
        ("SubnetDelegationsCannotChangeWhenSubnetUsedByResource", change("host", delegations=[])),
        (
            "NetworkSecurityGroupCannotBeRemovedDueToNipOnSubnet",
            change("host", networkSecurityGroup=None),
        ),
    ],
    "subnets_stay_inside": [
        (
            "InUsePrefixCannotBeDeleted",
            change("vnet", addressSpace={"addressPrefixes": ["10.0.0.0/23"]}),
        ),
    ],
    "used_subnet_is_not_deleted": [
        ("InUseSubnetCannotBeDeleted", delete("host")),
        ("InUseSubnetCannotBeDeleted", delete("endpoints")),
        ("InUseSubnetCannotBeDeleted", delete("vnet")),
    ],
    "rules_are_named_and_ordered": [
        ("SecurityRuleParameterPriorityOutOfRange", change("nsg", securityRules=rule(priority=99))),
        (
            "SecurityRuleParameterPriorityOutOfRange",
            change("nsg", securityRules=rule(priority=4097)),
        ),
        ("SecurityRuleConflict", change("nsg", securityRules=rule() + rule(name="other"))),
        ("InvalidResourceName", change("nsg", securityRules=rule() + rule(priority=101))),
        ("InvalidResourceName", change("nsg", securityRules=rule(name="a b"))),
    ],
    "rules_say_what_they_match": [
        ("InvalidParameter", change("nsg", securityRules=rule(direction="Sideways"))),
        ("InvalidParameter", change("nsg", securityRules=rule(protocol="Http"))),
        (
            "SecurityRuleInvalidAddressPrefix",
            change("nsg", securityRules=rule(destinationAddressPrefix="Azure Databricks")),
        ),
        (
            "InvalidCIDRNotation",
            change("nsg", securityRules=rule(sourceAddressPrefix="10.0.0.1/16")),
        ),
        (
            "SecurityRuleParameterNotSpecified",
            change("nsg", securityRules=rule(sourceAddressPrefix=None)),
        ),
        (
            "SecurityRuleParameterNotSpecified",
            change("nsg", securityRules=rule(sourcePortRange=None)),
        ),
        (
            "SecurityRuleInvalidPortRange",
            change("nsg", securityRules=rule(sourcePortRange="70000")),
        ),
        (
            "SecurityRuleInvalidPortRange",
            change("nsg", securityRules=rule(sourcePortRange="90-80")),
        ),
        (
            "SecurityRuleInvalidFormat",
            change("nsg", securityRules=rule(destinationPortRange="443")),
        ),
    ],
    "routes_lead_somewhere": [
        ("RouteNextHopIpAddressMismatch", change("routes", routes=route(nextHopIpAddress=None))),
        ("RouteNextHopIpAddressMismatch", change("routes", routes=route(nextHopType="Internet"))),
        ("InvalidParameter", change("routes", routes=route(nextHopType="Firewall"))),
        ("InvalidCIDRNotation", change("routes", routes=route(addressPrefix="10.0.0.1/8"))),
        ("RouteConflict", change("routes", routes=route() + route(name="b"))),
    ],
    "attached_is_not_deleted": [
        ("InUseNetworkSecurityGroupCannotBeDeleted", delete("nsg")),
        ("InUseRouteTableCannotBeDeleted", delete("routes")),
        ("InUseNatGatewayCannotBeDeleted", delete("nat")),
    ],
    "public_ip_is_standard_and_static": [
        ("IPv4BasicSkuPublicIpCountLimitReached", add("ip", sku=None)),
        ("StandardSkuPublicIPAddressMustBeStatic", add("ip", publicIPAllocationMethod="Dynamic")),
    ],
    "idle_timeout_is_in_range": [
        ("InvalidIdleTimeout", change("nat", idleTimeoutInMinutes=3)),
        ("InvalidIdleTimeout", change("ip", idleTimeoutInMinutes=31)),
    ],
    "gateway_has_a_sku_and_one_zone": [
        ("NatGatewaySkuMissing", add("nat", sku=None)),
        ("NatGatewayMultipleZones", add("nat", zones=["1", "2"])),
    ],
    "gateway_addresses_suit": [
        (
            "InvalidResourceReference",
            add("nat", natGatewayName="n2", publicIpAddresses=[{"id": LOST}]),
        ),
        (
            "NatGatewayPublicIpSkuMismatch",
            add("nat", natGatewayName="n2", publicIpAddresses=[{"id": STORAGE}]),
        ),
        ("InvalidResourceReference", add("nat", natGatewayName="n2", location="westus2")),
        ("PublicIPAddressInUse", add("nat", natGatewayName="n2")),
    ],
    "zones_are_kept": [
        ("ResourceAvailabilityZonesCannotBeModified", change("nat", zones=["1"])),
    ],
    "allocated_address_is_not_deleted": [
        ("PublicIPAddressCannotBeDeleted", delete("ip")),
    ],
}
