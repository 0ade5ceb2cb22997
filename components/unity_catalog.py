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
from pulumi_azure_native import databricks as azure_databricks

from components import access
from components.lake import lake

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from components.access import CatalogPlan, Grants
    from components.lake import Lake
    from components.naming import Names
    from components.private_link import PrivateLink
    from settings.catalog import StorageSettings


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
        plan = args.plan

        connector = self._connector()
        storage = lake(name, args, connector, parent=self)
        location = self._location(connector, storage)
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
        self.storage_account_name = storage.account.name
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

    def _location(
        self, connector: azure_databricks.AccessConnector, storage: Lake
    ) -> databricks.ExternalLocation:
        args = self._args
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
            url=storage.url,
            # Databricks reads and writes a test file, which needs the role.
            opts=ResourceOptions(
                parent=self, provider=args.workspace_provider, depends_on=[storage.role]
            ),
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
