"""The workspace: its reach, its logs, its vault, its hardening."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from settings.base import Distinct, Settings, matching
from settings.errors import suggest

Redundancy = Literal["Standard_LRS", "Standard_ZRS", "Standard_GRS", "Standard_GZRS"]

GitPrefix = Annotated[
    str,
    matching(
        r"https://[^/\s,*]+/[^\s,*]+",
        "the beginning of a repository's https URL, with the organisation and without *, "
        "for example https://github.com/contoso/",
    ),
]


# What Azure answers for the type, the same from 2025-04 to 2026-08:
# https://learn.microsoft.com/azure/azure-monitor/reference/supported-logs/microsoft-databricks-workspaces-logs
LOG_CATEGORIES = frozenset({
    "accounts", "Apps", "BrickStoreHttpGateway", "BudgetPolicyCentral", "capsule8Dataplane",
    "clamAVScan", "CloudStorageMetadata", "clusterLibraries", "ClusterPolicies", "clusters",
    "Dashboards", "databrickssql", "DataMonitoring", "DataRooms", "dbfs", "deltaPipelines",
    "featureStore", "Files", "Filesystem", "genie", "gitCredentials", "globalInitScripts", "Groups",
    "iamRole", "Ingestion", "instancePools", "jobs", "LakeviewConfig", "LineageTracking",
    "MarketplaceConsumer", "MarketplaceProvider", "mlflowAcledArtifact", "mlflowExperiment",
    "modelRegistry", "notebook", "OnlineTables", "partnerHub", "PredictiveOptimization", "RBAC",
    "RemoteHistoryService", "repos", "RFA", "secrets", "serverlessRealTimeInference",
    "sqlanalytics", "sqlPermissions", "ssh", "unityCatalog", "VectorSearch",
    "WebhookNotifications", "webTerminal", "workspace", "WorkspaceFiles",
})  # fmt: skip


def _log_category(value: str) -> str:
    if value not in LOG_CATEGORIES:
        raise ValueError(
            "must be a log category of Databricks workspaces, not a group of them; "
            f"{suggest(value, LOG_CATEGORIES)}; for all of them leave the list out"
        )
    return value


LogCategory = Annotated[str, AfterValidator(_log_category)]


class LogSettings(Settings):
    """Diagnostic logs, kept in a Log Analytics workspace."""

    retention_days: Annotated[int, Field(ge=30, le=730)] = 90
    """Days that log entries stay searchable."""
    daily_quota_gb: Annotated[float, Field(gt=0)] | None = None
    """Gigabytes ingested a day before ingestion stops. Default: no cap."""
    categories: Annotated[tuple[LogCategory, ...], Distinct] = ()
    """Databricks log categories to keep, for example unityCatalog. Default: all of them."""


class VaultSettings(Settings):
    """The environment's Key Vault."""

    purge_protection: bool = True
    """Deleted secrets cannot be purged before their retention ends. It stays on once it is on."""
    soft_delete_days: Annotated[int, Field(ge=7, le=90)] = 90
    """Days a deleted vault or secret can be recovered. Fixed at creation."""


class HardeningSettings(Settings):
    """Workspace switches that limit what leaves the workspace and for how long tokens live."""

    token_lifetime_days: Annotated[int, Field(ge=1, le=90)]
    """Longest life of a personal access token."""
    results_download: bool = False
    """Whether notebook results may be downloaded."""
    notebook_export: bool = False
    """Whether notebooks and tables may be exported or copied to the clipboard."""
    verbose_audit_logs: bool = True
    """Whether each command run in a notebook is an audit record."""
    git_repositories: Annotated[tuple[GitPrefix, ...], Distinct] | None = ()
    """Beginnings of the URLs of repositories that Git folders may use. Default: no repository.
    null: any repository."""


class WorkspaceSettings(Settings):
    """One Azure Databricks workspace."""

    public_network_access: bool = False
    """Whether browsers and API clients reach the workspace from the internet. When off, whoever
    deploys or works needs a path into the environment's network."""
    browser_authentication: bool = True
    """Whether this workspace holds the private endpoint of the browser's log-in. One per region
    and private DNS zone."""
    root_storage_redundancy: Redundancy = "Standard_ZRS"
    """Redundancy of the workspace's own storage account. Replaces the workspace."""
    root_storage_double_encryption: bool = False
    """Whether Azure encrypts the workspace's own storage a second time, with another algorithm.
    Fixed at creation."""
    logs: LogSettings = LogSettings()
    vault: VaultSettings = VaultSettings()
    hardening: HardeningSettings
