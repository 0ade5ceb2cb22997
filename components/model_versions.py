"""Which declared endpoints can be built: those whose model versions exist.

A model is registered by a training run, so a new environment has none. Instead of failing, the
program leaves such endpoints out and reports them as waiting; a later deployment builds them. Only
here does the program ask a cloud anything while it plans.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pulumi
import pulumi_databricks as databricks
from pulumi_azure_native import databricks as azure_databricks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pulumi import ProviderResource

    from settings.serving import EndpointSettings

ABSENT = re.compile(
    # Azure: the workspace or its resource group is not there.
    r"ResourceNotFound|ResourceGroupNotFound"
    # Unity Catalog: the model, its schema or its catalog is not there.
    r"|RESOURCE_DOES_NOT_EXIST|_NOT_FOUND|does not exist",
)


@dataclass(frozen=True, kw_only=True)
class Readiness:
    """Declared endpoints, divided."""

    ready: tuple[EndpointSettings, ...]
    waiting: tuple[tuple[EndpointSettings, str], ...]
    """Endpoints that cannot be built yet, each with what it waits for."""


def divide(
    endpoints: Sequence[EndpointSettings],
    *,
    resource_group_name: str,
    workspace_name: str,
    azure_provider: ProviderResource,
    workspace_provider: ProviderResource,
) -> Readiness:
    """Ask which model versions exist and divide the endpoints accordingly.

    Args:
        endpoints: The declared endpoints. With none, no cloud is asked.
        resource_group_name: Group of the environment's workspace.
        workspace_name: Name of the workspace.
        azure_provider: Where the workspace is looked up, so that Databricks is asked only when
            there is a workspace to ask.
        workspace_provider: Where model versions are looked up.

    Raises:
        Exception: A cloud refused to answer for another reason than absence, a failed log-in for
            example. The engine shows the provider's message.
    """
    if not endpoints:
        return Readiness(ready=(), waiting=())
    if not _workspace_exists(resource_group_name, workspace_name, azure_provider):
        reason = f"workspace {workspace_name}"
        return Readiness(ready=(), waiting=tuple((endpoint, reason) for endpoint in endpoints))
    models = {entity.model for endpoint in endpoints for entity in endpoint.entities}
    versions = {model: _versions(model, workspace_provider) for model in sorted(models)}
    missing = {
        endpoint.name: [
            f"{entity.model} version {entity.version}"
            for entity in endpoint.entities
            if int(entity.version) not in versions[entity.model]
        ]
        for endpoint in endpoints
    }
    lasting = _lasting([e for e in endpoints if missing[e.name]], workspace_provider)
    ready = [e for e in endpoints if not missing[e.name] or e.name in lasting]
    waiting = [(e, ", ".join(missing[e.name])) for e in endpoints if e not in ready]
    return Readiness(ready=tuple(ready), waiting=tuple(waiting))


def _lasting(incomplete: Sequence[EndpointSettings], provider: ProviderResource) -> set[str]:
    """Endpoints that exist and are no longer what their settings say.

    The release controller has moved them on, and the version they started with may be archived by
    now. Waiting for it would take the endpoint out of the program, which deletes it.
    """
    moved = {endpoint.name for endpoint in incomplete if endpoint.release == "controller"}
    if not moved:
        return set()
    found = databricks.get_serving_endpoints(opts=pulumi.InvokeOptions(provider=provider))
    listed: Sequence[Any] = found.endpoints
    return moved & {endpoint.name for endpoint in listed}


def _workspace_exists(group: str, name: str, provider: ProviderResource) -> bool:
    try:
        workspace = azure_databricks.get_workspace(
            resource_group_name=group,
            workspace_name=name,
            opts=pulumi.InvokeOptions(provider=provider),
        )
    except Exception as error:
        if ABSENT.search(str(error)):
            return False
        raise
    return workspace.provisioning_state == "Succeeded"


def _versions(model: str, provider: ProviderResource) -> set[int]:
    try:
        found = databricks.get_registered_model_versions(
            full_name=model, opts=pulumi.InvokeOptions(provider=provider)
        )
    except Exception as error:
        if ABSENT.search(str(error)):
            return set()
        raise
    listed: Sequence[Any] = found.model_versions
    return {version.version for version in listed}
