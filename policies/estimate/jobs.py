"""Jobs: how often they run, for how long, on which clusters."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

from policies.estimate import cron, machines
from policies.estimate.amounts import HOURS_PER_MONTH, Charge, Span
from policies.estimate.context import NotYetKnownError, UnpriceableError
from policies.findings import elements, is_number
from policies.model import UNKNOWN, dig

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.estimate.context import Context
    from policies.model import Resource

_MINUTES: Final = 60
_SECONDS: Final = 60
_PERIODS: Final = {"HOURS": 1.0, "DAYS": 24.0, "WEEKS": 168.0}
# These start nothing of their own: a warehouse, a pipeline or another job does the work, and is
# on the bill itself.
_ELSEWHERE: Final = (
    *("sqlTask", "pipelineTask", "runJobTask", "conditionTask"),
    *("dashboardTask", "alertTask", "powerBiTask"),
)
# An ordinary task without a cluster is serverless.
_SERVERLESS: Final = "serverless"
_MOST_AT_ONCE: Final = 100.0  # rounds of a loop, which the service admits


@dataclass(frozen=True)
class _Rhythm:
    """How much a job runs.

    Attributes:
        hours: Hours a month with a run, in which each of its clusters is up.
        at_once: The most runs at the same time.
    """

    hours: Span
    at_once: float
    endless: bool


def job(resource: Resource, context: Context) -> Iterator[Charge]:
    """Every cluster that a run starts, and its serverless tasks."""
    rhythm = _rhythm(resource, context)
    basis = "fixed" if rhythm.endless else "usage"
    serverless = 0.0
    for where, spec, lanes in _clusters(resource):
        if spec == _SERVERLESS:
            serverless += lanes
            continue
        hour = machines.hourly(context, resource, spec, machines.JOBS, where)
        yield from machines.charges(
            resource.urn,
            hour,
            rhythm.hours * lanes,
            machines.JOBS,
            basis=basis,
            at_once=rhythm.at_once * lanes,
        )
    if serverless:
        usd = (
            serverless
            * context.assumptions.serverless_dbus
            * context.price("serverless/jobs")
            * context.price("dbu-rate/jobs-serverless")
        )
        yield Charge(
            resource.urn,
            "DBU jobs serverless",
            "dbu",
            basis,
            rhythm.hours * usd,
            usd * rhythm.at_once,
            f"{rhythm.hours.expected:g} h x {serverless:g} tasks",
        )


def _rhythm(resource: Resource, context: Context) -> _Rhythm:
    at_once = max(1.0, context.number(resource, "maxConcurrentRuns", 1))
    ceiling = HOURS_PER_MONTH * at_once
    continuous = resource.get("continuous")
    if continuous is not None:
        # A continuous job has one run at all times, and none while it is paused.
        paused = dig(continuous, "pauseStatus") == "PAUSED"
        hours = 0.0 if paused else HOURS_PER_MONTH
        return _Rhythm(Span.of(hours), 1, endless=not paused)
    minutes = context.assumptions.job_minutes
    timeout = resource.get("timeoutSeconds")
    if is_number(timeout) and timeout > 0:
        minutes = min(minutes, timeout / _SECONDS)
    runs = _runs(resource, context)
    hours = min(runs * minutes / _MINUTES, ceiling)
    return _Rhythm(Span(hours, hours, _retried(resource, hours, ceiling)), at_once, endless=False)


def _retried(resource: Resource, hours: float, ceiling: float) -> float:
    """Hours a month when every run fails as often as it is retried; -1 retries for ever."""
    retries = [dig(task, "maxRetries") for task in elements(_known(resource, "tasks"))]
    most = max((count for count in retries if is_number(count)), default=0)
    return ceiling if most < 0 else min(hours * (1 + most), ceiling)


def _runs(resource: Resource, context: Context) -> float:
    """Runs a month: by schedule, by period, or as assumed."""
    schedule, trigger = resource.get("schedule"), resource.get("trigger")
    if UNKNOWN in (schedule, trigger):
        raise NotYetKnownError("schedule")
    if schedule is not None:
        expression = dig(schedule, "quartzCronExpression")
        if expression is UNKNOWN:
            raise NotYetKnownError("schedule.quartzCronExpression")
        if dig(schedule, "pauseStatus") == "PAUSED":
            return 0.0
        try:
            return cron.runs_per_month(str(expression))
        except cron.CronError as error:
            raise UnpriceableError(f"schedule.quartzCronExpression: {error}") from error
    if dig(trigger, "pauseStatus") == "PAUSED":
        return 0.0
    interval = dig(trigger, "periodic.interval")
    unit = _PERIODS.get(str(dig(trigger, "periodic.unit")))
    if is_number(interval) and interval > 0 and unit is not None:
        return HOURS_PER_MONTH / (interval * unit)
    return context.assumptions.unscheduled_runs


def _clusters(resource: Resource) -> Iterator[tuple[str, Any, float]]:
    """Where each cluster of a run is described, how, and how many of it there are at once.

    Serverless ones are described by that word.
    """
    shared: list[Any] = []
    for index, item in enumerate(elements(_known(resource, "jobClusters"))):
        shared.append(dig(item, "jobClusterKey"))
        yield f"jobClusters[{index}].newCluster", dig(item, "newCluster"), 1
    single = resource.get("newCluster")
    if single is not None:
        yield "newCluster", single, 1
    for index, task in enumerate(elements(_known(resource, "tasks"))):
        where = f"tasks[{index}]"
        nested = dig(task, "forEachTask.task")
        if UNKNOWN in (task, nested):
            raise NotYetKnownError(where)
        at, work, lanes = where, task, 1.0
        if nested is not None:
            at, work = f"{where}.forEachTask.task", nested
            lanes = _lanes(dig(task, "forEachTask"), where)
        for place, spec in _of_task(work, at, shared, has_default=single is not None):
            yield place, spec, lanes


def _lanes(loop: Any, where: str) -> float:
    """How many iterations of a loop run at once, each on compute of its own unless it is shared.

    One, unless it says otherwise.
    https://learn.microsoft.com/azure/databricks/jobs/for-each
    """
    most, inputs = dig(loop, "concurrency"), dig(loop, "inputs")
    if most is UNKNOWN:
        raise NotYetKnownError(f"{where}.forEachTask.concurrency")
    lanes = min(_MOST_AT_ONCE, max(1.0, float(most))) if is_number(most) else 1.0
    try:
        listed = json.loads(inputs) if isinstance(inputs, str) else None
    except (ValueError, RecursionError):
        # A reference to what another task answers: any number.
        listed = None
    return min(lanes, max(1, len(cast("list[Any]", listed)))) if isinstance(listed, list) else lanes


def _of_task(
    task: Any, where: str, shared: list[Any], *, has_default: bool
) -> Iterator[tuple[str, Any]]:
    accelerated = dig(task, "compute.hardwareAccelerator") is not None
    if accelerated or dig(task, "genAiComputeTask") is not None:
        raise UnpriceableError(f"{where} runs on serverless GPUs, of which the book has no price")
    if dig(task, "newCluster") is not None:
        yield f"{where}.newCluster", dig(task, "newCluster")
        return
    key = dig(task, "jobClusterKey")
    if key is not None and key is not UNKNOWN and key not in shared:
        raise UnpriceableError(f"{where}.jobClusterKey is {key!r}, which no jobClusters entry has")
    has_cluster = key is not None or dig(task, "existingClusterId") is not None or has_default
    if not has_cluster and not any(dig(task, kind) is not None for kind in _ELSEWHERE):
        yield where, _SERVERLESS


def _known(resource: Resource, path: str) -> Any:
    value = resource.get(path)
    if value is UNKNOWN:
        raise NotYetKnownError(path)
    return value
