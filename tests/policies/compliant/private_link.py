"""Private endpoints and their names in the compliant stack."""

from __future__ import annotations

from policies import tokens
from tests.policies.compliant.common import ARM, NETWORK, TAGS
from tests.policies.harness import Item, urn

_WORKSPACE = f"{ARM}/Microsoft.Databricks/workspaces/mlops-prod-workspace"
_LAKE = f"{ARM}/Microsoft.Storage/storageAccounts/mlopsprodlake"
_ZONE = "privatelink.azuredatabricks.net"


def parts() -> list[Item]:
    zone_id = f"{NETWORK}/privateDnsZones/{_ZONE}"
    parts = [
        Item(tokens.PRIVATE_ZONE, "zone", {"privateZoneName": _ZONE, "tags": TAGS}),
        Item(
            tokens.ZONE_LINK,
            "zone-link",
            {
                "privateZoneName": _ZONE,
                "virtualNetwork": {"id": f"{NETWORK}/virtualNetworks/vnet"},
                "tags": TAGS,
            },
        ),
    ]
    for name, group, target in (
        ("ui", "databricks_ui_api", _WORKSPACE),
        ("log-in", "browser_authentication", _WORKSPACE),
        ("lake-dfs", "dfs", _LAKE),
        ("lake-blob", "blob", _LAKE),
        ("secrets", "vault", f"{ARM}/Microsoft.KeyVault/vaults/mlops-prod-kv"),
    ):
        connection = {"name": name, "groupIds": [group], "privateLinkServiceId": target}
        endpoint = {
            "privateEndpointName": f"{name}-endpoint",
            "privateLinkServiceConnections": [connection],
            "tags": TAGS,
        }
        records = {
            "privateEndpointName": f"{name}-endpoint",
            "privateDnsZoneConfigs": [{"name": name, "privateDnsZoneId": zone_id}],
        }
        first = [urn(tokens.ZONE_GROUP, "ui-records")] if name == "log-in" else []
        parts += [
            Item(
                tokens.PRIVATE_ENDPOINT,
                f"{name}-endpoint",
                endpoint,
                create_seconds=3600,
                after=first,
            ),
            Item(
                tokens.ZONE_GROUP,
                f"{name}-records",
                records,
                after=[urn(tokens.PRIVATE_ENDPOINT, f"{name}-endpoint")],
            ),
        ]
    return parts
