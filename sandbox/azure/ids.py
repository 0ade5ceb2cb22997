"""ARM ids: how each type's id is composed, and how an id is taken apart.

The table is what a generic server needs to name a resource without knowing its type's rules: the
ARM type, the input properties its path is made of, and how azure-native names it when no name is
given.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from sandbox.rules import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

SOURCE = "https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules"

DEFAULT_SUBSCRIPTION = "5b1f0c6e-0d5e-4a53-9c2f-7c1a50000001"
DEFAULT_TENANT = "5b1f0c6e-0d5e-4a53-9c2f-7c1a50000002"
CLIENT_ID = "5b1f0c6e-0d5e-4a53-9c2f-7c1a50000003"
OBJECT_ID = "5b1f0c6e-0d5e-4a53-9c2f-7c1a50000004"

# The provider's own scheme: https://github.com/pulumi/pulumi-azure-native/blob/master/provider/pkg/resources/resources.go
AutoName = Literal["random", "copy", "uuid"]


class ArmType(NamedTuple):
    """One ARM type as azure-native addresses it.

    Attributes:
        type: The ARM type as the API answers it, for example ``Microsoft.Network/natGateways``.
        names: The input properties of the path's names, outermost first; ``=x`` is the constant x.
        autoname: What stands for a missing name: logical name and random suffix, its copy, a UUID.
        scope: The input property that carries the scope of an extension resource; "" for none.
    """

    type: str
    names: tuple[str, ...]
    autoname: AutoName
    scope: str = ""

    @property
    def name(self) -> str:
        """The input property of the resource's own name."""
        return self.names[-1]


_AN = "azure-native:"
RESOURCE_GROUP = _AN + "resources:ResourceGroup"
VNET = _AN + "network:VirtualNetwork"
SUBNET = _AN + "network:Subnet"
NSG = _AN + "network:NetworkSecurityGroup"
NAT = _AN + "network:NatGateway"
PUBLIC_IP = _AN + "network:PublicIPAddress"
ROUTE_TABLE = _AN + "network:RouteTable"
ENDPOINT = _AN + "network:PrivateEndpoint"
ZONE_GROUP = _AN + "network:PrivateDnsZoneGroup"
ZONE = _AN + "privatedns:PrivateZone"
ZONE_LINK = _AN + "privatedns:VirtualNetworkLink"
WORKSPACE = _AN + "databricks:Workspace"
CONNECTOR = _AN + "databricks:AccessConnector"
VAULT = _AN + "keyvault:Vault"
STORAGE = _AN + "storage:StorageAccount"
CONTAINER = _AN + "storage:BlobContainer"
BLOB_SERVICE = _AN + "storage:BlobServiceProperties"
LIFECYCLE = _AN + "storage:ManagementPolicy"
ROLE_ASSIGNMENT = _AN + "authorization:RoleAssignment"
LOCK = _AN + "authorization:ManagementLockByScope"
LOG_ANALYTICS = _AN + "operationalinsights:Workspace"
DIAGNOSTICS = _AN + "monitor:DiagnosticSetting"
ACTION_GROUP = _AN + "monitor:ActionGroup"
BUDGET = _AN + "consumption:Budget"

# Not a Pulumi type: what a deleted vault leaves behind (see key_vault.py).
DELETED_VAULT = _AN + "keyvault:DeletedVault"

TYPES: dict[str, ArmType] = {
    RESOURCE_GROUP: ArmType("Microsoft.Resources/resourceGroups", ("resourceGroupName",), "random"),
    VNET: ArmType("Microsoft.Network/virtualNetworks", ("virtualNetworkName",), "random"),
    SUBNET: ArmType(
        "Microsoft.Network/virtualNetworks/subnets", ("virtualNetworkName", "subnetName"), "copy"
    ),
    NSG: ArmType(
        "Microsoft.Network/networkSecurityGroups", ("networkSecurityGroupName",), "random"
    ),
    NAT: ArmType("Microsoft.Network/natGateways", ("natGatewayName",), "random"),
    PUBLIC_IP: ArmType("Microsoft.Network/publicIPAddresses", ("publicIpAddressName",), "random"),
    ROUTE_TABLE: ArmType("Microsoft.Network/routeTables", ("routeTableName",), "random"),
    ENDPOINT: ArmType("Microsoft.Network/privateEndpoints", ("privateEndpointName",), "random"),
    ZONE_GROUP: ArmType(
        "Microsoft.Network/privateEndpoints/privateDnsZoneGroups",
        ("privateEndpointName", "privateDnsZoneGroupName"),
        "copy",
    ),
    ZONE: ArmType("Microsoft.Network/privateDnsZones", ("privateZoneName",), "random"),
    ZONE_LINK: ArmType(
        "Microsoft.Network/privateDnsZones/virtualNetworkLinks",
        ("privateZoneName", "virtualNetworkLinkName"),
        "copy",
    ),
    WORKSPACE: ArmType("Microsoft.Databricks/workspaces", ("workspaceName",), "random"),
    CONNECTOR: ArmType("Microsoft.Databricks/accessConnectors", ("connectorName",), "random"),
    VAULT: ArmType("Microsoft.KeyVault/vaults", ("vaultName",), "random"),
    STORAGE: ArmType("Microsoft.Storage/storageAccounts", ("accountName",), "random"),
    CONTAINER: ArmType(
        "Microsoft.Storage/storageAccounts/blobServices/containers",
        ("accountName", "=default", "containerName"),
        "copy",
    ),
    BLOB_SERVICE: ArmType(
        "Microsoft.Storage/storageAccounts/blobServices",
        ("accountName", "blobServicesName"),
        "copy",
    ),
    LIFECYCLE: ArmType(
        "Microsoft.Storage/storageAccounts/managementPolicies",
        ("accountName", "managementPolicyName"),
        "copy",
    ),
    ROLE_ASSIGNMENT: ArmType(
        "Microsoft.Authorization/roleAssignments", ("roleAssignmentName",), "uuid", scope="scope"
    ),
    LOCK: ArmType("Microsoft.Authorization/locks", ("lockName",), "random", scope="scope"),
    LOG_ANALYTICS: ArmType(
        "Microsoft.OperationalInsights/workspaces", ("workspaceName",), "random"
    ),
    DIAGNOSTICS: ArmType(
        "Microsoft.Insights/diagnosticSettings", ("name",), "random", scope="resourceUri"
    ),
    ACTION_GROUP: ArmType("Microsoft.Insights/actionGroups", ("actionGroupName",), "random"),
    BUDGET: ArmType("Microsoft.Consumption/budgets", ("budgetName",), "random", scope="scope"),
}

IN_RESOURCE_GROUP = tuple(
    token for token, arm in TYPES.items() if not arm.scope and token != RESOURCE_GROUP
)


def subscription(provider: Mapping[str, Any]) -> str:
    """The subscription of a provider instance; without one, the sandbox's own."""
    value = provider.get("subscriptionId")
    return value if isinstance(value, str) and value else DEFAULT_SUBSCRIPTION


def tenant(provider: Mapping[str, Any]) -> str:
    """The tenant of a provider instance; without one, the sandbox's own."""
    value = provider.get("tenantId")
    return value if isinstance(value, str) and value else DEFAULT_TENANT


def resource_group_id(provider: Mapping[str, Any], name: str) -> str:
    """The ARM id of a resource group in the provider's subscription."""
    return f"/subscriptions/{subscription(provider)}/resourceGroups/{name}"


def compose(token: str, inputs: Mapping[str, Any], provider: Mapping[str, Any]) -> str | None:
    """The ARM id that a resource with these inputs has, or ``None`` while a part is not known."""
    arm = TYPES[token]
    names = [part[1:] if part.startswith("=") else inputs.get(part) for part in arm.names]
    scope = inputs.get(arm.scope or "resourceGroupName")
    if not all(isinstance(value, str) and value for value in (*names, scope)):
        return None
    if token == RESOURCE_GROUP:
        return resource_group_id(provider, str(scope))
    namespace, *kinds = arm.type.split("/")
    base = str(scope).rstrip("/") if arm.scope else resource_group_id(provider, str(scope))
    path = "/".join(f"{kind}/{name}" for kind, name in zip(kinds, names, strict=True))
    return f"{base}/providers/{namespace}/{path}"


def parent(resource_id: str, levels: int = 1) -> str:
    """The id of the resource a child belongs to: a subnet's VNet, a container's account (2)."""
    return "/".join(resource_id.split("/")[: -2 * levels])


_PLACE = r"(?i)/subscriptions/([^/]+)(?:/resourceGroups/([^/]+))?"


class ArmId(NamedTuple):
    """An ARM id taken apart; ``type`` is "" for a subscription or a resource group."""

    subscription: str
    resource_group: str
    type: str
    name: str


def parse(resource_id: object) -> ArmId | None:
    """Take an ARM id apart; ``None`` for anything else. Of nested ``providers`` the last counts."""
    if not isinstance(resource_id, str):
        return None
    head, *extensions = re.split("/providers/", resource_id, flags=re.IGNORECASE)
    place = re.fullmatch(_PLACE, head)
    if place is None:
        return None
    group = place[2] or ""
    if not extensions:
        return ArmId(place[1], group, "", group or place[1])
    namespace, *pieces = extensions[-1].split("/")
    if len(pieces) < 2 or len(pieces) % 2 or not all((namespace, *pieces)):  # noqa: PLR2004 - a pair
        return None
    return ArmId(place[1], group, "/".join((namespace, *pieces[::2])), pieces[-1])


def is_type(resource_id: object, arm_type: str) -> bool:
    """Whether this is the id of a resource of the ARM type (case does not matter)."""
    parsed = parse(resource_id)
    return parsed is not None and parsed.type.lower() == arm_type.lower()


def same(left: object, right: object) -> bool:
    """Whether two ids or names are one to ARM, which ignores case."""
    return isinstance(left, str) and isinstance(right, str) and left.lower() == right.lower()


def seeded_uuid(seed: str, purpose: str) -> str:
    """A UUID that is always the same for a resource (by its seed) and a purpose."""
    return str(_uuid(seed, purpose))


def seeded_number(seed: str, purpose: str, digits: int) -> int:
    """A number of exactly so many digits, always the same for a seed and a purpose."""
    low = 10 ** (digits - 1)
    return low + _uuid(seed, purpose).int % (9 * low)


def _uuid(seed: str, purpose: str) -> UUID:
    import uuid  # asks for the platform first; a preview needs none

    return uuid.uuid5(uuid.NAMESPACE_OID, f"{seed}/{purpose}")


def known(*values: object) -> bool:
    """Whether none of the values is, or holds at any depth, one that only an update will know."""
    for value in values:
        if value is UNKNOWN:
            return False
        if isinstance(value, dict) and not known(*value.values()):  # pyright: ignore[reportUnknownArgumentType,reportUnknownMemberType]  # plain wire data
            return False
        if isinstance(value, (list, tuple)) and not known(*value):  # pyright: ignore[reportUnknownArgumentType]  # plain wire data
            return False
    return True
