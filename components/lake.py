"""The storage that a catalog lies on: closed to the internet, readable by one identity, logged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pulumi import Output, ResourceOptions
from pulumi_azure_native import authorization, storage

from components.diagnostics import diagnostic_setting
from components.locks import delete_lock
from components.naming import role_definition_id
from components.private_link import private_endpoints

if TYPE_CHECKING:
    from pulumi import Resource
    from pulumi_azure_native import databricks as azure_databricks

    from components.unity_catalog import UnityCatalogArgs

CONTAINER = "catalog"


@dataclass(frozen=True, kw_only=True)
class Lake:
    """What a catalog needs of its storage.

    Attributes:
        account: The Data Lake Storage account.
        url: Where the catalog's data goes.
        role: The identity's right to the data; what reads or writes waits for it.
    """

    account: storage.StorageAccount
    url: Output[str]
    role: authorization.RoleAssignment


def lake(
    name: str,
    args: UnityCatalogArgs,
    connector: azure_databricks.AccessConnector,
    *,
    parent: Resource,
) -> Lake:
    """Make a catalog's storage account with container, endpoints, logs and, if asked for, a lock.

    Args:
        name: Prefix of the resources' logical names.
        args: What the catalog is made with.
        connector: The identity that alone reads and writes the data.
        parent: The component that owns the account.
    """
    account = storage.StorageAccount(
        f"{name}-storage",
        account_name=args.names.globally_unique(args.storage_role),
        resource_group_name=args.resource_group_name,
        location=args.location,
        kind=storage.Kind.STORAGE_V2,
        sku=storage.SkuArgs(name=args.storage.redundancy),
        is_hns_enabled=True,
        # Chosen once, like the namespace: left out where it is off.
        # https://learn.microsoft.com/azure/storage/common/infrastructure-encryption-enable
        encryption=(
            storage.EncryptionArgs(
                key_source=storage.KeySource.MICROSOFT_STORAGE,
                require_infrastructure_encryption=True,
            )
            if args.storage.double_encryption
            else None
        ),
        enable_https_traffic_only=True,
        minimum_tls_version=storage.MinimumTlsVersion.TLS1_2,
        allow_blob_public_access=False,
        allow_shared_key_access=False,
        allow_cross_tenant_replication=False,
        default_to_o_auth_authentication=True,
        is_local_user_enabled=False,
        is_sftp_enabled=False,
        public_network_access=storage.PublicNetworkAccess.DISABLED,
        network_rule_set=storage.NetworkRuleSetArgs(
            default_action=storage.DefaultAction.DENY,
            bypass=storage.Bypass.NONE,
            # The rule stays in force while public access is off; with it Unity Catalog and
            # serverless compute reach the data through the connector's identity.
            # https://learn.microsoft.com/azure/storage/common/storage-network-security-limitations
            resource_access_rules=[
                storage.ResourceAccessRuleArgs(tenant_id=args.tenant_id, resource_id=connector.id)
            ],
        ),
        tags=args.tags,
        opts=ResourceOptions(parent=parent, protect=args.protect),
    )
    retention = storage.DeleteRetentionPolicyArgs(enabled=True, days=args.storage.soft_delete_days)
    properties = storage.BlobServiceProperties(
        f"{name}-retention",
        blob_services_name="default",
        account_name=account.name,
        resource_group_name=args.resource_group_name,
        delete_retention_policy=retention,
        container_delete_retention_policy=retention,
        opts=ResourceOptions(parent=parent),
    )
    endpoints = private_endpoints(
        f"{name}-storage",
        args.private_link,
        target_id=account.id,
        group_ids=["dfs", "blob"],
        parent=parent,
    )
    logs = diagnostic_setting(
        f"{name}-storage-logs",
        resource_id=Output.concat(account.id, "/blobServices/default"),
        log_workspace_id=args.log_workspace_id,
        parent=parent,
    )
    container = storage.BlobContainer(
        f"{name}-container",
        container_name=CONTAINER,
        account_name=account.name,
        resource_group_name=args.resource_group_name,
        public_access=storage.PublicAccess.NONE,
        opts=ResourceOptions(parent=parent, protect=args.protect),
    )
    role = authorization.RoleAssignment(
        f"{name}-storage-role",
        scope=account.id,
        principal_id=connector.identity.apply(
            lambda identity: identity.principal_id if identity else ""
        ),
        principal_type=authorization.PrincipalType.SERVICE_PRINCIPAL,
        role_definition_id=role_definition_id(
            args.names.subscription_id, "Storage Blob Data Contributor"
        ),
        opts=ResourceOptions(parent=parent),
    )
    if args.storage.lock:
        # It holds private endpoints and role assignments as well, although they are elsewhere.
        # https://github.com/MicrosoftDocs/azure-docs/issues/116983
        # https://github.com/hashicorp/terraform-provider-azurerm/issues/11770
        delete_lock(
            f"{name}-storage-lock",
            scope=account.id,
            holds=[properties, *endpoints, logs, container, role],
            parent=parent,
        )
    url = Output.format("abfss://{0}@{1}.dfs.core.windows.net/", container.name, account.name)
    return Lake(account=account, url=url, role=role)
