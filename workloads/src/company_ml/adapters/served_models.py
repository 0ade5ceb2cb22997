"""What a workspace's serving endpoints serve, for those who must not delete it.

https://docs.databricks.com/api/workspace/servingendpoints
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from databricks.sdk import WorkspaceClient

if TYPE_CHECKING:
    from databricks.sdk.service.serving import EndpointCoreConfigOutput, EndpointPendingConfig


class WorkspaceServedModels:
    """ServedModels port on a workspace client."""

    def __init__(self, client: WorkspaceClient) -> None:
        self._client = client

    def served(self) -> frozenset[tuple[str, str]]:
        """Model and version in every endpoint's configuration, the pending one included.

        The list has no pending configurations, so each endpoint is read by itself. Traffic does
        not matter: an entity at 0 % serves shadow requests and is the way back.
        """
        api = self._client.serving_endpoints
        details = [api.get(listed.name) for listed in api.list() if listed.name]
        return frozenset(
            pair
            for detail in details
            for config in (detail.config, detail.pending_config)
            for pair in _pairs(config)
        )


def of_workspace(url: str) -> WorkspaceServedModels:
    """Those of the workspace at ``url``, asked as the identity that the job runs as."""
    return WorkspaceServedModels(WorkspaceClient(host=url))


def _pairs(
    config: EndpointCoreConfigOutput | EndpointPendingConfig | None,
) -> list[tuple[str, str]]:
    if config is None:
        return []
    pairs = [(each.entity_name, each.entity_version) for each in config.served_entities or ()]
    # Endpoints that were made before entities have models under their older name.
    pairs += [(each.model_name, each.model_version) for each in config.served_models or ()]
    # External models and feature specifications have no version of ours.
    return [(name, version) for name, version in pairs if name and version]
