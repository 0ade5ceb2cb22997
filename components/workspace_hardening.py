"""What is switched off, limited or recorded inside a workspace.

Apart from :mod:`components.workspace` because it takes a provider that logs in to the workspace.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
import pulumi_databricks as databricks
from pulumi import Output, ResourceOptions

if TYPE_CHECKING:
    from settings.workspace import HardeningSettings


@dataclass(frozen=True, kw_only=True)
class WorkspaceHardeningArgs:
    """What hardening needs."""

    settings: HardeningSettings
    workspace_provider: databricks.Provider


class WorkspaceHardening(pulumi.ComponentResource):
    """``mlops:databricks:WorkspaceHardening``: a workspace's switches in their safe position.

    Produces the workspace configuration, the restriction of workspace administrators, and the end
    of legacy access and of the DBFS root. There is one of each per workspace.
    """

    token_lifetime_days: Output[int]
    """Longest life of a personal access token, in days."""

    def __init__(
        self, name: str, args: WorkspaceHardeningArgs, opts: ResourceOptions | None = None
    ) -> None:
        super().__init__("mlops:databricks:WorkspaceHardening", name, None, opts)
        settings = args.settings
        child = ResourceOptions(parent=self, provider=args.workspace_provider)
        databricks.WorkspaceConf(
            f"{name}-configuration",
            custom_config={
                "enableTokensConfig": "true",
                "maxTokenLifetimeDays": str(settings.token_lifetime_days),
                "enableResultsDownloading": _switch(on=settings.results_download),
                "enableExportNotebook": _switch(on=settings.notebook_export),
                "enableNotebookTableClipboard": _switch(on=settings.notebook_export),
                "enableFileStoreEndpoint": "false",
                "enableDbfsFileBrowser": "false",
                "enableVerboseAuditLogs": _switch(on=settings.verbose_audit_logs),
                "storeInteractiveNotebookResultsInCustomerAccount": "true",
                **_git_folders(settings.git_repositories),
            },
            opts=child,
        )
        databricks.RestrictWorkspaceAdminsSetting(
            f"{name}-administrators",
            restrict_workspace_admins=(
                databricks.RestrictWorkspaceAdminsSettingRestrictWorkspaceAdminsArgs(
                    status="RESTRICT_TOKENS_AND_JOB_RUN_AS"
                )
            ),
            opts=child,
        )
        databricks.DisableLegacyAccessSetting(
            f"{name}-legacy-access",
            disable_legacy_access=databricks.DisableLegacyAccessSettingDisableLegacyAccessArgs(
                value=True
            ),
            opts=child,
        )
        databricks.DisableLegacyDbfsSetting(
            f"{name}-legacy-dbfs",
            disable_legacy_dbfs=databricks.DisableLegacyDbfsSettingDisableLegacyDbfsArgs(
                value=True
            ),
            opts=child,
        )
        self.token_lifetime_days = Output.from_input(settings.token_lifetime_days)
        self.register_outputs({"token_lifetime_days": self.token_lifetime_days})


def _git_folders(repositories: tuple[str, ...] | None) -> dict[str, str]:
    """The switch alone allows no repository: the list is empty until it is set.

    https://learn.microsoft.com/azure/databricks/repos/repos-setup
    """
    if repositories is None:
        return {"enableProjectsAllowList": "false"}
    switch = {
        "enableProjectsAllowList": "true",
        "projectsAllowListPermissions": "ALLOWLISTED_CLONE_COMMIT_PUSH",
    }
    return switch | ({"projectsAllowList": ",".join(repositories)} if repositories else {})


def _switch(*, on: bool) -> str:
    return "true" if on else "false"
