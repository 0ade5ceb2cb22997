"""Jobs: who hears of a failure, what is tried again, as whom and with which code."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

from policies import tokens
from policies.clusters import tasks
from policies.findings import (
    Deferred,
    Violation,
    between,
    elements,
    present,
    require_present,
    require_value,
    show,
    within,
)
from policies.model import UNKNOWN
from policies.registry import NOT_IN_DEV, OFF_ADVISED_BINDING, Mappings, integer, rule

if TYPE_CHECKING:
    from policies.findings import Findings
    from policies.model import Resource
    from policies.registry import Config

_COMMIT = re.compile(r"[0-9a-f]{7,40}", re.IGNORECASE)
_STARTERS = ("schedule", "trigger", "triggers", "continuous")


@rule(
    "rel-11-job-failure-heard",
    title="Somebody hears when a job that runs by itself fails or takes too long",
    severity="medium",
    rationale="A scheduled job that fails in silence is found by whoever needed its result.",
    remediation="Set onFailures of emailNotifications or webhookNotifications, and health.rules.",
    types=[tokens.JOB],
    levels=OFF_ADVISED_BINDING,
)
def failure_heard(resource: Resource, _config: Config) -> Findings:
    """A job that people start themselves is watched by them. A paused schedule counts."""
    starters = [resource.get(name) for name in _STARTERS]
    if not any(starter is UNKNOWN or starter not in (None, []) for starter in starters):
        return
    channels = [
        resource.get(f"{kind}.onFailures")
        for kind in ("emailNotifications", "webhookNotifications")
    ]
    if UNKNOWN in channels and not any(_listens(item) for item in channels):
        yield Deferred("emailNotifications.onFailures")
    elif not any(_listens(item) for item in channels):
        yield Violation(
            "onFailures of emailNotifications and webhookNotifications is not set; name who has "
            "to hear of a failure"
        )
    rules = resource.get("health.rules")
    if rules is UNKNOWN:
        yield Deferred("health.rules")
    elif not elements(rules):
        yield Violation("health.rules is not set; add one for RUN_DURATION_SECONDS")


def _listens(channel: Any) -> bool:
    return isinstance(channel, list) and any(map(present, cast("list[Any]", channel)))


@rule(
    "rel-12-job-tasks-retried",
    title="Every task of a job is tried again after a failure, and ends in time",
    severity="low",
    rationale="Most failures in a cloud are over a minute later; a task that hangs is none.",
    remediation="Set maxRetries to at least 1 and timeoutSeconds on each task.",
    types=[tokens.JOB],
    levels=OFF_ADVISED_BINDING,
    config={"maximumRetries": integer("Most times to try again.", dev=3, test=3, prod=3)},
)
def tasks_retried(resource: Resource, config: Config) -> Findings:
    """No number of retries means none; -1 means without end. A loop's own task does the work."""
    for task in tasks(resource):
        if task.props is UNKNOWN:
            yield Deferred(task.path)
        # With no path it is the job itself, which has no retries of its own.
        elif task.path and task.get("forEachTask") is None:
            yield from require_value(
                task.get("maxRetries"),
                task.at("maxRetries"),
                *within(1, config["maximumRetries"]),
                default=0,
            )
            yield from require_value(
                task.get("timeoutSeconds"),
                task.at("timeoutSeconds"),
                between(1, float("inf")),
                "set it to the seconds after which the task has failed",
                default=0,
            )


@rule(
    "rel-13-job-runs-as-service-principal",
    title="A job runs as a service principal, and no pipeline as a person",
    severity="high",
    rationale="A job that runs as a person ends when the person leaves, and can do all they can.",
    remediation="Set runAs.servicePrincipalName, and no userName.",
    types=[tokens.JOB, tokens.PIPELINE],
    levels=NOT_IN_DEV,
    mappings=Mappings(sat=("GOV-42",)),
)
def runs_as_service_principal(resource: Resource, _config: Config) -> Findings:
    """Absent means whoever declared the job; a pipeline that says nothing is its owner's."""
    if resource.type == tokens.JOB:
        yield from require_present(
            resource, "runAs.servicePrincipalName", "name a service principal"
        )
    user = resource.get("runAs.userName")
    if user is UNKNOWN:
        yield Deferred("runAs.userName")
    elif present(user):
        yield Violation("runAs.userName is set; name a service principal instead")


@rule(
    "rel-14-job-code-pinned",
    title="A job that takes its code from Git takes a tag or a commit",
    severity="medium",
    rationale="A branch makes yesterday's run impossible to repeat, and production of every push.",
    remediation="Set gitSource.tag or gitSource.commit instead of branch.",
    types=[tokens.JOB],
    levels=OFF_ADVISED_BINDING,
)
def code_pinned(resource: Resource, _config: Config) -> Findings:
    """With no gitSource the code comes in a wheel or the workspace, which other rules judge."""
    source = resource.get("gitSource")
    if source is None:
        return
    commit = resource.get("gitSource.commit")
    pins = [resource.get("gitSource.tag"), commit]
    branch = resource.get("gitSource.branch")
    if branch is UNKNOWN:
        yield Deferred("gitSource.branch")
    elif present(branch):
        yield Violation(f"gitSource.branch is {show(branch)}; set tag or commit instead")
    elif not any(pin is UNKNOWN or present(pin) for pin in pins):
        yield Violation("gitSource has neither tag nor commit; set one of them")
    elif isinstance(commit, str) and present(commit) and not _COMMIT.fullmatch(commit):
        yield Violation(f"gitSource.commit is {show(commit)}, which is no commit; write its hash")
