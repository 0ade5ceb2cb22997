"""The workspace in the spoke with keys of its own, the vault that holds them, and their records."""

from __future__ import annotations

from policies import tokens
from policies.model import UNKNOWN
from tests.policies.foreign.common import HERE, PRINCIPAL, TAGS
from tests.policies.foreign.spoke import HUB, SPOKE, computed, hub, spoke
from tests.policies.foreign.spoke_workspace import attached
from tests.policies.harness import Item, urn


def spoke_stack() -> list[Item]:
    """All of it."""
    return [*hub(), *spoke(), *services()]


def services() -> list[Item]:
    """The workspace with keys of its own, and the vault that holds them."""
    vault = Item(
        tokens.VAULT,
        "keys",
        {
            "properties": {
                "tenantId": PRINCIPAL,
                "sku": {"family": "A", "name": "premium"},
                "enableRbacAuthorization": True,
                "enablePurgeProtection": True,
                "enableSoftDelete": True,
                "softDeleteRetentionInDays": 90,
                "publicNetworkAccess": "disabled",
                "networkAcls": {"defaultAction": "Deny", "bypass": "AzureServices"},
            },
            **HERE,
        },
        protect=True,
    )
    key = computed(
        Item(
            tokens.KEY,
            "disks",
            {
                "vaultName": UNKNOWN,
                "properties": {
                    "kty": "RSA-HSM",
                    "keySize": 3072,
                    "attributes": {"enabled": True, "expires": 1_824_000_000},
                    "rotationPolicy": {
                        "attributes": {"expiryTime": "P1Y"},
                        "lifetimeActions": [
                            {
                                "action": {"type": "rotate"},
                                "trigger": {"timeBeforeExpiry": "P60D"},
                            }
                        ],
                    },
                },
            },
            protect=True,
        ),
        vaultName=vault,
    )
    own = {
        "keySource": "Microsoft.Keyvault",
        "keyVaultProperties": {"keyName": UNKNOWN, "keyVaultUri": UNKNOWN, "keyVersion": UNKNOWN},
    }
    workspace = Item(
        tokens.WORKSPACE,
        "analytics-ws",
        {
            "sku": {"name": "premium"},
            "managedResourceGroupId": UNKNOWN,
            "encryption": {
                "entities": {
                    "managedServices": own,
                    "managedDisk": {**own, "rotationToLatestKeyVersionEnabled": True},
                }
            },
            "parameters": {
                "customVirtualNetworkId": {"value": UNKNOWN},
                "customPublicSubnetName": {"value": "dbx-host"},
                "customPrivateSubnetName": {"value": "dbx-container"},
                "enableNoPublicIp": {"value": True},
                "prepareEncryption": {"value": True},
                "requireInfrastructureEncryption": {"value": True},
                "storageAccountSkuName": {"value": "Standard_ZRS"},
            },
            "publicNetworkAccess": "Disabled",
            "requiredNsgRules": "NoAzureDatabricksRules",
            "defaultStorageFirewall": "Enabled",
            "accessConnector": {
                "id": UNKNOWN,
                "identityType": "UserAssigned",
                "userAssignedIdentityId": UNKNOWN,
            },
            "defaultCatalog": {"initialType": "UnityCatalog"},
            **HERE,
        },
        protect=True,
        create_seconds=5400,
        outputs={"workspaceId": UNKNOWN},
        dependencies={
            "parameters": [urn(SPOKE.type, SPOKE.name)],
            "encryption": [urn(key.type, key.name), urn(vault.type, vault.name)],
        },
    )
    logs = Item(
        tokens.LOG_ANALYTICS,
        "soc",
        {"retentionInDays": 365, "sku": {"name": "PerGB2018"}, **HERE},
    )
    front = linked("front", workspace, "databricks_ui_api")
    return [
        vault,
        key,
        workspace,
        logs,
        *linked("kv-link", vault, "vault"),
        *front,
        *linked("sso", workspace, "browser_authentication", after=[urn(front[0].type, "front")]),
        *(_audited(item, logs) for item in (workspace, vault)),
        *attached(workspace),
    ]


def linked(name: str, target: Item, *groups: str, after: list[str] | None = None) -> list[Item]:
    """A private endpoint with a zone of its own, linked to both networks."""
    connection = {"name": name, "groupIds": list(groups), "privateLinkServiceId": UNKNOWN}
    made = Item(
        tokens.PRIVATE_ENDPOINT,
        name,
        {"privateLinkServiceConnections": [connection], "subnet": {"id": UNKNOWN}, **HERE},
        create_seconds=3600,
        after=after or [],
    )
    made = computed(made, privateLinkServiceConnections=target)
    records = Item(
        tokens.ZONE_GROUP,
        f"{name}-records",
        {
            "privateEndpointName": UNKNOWN,
            "privateDnsZoneConfigs": [{"name": "z", "privateDnsZoneId": UNKNOWN}],
        },
    )
    zone = "vaultcore.azure.net" if "vault" in groups else "azuredatabricks.net"
    zones = Item(
        tokens.PRIVATE_ZONE,
        f"{name}-zone",
        {"privateZoneName": f"privatelink.{zone}", "location": "global", "tags": TAGS},
    )
    links = [
        Item(
            tokens.ZONE_LINK,
            f"{name}-{network.name}-link",
            {
                "privateZoneName": UNKNOWN,
                "virtualNetwork": {"id": UNKNOWN},
                "registrationEnabled": False,
                "location": "global",
                "tags": TAGS,
            },
        )
        for network in (HUB, SPOKE)
    ]
    return [
        made,
        computed(records, privateEndpointName=made, privateDnsZoneConfigs=zones),
        zones,
        *(
            computed(link, privateZoneName=zones, virtualNetwork=network)
            for link, network in zip(links, (HUB, SPOKE), strict=True)
        ),
    ]


def _audited(target: Item, logs: Item) -> Item:
    setting = Item(
        tokens.DIAGNOSTIC_SETTING,
        f"{target.name}-audit",
        {
            "resourceUri": UNKNOWN,
            "workspaceId": UNKNOWN,
            "logs": [{"categoryGroup": "allLogs", "enabled": True}],
        },
    )
    return computed(setting, resourceUri=target, workspaceId=logs)
