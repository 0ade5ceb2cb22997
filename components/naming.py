"""Every physical name, in one place. Pure, deterministic, length-checked.

Names follow ``<prefix>-<environment>-<role>``. Storage accounts and key vaults are unique in all of
Azure, so theirs end in a digest of the subscription instead of relying on luck.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

GLOBAL_NAME_LENGTH = 24
"""Longest name of a storage account or key vault.
https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules"""
DIGEST_LENGTH = 6


@dataclass(frozen=True, kw_only=True)
class Names:
    """The names of one environment in one subscription."""

    prefix: str
    environment: str
    subscription_id: str

    def of(self, role: str) -> str:
        """The name of what plays ``role``, for example ``mlops-dev-rg``."""
        return f"{self.prefix}-{self.environment}-{role}"

    def globally_unique(self, role: str) -> str:
        """A name of lower-case letters and digits, at most 24 long, unique in Azure.

        Raises:
            ValueError: ``role`` leaves no room for the digest.
        """
        digest = hashlib.sha256(
            f"{self.subscription_id}/{self.prefix}/{self.environment}/{role}".encode()
        ).hexdigest()[:DIGEST_LENGTH]
        name = f"{self.prefix}{self.environment}{role}{digest}"
        if len(name) > GLOBAL_NAME_LENGTH:
            raise ValueError(
                f"{name} has {len(name)} characters, {GLOBAL_NAME_LENGTH} are allowed; "
                f"use a shorter role than {role}"
            )
        return name

    @property
    def subscription_scope(self) -> str:
        """The id of this subscription."""
        return f"/subscriptions/{self.subscription_id}"

    def resource_group_id(self, name: str) -> str:
        """The id of a resource group of this subscription."""
        return f"{self.subscription_scope}/resourceGroups/{name}"

    @property
    def workspace_id(self) -> str:
        """The workspace's id, known before it exists: providers are configured with it."""
        group = self.resource_group_id(self.of("rg"))
        return f"{group}/providers/Microsoft.Databricks/workspaces/{self.of('workspace')}"

    @property
    def root_storage_id(self) -> str:
        """The id of the workspace's own storage account, in the group that Databricks manages."""
        group = self.resource_group_id(self.of("managed-rg"))
        account = self.globally_unique("ws")
        return f"{group}/providers/Microsoft.Storage/storageAccounts/{account}"


def role_definition_id(subscription_id: str, role: str) -> str:
    """The id of a built-in role.

    Raises:
        KeyError: The role is not one that the platform assigns.
    """
    return (
        f"/subscriptions/{subscription_id}/providers/Microsoft.Authorization"
        f"/roleDefinitions/{BUILT_IN_ROLES[role]}"
    )


BUILT_IN_ROLES = {
    "Key Vault Secrets User": "4633458b-17de-408a-b874-0445c86b69e6",
    "Storage Blob Data Contributor": "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
}
"""https://learn.microsoft.com/azure/role-based-access-control/built-in-roles"""
