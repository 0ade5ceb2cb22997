"""Who notices that a model or its data has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from policies import tokens
from policies.findings import (
    Deferred,
    Violation,
    elements,
    present,
    require,
    require_present,
    words,
)
from policies.model import UNKNOWN
from policies.references import same
from policies.registry import (
    ADVISED,
    OFF_ADVISED_ADVISED,
    OFF_ADVISED_BINDING,
    rule,
)
from policies.serving_endpoints import ENDPOINT_TYPES, inference_table
from policies.verdicts import demand, some

if TYPE_CHECKING:
    from policies.findings import Findings
    from policies.model import Resource, Stack
    from policies.registry import Config

_MONITORS = (tokens.QUALITY_MONITOR, tokens.DATA_QUALITY_MONITOR)
_PROFILE = "dataProfilingConfig"


@rule(
    "ml-08-inference-table-monitored",
    title="Every inference table has a monitor",
    severity="medium",
    rationale="A model gets worse without an error: only its answers over time show it.",
    remediation="Declare a QualityMonitor with inferenceLog whose tableName is the endpoint's "
    "inference table.",
    types=[*ENDPOINT_TYPES, *_MONITORS],
    # Advice in production: the table comes into being with the first request, and a monitor cannot
    # be made before its table, so it always follows in a later update.
    levels=OFF_ADVISED_ADVISED,
    scope="stack",
)
def inference_table_monitored(stack: Stack, _config: Config) -> Findings:
    """A DataQualityMonitor names its table by an id that no preview knows."""
    monitors = list(stack.all(*_MONITORS))
    for endpoint in stack.all(*ENDPOINT_TYPES):
        table = inference_table(endpoint)
        if table is None:
            continue
        if table is UNKNOWN:
            yield Deferred("aiGateway.inferenceTableConfig", endpoint.urn)
            continue
        yield from demand(
            some(_watches(monitor, table) for monitor in monitors),
            f"no QualityMonitor watches its inference table {table}; declare one once the table "
            "exists",
            "tableName",
            endpoint.urn,
        )


def _watches(monitor: Resource, table: str) -> bool | None:
    if monitor.type == tokens.DATA_QUALITY_MONITOR:
        name = monitor.get(f"{_PROFILE}.monitoredTableName")
        if monitor.get(f"{_PROFILE}.inferenceLog") is None:
            return False
    else:
        name = monitor.get("tableName")
    return None if name is UNKNOWN or name is None else same(name, table)


@rule(
    "ml-09-monitor-complete",
    title="A monitor runs by a schedule, has a baseline, slices, and tells somebody when it fails",
    severity="low",
    rationale="Drift is a difference: from a baseline, and often for one group of people only.",
    remediation="Set schedule, baselineTableName, slicingExprs and the addresses of "
    "notifications.onFailure.",
    types=_MONITORS,
    levels=OFF_ADVISED_ADVISED,
)
def monitor_complete(resource: Resource, _config: Config) -> Findings:
    """A DataQualityMonitor without a profile only looks for anomalies, which need none of these."""
    newer = resource.type == tokens.DATA_QUALITY_MONITOR
    if newer and resource.get(_PROFILE) is None:
        return
    prefix = f"{_PROFILE}." if newer else ""
    notifications = "notificationSettings" if newer else "notifications"
    yield from require(
        resource, f"{prefix}schedule", present, "set a cron expression and a time zone"
    )
    yield from require(
        resource,
        f"{prefix}schedule.pauseStatus",
        words("UNPAUSED"),
        "set it to 'UNPAUSED'",
        default="UNPAUSED",
    )
    yield from require_present(
        resource, f"{prefix}baselineTableName", "name the table the model was trained on"
    )
    for path, fix in {
        f"{prefix}slicingExprs": "name the columns that tell groups apart",
        f"{prefix}{notifications}.onFailure.emailAddresses": "name who repairs it",
    }.items():
        listed = resource.get(path)
        if listed is UNKNOWN:
            yield Deferred(path)
        elif not listed:
            yield Violation(f"{path} is empty or not set; {fix}")


@rule(
    "ml-18-current-types",
    title="No resource type that Databricks has replaced",
    severity="low",
    rationale="What is replaced gets no fixes and is one day switched off.",
    remediation="Replace OnlineTable by OnlineStore, LakehouseMonitor by QualityMonitor.",
    types=[tokens.ONLINE_TABLE, tokens.LAKEHOUSE_MONITOR],
    levels=ADVISED,
)
def current_types(resource: Resource, _config: Config) -> Findings:
    """https://learn.microsoft.com/azure/databricks/machine-learning/feature-store/."""
    newer = "OnlineStore" if resource.type == tokens.ONLINE_TABLE else "QualityMonitor"
    yield Violation(f"its type is deprecated; declare it as {newer} instead")


@rule(
    "ml-23-alerts-reach-somebody",
    title="What a monitor finds reaches somebody",
    severity="low",
    rationale="A drift metric that nobody looks at is found out by the customer.",
    remediation="Declare an AlertV2 over the monitor's metrics with a subscription and a schedule "
    "that is not paused.",
    types=[*_MONITORS, tokens.ALERT],
    levels=OFF_ADVISED_BINDING,
    scope="stack",
)
def alerts_reach_somebody(stack: Stack, _config: Config) -> Findings:
    """A stack without monitors has nothing to alert on; ML-08 asks for those."""
    alerts = list(stack.all(tokens.ALERT))
    for alert in alerts:
        yield from _tells(alert)
    if not alerts:
        for monitor in stack.all(*_MONITORS):
            yield Violation(
                "no AlertV2 tells anybody what it finds; declare one over its metrics", monitor.urn
            )


def _tells(alert: Resource) -> Findings:
    path = "evaluation.notification.subscriptions"
    subscriptions: Any = alert.get(path)
    if subscriptions is UNKNOWN:
        yield Deferred(path, alert.urn)
    elif not elements(subscriptions):
        yield Violation(f"{path} is empty or not set; name who is told", alert.urn)
    status = alert.get("schedule.pauseStatus")
    if status is UNKNOWN:
        yield Deferred("schedule.pauseStatus", alert.urn)
    elif status is not None and not words("UNPAUSED")(status):
        yield Violation("schedule.pauseStatus is paused; set it to 'UNPAUSED'", alert.urn)
