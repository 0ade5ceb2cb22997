"""Permissions on workspace objects: who is named, with what, on which kind of object."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from policies.clusters import blocks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.clusters import Block
    from policies.model import Resource

PRINCIPALS: Final = ("groupName", "userName", "servicePrincipalName")
# What runs or decides what runs; notebooks, folders and dashboards are their authors' own.
OPERATED: Final = (
    "appName",
    "authorization",
    "clusterId",
    "clusterPolicyId",
    "databaseInstanceName",
    "databaseProjectName",
    "instancePoolId",
    "jobId",
    "knowledgeAssistantId",
    "pipelineId",
    "registeredModelId",
    "servingEndpointId",
    "sqlEndpointId",
    "supervisorAgentId",
    "vectorSearchEndpointId",
)


def access_controls(resource: Resource) -> Iterator[Block]:
    """Each entry of a Permissions' accessControls with the path to it."""
    return blocks(resource.get("accessControls"), "accessControls", "control")


def principals(control: Block) -> list[Any]:
    """Whom an entry gives something to, of whatever kind; UNKNOWN for one not known yet.

    The API takes one, and an entry that names several must not be judged by the first.
    """
    names = [control.get(key) for key in PRINCIPALS]
    return [name for name in names if name is not None]
