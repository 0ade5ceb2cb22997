"""Jobs: when they run, as whom, and on which compute. What they run is in tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.databricks import compute, principals, rule_sets, schedules, scope, tokens
from sandbox.databricks.errors import denied, invalid
from sandbox.databricks.values import (
    at,
    conflicts,
    digits,
    fields,
    given,
    given_of,
    items,
    number,
    one_of,
    prop,
    same,
    text,
)
from sandbox.rules import Refusal, admit, check, outputs, remembers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.rules import Cloud, Request

DOC = "https://registry.terraform.io/providers/databricks/databricks/latest/docs/resources/job"
CODE = "https://github.com/databricks/terraform-provider-databricks/blob/main/jobs/resource_job.go"
API = "https://docs.databricks.com/api/workspace/jobs/create"
RUN_AS = "https://learn.microsoft.com/azure/databricks/jobs/privileges#run-as"
ORDER = "https://github.com/databricks/terraform-provider-databricks/issues/4159"
GIT = "https://docs.databricks.com/api/workspace/jobs/create#git_source"

_MOST_TAGS, _MOST_RUNS, _LONGEST_NAME = 25, 1000, 4096
_PAUSE = ("PAUSED", "UNPAUSED")


@check(tokens.JOB, source=CODE)
def job_is_well_formed(request: Request) -> None:
    """One trigger, one identity, one Git reference, known pause words."""
    inputs = request.inputs
    conflicts(inputs, ("schedule", "continuous", "trigger"))
    for name in ("schedule", "continuous", "trigger"):
        one_of(at(inputs, name, "pauseStatus"), _PAUSE, f"{name}.pauseStatus")
    conflicts(fields(inputs.get("gitSource")), ("branch", "tag", "commit"))
    url = text(at(inputs, "gitSource", "url"))
    if url and not url.startswith("https://"):
        raise Refusal(
            "INVALID_INPUT",
            f'expected "gitSource.url" to have a url with schema of: "https", got {url}',
            prop="gitSource.url",
        )
    if len(given_of(fields(inputs.get("runAs")), _WHO)) > 1:
        raise Refusal(
            "CONFLICTING_PROPERTIES",
            '"runAs": only one of `service_principal_name,user_name` can be specified',
            prop="runAs",
        )


_WHO = ("servicePrincipalName", "userName", "groupName")


@check(tokens.JOB, source=CODE)
def provider_drives_one_run(request: Request) -> None:
    """Where the provider itself restarts runs, there is one at a time, started in one way."""
    inputs = request.inputs
    conflicts(inputs, ("alwaysRunning", "controlRunState"))
    conflicts(inputs, ("alwaysRunning", "continuous"))
    for name in ("alwaysRunning", "controlRunState"):
        if inputs.get(name) is True and (number(inputs.get("maxConcurrentRuns")) or 1) > 1:
            raise _only_with(name, "max_concurrent_runs = 1")
    if inputs.get("controlRunState") is True and inputs.get("continuous") is None:
        raise _only_with("controlRunState", "continuous")


def _only_with(name: str, other: str) -> Refusal:
    message = f"`{compute.snake(name)}` must be specified only with `{other}`"
    return Refusal("INVALID_INPUT", message, prop=name)


@check(tokens.JOB, source=CODE)
def job_clusters_are_well_formed(request: Request) -> None:
    """No other cloud's attributes and no pool beside a node type, in any of the job's clusters."""
    holders = [
        *items(request.inputs.get("jobClusters")),
        *items(request.inputs.get("tasks")),
        request.inputs,
    ]
    for holder in holders:
        compute.check_shape(fields(holder.get("newCluster")))


@admit(tokens.JOB, source=API)
def job_is_within_limits(request: Request, _: Cloud) -> None:
    """Name, tags and concurrent runs have limits."""
    inputs = request.inputs
    if len(text(inputs.get("name")).encode()) > _LONGEST_NAME:
        raise invalid(f"The job name has more than {_LONGEST_NAME} bytes.", "name")
    if len(inputs.get("tags") or ()) > _MOST_TAGS:
        raise invalid(f"A job has at most {_MOST_TAGS} tags.", "tags")
    runs = number(inputs.get("maxConcurrentRuns"))
    if runs is not None and not 0 <= runs <= _MOST_RUNS:
        raise invalid(
            f"max_concurrent_runs must be between 0 and {_MOST_RUNS}.", "maxConcurrentRuns"
        )
    target = text(inputs.get("performanceTarget"))
    if target and target not in ("STANDARD", "PERFORMANCE_OPTIMIZED"):
        raise invalid(
            f"performance_target '{target}' is not one of STANDARD, PERFORMANCE_OPTIMIZED.",
            "performanceTarget",
        )


@admit(tokens.JOB, source=schedules.QUARTZ)
def schedule_can_be_read(request: Request, _: Cloud) -> None:
    """Six or seven Quartz fields, one of the two days left open, and a time zone that exists."""
    schedules.need_readable(request.inputs.get("schedule"), "schedule", "quartzCronExpression")


@admit(tokens.JOB, source=RUN_AS)
def job_runs_as_somebody(request: Request, cloud: Cloud) -> None:
    """The identity is in the workspace, a service principal by application id."""
    here = scope.workspace_id(scope.workspace(request.provider, request.inputs, cloud))
    for name in _WHO:
        named = text(at(request.inputs, "runAs", name))
        if named and not principals.in_workspace(
            cloud, here, named, scope.caller(request.provider)
        ):
            raise invalid(
                f"'run_as' cannot be set to {named}: it does not exist in workspace {here}. Name "
                "a service "
                "principal by its application id and assign it to the workspace.",
                "runAs",
            )


@admit(tokens.JOB, source=RUN_AS)
def job_runs_as_whom_the_caller_may_use(request: Request, cloud: Cloud) -> None:
    """To run as a service principal takes its user role, which managing it does not include."""
    named = text(at(request.inputs, "runAs", "servicePrincipalName"))
    asker = scope.caller(request.provider)
    if named and not same(named, asker) and not rule_sets.may_use(cloud, named, asker):
        raise denied(
            f"User {asker} is not authorized to set run_as to {named}: it needs the role "
            f"{rule_sets.USER} on that service principal (AccessControlRuleSet).",
            "runAs",
        )


@admit(tokens.JOB, source=GIT)
def git_source_names_a_revision(request: Request, _: Cloud) -> None:
    """Branch, tag or commit."""
    source = fields(request.inputs.get("gitSource"))
    if source and not given_of(source, ("branch", "tag", "commit")):
        raise invalid(
            "git source is not empty but none of branch, commit and tag is specified", "gitSource"
        )


@admit(tokens.JOB, source=API)
def job_clusters_can_start(request: Request, cloud: Cloud) -> None:
    """Each shared cluster has its own key and a specification that can start; no empty list."""
    held = request.inputs.get("jobClusters")
    if held is not None and not held:
        raise invalid(
            "job_clusters must not be empty. Leave it out for serverless compute.", "jobClusters"
        )
    here = scope.workspace_id(scope.workspace(request.provider, request.inputs, cloud))
    seen: set[str] = set()
    for cluster in items(held):
        key = text(cluster.get("jobClusterKey"))
        if key in seen:
            raise invalid(f"The job cluster key '{key}' is defined more than once.", "jobClusters")
        seen.add(key)
        if given(cluster.get("newCluster")):
            compute.judge(cluster["newCluster"], here, cloud, "job")


@remembers(tokens.JOB, source=ORDER)
def tasks_are_kept_by_key(inputs: Mapping[str, Any]) -> Mapping[str, Any]:
    """Tasks, and what each depends on, are lists in the order of their keys."""
    if "tasks" not in inputs:
        return inputs
    tasks = [
        {**task, "dependsOns": _by_key(task["dependsOns"])} if "dependsOns" in task else task
        for task in _by_key(inputs["tasks"])
    ]
    return {**inputs, "tasks": tasks}


def _by_key(tasks: object) -> list[dict[str, Any]]:
    return sorted(items(tasks), key=lambda task: text(task.get("taskKey")))


@outputs(tokens.JOB, source=DOC)
def job(request: Request, cloud: Cloud) -> Mapping[str, Any]:
    """The id is a number."""
    key = scope.keep(request, "id", digits(15, "job", request.seed))
    here = scope.workspace(request.provider, request.inputs, cloud)
    return {
        "id": key,
        "url": f"https://{prop(here, 'workspaceUrl')}/#job/{key}",
        "format": "MULTI_TASK" if request.inputs.get("tasks") else "SINGLE_TASK",
        "runAs": request.inputs.get("runAs")
        or {"servicePrincipalName": scope.caller(request.provider)},
        **scope.stamp(request, cloud),
    }
