"""What can be said of a job as a whole: whether serverless compute runs any of its tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from policies.clusters import tasks
from policies.model import UNKNOWN

if TYPE_CHECKING:
    from policies.clusters import Block
    from policies.model import Resource

# Tasks that need compute of the job's own; the others bring theirs, or none.
# https://learn.microsoft.com/azure/databricks/jobs/run-serverless-jobs
_COMPUTING: Final = ("notebookTask", "pythonWheelTask", "sparkPythonTask", "dbtTask")
_CLUSTERS: Final = ("newCluster", "existingClusterId", "jobClusterKey")


def runs_serverless(job: Resource) -> Any:
    """Whether a task runs on serverless compute; UNKNOWN while that is not known."""
    return job.once(_runs_serverless)


def _runs_serverless(job: Resource) -> Any:
    verdicts = [_serverless(task) for task in tasks(job)]
    if True in verdicts:
        return True
    return UNKNOWN if UNKNOWN in verdicts else False


def _serverless(task: Block) -> Any:
    if task.props is UNKNOWN:
        return UNKNOWN
    # A value that is not known yet is one.
    computing = any(task.get(name) is not None for name in _COMPUTING)
    return computing and all(task.get(name) is None for name in _CLUSTERS)
