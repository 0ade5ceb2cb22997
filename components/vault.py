"""The Key Vault of an environment, reachable through its private endpoint alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pulumi import ResourceOptions
from pulumi_azure_native import keyvault

from components.private_link import PrivateLink, private_endpoints

if TYPE_CHECKING:
    import pulumi

    from settings.workspace import VaultSettings


def private_vault(
    name: str,
    settings: VaultSettings,
    link: PrivateLink,
    *,
    tenant_id: str,
    protect: bool,
    parent: pulumi.Resource,
) -> keyvault.Vault:
    """A vault that role assignments open, and its private endpoint.

    Args:
        name: Logical name of the component that it belongs to.
        settings: Retention and purge protection.
        link: Where the endpoint goes; the vault stands in the same group and region.
        tenant_id: Entra tenant whose identities it knows.
        protect: Whether the engine refuses to delete it.
        parent: The component.
    """
    made = keyvault.Vault(
        # Named by the provider, which adds a random suffix: the name of a deleted vault stays
        # taken until its retention ends. https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview
        f"{name}-kv",
        resource_group_name=link.resource_group_name,
        location=link.location,
        properties=keyvault.VaultPropertiesArgs(
            tenant_id=tenant_id,
            sku=keyvault.SkuArgs(family=keyvault.SkuFamily.A, name=keyvault.SkuName.STANDARD),
            enable_rbac_authorization=True,
            enable_soft_delete=True,
            soft_delete_retention_in_days=settings.soft_delete_days,
            # Azure knows on and unset; it refuses an explicit off.
            # https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview
            enable_purge_protection=settings.purge_protection or None,
            public_network_access="disabled",
            network_acls=keyvault.NetworkRuleSetArgs(
                # Key Vault-backed secret scopes reach the vault as a trusted service.
                # https://learn.microsoft.com/azure/databricks/security/secrets/
                bypass=keyvault.NetworkRuleBypassOptions.AZURE_SERVICES,
                default_action=keyvault.NetworkRuleAction.DENY,
            ),
        ),
        tags=link.tags,
        opts=ResourceOptions(parent=parent, protect=protect),
    )
    private_endpoints(
        f"{name}-secrets",
        link,
        target_id=made.id,
        group_ids=["vault"],
        parent=parent,
    )
    return made
