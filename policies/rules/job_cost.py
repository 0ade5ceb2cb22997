"""What keeps a job from costing more than was meant: compute, bounds, schedule, speed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from policies import tokens
from policies.clusters import tasks
from policies.findings import (
    Deferred,
    Violation,
    between,
    elements,
    is_true,
    present,
    require,
    require_value,
)
from policies.jobs import runs_serverless
from policies.model import UNKNOWN, dig
from policies.registry import ADVISED, ADVISED_IN_DEV, EVERYWHERE, Levels, Option, integer, rule

if TYPE_CHECKING:
    from collections.abc import Mapping

    from policies.findings import Findings
    from policies.model import Resource
    from policies.registry import Config


@rule(
    "cost-04-job-compute",
    title="A job brings its own compute and never runs on people's clusters",
    severity="high",
    rationale="An all-purpose DBU costs nearly twice a job's, and a job keeps the cluster awake.",
    remediation="Run the task on serverless compute, or give it newCluster or jobClusterKey.",
    types=[tokens.JOB],
    levels=ADVISED_IN_DEV,
)
def job_compute(resource: Resource, _config: Config) -> Findings:
    """An id that is not known yet is one: a cluster is named."""
    for task in tasks(resource):
        if task.props is UNKNOWN:
            yield Deferred(task.path)
        elif task.get("existingClusterId") is not None:
            yield Violation(
                f"{task.at('existingClusterId')} names an all-purpose cluster; remove it and use "
                "serverless or job compute"
            )


@rule(
    "cost-24-job-bounded",
    title="A job ends, is not started over and over, and waits its turn",
    severity="medium",
    rationale="A job's cluster has no idle time after which it ends: only the timeout stops a run "
    "that hangs.",
    remediation="Set timeoutSeconds, maxConcurrentRuns and the tasks' maxRetries within the "
    "limits, and queue.enabled to true.",
    types=[tokens.JOB],
    levels=EVERYWHERE,
    config={
        "maximumHours": integer("Longest run in hours.", dev=4, test=8, prod=24),
        "maximumRuns": integer("Most runs at a time.", dev=1, test=2, prod=4),
        "maximumRetries": integer("Most retries of a task.", dev=1, test=2, prod=3),
    },
)
def job_bounded(resource: Resource, config: Config) -> Findings:
    """Absent means no timeout, one run at a time, no retry and no queue."""
    longest = config["maximumHours"] * 3600
    yield from require(
        resource,
        "timeoutSeconds",
        between(1, longest),
        f"set it to at most {longest} seconds; 0 means none",
    )
    yield from require(
        resource,
        "maxConcurrentRuns",
        between(0, config["maximumRuns"]),
        f"set it to at most {config['maximumRuns']}",
        default=1,
    )
    yield from require(resource, "queue.enabled", is_true, "set it to true")
    for task in tasks(resource):
        yield from require_value(
            task.get("maxRetries"),
            task.at("maxRetries"),
            between(0, config["maximumRetries"]),
            f"set it to at most {config['maximumRetries']}; -1 means for ever",
            default=0,
        )


_STARTS = ("schedule", "trigger", "continuous")


@rule(
    "cost-25-schedule-paused",
    title="Outside production no job starts itself",
    severity="medium",
    rationale="A nightly run of an experiment that everybody has forgotten costs as much as the "
    "real one.",
    remediation="Set pauseStatus of schedule, trigger and continuous to 'PAUSED'.",
    types=[tokens.JOB],
    levels=Levels("mandatory", "advisory", "disabled"),
)
def schedule_paused(resource: Resource, _config: Config) -> Findings:
    """Absent means unpaused. A trigger of the newer list form has its own pause status."""
    starts: list[tuple[str, Any]] = [(name, resource.get(name)) for name in _STARTS]
    triggers = resource.get("triggers")
    listed = [UNKNOWN] if triggers is UNKNOWN else elements(triggers)
    starts += [(f"triggers[{index}]", trigger) for index, trigger in enumerate(listed)]
    for path, start in starts:
        if start is not None:
            yield from require_value(
                dig(start, "pauseStatus"),
                f"{path}.pauseStatus",
                lambda value: value == "PAUSED",
                "set it to 'PAUSED', or remove it",
            )


@rule(
    "cost-26-serverless-job-standard",
    title="A serverless job runs in standard mode unless seconds count",
    severity="low",
    rationale="The default mode starts faster and costs more; a nightly job gains nothing by it.",
    remediation="Set performanceTarget to 'STANDARD', or tag the job as latency-critical.",
    types=[tokens.JOB],
    levels=ADVISED,
    config={
        "urgentTag": Option(
            "Tag of jobs that may run in the faster mode.",
            "latency-critical",
            {"type": "string"},
        )
    },
)
def serverless_job_standard(resource: Resource, config: Config) -> Findings:
    """Absent means PERFORMANCE_OPTIMIZED."""
    serverless, urgent = runs_serverless(resource), dig(resource.get("tags"), config["urgentTag"])
    if serverless is UNKNOWN:
        yield Deferred("tasks")
    elif serverless and urgent is not UNKNOWN and not present(urgent):
        yield from require(
            resource, "performanceTarget", lambda value: value == "STANDARD", "set it to 'STANDARD'"
        )


def run_in_standard_mode(props: Mapping[str, Any], _config: Config) -> Mapping[str, Any]:
    """The remedy of COST-26, for a job that breaks it."""
    return {**props, "performanceTarget": "STANDARD"}
