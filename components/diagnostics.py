"""Diagnostic settings: which logs of a resource go to the environment's log workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pulumi import ResourceOptions
from pulumi_azure_native import monitor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pulumi import Input, Resource


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
