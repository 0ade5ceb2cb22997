"""What the world is asked to do wrong: rule, code, and the request; one row is one mistake."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.sandbox.azure.estate import (
    CONNECTOR,
    ESTATE,
    GROUP,
    LOGS,
    MANAGED,
    NOTIFICATION,
    ROLE,
    ROUTE,
    SECURITY_RULE,
    STORAGE,
    SUBSCRIPTION,
    TENANT,
    VAULT,
    VNET,
    WORKSPACE,
    ZONES,
)
from tests.sandbox.azure.world import arm, changed

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.sandbox.azure.world import World

LOST = arm("Microsoft.Network/natGateways/lost")


def connection(target: str, group: str | None) -> list[dict[str, Any]]:
    """A private endpoint's connection."""
    return [
        {"name": "c", "privateLinkServiceId": target, "groupIds": [group] if group else []}
    ]


def rule(**changes: Any) -> list[dict[str, Any]]:
    """A security group's rules: the good one with changes."""
    return [changed(SECURITY_RULE, changes)]


def route(**changes: Any) -> list[dict[str, Any]]:
    """A route table's routes: the good one with changes."""
    return [changed(ROUTE, changes)]


def unlocked(world: World) -> World:
    """The world without its lock."""
    world.delete("lock")
    return world


def without(world: World, *labels: str) -> World:
    """The world without these resources, whatever depends on them."""
    for label in labels:
        del world.cloud.records[world.record(label).id.lower()]
    return world


def west(world: World) -> World:
    """The world with a second resource group and network, in another region."""
    world.add("group", resourceGroupName="west-rg", location="westus2")
    world.add("vnet", resourceGroupName="west-rg", location="westus2")
    return world


def second_workspace(world: World, **changes: Any) -> object:
    """Another workspace, on two subnets of its own."""
    for name, block in (("host2", "10.0.8.0/26"), ("container2", "10.0.8.64/26")):
        world.add("host", subnetName=name, addressPrefix=block)
    return world.add(
        "workspace",
        **{
            "workspaceName": "other",
            "managedResourceGroupId": f"{MANAGED}-2",
            "parameters__customPublicSubnetName__value": "host2",
            "parameters__customPrivateSubnetName__value": "container2",
            "parameters__storageAccountName__value": "otherroot",
            **changes,
        },
    )


def second_sign_in(world: World) -> object:
    """Another workspace of the region with its own sign-in endpoint in the same zone."""
    second_workspace(world)
    target = arm("Microsoft.Databricks/workspaces/other")
    world.add(
        "sign-in",
        privateEndpointName="sign-in-2",
        privateLinkServiceConnections=connection(target, "browser_authentication"),
    )
    return world.add("sign-in-zones", privateEndpointName="sign-in-2")


def full_subnet(world: World) -> object:
    """Four endpoints in a subnet that has room for three."""
    world.add("endpoints", subnetName="tiny", addressPrefix="10.0.9.0/29")
    for number in range(4):
        world.add(
            "data-blob",
            privateEndpointName=f"blob-{number}",
            subnet__id=f"{VNET}/subnets/tiny",
        )
    return None


def read_only(world: World) -> object:
    """A write below a ReadOnly lock."""
    world.add("lock", lockName="frozen", scope=GROUP, level="ReadOnly")
    return world.change("logs", retentionInDays=60)


def again_after_delete(world: World, **changes: Any) -> object:
    """A vault created again after its deletion."""
    world.delete("vault")
    return world.add("vault", **changes)


COMMON: list[Any] = [
    ("name_is_valid", "InvalidResourceName", lambda w: w.add("vault", vaultName="a--b")),
    ("name_is_valid", "InvalidResourceName", lambda w: w.add("vault", vaultName="1vault")),
    ("name_is_valid", "InvalidResourceName", lambda w: w.add("storage", accountName="Upper-case")),
    ("name_is_valid", "InvalidResourceName", lambda w: w.add("storage", accountName="a" * 25)),
    ("name_is_valid", "InvalidResourceName", lambda w: w.add("group", resourceGroupName="rg.")),
    ("name_is_valid", "InvalidResourceName", lambda w: w.add("workspace", workspaceName="ab")),
    ("name_is_valid", "InvalidResourceName", lambda w: w.add("container-raw", containerName="A")),
    ("name_is_valid", "InvalidResourceName", lambda w: w.add("logs", workspaceName="abc")),
    ("name_is_valid", "InvalidResourceName", lambda w: w.add("blob-service", blobServicesName="x")),
    ("name_is_valid", "InvalidResourceName", lambda w: w.add("lifecycle", managementPolicyName="x")),
    ("name_is_valid", "InvalidResourceName", lambda w: w.add("budget", budgetName="a.b")),
    ("name_is_valid", "InvalidRoleAssignmentId", lambda w: w.add("role", roleAssignmentName="x")),
    ("location_exists", "LocationNotAvailableForResourceType", lambda w: w.add("vnet", location="moon")),
    ("location_exists", "LocationNotAvailableForResourceType", lambda w: w.add("logs", location="global")),
    ("location_is_global", "LocationNotAvailableForResourceType", lambda w: w.add(f"zone-{ZONES[0]}", location="eastus2")),
    ("location_is_global", "LocationNotAvailableForResourceType", lambda w: w.add(f"link-{ZONES[0]}", location=None)),
    ("tags_are_within_limits", "TooManyTags", lambda w: w.add("group", tags={str(n): "" for n in range(51)})),
    ("tags_are_within_limits", "TooManyTags", lambda w: w.add(f"zone-{ZONES[0]}", tags={str(n): "" for n in range(16)})),
    ("tags_are_within_limits", "InvalidTagNameCharacters", lambda w: w.add("group", tags={"a/b": ""})),
    ("tags_are_within_limits", "InvalidTagNameCharacters", lambda w: w.add("storage", tags={"a" * 129: ""})),
    ("tags_are_within_limits", "ReservedTagName", lambda w: w.add("group", tags={"Azure-x": ""})),
    ("tags_are_within_limits", "InvalidTagValueLength", lambda w: w.add("group", tags={"a": "b" * 257})),
    ("resource_group_exists", "ResourceGroupNotFound", lambda w: w.add("vnet", resourceGroupName="nowhere")),
    ("location_is_kept", "InvalidResourceLocation", lambda w: w.change("nsg", location="westus2")),
    ("managed_group_is_taken", "DenyAssignmentAuthorizationFailed", lambda w: w.add("group", resourceGroupName="mlops-dev-managed-rg")),
    ("managed_group_is_closed", "DenyAssignmentAuthorizationFailed", lambda w: w.add("vnet", resourceGroupName="mlops-dev-managed-rg")),
    ("lock_has_a_level", "InvalidParameter", lambda w: w.add("lock", level="NotSpecified")),
    ("lock_has_a_level", "InvalidLockNotes", lambda w: w.add("lock", notes="x" * 513)),
    ("locked_scope_exists", "ResourceNotFound", lambda w: w.add("lock", scope=LOST)),
    ("locked_scope_exists", "InvalidScope", lambda w: w.add("lock", scope="mlops-dev-rg")),
    ("locked_is_not_deleted", "ScopeLocked", lambda w: w.delete("storage")),
    ("locked_is_not_deleted", "ScopeLocked", lambda w: w.delete("container-raw")),
    ("read_only_is_not_written", "ScopeLocked", read_only),
]  # fmt: skip

NETWORK: list[Any] = [
    ("address_space_is_valid", "InvalidRequestFormat", lambda w: w.add("vnet", addressSpace={"addressPrefixes": []})),
    ("address_space_is_valid", "InvalidCIDRNotation", lambda w: w.add("vnet", addressSpace={"addressPrefixes": ["10.0.1.0/16"]})),
    ("address_space_is_valid", "InvalidAddressPrefixFormat", lambda w: w.add("vnet", addressSpace={"addressPrefixes": ["10.0.0.0"]})),
    ("address_space_is_valid", "InvalidAddressPrefixFormat", lambda w: w.add("vnet", addressSpace={"addressPrefixes": ["10.0.0.0/33"]})),
    ("address_space_is_valid", "AddressSpaceOverlap", lambda w: w.add("vnet", addressSpace={"addressPrefixes": ["10.0.0.0/16", "10.0.4.0/24"]})),
    ("inline_subnets_fit", "NetcfgSubnetRangeOutsideVnet", lambda w: w.add("vnet", subnets=[{"name": "a", "addressPrefix": "10.1.0.0/24"}])),
    ("inline_subnets_fit", "NetcfgSubnetRangesOverlap", lambda w: w.add("vnet", subnets=[{"name": "a", "addressPrefix": "10.0.0.0/24"}, {"name": "b", "addressPrefix": "10.0.0.0/25"}])),
    ("subnet_range_is_valid", "SubnetAddressPrefixMissing", lambda w: w.add("host", addressPrefix=None)),
    ("subnet_range_is_valid", "NetcfgInvalidSubnet", lambda w: w.add("host", addressPrefix="10.0.5.0/30")),
    ("subnet_range_is_valid", "InvalidCIDRNotation", lambda w: w.add("host", addressPrefix="10.0.5.1/24")),
    ("subnet_fits_its_network", "ParentResourceNotFound", lambda w: w.add("host", virtualNetworkName="lost")),
    ("subnet_fits_its_network", "NetcfgSubnetRangeOutsideVnet", lambda w: w.add("host", subnetName="x", addressPrefix="10.1.0.0/24")),
    ("subnet_fits_its_network", "NetcfgSubnetRangesOverlap", lambda w: w.add("host", subnetName="x", addressPrefix="10.0.1.128/25")),
    ("subnet_attachments_exist", "InvalidResourceReference", lambda w: w.add("host", subnetName="x", addressPrefix="10.0.5.0/24", natGateway={"id": LOST})),
    ("subnet_attachments_exist", "LinkedInvalidPropertyId", lambda w: w.add("host", subnetName="x", addressPrefix="10.0.5.0/24", natGateway={"id": STORAGE})),
    ("subnet_attachments_exist", "InvalidResourceReference", lambda w: west(w).add("host", resourceGroupName="west-rg")),
    ("subnet_in_use_keeps_what_it_is_used_for", "InUsePrefixCannotBeDeleted", lambda w: w.change("host", addressPrefix="10.0.5.0/24")),
    ("subnet_in_use_keeps_what_it_is_used_for", "SubnetDelegationsCannotChangeWhenSubnetUsedByResource", lambda w: w.change("host", delegations=[])),
    ("subnet_in_use_keeps_what_it_is_used_for", "NetworkSecurityGroupCannotBeRemovedDueToNipOnSubnet", lambda w: w.change("host", networkSecurityGroup=None)),
    ("subnets_stay_inside", "InUsePrefixCannotBeDeleted", lambda w: w.change("vnet", addressSpace={"addressPrefixes": ["10.0.0.0/23"]})),
    ("used_subnet_is_not_deleted", "InUseSubnetCannotBeDeleted", lambda w: w.delete("host")),
    ("used_subnet_is_not_deleted", "InUseSubnetCannotBeDeleted", lambda w: w.delete("endpoints")),
    ("used_subnet_is_not_deleted", "InUseSubnetCannotBeDeleted", lambda w: w.delete("vnet")),
    ("rules_are_named_and_ordered", "SecurityRuleParameterPriorityOutOfRange", lambda w: w.change("nsg", securityRules=rule(priority=99))),
    ("rules_are_named_and_ordered", "SecurityRuleParameterPriorityOutOfRange", lambda w: w.change("nsg", securityRules=rule(priority=4097))),
    ("rules_are_named_and_ordered", "SecurityRuleConflict", lambda w: w.change("nsg", securityRules=rule() + rule(name="other"))),
    ("rules_are_named_and_ordered", "InvalidResourceName", lambda w: w.change("nsg", securityRules=rule() + rule(priority=101))),
    ("rules_are_named_and_ordered", "InvalidResourceName", lambda w: w.change("nsg", securityRules=rule(name="a b"))),
    ("rules_say_what_they_match", "InvalidParameter", lambda w: w.change("nsg", securityRules=rule(direction="Sideways"))),
    ("rules_say_what_they_match", "InvalidParameter", lambda w: w.change("nsg", securityRules=rule(protocol="Http"))),
    ("rules_say_what_they_match", "SecurityRuleInvalidAddressPrefix", lambda w: w.change("nsg", securityRules=rule(destinationAddressPrefix="Azure Databricks"))),
    ("rules_say_what_they_match", "InvalidCIDRNotation", lambda w: w.change("nsg", securityRules=rule(sourceAddressPrefix="10.0.0.1/16"))),
    ("rules_say_what_they_match", "SecurityRuleParameterNotSpecified", lambda w: w.change("nsg", securityRules=rule(sourceAddressPrefix=None))),
    ("rules_say_what_they_match", "SecurityRuleParameterNotSpecified", lambda w: w.change("nsg", securityRules=rule(sourcePortRange=None))),
    ("rules_say_what_they_match", "SecurityRuleInvalidPortRange", lambda w: w.change("nsg", securityRules=rule(sourcePortRange="70000"))),
    ("rules_say_what_they_match", "SecurityRuleInvalidPortRange", lambda w: w.change("nsg", securityRules=rule(sourcePortRange="90-80"))),
    ("rules_say_what_they_match", "SecurityRuleInvalidFormat", lambda w: w.change("nsg", securityRules=rule(destinationPortRange="443"))),
    ("routes_lead_somewhere", "RouteNextHopIpAddressMismatch", lambda w: w.change("routes", routes=route(nextHopIpAddress=None))),
    ("routes_lead_somewhere", "RouteNextHopIpAddressMismatch", lambda w: w.change("routes", routes=route(nextHopType="Internet"))),
    ("routes_lead_somewhere", "InvalidParameter", lambda w: w.change("routes", routes=route(nextHopType="Firewall"))),
    ("routes_lead_somewhere", "InvalidCIDRNotation", lambda w: w.change("routes", routes=route(addressPrefix="10.0.0.1/8"))),
    ("routes_lead_somewhere", "RouteConflict", lambda w: w.change("routes", routes=route() + route(name="b"))),
    ("attached_is_not_deleted", "InUseNetworkSecurityGroupCannotBeDeleted", lambda w: w.delete("nsg")),
    ("attached_is_not_deleted", "InUseRouteTableCannotBeDeleted", lambda w: w.delete("routes")),
    ("attached_is_not_deleted", "InUseNatGatewayCannotBeDeleted", lambda w: w.delete("nat")),
    ("public_ip_is_standard_and_static", "IPv4BasicSkuPublicIpCountLimitReached", lambda w: w.add("ip", sku=None)),
    ("public_ip_is_standard_and_static", "StandardSkuPublicIPAddressMustBeStatic", lambda w: w.add("ip", publicIPAllocationMethod="Dynamic")),
    ("idle_timeout_is_in_range", "InvalidIdleTimeout", lambda w: w.change("nat", idleTimeoutInMinutes=3)),
    ("idle_timeout_is_in_range", "InvalidIdleTimeout", lambda w: w.change("ip", idleTimeoutInMinutes=31)),
    ("gateway_has_a_sku_and_one_zone", "NatGatewaySkuMissing", lambda w: w.add("nat", sku=None)),
    ("gateway_has_a_sku_and_one_zone", "NatGatewayMultipleZones", lambda w: w.add("nat", zones=["1", "2"])),
    ("gateway_addresses_suit", "InvalidResourceReference", lambda w: w.add("nat", natGatewayName="n2", publicIpAddresses=[{"id": LOST}])),
    ("gateway_addresses_suit", "NatGatewayPublicIpSkuMismatch", lambda w: w.add("nat", natGatewayName="n2", publicIpAddresses=[{"id": STORAGE}])),
    ("gateway_addresses_suit", "InvalidResourceReference", lambda w: w.add("nat", natGatewayName="n2", location="westus2")),
    ("gateway_addresses_suit", "PublicIPAddressInUse", lambda w: w.add("nat", natGatewayName="n2")),
    ("zones_are_kept", "ResourceAvailabilityZonesCannotBeModified", lambda w: w.change("nat", zones=["1"])),
    ("allocated_address_is_not_deleted", "PublicIPAddressCannotBeDeleted", lambda w: w.delete("ip")),
]  # fmt: skip

PRIVATE_LINK: list[Any] = [
    ("endpoint_has_one_connection", "InvalidPrivateEndpointConnections", lambda w: w.add("secrets", privateLinkServiceConnections=[])),
    ("endpoint_has_one_connection", "LinkedInvalidPropertyId", lambda w: w.add("secrets", privateLinkServiceConnections=connection("vault", "vault"))),
    ("endpoint_has_one_connection", "PrivateEndpointInvalidGroupIds", lambda w: w.add("secrets", privateLinkServiceConnections=connection(VAULT, "blob"))),
    ("endpoint_has_one_connection", "PrivateEndpointInvalidGroupIds", lambda w: w.add("secrets", privateLinkServiceConnections=connection(VAULT, None))),
    ("endpoint_names_its_subnet", "LinkedInvalidPropertyId", lambda w: w.add("secrets", subnet={"id": VNET})),
    ("endpoint_subnet_suits", "InvalidResourceReference", lambda w: w.add("secrets", subnet={"id": f"{VNET}/subnets/lost"})),
    ("endpoint_subnet_suits", "PrivateEndpointCannotBeCreatedInSubnetThatHasDelegation", lambda w: w.add("secrets", subnet={"id": f"{VNET}/subnets/host"})),
    ("endpoint_subnet_suits", "InvalidResourceReference", lambda w: w.add("secrets", privateEndpointName="x2", location="westus2")),
    ("endpoint_subnet_suits", "SubnetIsFull", full_subnet),
    ("endpoint_target_exists", "InvalidResourceReference", lambda w: w.add("secrets", privateLinkServiceConnections=connection(f"{VAULT}-lost", "vault"))),
    ("endpoint_target_exists", "InvalidResourceReference", lambda w: without(w, "workspace").add("root-dfs", privateEndpointName="dfs-2")),
    ("endpoint_keeps_its_target", "CannotChangePrivateLinkConnectionOnPrivateEndpoint", lambda w: w.change("data-blob", privateLinkServiceConnections=connection(STORAGE, "dfs"))),
    ("databricks_endpoints_come_in_order", "PrivateEndpointConnectionProvisioningFailed", lambda w: without(w, "ui-api").add("ui-api")),
    ("databricks_endpoints_come_in_order", "PrivateEndpointConnectionProvisioningFailed", lambda w: w.add("sign-in", privateEndpointName="again")),
    ("workspace_supports_private_link", "PrivateEndpointConnectionProvisioningFailed", lambda w: (
        second_workspace(w, parameters={"enableNoPublicIp": {"value": True}}, publicNetworkAccess=None, requiredNsgRules=None),
        w.add("ui-api", privateEndpointName="second", privateLinkServiceConnections=connection(arm("Microsoft.Databricks/workspaces/other"), "databricks_ui_api")),
    )),
    ("link_joins_what_exists", "ParentResourceNotFound", lambda w: w.add(f"link-{ZONES[0]}", privateZoneName="lost.net")),
    ("link_joins_what_exists", "BadRequest", lambda w: w.add(f"link-{ZONES[0]}", virtualNetwork={"id": f"{VNET}-lost"})),
    ("link_joins_what_exists", "BadRequest", lambda w: w.add(f"link-{ZONES[0]}", virtualNetworkLinkName="again")),
    ("link_joins_what_exists", "BadRequest", lambda w: [w.change(f"link-{zone}", registrationEnabled=True) for zone in ZONES[:2]]),
    ("link_names_a_network", "LinkedInvalidPropertyId", lambda w: w.add(f"link-{ZONES[0]}", virtualNetwork={"id": STORAGE})),
    ("link_keeps_its_network", "BadRequest", lambda w: west(w).change(f"link-{ZONES[0]}", virtualNetwork={"id": VNET.replace("mlops-dev-rg", "west-rg")})),
    ("linked_zone_is_not_deleted", "CannotDeleteResource", lambda w: w.delete(f"zone-{ZONES[0]}")),
    ("group_names_zones", "InvalidPrivateDnsZoneConfigs", lambda w: w.change("secrets-zones", privateDnsZoneConfigs=[])),
    ("group_names_zones", "InvalidPrivateDnsZoneConfigs", lambda w: w.change("secrets-zones", privateDnsZoneConfigs=ESTATE["secrets-zones"][1]["privateDnsZoneConfigs"] * 2)),
    ("group_names_zones", "LinkedInvalidPropertyId", lambda w: w.change("secrets-zones", privateDnsZoneConfigs=[{"name": "z", "privateDnsZoneId": VNET}])),
    ("group_serves_its_endpoint", "ParentResourceNotFound", lambda w: w.add("secrets-zones", privateEndpointName="lost")),
    ("group_serves_its_endpoint", "MoreThanOnePrivateDnsZoneGroupPerPrivateEndpointNotAllowed", lambda w: w.add("secrets-zones", privateDnsZoneGroupName="again")),
    ("group_serves_its_endpoint", "InvalidResourceReference", lambda w: w.change("secrets-zones", privateDnsZoneConfigs=[{"name": "z", "privateDnsZoneId": arm("Microsoft.Network/privateDnsZones/lost.net")}])),
    ("group_serves_its_endpoint", "InvalidPrivateDnsZoneIds", lambda w: w.change("secrets-zones", privateDnsZoneConfigs=ESTATE["ui-api-zones"][1]["privateDnsZoneConfigs"])),
    ("one_sign_in_endpoint_per_region_and_zone", "PrivateDnsZoneRecordConflict", second_sign_in),
]  # fmt: skip

_PROFILE = {"complianceSecurityProfile": {"value": "Enabled", "complianceStandards": ["HIPAA"]}}
_ESC = {
    **_PROFILE,
    "automaticClusterUpdate": {"value": "Enabled"},
    "enhancedSecurityMonitoring": {"value": "Enabled"},
}
DATABRICKS: list[Any] = [
    ("compute_mode_decides_what_is_needed", "InvalidParameter", lambda w: w.add("workspace", computeMode="Classic")),
    ("compute_mode_decides_what_is_needed", "InvalidWorkspaceParameters", lambda w: w.add("workspace", managedResourceGroupId=None)),
    ("compute_mode_decides_what_is_needed", "InvalidWorkspaceParameters", lambda w: w.add("workspace", computeMode="Serverless")),
    ("managed_group_is_another_group", "InvalidManagedResourceGroupId", lambda w: w.add("workspace", managedResourceGroupId="managed-rg")),
    ("managed_group_is_another_group", "ApplianceManagedResourceGroupIsSame", lambda w: w.add("workspace", managedResourceGroupId=GROUP)),
    ("premium_features_need_premium", "FeatureNotSupportedForSku", lambda w: w.add("workspace", sku={"name": "standard"})),
    ("premium_features_need_premium", "InvalidParameter", lambda w: w.add("workspace", sku={"name": "gold"})),
    ("standard_is_not_created_any_more", "SkuNotAvailable", lambda w: second_workspace(w, sku={"name": "standard"}, defaultStorageFirewall=None, publicNetworkAccess=None)),
    ("public_access_and_rules_agree", "InvalidRequiredNsgRules", lambda w: w.add("workspace", requiredNsgRules="AllRules")),
    ("public_access_and_rules_agree", "InvalidRequiredNsgRules", lambda w: w.add("workspace", requiredNsgRules=None)),
    ("public_access_and_rules_agree", "InvalidRequiredNsgRules", lambda w: w.add("workspace", parameters__enableNoPublicIp__value=False)),
    ("public_access_and_rules_agree", "InvalidParameter", lambda w: w.add("workspace", requiredNsgRules="NoAzureServiceRules")),
    ("storage_firewall_has_its_connector", "AccessConnectorRequired", lambda w: w.add("workspace", accessConnector=None)),
    ("storage_firewall_has_its_connector", "InvalidAccessConnectorIdentity", lambda w: w.add("workspace", accessConnector__identityType="UserAssigned")),
    ("storage_firewall_has_its_connector", "InvalidAccessConnectorIdentity", lambda w: w.add("workspace", accessConnector__userAssignedIdentityId="/x")),
    ("compliance_profile_brings_its_friends", "InvalidEnhancedSecurityCompliance", lambda w: w.add("workspace", enhancedSecurityCompliance=_PROFILE)),
    ("compliance_profile_brings_its_friends", "InvalidEnhancedSecurityCompliance", lambda w: w.add("workspace", enhancedSecurityCompliance={"complianceSecurityProfile": {"complianceStandards": ["HIPAA"]}})),
    ("root_storage_name_is_valid", "InvalidStorageAccountName", lambda w: w.add("workspace", parameters__storageAccountName__value="Root-1")),
    ("network_parameters_come_together", "MissingVNetInjectionParameters", lambda w: w.add("workspace", parameters__customPrivateSubnetName=None)),
    ("network_parameters_come_together", "SubnetsMustBeDistinct", lambda w: w.add("workspace", parameters__customPrivateSubnetName__value="host")),
    ("network_parameters_come_together", "InvalidVirtualNetworkId", lambda w: w.add("workspace", parameters__customVirtualNetworkId__value=STORAGE)),
    ("network_parameters_come_together", "InvalidNatGatewayParameter", lambda w: w.add("workspace", parameters__natGatewayName__value="nat")),
    ("network_suits", "VirtualNetworkNotFound", lambda w: second_workspace(w, parameters__customVirtualNetworkId__value=f"{VNET}-lost")),
    ("network_suits", "VirtualNetworkRegionMismatch", lambda w: second_workspace(w, location="westus2")),
    ("network_suits", "VirtualNetworkSubscriptionMismatch", lambda w: (
        w.cloud.records.update({VNET.replace(SUBSCRIPTION, TENANT).lower(): w.record("vnet")}),
        second_workspace(w, parameters__customVirtualNetworkId__value=VNET.replace(SUBSCRIPTION, TENANT)),
    )),
    ("network_suits", "InvalidVirtualNetworkCIDR", lambda w: (
        w.add("vnet", virtualNetworkName="net-small", addressSpace={"addressPrefixes": ["10.1.0.0/25"]}),
        second_workspace(w, parameters__customVirtualNetworkId__value=f"{VNET}-small"),
    )),
    ("subnets_suit", "SubnetIsNotWithinVnetError", lambda w: second_workspace(w, parameters__customPublicSubnetName__value="lost")),
    ("subnets_suit", "SubnetDelegationMissing", lambda w: (
        w.add("endpoints", subnetName="plain", addressPrefix="10.0.7.0/24"),
        second_workspace(w, parameters__customPublicSubnetName__value="plain"),
    )),
    ("subnets_suit", "NetworkSecurityGroupMissing", lambda w: (
        w.add("host", subnetName="bare", addressPrefix="10.0.7.0/24", networkSecurityGroup=None),
        second_workspace(w, parameters__customPublicSubnetName__value="bare"),
    )),
    ("subnets_suit", "InvalidSubnetCIDR", lambda w: (
        w.add("host", subnetName="small", addressPrefix="10.0.7.0/27"),
        second_workspace(w, parameters__customPublicSubnetName__value="small"),
    )),
    ("subnets_suit", "SubnetAlreadyInUse", lambda w: second_workspace(w, parameters__customPublicSubnetName__value="host")),
    ("managed_group_is_new", "ApplianceProvisioningFailed", lambda w: second_workspace(w, managedResourceGroupId=MANAGED)),
    ("managed_group_is_new", "ApplianceProvisioningFailed", lambda w: (
        w.add("group", resourceGroupName="taken-rg"),
        second_workspace(w, managedResourceGroupId=GROUP.replace("mlops-dev-rg", "taken-rg")),
    )),
    ("connector_exists", "AccessConnectorNotFound", lambda w: second_workspace(w, accessConnector__id=f"{CONNECTOR}-lost")),
    ("connector_exists", "AccessConnectorRegionMismatch", lambda w: (
        w.add("connector", connectorName="far", location="westus2"),
        second_workspace(w, accessConnector__id=arm("Microsoft.Databricks/accessConnectors/far")),
    )),
    ("connector_exists", "InvalidAccessConnectorIdentity", lambda w: (
        w.add("connector", connectorName="nobody", identity={"type": "None"}),
        second_workspace(w, accessConnector__id=arm("Microsoft.Databricks/accessConnectors/nobody")),
    )),
    ("create_only_is_kept", "VirtualNetworkIdChangeNotAllowed", lambda w: (
        w.add("vnet", virtualNetworkName="net2"),
        w.add("host", virtualNetworkName="net2"), w.add("container", virtualNetworkName="net2"),
        w.change("workspace", parameters__customVirtualNetworkId__value=f"{VNET}2"),
    )),
    ("create_only_is_kept", "ApplianceManagedResourceGroupMismatch", lambda w: w.change("workspace", managedResourceGroupId=f"{MANAGED}-2")),
    ("compliance_profile_stays_on", "ComplianceSecurityProfileCannotBeDisabled", lambda w: (
        w.change("workspace", enhancedSecurityCompliance=_ESC), w.change("workspace", enhancedSecurityCompliance=None),
    )),
    ("identity_is_complete", "InvalidIdentityValues", lambda w: w.add("connector", identity={"type": "UserAssigned"})),
    ("identity_is_complete", "InvalidIdentityValues", lambda w: w.add("connector", identity={"type": "SystemAssigned", "userAssignedIdentities": ["/x"]})),
    ("connector_in_use_is_not_deleted", "AccessConnectorInUse", lambda w: w.delete("connector")),
    ("root_storage_name_is_free", "StorageAccountAlreadyTaken", lambda w: second_workspace(w, parameters__storageAccountName__value="mlopsdevdata")),
]  # fmt: skip


def _rules(**changes: Any) -> dict[str, Any]:
    good = ESTATE["lifecycle"][1]["policy"]["rules"][0]
    return {"rules": [changed(good, {k.replace("__", "."): v for k, v in changes.items()})]}


STORAGE_AND_VAULT: list[Any] = [
    ("account_settings_agree", "InvalidParameter", lambda w: w.add("storage", kind="Disk")),
    ("account_settings_agree", "InvalidParameter", lambda w: w.add("storage", sku={"name": "Fast"})),
    ("account_settings_agree", "InvalidParameter", lambda w: w.add("storage", minimumTlsVersion="TLS9")),
    ("account_settings_agree", "HnsNotSupportedForKind", lambda w: w.add("storage", kind="BlobStorage")),
    ("account_settings_agree", "SftpRequiresHns", lambda w: w.add("storage", isSftpEnabled=True, isHnsEnabled=False)),
    ("account_settings_agree", "InvalidSkuForKind", lambda w: w.add("storage", kind="BlobStorage", isHnsEnabled=False, sku={"name": "Premium_LRS"})),
    ("firewall_rules_are_complete", "InvalidParameter", lambda w: w.change("storage", networkRuleSet__defaultAction="Block")),
    ("firewall_rules_are_complete", "InvalidParameter", lambda w: w.change("storage", networkRuleSet__bypass="Friends")),
    ("firewall_rules_are_complete", "InvalidValuesForRequestParameters", lambda w: w.change("storage", networkRuleSet__resourceAccessRules=[{"resourceId": CONNECTOR}])),
    ("firewall_rules_are_complete", "InvalidValuesForRequestParameters", lambda w: w.change("storage", networkRuleSet__ipRules=[{"iPAddressOrRange": "10.1.2.3"}])),
    ("firewall_rules_are_complete", "InvalidValuesForRequestParameters", lambda w: w.change("storage", networkRuleSet__ipRules=[{"iPAddressOrRange": "203.0.113.0/31"}])),
    ("firewall_subnets_exist", "NetworkAclsValidationFailure", lambda w: w.change("storage", networkRuleSet__virtualNetworkRules=[{"virtualNetworkResourceId": f"{VNET}/subnets/lost"}])),
    ("account_name_is_free", "StorageAccountAlreadyTaken", lambda w: west(w).add("storage", resourceGroupName="west-rg")),
    ("account_name_is_free", "StorageAccountAlreadyTaken", lambda w: w.add("storage", accountName="mlopsdevroot")),
    ("account_keeps_its_nature", "PropertyChangeNotAllowed", lambda w: w.change("storage", kind="BlockBlobStorage")),
    ("account_keeps_its_nature", "PropertyChangeNotAllowed", lambda w: w.change("storage", encryption={"requireInfrastructureEncryption": True})),
    ("account_exists", "ResourceNotFound", lambda w: w.add("container-raw", accountName="lost")),
    ("container_is_not_more_public_than_its_account", "PublicAccessNotPermitted", lambda w: w.change("container-raw", publicAccess="Blob")),
    ("namespace_has_no_versions", "FeatureNotSupportedForAccount", lambda w: w.change("blob-service", isVersioningEnabled=True)),
    ("retention_is_in_range", "InvalidRetentionDays", lambda w: w.change("blob-service", deleteRetentionPolicy__days=366)),
    ("retention_is_in_range", "InvalidRetentionDays", lambda w: w.change("blob-service", deleteRetentionPolicy__days=None)),
    ("lifecycle_rules_are_complete", "InvalidPolicyRules", lambda w: w.change("lifecycle", policy={"rules": []})),
    ("lifecycle_rules_are_complete", "InvalidPolicyRules", lambda w: w.change("lifecycle", policy=_rules(definition__actions=None))),
    ("lifecycle_rules_are_complete", "InvalidParameter", lambda w: w.change("lifecycle", policy=_rules(type="Cleanup"))),
    ("lifecycle_rules_are_complete", "InvalidParameter", lambda w: w.change("lifecycle", policy=_rules(definition__filters__blobTypes=["page"]))),
    ("lifecycle_rules_are_complete", "DuplicateRuleName", lambda w: w.change("lifecycle", policy={"rules": _rules()["rules"] * 2})),
    ("vault_settings_are_valid", "BadRequest", lambda w: w.add("vault", properties__softDeleteRetentionInDays=6)),
    ("vault_settings_are_valid", "BadRequest", lambda w: w.add("vault", properties__enablePurgeProtection=False)),
    ("vault_settings_are_valid", "BadRequest", lambda w: w.add("vault", properties__enableSoftDelete=False)),
    ("vault_settings_are_valid", "BadRequest", lambda w: w.add("vault", properties__tenantId="contoso")),
    ("vault_settings_are_valid", "InvalidParameter", lambda w: w.add("vault", properties__sku__name="basic")),
    ("vault_firewall_is_valid", "InvalidParameter", lambda w: w.add("vault", properties__networkAcls__bypass="All")),
    ("vault_firewall_is_valid", "InvalidCIDRNotation", lambda w: w.add("vault", properties__networkAcls__ipRules=[{"value": "203.0.113.1/24"}])),
    ("irreversible_stays", "BadRequest", lambda w: w.change("vault", properties__enablePurgeProtection=None)),
    ("irreversible_stays", "BadRequest", lambda w: w.change("vault", properties__softDeleteRetentionInDays=31)),
    ("vault_name_is_free", "VaultAlreadyExists", lambda w: west(w).add("vault", resourceGroupName="west-rg")),
    ("vault_name_is_free", "ConflictError", again_after_delete),
    ("only_deleted_vaults_are_recovered", "SoftDeletedVaultDoesNotExist", lambda w: w.add("vault", vaultName="new-kv", properties__createMode="recover")),
    ("only_deleted_vaults_are_recovered", "SoftDeletedVaultDoesNotExist", lambda w: again_after_delete(west(w), resourceGroupName="west-rg", properties__createMode="recover")),
]  # fmt: skip

GOVERNANCE: list[Any] = [
    ("role_exists", "RoleDefinitionDoesNotExist", lambda w: w.add("role", roleDefinitionId=f"{ROLE}ba92f5b4-0000-4000-8000-000000000000")),
    ("role_exists", "RoleDefinitionDoesNotExist", lambda w: w.add("role", roleDefinitionId="Storage Blob Data Contributor")),
    ("principal_is_an_object", "InvalidPrincipalId", lambda w: w.add("role", principalId="data_scientists")),
    ("principal_is_an_object", "InvalidParameter", lambda w: w.add("role", principalType="Robot")),
    ("principal_is_an_object", "InvalidConditionVersion", lambda w: w.add("role", condition="true")),
    ("identity_needs_its_type", "PrincipalNotFound", lambda w: w.add("role", principalId=w.record("connector").outputs["identity"]["principalId"], principalType=None)),
    ("identity_needs_its_type", "UnmatchedPrincipalType", lambda w: w.add("role", principalId=w.record("connector").outputs["identity"]["principalId"])),
    ("assignment_is_the_only_one", "RoleAssignmentExists", lambda w: w.add("role", roleAssignmentName="7f1c0c4e-0000-4000-8000-000000000002")),
    ("assignment_is_the_only_one", "ResourceNotFound", lambda w: w.add("role", scope=LOST)),
    ("assignment_keeps_its_role", "RoleAssignmentUpdateNotPermitted", lambda w: w.change("role", roleDefinitionId=f"{ROLE}2a2b9908-6ea1-4ae2-8e65-a410df84e7d1")),
    ("retention_suits_the_tier", "InvalidParameter", lambda w: w.change("logs", retentionInDays=7)),
    ("retention_suits_the_tier", "InvalidParameter", lambda w: w.change("logs", retentionInDays=731)),
    ("daily_cap_is_positive", "InvalidParameter", lambda w: w.change("logs", workspaceCapping__dailyQuotaGb=0)),
    ("setting_sends_something_somewhere", "BadRequest", lambda w: w.change("diagnostics", workspaceId=None)),
    ("setting_sends_something_somewhere", "BadRequest", lambda w: w.change("diagnostics", logs=None)),
    ("log_entries_name_what_they_select", "BadRequest", lambda w: w.change("diagnostics", logs=[{"enabled": True}])),
    ("log_entries_name_what_they_select", "BadRequest", lambda w: w.change("diagnostics", logs=[{"categoryGroup": "allLogs"}, {"category": "jobs"}])),
    ("log_entries_name_what_they_select", "BadRequest", lambda w: w.change("diagnostics", logs=[{"categoryGroup": "allLogs", "retentionPolicy": {"enabled": True}}])),
    ("categories_exist_for_the_type", "BadRequest", lambda w: w.change("diagnostics", logs=[{"categoryGroup": "audit"}])),
    ("categories_exist_for_the_type", "BadRequest", lambda w: w.change("diagnostics", metrics=[{"category": "AllMetrics", "enabled": True}])),
    ("categories_exist_for_the_type", "BadRequest", lambda w: w.add("diagnostics", resourceUri=STORAGE)),
    ("setting_joins_what_exists", "ResourceNotFound", lambda w: w.add("diagnostics", resourceUri=f"{WORKSPACE}-lost")),
    ("setting_joins_what_exists", "ResourceNotFound", lambda w: w.change("diagnostics", workspaceId=f"{LOGS}-lost")),
    ("sink_is_used_once_per_category", "Conflict", lambda w: w.add("diagnostics", name="again")),
    ("sink_is_used_once_per_category", "BadRequest", lambda w: [w.add("diagnostics", name=f"d{n}", logs=[{"category": str(n), "enabled": True}]) for n in range(5)]),
    ("receivers_are_reachable", "GroupShortNameTooLong", lambda w: w.change("alerts", groupShortName="platform-owners")),
    ("receivers_are_reachable", "InvalidEmailReceiver", lambda w: w.change("alerts", emailReceivers=[{"name": "a", "emailAddress": "nobody"}])),
    ("receivers_are_reachable", "DuplicateReceiverName", lambda w: w.change("alerts", emailReceivers=ESTATE["alerts"][1]["emailReceivers"] * 2)),
    ("budget_is_well_formed", "400", lambda w: w.add("budget", amount=0)),
    ("budget_is_well_formed", "400", lambda w: w.add("budget", timeGrain="Daily")),
    ("budget_is_well_formed", "400", lambda w: w.add("budget", timePeriod__startDate="2026-12-02")),
    ("budget_is_well_formed", "400", lambda w: w.add("budget", timePeriod__startDate="December")),
    ("budget_is_well_formed", "400", lambda w: w.add("budget", timePeriod__endDate="2026-11-01")),
    ("notifications_are_within_limits", "400", lambda w: w.change("budget", notifications={str(n): NOTIFICATION for n in range(6)})),
    ("notifications_are_within_limits", "400", lambda w: w.change("budget", notifications__warning__threshold=1001)),
    ("notifications_are_within_limits", "400", lambda w: w.change("budget", notifications__warning__threshold=0)),
    ("notifications_are_within_limits", "400", lambda w: w.change("budget", notifications__warning={"threshold": 50})),
    ("budget_watches_what_exists", "ResourceNotFound", lambda w: w.add("budget", scope=GROUP.replace("mlops-dev-rg", "lost"))),
    ("budget_watches_what_exists", "400", lambda w: w.change("budget", notifications__warning__contactGroups=[LOST])),
    ("budget_starts_where_it_started", "400", lambda w: w.change("budget", timePeriod__startDate="2027-01-01T00:00:00Z")),
]  # fmt: skip

CASES = [*COMMON, *NETWORK, *PRIVATE_LINK, *DATABRICKS, *STORAGE_AND_VAULT, *GOVERNANCE]
