"""Every place where a resource describes a cluster or a task, so that no rule forgets one.

A job alone can describe a cluster in four places; a rule that reads only one of them is walked
around by using another.
https://learn.microsoft.com/azure/databricks/reference/jobs-api
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from policies import tokens
from policies.findings import elements
from policies.model import UNKNOWN, dig

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from policies.model import Resource

CLUSTER_TYPES: Final = (tokens.CLUSTER, tokens.JOB, tokens.PIPELINE)
Kind = Literal["all-purpose", "job", "pipeline", "task", "control", "entity"]


@dataclass(frozen=True)
class Block:
    """A part of a resource that is judged as if it were one.

    Attributes:
        path: Where it stands in the resource, for example ``tasks[0].newCluster``; empty where it
            is the whole resource.
        kind: What it describes; a pipeline's clusters have neither runtime nor access mode.
        props: Its properties, or UNKNOWN where the block or what it stands in is not known yet.
    """

    path: str
    kind: Kind
    props: Any

    def get(self, path: str) -> Any:
        """The value at a dotted path, as :func:`policies.model.dig` reads it."""
        return dig(self.props, path)

    def at(self, path: str) -> str:
        """The full path of a property, for a message."""
        return f"{self.path}.{path}" if self.path else path


def clusters(resource: Resource) -> Sequence[Block]:
    """Every cluster that a Cluster, a Job or a Pipeline describes; none for other types."""
    return resource.once(_clusters)


def tasks(resource: Resource) -> Sequence[Block]:
    """Every task of a Job: the listed ones, those they repeat, and the job as its own only task.

    The last is how a job was written before it could have several tasks; the properties still
    work.
    """
    return resource.once(_tasks)


def _clusters(resource: Resource) -> list[Block]:
    if resource.type == tokens.CLUSTER:
        return [Block("", "all-purpose", resource.props)]
    if resource.type == tokens.PIPELINE:
        return [*blocks(resource.get("clusters"), "clusters", "pipeline")]
    if resource.type != tokens.JOB:
        return []
    holders = [*blocks(resource.get("jobClusters"), "jobClusters", "job"), *tasks(resource)]
    return [
        Block(holder.at("newCluster"), "job", cluster)
        for holder in holders
        if (cluster := holder.get("newCluster")) is not None
    ]


def _tasks(resource: Resource) -> list[Block]:
    if resource.type != tokens.JOB:
        return []
    found = [Block("", "task", resource.props)]
    for task in blocks(resource.get("tasks"), "tasks", "task"):
        found.append(task)
        repeated = task.get("forEachTask.task")
        if repeated is not None and task.props is not UNKNOWN:
            found.append(Block(task.at("forEachTask.task"), "task", repeated))
    return found


def blocks(value: Any, path: str, kind: Kind) -> Iterator[Block]:
    """The elements of a list at a path; one that is UNKNOWN where the list is not known yet."""
    if value is UNKNOWN:
        yield Block(path, kind, UNKNOWN)
    for index, item in enumerate(elements(value)):
        yield Block(f"{path}[{index}]", kind, item)
