"""Budgets: somebody hears of it before the money is gone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from policies import tokens
from policies.findings import (
    Deferred,
    Violation,
    elements,
    is_number,
    present,
    require_value,
    show,
)
from policies.model import UNKNOWN, dig
from policies.registry import EVERYWHERE, integer, rule, strings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from policies.findings import Findings
    from policies.model import Resource, Stack
    from policies.registry import Config

_AZURE_BUDGETS = (tokens.CONSUMPTION_BUDGET, tokens.COST_BUDGET)
_GATEWAY = "BUDGET_RESOURCE_TYPE_UNITY_AI_GATEWAY"
_MONTHLY = ("Monthly", "BillingMonth")
_FIRST, _ALL = 80, 100  # per cent
_MONTHLY_USD = integer(
    "Monthly budget in USD (Azure: in the billing currency).",
    dev=5_000,
    test=20_000,
    prod=100_000,
)


@rule(
    "cost-22-databricks-budget",
    title="A Databricks budget watches every workspace, and alerts before it is spent",
    severity="high",
    rationale="Databricks stops nothing by itself: an alert is all that stands between a mistake "
    "and the invoice.",
    remediation="Declare a Budget that filters by the workspace, with an alert below the monthly "
    "budget and a recipient.",
    types=[tokens.BUDGET, tokens.WORKSPACE],
    levels=EVERYWHERE,
    scope="stack",
    config={
        "monthlyUsd": _MONTHLY_USD,
        "filterTags": strings("Tags by which a budget may choose the environment's usage.", "env"),
    },
)
def databricks_budget(stack: Stack, config: Config) -> Findings:
    """A budget without a filter watches the whole account, and so this workspace too."""
    budgets = list(stack.all(tokens.BUDGET))
    for budget in budgets:
        yield from _alerts(budget, config["monthlyUsd"])
    for workspace in stack.all(tokens.WORKSPACE):
        watched = [_watches(budget, workspace, config["filterTags"]) for budget in budgets]
        yield from _one_of(
            watched, "filter", "no Budget watches its usage; declare one", workspace.urn
        )


def _one_of(
    verdicts: Iterable[bool | None], path: str, message: str, urn: str
) -> Iterator[Violation | Deferred]:
    seen = list(verdicts)
    if True not in seen:
        yield Deferred(path, urn) if None in seen else Violation(message, urn)


def _watches(budget: Resource, workspace: Resource, tags: list[str]) -> bool | None:
    """Whether a budget counts a workspace's usage: every part of its filter must let it through."""
    chosen = budget.get("filter")
    keys = [dig(tag, "key") for tag in elements(dig(chosen, "tags"))]
    others = [key for key in keys if key is not UNKNOWN and key not in tags]
    if others or budget.get("resourceType") == _GATEWAY:
        return False
    watched = _in_filter(dig(chosen, "workspaceId.values"), budget, workspace)
    unsure = UNKNOWN in keys or budget.get("resourceType") is UNKNOWN
    return None if watched and unsure else watched


def _in_filter(workspaces: Any, budget: Resource, workspace: Resource) -> bool | None:
    if workspaces is None:
        return True
    own = workspace.outputs.get("workspaceId")
    ids = [UNKNOWN] if workspaces is UNKNOWN else _list(workspaces)
    if any(item is not UNKNOWN and str(item) == str(own) for item in ids):
        return True
    if UNKNOWN in ids or not isinstance(own, (str, int)):
        return workspace.urn in budget.dependencies.get("filter", ()) or None
    return False


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []  # pyright: ignore[reportUnknownVariableType] - plain wire data


def _alerts(budget: Resource, limit: int) -> Findings:
    alerts = budget.get("alertConfigurations")
    if alerts is UNKNOWN:
        yield Deferred("alertConfigurations", budget.urn)
        return
    verdicts = [_early(alert, limit) for alert in elements(alerts)]
    yield from _one_of(
        verdicts,
        "alertConfigurations",
        f"alertConfigurations tells nobody below {limit} USD; add an alert by email below that",
        budget.urn,
    )


def _early(alert: Any, limit: int) -> bool | None:
    """Whether an alert goes to somebody before the monthly budget is spent."""
    threshold = dig(alert, "quantityThreshold")
    told = dig(alert, "actionConfigurations")
    targets = [UNKNOWN] if told is UNKNOWN else [dig(item, "target") for item in elements(told)]
    amount = _amount(threshold)
    if (threshold is not UNKNOWN and not 0 < amount < limit) or not any(
        target is UNKNOWN or present(target) for target in targets
    ):
        return False
    return None if threshold is UNKNOWN or told is UNKNOWN else True


def _amount(value: Any) -> float:
    """Dollars, which the API takes as text; nothing where the text is no plain number."""
    number = (
        re.fullmatch(r"\s*(\d{1,15}(?:\.\d*)?)\s*", value, re.ASCII)
        if isinstance(value, str)
        else None
    )
    return float(number[1]) if number else 0.0


@rule(
    "cost-23-azure-budget",
    title="An Azure budget watches the resource group and that of the clusters' machines",
    severity="high",
    rationale="Machines, disks, gateways and logs are on Azure's bill only, and the machines in a "
    "resource group that Databricks manages.",
    remediation="Declare a monthly Budget on the subscription that filters by both resource "
    "groups, with an Actual alert at 80 and a Forecasted one at 100 per cent, and a contact.",
    types=[*_AZURE_BUDGETS, tokens.RESOURCE_GROUP, tokens.WORKSPACE],
    levels=EVERYWHERE,
    scope="stack",
    config={"monthlyUsd": _MONTHLY_USD},
)
def azure_budget(stack: Stack, config: Config) -> Findings:
    """A budget on the group itself does not see what Databricks makes in the managed one."""
    budgets = list(stack.all(*_AZURE_BUDGETS))
    for budget in budgets:
        yield from _sound(budget, config["monthlyUsd"])
    for resource in stack.all(tokens.RESOURCE_GROUP, tokens.WORKSPACE):
        group, what = _group(resource)
        yield from _one_of(
            (_covers(budget, resource, group) for budget in budgets),
            "scope",
            f"no Budget watches {what}; declare one on the subscription or add it to the filter",
            resource.urn,
        )


def _group(resource: Resource) -> tuple[Any, str]:
    """The resource group to watch, by name or id; UNKNOWN while neither is known."""
    if resource.type == tokens.RESOURCE_GROUP:
        name = resource.get("resourceGroupName")
        return (resource.outputs.get("name") if name is None else name), "this resource group"
    managed = resource.get("managedResourceGroupId")
    if managed is None:
        managed = resource.outputs.get("managedResourceGroupId")
    return managed, "the resource group that it manages"


def _covers(budget: Resource, resource: Resource, group: Any) -> bool | None:
    scope = budget.get("scope")
    if scope is UNKNOWN:
        sources = budget.dependencies.get("scope", ())
        own = resource.type == tokens.RESOURCE_GROUP and resource.urn in sources
        return True if own else None
    if not present(scope):
        return False
    parts = str(scope).casefold().strip("/").split("/")
    if "resourcegroups" in parts:
        return None if group in (None, UNKNOWN) else parts[-1] == _last(group)
    chosen = budget.get("filter")
    if chosen is None:
        return True
    return _filtered(chosen, group)


def _last(group: Any) -> str:
    return str(group).casefold().rstrip("/").rsplit("/", 1)[-1]


def _filtered(chosen: Any, group: Any) -> bool | None:
    """Whether a filter lets the group's cost through. Tags reach the machines, so they may."""
    if chosen is UNKNOWN or group in (None, UNKNOWN):
        return None
    for part in elements(dig(chosen, "and")) or [chosen]:
        name, values = dig(part, "dimensions.name"), dig(part, "dimensions.values")
        if part is UNKNOWN or UNKNOWN in (name, values):
            return None
        if name is None:
            continue
        listed = [_last(value) for value in _list(values) if value is not UNKNOWN]
        if str(name).casefold() != "resourcegroupname" or _last(group) not in listed:
            return None if UNKNOWN in _list(values) else False
    return True


def _sound(budget: Resource, limit: int) -> Findings:
    yield from require_value(
        budget.get("amount"),
        "amount",
        lambda value: is_number(value) and 0 < value <= limit,
        f"set it to at most {limit}",
        urn=budget.urn,
    )
    yield from require_value(
        budget.get("timeGrain"),
        "timeGrain",
        lambda value: value in _MONTHLY,
        "set it to 'Monthly'",
        urn=budget.urn,
    )
    notifications = budget.get("notifications")
    if notifications is UNKNOWN:
        yield Deferred("notifications", budget.urn)
        return
    entries: list[Any] = list(notifications.values()) if isinstance(notifications, dict) else []  # pyright: ignore[reportUnknownArgumentType,reportUnknownMemberType] - plain wire data
    for kind, percent in (("Actual", _FIRST), ("Forecasted", _ALL)):
        yield from _one_of(
            (_tells(entry, kind, percent) for entry in entries),
            "notifications",
            f"notifications tells nobody of {percent} % {kind}; {show(notifications)} needs one "
            "that is enabled and has a contact",
            budget.urn,
        )


def _tells(notification: Any, kind: str, percent: int) -> bool | None:
    values = [
        notification,
        *(dig(notification, name) for name in ("enabled", "thresholdType", "threshold")),
    ]
    contacts = [dig(notification, name) for name in ("contactEmails", "contactGroups")]
    if any(value is UNKNOWN for value in values):
        return None
    _, enabled, given, threshold = values
    if enabled is not True or (given or "Actual") != kind:
        return False
    if not is_number(threshold) or threshold > percent:
        return False
    if any(value is UNKNOWN for value in contacts):
        return None
    return any(map(bool, contacts))
