"""One catalog with everything it rests on: storage, credential, location, schemas, grants.

Built once per environment for its own catalog and once, by the owner of the shared estate, for the
model registry. What is granted is compiled by :mod:`components.access`; here it is only wired.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
import pulumi_databricks as databricks
from pulumi import Input, Output, ResourceOptions
from pulumi_azure_native import authorization, storage
from pulumi_azure_native import databricks as azure_databricks

from components import access
from components.diagnostics import diagnostic_setting
from components.locks import delete_lock
from components.naming import Names, role_definition_id
from components.private_link import PrivateLink, private_endpoints

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from components.access import CatalogPlan, Grants
    from settings.catalog import StorageSettings

CONTAINER = "catalog"


@dataclass(frozen=True, kw_only=True)
class UnityCatalogArgs:
    """What a catalog needs."""

    plan: CatalogPlan
    storage: StorageSettings
    storage_role: str
    """Two letters that tell this storage account from the environment's others."""
    names: Names
    resource_group_name: Input[str]
    location: str
    tenant_id: str
    tags: Mapping[str, str]
    protect: bool
    private_link: PrivateLink
    log_workspace_id: Input[str]
    workspace_id: Input[str]
    """The workspace's number; isolated securables are bound to it."""
    groups: Mapping[str, Input[str]]
    """Principal key to group display name."""
    workspace_provider: databricks.Provider
    system_schemas: Sequence[str] = ()
    """System tables of the metastore to switch on. Default: none, another catalog does it."""


class UnityCatalog(pulumi.ComponentResource):
    """``mlops:governance:UnityCatalog``: a governed catalog on storage of its own.

    Produces an access connector, a Data Lake Storage account closed to the internet with its
    container, endpoints and logs, the connector's role on it, a storage credential, an external
    location, the catalog, its schemas, workspace bindings where it is isolated, one authoritative
    grants resource per securable, where the settings say so a lock on the account, and system
    tables with their observers. A change of the catalog's name replaces it.
    """

    catalog_name: Output[str]
    """Name of the catalog."""
    storage_account_name: Output[str]
    """Name of the storage account beneath it."""
    schema_names: Output[list[str]]
    """Full names of the schemas."""

    def __init__(
        self, name: str, args: UnityCatalogArgs, opts: ResourceOptions | None = None
    ) -> None:
        super().__init__("mlops:governance:UnityCatalog", name, None, opts)
        self._name = name
        self._args = args
        self._databricks = ResourceOptions(parent=self, provider=args.workspace_provider)
        # A lock on the account holds all of these: private endpoints and role assignments as well,
        # although they are elsewhere.
        # https://github.com/MicrosoftDocs/azure-docs/issues/116983
        # https://github.com/hashicorp/terraform-provider-azurerm/issues/11770
        self._held_by_account: list[pulumi.Resource] = []
        plan = args.plan

        connector = self._connector()
        account = self._account(connector)
        location = self._location(connector, account)
        if args.storage.lock:
            delete_lock(
                f"{name}-storage-lock", scope=account.id, holds=self._held_by_account, parent=self
            )
        catalog = databricks.Catalog(
            f"{name}-catalog",
            name=plan.name,
            comment=plan.comment,
            owner=args.groups[plan.owner],
            storage_root=location.url,
            isolation_mode="ISOLATED" if plan.isolated else "OPEN",
            force_destroy=False,
            opts=self._held(),
        )
        self._bind("catalog", "catalog", catalog.name)
        self._grant("catalog", plan.grants, catalog=catalog.name)
        schemas = [
            databricks.Schema(
                f"{name}-{schema.name.replace('_', '-')}",
                name=schema.name,
                catalog_name=catalog.name,
                owner=args.groups[schema.owner],
                force_destroy=False,
                opts=self._held(),
            )
            for schema in plan.schemas
        ]
        for schema, resource in zip(plan.schemas, schemas, strict=True):
            self._grant(schema.name.replace("_", "-"), schema.grants, schema=resource.id)
        self._system_tables(args.system_schemas)

        self.catalog_name = catalog.name
        self.storage_account_name = account.name
        self.schemas = {
            schema.name: resource.name
            for schema, resource in zip(plan.schemas, schemas, strict=True)
        }
        """The name of each schema, known once it exists: what is made in a schema waits for it."""
        self.schema_names = Output.all(*[schema.id for schema in schemas])
        self.register_outputs(
            {
                "catalog_name": self.catalog_name,
                "storage_account_name": self.storage_account_name,
                "schema_names": self.schema_names,
            }
        )

    def _system_tables(self, schemas: Sequence[str]) -> None:
        """Switch system tables on and let the observers read them; others' grants stay."""
        enabled = {
            schema: databricks.SystemSchema(
                f"{self._name}-system-{schema}", schema=schema, opts=self._databricks
            )
            for schema in schemas
        }
        for _, place, privileges in access.system_table(schemas) if schemas else ():
            schema = place.removeprefix("system.")
            databricks.Grant(
                f"{self._name}-system-{schema}-observers",
                schema=place,
                principal=self._args.groups[access.OBSERVERS],
                privileges=[*privileges],
                opts=ResourceOptions(
                    parent=self,
                    provider=self._args.workspace_provider,
                    depends_on=[enabled[schema]] if schema in enabled else None,
                ),
            )

    def _held(self) -> ResourceOptions:
        """Options of what holds data on the Databricks side."""
        return ResourceOptions(
            parent=self, provider=self._args.workspace_provider, protect=self._args.protect
        )

    def _connector(self) -> azure_databricks.AccessConnector:
        args = self._args
        return azure_databricks.AccessConnector(
            f"{self._name}-connector",
            connector_name=args.names.of(f"{self._name}-connector"),
            resource_group_name=args.resource_group_name,
            location=args.location,
            identity=azure_databricks.ManagedServiceIdentityArgs(
                type=azure_databricks.ManagedServiceIdentityType.SYSTEM_ASSIGNED
            ),
            tags=args.tags,
            opts=ResourceOptions(parent=self, protect=args.protect),
        )

    def _account(self, connector: azure_databricks.AccessConnector) -> storage.StorageAccount:
        args = self._args
        account = storage.StorageAccount(
            f"{self._name}-storage",
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
                    storage.ResourceAccessRuleArgs(
                        tenant_id=args.tenant_id, resource_id=connector.id
                    )
                ],
            ),
            tags=args.tags,
            opts=ResourceOptions(parent=self, protect=args.protect),
        )
        retention = storage.DeleteRetentionPolicyArgs(
            enabled=True, days=args.storage.soft_delete_days
        )
        properties = storage.BlobServiceProperties(
            f"{self._name}-retention",
            blob_services_name="default",
            account_name=account.name,
            resource_group_name=args.resource_group_name,
            delete_retention_policy=retention,
            container_delete_retention_policy=retention,
            opts=ResourceOptions(parent=self),
        )
        endpoints = private_endpoints(
            f"{self._name}-storage",
            args.private_link,
            target_id=account.id,
            group_ids=["dfs", "blob"],
            parent=self,
        )
        logs = diagnostic_setting(
            f"{self._name}-storage-logs",
            resource_id=Output.concat(account.id, "/blobServices/default"),
            log_workspace_id=args.log_workspace_id,
            parent=self,
        )
        self._held_by_account += [properties, *endpoints, logs]
        return account

    def _location(
        self, connector: azure_databricks.AccessConnector, account: storage.StorageAccount
    ) -> databricks.ExternalLocation:
        args = self._args
        container = storage.BlobContainer(
            f"{self._name}-container",
            container_name=CONTAINER,
            account_name=account.name,
            resource_group_name=args.resource_group_name,
            public_access=storage.PublicAccess.NONE,
            opts=ResourceOptions(parent=self, protect=args.protect),
        )
        role = authorization.RoleAssignment(
            f"{self._name}-storage-role",
            scope=account.id,
            principal_id=connector.identity.apply(
                lambda identity: identity.principal_id if identity else ""
            ),
            principal_type=authorization.PrincipalType.SERVICE_PRINCIPAL,
            role_definition_id=role_definition_id(
                args.names.subscription_id, "Storage Blob Data Contributor"
            ),
            opts=ResourceOptions(parent=self),
        )
        self._held_by_account += [container, role]
        securable = f"{args.plan.name}_storage"
        isolation = "ISOLATION_MODE_ISOLATED" if args.plan.isolated else "ISOLATION_MODE_OPEN"
        owner = args.groups[args.plan.owner]
        credential = databricks.StorageCredential(
            f"{self._name}-credential",
            name=securable,
            owner=owner,
            isolation_mode=isolation,
            azure_managed_identity=databricks.StorageCredentialAzureManagedIdentityArgs(
                access_connector_id=connector.id
            ),
            opts=self._databricks,
        )
        self._bind("credential", "storage_credential", credential.name)
        location = databricks.ExternalLocation(
            f"{self._name}-location",
            name=securable,
            owner=owner,
            isolation_mode=isolation,
            credential_name=credential.name,
            url=Output.format(
                "abfss://{0}@{1}.dfs.core.windows.net/", container.name, account.name
            ),
            # Databricks reads and writes a test file, which needs the role.
            opts=ResourceOptions(parent=self, provider=args.workspace_provider, depends_on=[role]),
        )
        self._bind("location", "external_location", location.name)
        return location

    def _bind(self, role: str, securable_type: str, securable_name: Input[str]) -> None:
        if not self._args.plan.isolated:
            return
        databricks.WorkspaceBinding(
            f"{self._name}-{role}-binding",
            securable_type=securable_type,
            securable_name=securable_name,
            workspace_id=self._args.workspace_id,
            binding_type="BINDING_TYPE_READ_WRITE",
            # Unbound, what it protects could no longer be reached to be deleted; the binding goes
            # with its securable instead.
            # https://learn.microsoft.com/azure/databricks/catalogs/binding
            opts=ResourceOptions(
                parent=self, provider=self._args.workspace_provider, retain_on_delete=True
            ),
        )

    def _grant(
        self,
        role: str,
        grants: Grants,
        *,
        catalog: Input[str] | None = None,
        schema: Input[str] | None = None,
    ) -> None:
        if not grants:
            return
        databricks.Grants(
            f"{self._name}-{role}-grants",
            catalog=catalog,
            schema=schema,
            grants=[
                databricks.GrantsGrantArgs(
                    principal=self._args.groups[principal], privileges=[*privileges]
                )
                for principal, privileges in sorted(grants.items())
            ],
            opts=self._databricks,
        )
