"""The tasks of a job: what they run, on what, after which."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sandbox.databricks import compute, scope, tokens
from sandbox.databricks.errors import invalid, not_found
from sandbox.databricks.values import at, given, given_of, items, text
from sandbox.rules import admit

if TYPE_CHECKING:
    from sandbox.rules import Cloud, Request

API = "https://docs.databricks.com/api/workspace/jobs/create"
PATHS = "https://docs.databricks.com/api/workspace/jobs/create#tasks-notebook_task-notebook_path"
SERVERLESS = "https://learn.microsoft.com/azure/databricks/jobs/run-serverless-jobs"

_KEY = r"[A-Za-z0-9_-]{1,100}"
_KINDS = (
    "aiRuntimeTask", "alertTask", "cleanRoomsNotebookTask", "conditionTask", "dashboardTask",
    "dbtCloudTask",
    "dbtPlatformTask", "dbtTask", "forEachTask", "genAiComputeTask", "notebookTask", "pipelineTask",
    "powerBiTask", "pythonOperatorTask", "pythonWheelTask", "runJobTask", "sparkJarTask",
    "sparkPythonTask",
    "sparkSubmitTask", "sqlTask",
)  # fmt: skip
_COMPUTE = ("existingClusterId", "newCluster", "jobClusterKey", "environmentKey")
_NEEDS_ENVIRONMENT = ("pythonWheelTask", "sparkPythonTask")
_NEEDS_CLUSTER = ("sparkSubmitTask",)
_RUN_IF = (
    "ALL_SUCCESS",
    "AT_LEAST_ONE_SUCCESS",
    "NONE_FAILED",
    "ALL_DONE",
    "AT_LEAST_ONE_FAILED",
    "ALL_FAILED",
)
_MOST_TASKS = 1000


def _tasks(request: Request) -> list[dict[str, Any]]:
    return items(request.inputs.get("tasks"))


def _key(task: dict[str, Any]) -> str:
    return text(task.get("taskKey"))


@admit(tokens.JOB, source=API)
def task_keys_are_unique(request: Request, _: Cloud) -> None:
    """1 to 100 letters, digits, hyphens and underscores, each once, a thousand tasks at most."""
    seen: set[str] = set()
    if len(_tasks(request)) > _MOST_TASKS:
        raise invalid(f"A job has at most {_MOST_TASKS} tasks.", "tasks")
    for task in _tasks(request):
        key = _key(task)
        if not re.fullmatch(_KEY, key):
            raise invalid(
                f"The task key '{key}' is invalid: 1 to 100 letters, digits, hyphens and "
                "underscores.",
                "tasks",
            )
        if key in seen:
            raise invalid(
                f"The task key '{key}' is used more than once. Task keys must be unique.", "tasks"
            )
        seen.add(key)


@admit(tokens.JOB, source=API)
def dependencies_lead_somewhere(request: Request, _: Cloud) -> None:
    """A task depends on tasks of the job, and not on itself in a circle."""
    edges = {
        _key(task): [text(d.get("taskKey")) for d in items(task.get("dependsOns"))]
        for task in _tasks(request)
    }
    for key, needed in edges.items():
        for other in needed:
            if other not in edges:
                raise invalid(
                    f"Task '{key}' depends on task '{other}' which does not exist in the job.",
                    "tasks",
                )
    done: set[str] = set()
    while ready := {
        key for key, needed in edges.items() if key not in done and done.issuperset(needed)
    }:
        done |= ready
    if circle := sorted(edges.keys() - done):
        raise invalid(f"The task dependencies contain a cycle: {', '.join(circle)}.", "tasks")


@admit(tokens.JOB, source=API)
def tasks_do_one_thing(request: Request, _: Cloud) -> None:
    """One kind of work for each task, started under a known condition."""
    for task in _tasks(request):
        seen = given_of(task, _KINDS)
        if len(seen) != 1:
            raise invalid(
                f"Task '{_key(task)}' must have exactly one kind of work; it has "
                f"{', '.join(seen) or 'none'}.",
                "tasks",
            )
        run_if = text(task.get("runIf"))
        if run_if and run_if not in _RUN_IF:
            raise invalid(f"run_if '{run_if}' is not one of {', '.join(_RUN_IF)}.", "tasks")


@admit(tokens.JOB, source=SERVERLESS)
def tasks_have_one_compute(request: Request, cloud: Cloud) -> None:
    """An existing, new or shared cluster or an environment; what is named is there."""
    clusters = {text(c.get("jobClusterKey")) for c in items(request.inputs.get("jobClusters"))}
    environments = {
        text(e.get("environmentKey")) for e in items(request.inputs.get("environments"))
    }
    here = scope.workspace_id(scope.workspace(request.provider, request.inputs, cloud))
    for task in _tasks(request):
        key, seen = _key(task), given_of(task, _COMPUTE)
        if len(seen) > 1:
            raise invalid(
                f"Task '{key}' must have only one of "
                f"{', '.join(compute.snake(n) for n in _COMPUTE)}; it has "
                f"{' and '.join(compute.snake(n) for n in seen)}.",
                "tasks",
            )
        if not seen and given_of(task, (*_NEEDS_ENVIRONMENT, *_NEEDS_CLUSTER)):
            wanted = (
                "a cluster" if given_of(task, _NEEDS_CLUSTER) else "a cluster or an environment_key"
            )
            raise invalid(f"Task '{key}' needs {wanted}.", "tasks")
        shared, environment = text(task.get("jobClusterKey")), text(task.get("environmentKey"))
        if shared and shared not in clusters:
            raise invalid(
                f"The job_cluster_key '{shared}' is not defined in field 'job_clusters'.", "tasks"
            )
        if environment and environment not in environments:
            raise invalid(
                f"The environment_key '{environment}' is not defined in field 'environments'.",
                "tasks",
            )
        if given(task.get("newCluster")):
            compute.judge(task["newCluster"], here, cloud, "job")
        _need(cloud, tokens.CLUSTER, task.get("existingClusterId"), here, "Cluster")


def _need(cloud: Cloud, token: str, key: object, workspace: str, kind: str) -> None:
    if not given(key):
        return
    if cloud.get(str(key), token, workspace) is None:
        raise not_found(f"{kind} {key} does not exist.", "tasks")


@admit(tokens.JOB, source=PATHS)
def notebooks_have_a_path(request: Request, _: Cloud) -> None:
    """Absolute in the workspace, relative to the root in a repository."""
    in_git = given(request.inputs.get("gitSource"))
    for task in _tasks(request):
        for kind, field in (("notebookTask", "notebookPath"), ("sparkPythonTask", "pythonFile")):
            path = text(at(task, kind, field))
            source = text(at(task, kind, "source")) or ("GIT" if in_git else "WORKSPACE")
            if not path or source not in ("GIT", "WORKSPACE") or ":/" in path:
                continue
            if source == "WORKSPACE" and not path.startswith("/"):
                raise invalid(
                    f"Task '{_key(task)}': {compute.snake(field)} '{path}' must be absolute and "
                    "begin with a "
                    "slash for a source in the workspace.",
                    "tasks",
                )
            if source == "GIT" and (path.startswith("/") or not in_git):
                raise invalid(
                    f"Task '{_key(task)}': {compute.snake(field)} '{path}' must be relative to "
                    "the repository "
                    "named in git_source.",
                    "tasks",
                )


@admit(tokens.JOB, source=API)
def tasks_use_what_exists(request: Request, cloud: Cloud) -> None:
    """Warehouses and jobs that tasks refer to are in the workspace."""
    here = scope.workspace_id(scope.workspace(request.provider, request.inputs, cloud))
    for task in _tasks(request):
        for kind in ("sqlTask", "notebookTask", "dbtTask", "dashboardTask", "alertTask"):
            _need(cloud, tokens.SQL_ENDPOINT, at(task, kind, "warehouseId"), here, "SQL warehouse")
        _need(cloud, tokens.JOB, at(task, "runJobTask", "jobId"), here, "Job")
