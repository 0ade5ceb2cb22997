"""The workspace of one environment and what stands around it on the Azure side.

Owns the workspace, its private endpoints, its vault, its logs, and its registration in the
account: metastore, serverless connectivity, who may log in. What is set *inside* a workspace is
:mod:`components.workspace_hardening`, since that takes a provider which takes a workspace.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pulumi
import pulumi_databricks as databricks
from pulumi import CustomTimeouts, Input, Output, ResourceOptions
from pulumi_azure_native import databricks as azure_databricks

from components.diagnostics import diagnostic_setting, log_workspace
from components.private_link import PrivateLink, private_endpoints
from components.vault import private_vault

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from components.naming import Names
    from settings.workspace import WorkspaceSettings

PATIENCE = CustomTimeouts(create="60m", update="60m", delete="60m")
"""Azure takes up to half an hour over a workspace, more when its region is busy."""


@dataclass(frozen=True, kw_only=True)
class WorkspaceArgs:
    """What a workspace needs."""

    settings: WorkspaceSettings
    names: Names
    resource_group_name: Input[str]
    location: str
    tenant_id: str
    tags: Mapping[str, str]
    protect: bool
    virtual_network_id: Input[str]
    host_subnet_name: Input[str]
    container_subnet_name: Input[str]
    private_link: PrivateLink
    metastore_id: Input[str]
    connectivity_id: Input[str]
    """Serverless network connectivity configuration to bind."""
    members: Mapping[str, Input[str]]
    """Key of each group that may log in to its account-wide id."""
    administrators: Input[str]
    """Account-wide id of the group that administers the workspace."""
    account_provider: databricks.Provider
    outlived_by: Sequence[pulumi.Resource]
    """What must stand before the workspace and may go only after it."""


class Workspace(pulumi.ComponentResource):
    """``mlops:databricks:Workspace``: a private, premium, VNet-injected workspace.

    Produces the workspace with its access connector, back-end (and browser log-in) private
    endpoints, endpoints to its root storage, a Key Vault with its endpoint, a Log Analytics
    workspace with diagnostic settings, the metastore assignment, the serverless connectivity
    binding and one log-in assignment per group. A change of subnets, of ``rootStorageRedundancy``
    or of a name replaces the workspace.
    """

    resource_id: Output[str]
    """Azure id of the workspace."""
    workspace_id: Output[str]
    """The workspace's number, as the Databricks account knows it."""
    joined_workspace_id: Output[str]
    """The same, once the workspace has its metastore: from then on it takes account principals."""
    url: Output[str]
    """Address of the workspace, with its scheme."""
    vault_id: Output[str]
    """Azure id of the Key Vault."""
    vault_uri: Output[str]
    """Address of the Key Vault."""
    log_workspace_id: Output[str]
    """Azure id of the Log Analytics workspace."""

    def __init__(self, name: str, args: WorkspaceArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("mlops:databricks:Workspace", name, None, opts)
        self._name = name
        self._args = args

        logs = log_workspace(
            f"{name}-logs",
            args.settings.logs,
            names=args.names,
            resource_group_name=args.resource_group_name,
            location=args.location,
            tags=args.tags,
            parent=self,
        )
        workspace = self._workspace()
        # Azure refuses endpoints in a network while a workspace is being injected into it.
        # https://github.com/hashicorp/terraform-provider-azurerm/issues/17649
        subnet_id = Output.all(args.private_link.subnet_id, workspace.id).apply(
            lambda ids: str(ids[0])
        )
        self.private_link = replace(args.private_link, subnet_id=subnet_id)
        """Where further private endpoints of this network go, once the workspace stands."""

        front = ["browser_authentication"] if args.settings.browser_authentication else []
        private_endpoints(
            f"{name}-workspace",
            self.private_link,
            target_id=workspace.id,
            group_ids=["databricks_ui_api", *front],
            parent=self,
        )
        private_endpoints(
            f"{name}-root",
            self.private_link,
            target_id=args.names.root_storage_id,
            group_ids=["dfs", "blob"],
            parent=self,
        )
        vault = private_vault(
            name,
            args.settings.vault,
            self.private_link,
            tenant_id=args.tenant_id,
            protect=args.protect,
            parent=self,
        )
        diagnostic_setting(
            f"{name}-workspace-logs",
            resource_id=workspace.id,
            log_workspace_id=logs.id,
            parent=self,
            categories=args.settings.logs.categories,
        )
        diagnostic_setting(
            f"{name}-vault-logs", resource_id=vault.id, log_workspace_id=logs.id, parent=self
        )
        joined = self._register(workspace.workspace_id)

        self.resource_id = workspace.id
        self.workspace_id = workspace.workspace_id
        self.joined_workspace_id = Output.all(workspace.workspace_id, joined.id).apply(
            lambda ids: str(ids[0])
        )
        self.url = Output.concat("https://", workspace.workspace_url)
        self.vault_id = vault.id
        self.vault_uri = vault.properties.apply(lambda properties: properties.vault_uri or "")
        self.log_workspace_id = logs.id
        self.register_outputs(
            {
                "resource_id": self.resource_id,
                "workspace_id": self.workspace_id,
                "joined_workspace_id": self.joined_workspace_id,
                "url": self.url,
                "vault_id": self.vault_id,
                "vault_uri": self.vault_uri,
                "log_workspace_id": self.log_workspace_id,
            }
        )

    def _workspace(self) -> azure_databricks.Workspace:
        args, names = self._args, self._args.names
        connector = azure_databricks.AccessConnector(
            f"{self._name}-connector",
            connector_name=names.of("workspace-connector"),
            resource_group_name=args.resource_group_name,
            location=args.location,
            identity=azure_databricks.ManagedServiceIdentityArgs(
                type=azure_databricks.ManagedServiceIdentityType.SYSTEM_ASSIGNED
            ),
            tags=args.tags,
            opts=ResourceOptions(parent=self, protect=args.protect),
        )
        text = azure_databricks.WorkspaceCustomStringParameterArgs
        return azure_databricks.Workspace(
            f"{self._name}-workspace",
            workspace_name=names.of("workspace"),
            resource_group_name=args.resource_group_name,
            location=args.location,
            sku=azure_databricks.SkuArgs(name="premium"),
            compute_mode=azure_databricks.ComputeMode.HYBRID,
            # Azure makes this group itself and refuses one that exists.
            # https://github.com/pulumi/pulumi-azure-native/issues/3733
            managed_resource_group_id=names.resource_group_id(names.of("managed-rg")),
            parameters=azure_databricks.WorkspaceCustomParametersArgs(
                custom_virtual_network_id=text(value=args.virtual_network_id),
                custom_public_subnet_name=text(value=args.host_subnet_name),
                custom_private_subnet_name=text(value=args.container_subnet_name),
                enable_no_public_ip=azure_databricks.WorkspaceNoPublicIPBooleanParameterArgs(
                    value=True
                ),
                storage_account_name=text(value=names.globally_unique("ws")),
                storage_account_sku_name=text(value=args.settings.root_storage_redundancy),
                # Left out where it is off: the API refuses every change, also from unset to off.
                # https://learn.microsoft.com/azure/databricks/security/keys/double-encryption
                require_infrastructure_encryption=(
                    azure_databricks.WorkspaceCustomBooleanParameterArgs(value=True)
                    if args.settings.root_storage_double_encryption
                    else None
                ),
            ),
            public_network_access=(
                azure_databricks.PublicNetworkAccess.ENABLED
                if args.settings.public_network_access
                else azure_databricks.PublicNetworkAccess.DISABLED
            ),
            required_nsg_rules=azure_databricks.RequiredNsgRules.NO_AZURE_DATABRICKS_RULES,
            default_storage_firewall=azure_databricks.DefaultStorageFirewall.ENABLED,
            access_connector=azure_databricks.WorkspacePropertiesAccessConnectorArgs(
                id=connector.id, identity_type=azure_databricks.IdentityType.SYSTEM_ASSIGNED
            ),
            default_catalog=azure_databricks.DefaultCatalogPropertiesArgs(
                initial_type=azure_databricks.InitialType.UNITY_CATALOG
            ),
            tags=args.tags,
            opts=ResourceOptions(
                parent=self,
                protect=args.protect,
                custom_timeouts=PATIENCE,
                depends_on=[*args.outlived_by],
            ),
        )

    def _register(self, workspace_id: Output[str]) -> databricks.MetastoreAssignment:
        """Make the workspace known in the account; the answer is its place in the metastore."""
        args = self._args
        account = ResourceOptions(parent=self, provider=args.account_provider)
        assignment = databricks.MetastoreAssignment(
            f"{self._name}-metastore",
            metastore_id=args.metastore_id,
            workspace_id=workspace_id,
            opts=account,
        )
        databricks.MwsNccBinding(
            f"{self._name}-connectivity",
            network_connectivity_config_id=args.connectivity_id,
            workspace_id=workspace_id,
            opts=account,
        )
        people = {**dict.fromkeys(args.members, "USER"), "administrators": "ADMIN"}
        principals = {**args.members, "administrators": args.administrators}
        for key, permission in people.items():
            databricks.MwsPermissionAssignment(
                f"{self._name}-{key.replace('_', '-')}",
                workspace_id=workspace_id,
                principal_id=principals[key],
                permissions=[permission],
                # A workspace takes account-wide principals only once it has a metastore.
                # https://github.com/databricks/terraform-provider-databricks/issues/2739
                opts=ResourceOptions(
                    parent=self, provider=args.account_provider, depends_on=[assignment]
                ),
            )
        return assignment
