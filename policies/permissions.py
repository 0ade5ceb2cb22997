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
    "instancePoolId",
    "jobId",
    "pipelineId",
    "registeredModelId",
    "servingEndpointId",
    "sqlEndpointId",
    "vectorSearchEndpointId",
)


def access_controls(resource: Resource) -> Iterator[Block]:
    """Each entry of a Permissions' accessControls with the path to it."""
    return blocks(resource.get("accessControls"), "accessControls", "control")


def principal(control: Block) -> Any:
    """The name that an entry gives something to, of whatever kind; UNKNOWN, or None for none."""
    names = [control.get(key) for key in PRINCIPALS]
    named = [name for name in names if name is not None]
    return named[0] if named else None
