"""Mistakes with Databricks workspaces and access connectors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.sandbox.azure.estate import (
    CONNECTOR,
    GROUP,
    MANAGED,
    STORAGE,
    SUBSCRIPTION,
    TENANT,
    VNET,
)
from tests.sandbox.azure.mistakes.actions import add, change, delete, second, second_workspace
from tests.sandbox.azure.world import arm

if TYPE_CHECKING:
    from tests.sandbox.azure.mistakes.actions import Mistakes

_PROFILE = {"complianceSecurityProfile": {"value": "Enabled", "complianceStandards": ["HIPAA"]}}


_ESC = {
    **_PROFILE,
    "automaticClusterUpdate": {"value": "Enabled"},
    "enhancedSecurityMonitoring": {"value": "Enabled"},
}


MISTAKES: Mistakes = {
    "compute_mode_decides_what_is_needed": [
        ("InvalidParameter", add("workspace", computeMode="Classic")),
        ("InvalidWorkspaceParameters", add("workspace", managedResourceGroupId=None)),
        ("InvalidWorkspaceParameters", add("workspace", computeMode="Serverless")),
    ],
    "managed_group_is_another_group": [
        ("InvalidManagedResourceGroupId", add("workspace", managedResourceGroupId="managed-rg")),
        ("ApplianceManagedResourceGroupIsSame", add("workspace", managedResourceGroupId=GROUP)),
    ],
    "premium_features_need_premium": [
        ("FeatureNotSupportedForSku", add("workspace", sku={"name": "standard"})),
        ("InvalidParameter", add("workspace", sku={"name": "gold"})),
    ],
    "standard_is_not_created_any_more": [
        (
            "SkuNotAvailable",
            second(sku={"name": "standard"}, defaultStorageFirewall=None, publicNetworkAccess=None),
        ),
    ],
    "public_access_and_rules_agree": [
        ("InvalidRequiredNsgRules", add("workspace", requiredNsgRules="AllRules")),
        ("InvalidRequiredNsgRules", add("workspace", requiredNsgRules=None)),
        ("InvalidRequiredNsgRules", add("workspace", parameters__enableNoPublicIp__value=False)),
        ("InvalidParameter", add("workspace", requiredNsgRules="NoAzureServiceRules")),
    ],
    "storage_firewall_has_its_connector": [
        ("AccessConnectorRequired", add("workspace", accessConnector=None)),
        (
            "InvalidAccessConnectorIdentity",
            add("workspace", accessConnector__identityType="UserAssigned"),
        ),
        (
            "InvalidAccessConnectorIdentity",
            add("workspace", accessConnector__userAssignedIdentityId="/x"),
        ),
    ],
    "compliance_profile_brings_its_friends": [
        (
            "InvalidEnhancedSecurityCompliance",
            add("workspace", enhancedSecurityCompliance=_PROFILE),
        ),
        (
            "InvalidEnhancedSecurityCompliance",
            add(
                "workspace",
                enhancedSecurityCompliance={
                    "complianceSecurityProfile": {"complianceStandards": ["HIPAA"]}
                },
            ),
        ),
    ],
    "root_storage_name_is_valid": [
        (
            "InvalidStorageAccountName",
            add("workspace", parameters__storageAccountName__value="Root-1"),
        ),
    ],
    "network_parameters_come_together": [
        (
            "MissingVNetInjectionParameters",
            add("workspace", parameters__customPrivateSubnetName=None),
        ),
        (
            "SubnetsMustBeDistinct",
            add("workspace", parameters__customPrivateSubnetName__value="host"),
        ),
        (
            "InvalidVirtualNetworkId",
            add("workspace", parameters__customVirtualNetworkId__value=STORAGE),
        ),
        ("InvalidNatGatewayParameter", add("workspace", parameters__natGatewayName__value="nat")),
    ],
    "network_suits": [
        (
            "VirtualNetworkNotFound",
            second(parameters__customVirtualNetworkId__value=f"{VNET}-lost"),
        ),
        ("VirtualNetworkRegionMismatch", second(location="westus2")),
        (
            "VirtualNetworkSubscriptionMismatch",
            lambda w: (
                w.cloud.records.update(
                    {VNET.replace(SUBSCRIPTION, TENANT).lower(): w.record("vnet")}
                ),
                second_workspace(
                    w, parameters__customVirtualNetworkId__value=VNET.replace(SUBSCRIPTION, TENANT)
                ),
            ),
        ),
        (
            "InvalidVirtualNetworkCIDR",
            lambda w: (
                w.add(
                    "vnet",
                    virtualNetworkName="net-small",
                    addressSpace={"addressPrefixes": ["10.1.0.0/25"]},
                ),
                second_workspace(w, parameters__customVirtualNetworkId__value=f"{VNET}-small"),
            ),
        ),
    ],
    "subnets_suit": [
        ("SubnetIsNotWithinVnetError", second(parameters__customPublicSubnetName__value="lost")),
        (
            "SubnetDelegationMissing",
            lambda w: (
                w.add("endpoints", subnetName="plain", addressPrefix="10.0.7.0/24"),
                second_workspace(w, parameters__customPublicSubnetName__value="plain"),
            ),
        ),
        (
            "NetworkSecurityGroupMissing",
            lambda w: (
                w.add(
                    "host",
                    subnetName="bare",
                    addressPrefix="10.0.7.0/24",
                    networkSecurityGroup=None,
                ),
                second_workspace(w, parameters__customPublicSubnetName__value="bare"),
            ),
        ),
        (
            "InvalidSubnetCIDR",
            lambda w: (
                w.add("host", subnetName="small", addressPrefix="10.0.7.0/27"),
                second_workspace(w, parameters__customPublicSubnetName__value="small"),
            ),
        ),
        ("SubnetAlreadyInUse", second(parameters__customPublicSubnetName__value="host")),
    ],
    "managed_group_is_new": [
        ("ApplianceProvisioningFailed", second(managedResourceGroupId=MANAGED)),
        (
            "ApplianceProvisioningFailed",
            lambda w: (
                w.add("group", resourceGroupName="taken-rg"),
                second_workspace(
                    w, managedResourceGroupId=GROUP.replace("mlops-dev-rg", "taken-rg")
                ),
            ),
        ),
    ],
    "connector_exists": [
        ("AccessConnectorNotFound", second(accessConnector__id=f"{CONNECTOR}-lost")),
        (
            "AccessConnectorRegionMismatch",
            lambda w: (
                w.add("connector", connectorName="far", location="westus2"),
                second_workspace(
                    w, accessConnector__id=arm("Microsoft.Databricks/accessConnectors/far")
                ),
            ),
        ),
        (
            "InvalidAccessConnectorIdentity",
            lambda w: (
                w.add("connector", connectorName="nobody", identity={"type": "None"}),
                second_workspace(
                    w, accessConnector__id=arm("Microsoft.Databricks/accessConnectors/nobody")
                ),
            ),
        ),
    ],
    "create_only_is_kept": [
        (
            "VirtualNetworkIdChangeNotAllowed",
            lambda w: (
                w.add("vnet", virtualNetworkName="net2"),
                w.add("host", virtualNetworkName="net2"),
                w.add("container", virtualNetworkName="net2"),
                w.change("workspace", parameters__customVirtualNetworkId__value=f"{VNET}2"),
            ),
        ),
        (
            "ApplianceManagedResourceGroupMismatch",
            change("workspace", managedResourceGroupId=f"{MANAGED}-2"),
        ),
    ],
    "compliance_profile_stays_on": [
        (
            "ComplianceSecurityProfileCannotBeDisabled",
            lambda w: (
                w.change("workspace", enhancedSecurityCompliance=_ESC),
                w.change("workspace", enhancedSecurityCompliance=None),
            ),
        ),
    ],
    "identity_is_complete": [
        ("InvalidIdentityValues", add("connector", identity={"type": "UserAssigned"})),
        (
            "InvalidIdentityValues",
            add("connector", identity={"type": "SystemAssigned", "userAssignedIdentities": ["/x"]}),
        ),
    ],
    "connector_in_use_is_not_deleted": [
        ("AccessConnectorInUse", delete("connector")),
    ],
    "root_storage_name_is_free": [
        (
            "StorageAccountAlreadyTaken",
            second(parameters__storageAccountName__value="mlopsdevdata"),
        ),
    ],
}
