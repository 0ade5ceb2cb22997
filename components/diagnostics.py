"""The environment's log workspace, and which logs of a resource go to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pulumi import ResourceOptions
from pulumi_azure_native import monitor, operationalinsights

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pulumi import Input, Resource

    from components.naming import Names
    from settings.workspace import LogSettings


def log_workspace(
    name: str,
    settings: LogSettings,
    *,
    names: Names,
    resource_group_name: Input[str],
    location: str,
    tags: Mapping[str, str],
    parent: Resource,
) -> operationalinsights.Workspace:
    """A Log Analytics workspace that is paid by the GB and read with Entra identities alone.

    Args:
        name: Logical name.
        settings: Retention and daily cap.
        names: The environment's physical names.
        resource_group_name: Where it is made.
        location: Azure region.
        tags: Its tags.
        parent: The component that owns it.
    """
    quota = settings.daily_quota_gb
    return operationalinsights.Workspace(
        name,
        workspace_name=names.of("logs"),
        resource_group_name=resource_group_name,
        location=location,
        sku=operationalinsights.WorkspaceSkuArgs(
            name=operationalinsights.WorkspaceSkuNameEnum.PER_GB2018
        ),
        retention_in_days=settings.retention_days,
        workspace_capping=(
            operationalinsights.WorkspaceCappingArgs(daily_quota_gb=quota) if quota else None
        ),
        features=operationalinsights.WorkspaceFeaturesArgs(disable_local_auth=True),
        tags=tags,
        opts=ResourceOptions(parent=parent),
    )


def diagnostic_setting(
    name: str,
    *,
    resource_id: Input[str],
    log_workspace_id: Input[str],
    parent: Resource,
    categories: Sequence[str] = (),
) -> monitor.DiagnosticSetting:
    """Send logs of a resource to a Log Analytics workspace.

    Args:
        name: Logical name; the setting itself is called ``audit``.
        resource_id: The resource whose logs are kept.
        log_workspace_id: Where they are kept.
        parent: The component that owns the resource.
        categories: Log categories. Default: all of them.
    """
    logs = [
        monitor.DiagnosticsLogSettingsArgs(category=category, enabled=True)
        for category in categories
    ] or [monitor.DiagnosticsLogSettingsArgs(category_group="allLogs", enabled=True)]
    return monitor.DiagnosticSetting(
        name,
        name="audit",
        resource_uri=resource_id,
        workspace_id=log_workspace_id,
        logs=logs,
        opts=ResourceOptions(parent=parent),
    )
