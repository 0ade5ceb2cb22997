"""Which databricks provider can do what: account-level, workspace-level, and a workspace that exists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.rules import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.rules import Cloud

# https://registry.terraform.io/providers/databricks/databricks/latest/docs says of each resource
# with which provider it works ("This resource can only be used with an account-level provider!").
ACCOUNT_ONLY = frozenset(
    """AccountFederationPolicy AccountNetworkPolicy AccountSettingV2 Budget BudgetPolicy
    DisableLegacyFeaturesSetting DisasterRecoveryFailoverGroup DisasterRecoveryStableUrl Endpoint
    MwsNccBinding MwsNccPrivateEndpointRule MwsNetworkConnectivityConfig MwsPermissionAssignment
    MwsWorkspaces ServicePrincipalFederationPolicy WorkspaceNetworkOption
    getMwsNetworkConnectivityConfig getMwsNetworkConnectivityConfigs getMwsWorkspaces
    getBudgetPolicy getBudgetPolicies""".split()
)
EITHER = frozenset(
    """AccessControlRuleSet Group GroupMember GroupRole Metastore MetastoreAssignment
    MetastoreDataAccess ServicePrincipal ServicePrincipalRole ServicePrincipalSecret StorageCredential
    User UserRole getGroup getMetastore getMetastores getServicePrincipal getServicePrincipals getUser
    getUsers""".split()
)
_ACCOUNT_HOSTS = ("https://accounts.", "accounts.")


def is_account_level(config: Mapping[str, Any]) -> bool:
    """Whether a provider instance talks to the account console's API."""
    return str(config.get("host") or "").startswith(_ACCOUNT_HOSTS)


def reach(config: Mapping[str, Any], token: str, cloud: Cloud) -> None:
    """Refuse when the provider instance cannot reach the API behind a type or function.

    Raises:
        Refusal: wrong level of provider, or its workspace does not exist.
    """
    name = token.rsplit(":", 1)[1]
    account = is_account_level(config)
    if account and not config.get("accountId"):
        raise Refusal(
            "", "invalid Databricks Account configuration - host incorrect or account_id missing: "
            "set account_id on the provider", prop="accountId"
        )  # fmt: skip
    if name in ACCOUNT_ONLY and not account:
        raise Refusal(
            "",
            "invalid Databricks Account configuration - host incorrect or account_id missing: "
            f"{name} needs a provider with host https://accounts.azuredatabricks.net and account_id",
        )
    if account and name not in ACCOUNT_ONLY and name not in EITHER:
        raise Refusal(
            "",
            "cannot use an account-level provider for workspace APIs: give "
            f"{name} a provider with azure_workspace_resource_id or the workspace's host",
        )
    if not account:
        _workspace_exists(config, cloud)


def _workspace_exists(config: Mapping[str, Any], cloud: Cloud) -> None:
    resource_id, host = config.get("azureWorkspaceResourceId"), config.get("host")
    if isinstance(resource_id, str) and resource_id:
        if cloud.get(resource_id) is None:
            parts = resource_id.split("/")
            raise Refusal(
                "ResourceNotFound",
                f"cannot resolve workspace: The Resource '{'/'.join(parts[-3:])}' under resource "
                f"group '{parts[4] if len(parts) > 4 else ''}' was not found.",  # noqa: PLR2004 - the group's place in an ARM id
                status=404,
            )
    elif isinstance(host, str) and host:
        url = host.removeprefix("https://").rstrip("/")
        if not cloud.find("azure-native:databricks:Workspace", workspaceUrl=url):
            raise Refusal("", f"lookup {url}: no such host: no workspace has this URL", status=404)
    else:
        raise Refusal(
            "",
            "default auth: cannot configure default credentials: the provider has neither host nor "
            "azure_workspace_resource_id",
        )
