"""Databricks workspaces: which settings the resource provider accepts together."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from sandbox.azure import ids
from sandbox.azure.values import at, flag, one_of
from sandbox.rules import Refusal, check

if TYPE_CHECKING:
    from sandbox.rules import Request

SPEC = "https://github.com/Azure/azure-rest-api-specs/blob/main/specification/databricks/resource-manager/Microsoft.Databricks/Databricks/models.tsp"
PRIVATE_LINK = "https://learn.microsoft.com/azure/databricks/security/network/classic/private-link"
FIREWALL = "https://learn.microsoft.com/azure/databricks/security/network/storage/firewall-support"
PREMIUM = "https://github.com/hashicorp/terraform-provider-azurerm/blob/main/internal/services/databricks/databricks_workspace_resource.go"
MANAGED_GROUP = "https://github.com/pulumi/pulumi-azure-native/issues/3643"
SECURITY = (
    "https://learn.microsoft.com/azure/databricks/security/privacy/enhanced-security-compliance"
)


def invalid(message: str, prop: str, code: str = "InvalidWorkspaceParameters") -> Refusal:
    """A refusal of the Databricks resource provider."""
    return Refusal(code, message, prop=prop)


@check(ids.WORKSPACE, source=SPEC)
def compute_mode_decides_what_is_needed(request: Request) -> None:
    """Hybrid needs a managed resource group; Serverless forbids it and all classic settings."""
    inputs, mode = request.inputs, request.inputs.get("computeMode")
    one_of(mode, ("Hybrid", "Serverless"), prop="computeMode")
    classic = ("managedResourceGroupId", "parameters", "accessConnector", "defaultStorageFirewall",
               "defaultCatalog", "requiredNsgRules")  # fmt: skip
    if mode == "Hybrid" and inputs.get("managedResourceGroupId") is None:
        raise invalid(
            "managedResourceGroupId is required for computeMode Hybrid: the id of a group "
            "that does not exist yet.",
            "managedResourceGroupId",
        )
    if mode == "Serverless":
        for prop in classic:
            if inputs.get(prop) is not None:
                raise invalid(f"{prop} is not allowed for computeMode Serverless.", prop)


@check(ids.WORKSPACE, source=MANAGED_GROUP)
def managed_group_is_another_group(request: Request) -> None:
    """The managed resource group is given by its id and is not the workspace's own group."""
    group = request.inputs.get("managedResourceGroupId")
    if not isinstance(group, str):
        return
    parsed = ids.parse(group)
    if parsed is None or parsed.type or not parsed.resource_group:
        raise invalid(
            f"'{group}' is not a resource group id: /subscriptions/…/resourceGroups/…",
            "managedResourceGroupId",
            "InvalidManagedResourceGroupId",
        )
    if ids.same(parsed.resource_group, request.inputs.get("resourceGroupName")):
        raise invalid(
            f"The managed resource group '{group}' must differ from the resource group of "
            "the workspace.",
            "managedResourceGroupId",
            "ApplianceManagedResourceGroupIsSame",
        )


@check(ids.WORKSPACE, source=PREMIUM)
def premium_features_need_premium(request: Request) -> None:
    """Firewall, customer keys, added security, double encryption and Private Link are premium."""
    sku = at(request.inputs, "sku.name")
    one_of(sku, ("standard", "premium", "trial"), prop="sku.name")
    if not isinstance(sku, str) or sku.lower() in {"premium", "trial"}:
        return
    features = {
        "defaultStorageFirewall": at(request.inputs, "defaultStorageFirewall") == "Enabled",
        "encryption": at(request.inputs, "encryption") is not None,
        "enhancedSecurityCompliance": at(request.inputs, "enhancedSecurityCompliance") is not None,
        "parameters.prepareEncryption": flag(request.inputs, "parameters.prepareEncryption.value"),
        "parameters.requireInfrastructureEncryption": flag(
            request.inputs, "parameters.requireInfrastructureEncryption.value"
        ),
        "publicNetworkAccess": at(request.inputs, "publicNetworkAccess") == "Disabled",
    }
    for prop, used in features.items():
        if used:
            raise invalid(
                f"{prop} needs a premium workspace; sku.name is '{sku}'.",
                prop,
                "FeatureNotSupportedForSku",
            )


@check(ids.WORKSPACE, source=PRIVATE_LINK)
def public_access_and_rules_agree(request: Request) -> None:
    """Without public access the cluster traffic is private too: NoAzureDatabricksRules."""
    access, rules = (
        request.inputs.get("publicNetworkAccess"),
        request.inputs.get("requiredNsgRules"),
    )
    one_of(access, ("Enabled", "Disabled"), prop="publicNetworkAccess")
    one_of(rules, ("AllRules", "NoAzureDatabricksRules"), prop="requiredNsgRules")
    hybrid = request.inputs.get("computeMode") == "Hybrid"
    if access == "Disabled" and hybrid and rules in {None, "AllRules"}:
        raise invalid(
            "publicNetworkAccess Disabled cannot be combined with requiredNsgRules "
            "AllRules (the default): set NoAzureDatabricksRules.",
            "requiredNsgRules",
            "InvalidRequiredNsgRules",
        )
    injected = at(request.inputs, "parameters.customVirtualNetworkId.value")
    private = at(request.inputs, "parameters.enableNoPublicIp.value")
    if (
        hybrid
        and rules == "NoAzureDatabricksRules"
        and ((ids.known(request.inputs.get("parameters")) and not injected) or private is False)
    ):
        raise invalid(
            "requiredNsgRules NoAzureDatabricksRules needs VNet injection "
            "(customVirtualNetworkId) and enableNoPublicIp true.",
            "requiredNsgRules",
            "InvalidRequiredNsgRules",
        )


@check(ids.WORKSPACE, source=FIREWALL)
def storage_firewall_has_its_connector(request: Request) -> None:
    """The root storage's firewall needs an access connector with its identity type."""
    firewall, connector = (
        request.inputs.get(p) for p in ("defaultStorageFirewall", "accessConnector")
    )
    one_of(firewall, ("Enabled", "Disabled"), prop="defaultStorageFirewall")
    if firewall == "Enabled" and connector is None:
        raise invalid(
            "defaultStorageFirewall Enabled needs accessConnector: its id and identityType.",
            "accessConnector",
            "AccessConnectorRequired",
        )
    kind, identity = at(connector, "identityType"), at(connector, "userAssignedIdentityId")
    one_of(kind, ("SystemAssigned", "UserAssigned"), prop="accessConnector.identityType")
    if kind == "UserAssigned" and identity is None:
        raise invalid(
            "accessConnector.identityType UserAssigned needs userAssignedIdentityId.",
            "accessConnector.userAssignedIdentityId",
            "InvalidAccessConnectorIdentity",
        )
    if kind == "SystemAssigned" and isinstance(identity, str):
        raise invalid(
            "accessConnector.userAssignedIdentityId is for identityType UserAssigned.",
            "accessConnector.userAssignedIdentityId",
            "InvalidAccessConnectorIdentity",
        )


@check(ids.WORKSPACE, source=SECURITY)
def compliance_profile_brings_its_friends(request: Request) -> None:
    """The compliance profile needs automatic updates and monitoring; standards need the profile."""
    where = "enhancedSecurityCompliance"
    profile, update, monitoring = (
        at(request.inputs, f"{where}.{part}.value")
        for part in (
            "complianceSecurityProfile",
            "automaticClusterUpdate",
            "enhancedSecurityMonitoring",
        )
    )
    standards = at(request.inputs, f"{where}.complianceSecurityProfile.complianceStandards")
    if profile == "Enabled" and any(
        v in {None, "Disabled"} for v in (update, monitoring) if ids.known(v)
    ):
        raise invalid(
            "complianceSecurityProfile Enabled needs automaticClusterUpdate and "
            "enhancedSecurityMonitoring Enabled.",
            where,
            "InvalidEnhancedSecurityCompliance",
        )
    if (
        isinstance(standards, list)
        and set(cast("list[str]", standards)) - {"NONE"}
        and profile in {None, "Disabled"}
    ):
        raise invalid(
            "complianceStandards need complianceSecurityProfile Enabled.",
            where,
            "InvalidEnhancedSecurityCompliance",
        )


@check(
    ids.WORKSPACE,
    source="https://learn.microsoft.com/azure/storage/common/storage-account-overview#storage-account-name",
)
def root_storage_name_is_valid(request: Request) -> None:
    """The root storage account is named like any storage account."""
    name = at(request.inputs, "parameters.storageAccountName.value")
    if isinstance(name, str) and not re.fullmatch(r"[a-z0-9]{3,24}", name):
        raise invalid(
            f"The storage account name '{name}' is not valid: 3 to 24 lower-case letters "
            "and digits.",
            "parameters.storageAccountName",
            "InvalidStorageAccountName",
        )
