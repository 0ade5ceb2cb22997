"""What a private endpoint can point to: resources of ours, and what Databricks manages for us."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sandbox.azure import ids
from sandbox.azure.common import region
from sandbox.azure.values import at, fields, items, output

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.rules import Cloud

# Sub-resource names and DNS zones: https://learn.microsoft.com/azure/private-link/private-endpoint-dns
_STORAGE = ("blob", "table", "queue", "file", "web", "dfs")
_ZONES = {
    "databricks_ui_api": "azuredatabricks.net",
    "browser_authentication": "azuredatabricks.net",
    "vault": "vaultcore.azure.net",
}
GROUP_IDS: dict[str, tuple[str, ...]] = {
    "microsoft.databricks/workspaces": ("databricks_ui_api", "browser_authentication"),
    "microsoft.storage/storageaccounts": (
        *_STORAGE, *(f"{name}_secondary" for name in _STORAGE if name != "file"),
    ),
    "microsoft.keyvault/vaults": ("vault",),
}  # fmt: skip


class Target(NamedTuple):
    """Something a private endpoint can reach."""

    id: str
    location: str
    url: str

    def host(self, group: str) -> str:
        """The public name that the endpoint's address answers for."""
        parsed = ids.parse(self.id)
        name = parsed.name if parsed else ""
        if group == "browser_authentication":
            return f"{region(self.location)}.pl-auth.azuredatabricks.net"
        if group == "databricks_ui_api":
            return self.url
        if group == "vault":
            return f"{name}.vault.azure.net"
        return f"{name}.{group.removesuffix('_secondary')}.core.windows.net"


def zone_of(group: str) -> str:
    """The private DNS zone that belongs to a sub-resource."""
    service = group.removesuffix("_secondary")
    return f"privatelink.{_ZONES.get(group, f'{service}.core.windows.net')}"


def connection(inputs: Mapping[str, Any]) -> tuple[str, str]:
    """Target id and sub-resource of a private endpoint's inputs; "" for what is absent."""
    entries = [
        *items(inputs.get("privateLinkServiceConnections")),
        *items(inputs.get("manualPrivateLinkServiceConnections")),
    ]
    first = fields(entries[0]) if entries else {}
    groups = items(at(first, "groupIds"))
    target, group = at(first, "privateLinkServiceId"), groups[0] if groups else ""
    return (target if isinstance(target, str) else ""), (group if isinstance(group, str) else "")


def target_of(cloud: Cloud, target_id: str) -> Target | None:
    """The target with this id, or ``None``; a workspace's managed storage counts."""
    record = cloud.get(target_id)
    if record is not None:
        url = output(record, "workspaceUrl")
        return Target(record.id, str(output(record, "location")), str(url or ""))
    for workspace in cloud.all(ids.WORKSPACE):
        if ids.same(root_storage_id({**workspace.inputs, **workspace.outputs}), target_id):
            return Target(target_id, str(output(workspace, "location")), "")
    return None


def root_storage_id(workspace: Mapping[str, Any]) -> str | None:
    """The id of the storage account that a workspace manages, from its properties."""
    group = at(workspace, "managedResourceGroupId")
    name = at(workspace, "parameters.storageAccountName.value")
    if not isinstance(group, str) or not isinstance(name, str):
        return None
    return f"{group}/providers/Microsoft.Storage/storageAccounts/{name}"
