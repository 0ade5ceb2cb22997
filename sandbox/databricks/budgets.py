"""Budgets of an account: they alert, and (of AI Gateway only) may block."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from sandbox.databricks import scope, tokens
from sandbox.databricks.errors import invalid
from sandbox.databricks.values import at, fields, given, guid, items, moment, one_of, text
from sandbox.rules import admit, check, outputs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sandbox.rules import Cloud, Request

API = "https://docs.databricks.com/api/azure/account/budgets"
DOC = "https://registry.terraform.io/providers/databricks/databricks/latest/docs/resources/budget"
CODE = "https://github.com/databricks/terraform-provider-databricks/blob/main/finops/resource_budget.go"

GATEWAY = "BUDGET_RESOURCE_TYPE_UNITY_AI_GATEWAY"
PER_USER = "ALERT_CONFIGURATION_SCOPE_TYPE_PER_USER"
_LONGEST_NAME, _MOST_SHARED, _MOST_PER_USER = 128, 4, 1
_ENUMS = {
    "timePeriod": ("MONTH",),
    "triggerType": ("CUMULATIVE_SPENDING_EXCEEDED",),
    "quantityType": ("LIST_PRICE_DOLLARS_USD",),
    "scopeType": ("ALERT_CONFIGURATION_SCOPE_TYPE_SHARED", PER_USER),
}


def _alerts(request: Request) -> list[dict[str, Any]]:
    return items(request.inputs.get("alertConfigurations"))


def _actions(alert: Mapping[str, Any]) -> list[dict[str, Any]]:
    return items(alert.get("actionConfigurations"))


def _filters(request: Request) -> Iterator[tuple[str, dict[str, Any]]]:
    filters = fields(request.inputs.get("filter"))
    if given(filters.get("workspaceId")):
        yield "filter.workspaceId", fields(filters["workspaceId"])
    for index, tag in enumerate(items(filters.get("tags"))):
        yield f"filter.tags[{index}].value", fields(tag.get("value"))


@check(tokens.BUDGET, source=CODE)
def budget_name_fits(request: Request) -> None:
    """1 to 128 characters, if there is a name."""
    name = request.inputs.get("displayName")
    if isinstance(name, str) and not 1 <= len(name) <= _LONGEST_NAME:
        raise invalid(
            f"expected length of display_name to be in the range (1 - {_LONGEST_NAME}), got "
            f"{len(name)}",
            "displayName",
        )


@check(tokens.BUDGET, source=DOC)
def budget_words_are_known(request: Request) -> None:
    """The enumerations of the API."""
    kinds = ("BUDGET_RESOURCE_TYPE_ALL_RESOURCES", GATEWAY)
    one_of(request.inputs.get("resourceType"), kinds, "resourceType")
    for alert in _alerts(request):
        for name, allowed in _ENUMS.items():
            one_of(alert.get(name), allowed, name)
        for action in _actions(alert):
            kinds = ("EMAIL_NOTIFICATION", "BLOCK_USAGE")
            one_of(action.get("actionType"), kinds, "actionType")
    for path, condition in _filters(request):
        one_of(condition.get("operator"), ("IN",), f"{path}.operator")


@admit(tokens.BUDGET, source=API)
def alerts_are_few_and_differ(request: Request, _: Cloud) -> None:
    """One alert at least; four shared ones at most, and one per user on an AI Gateway budget."""
    alerts = _alerts(request)
    gateway = request.inputs.get("resourceType") == GATEWAY
    shared = [alert for alert in alerts if alert.get("scopeType") != PER_USER]
    per_user = len(alerts) - len(shared)
    if not alerts:
        raise invalid("A budget must have at least one alert configuration.", "alertConfigurations")
    if len(shared) > _MOST_SHARED:
        raise invalid(
            f"A budget has at most {_MOST_SHARED} shared alerts per time period, not "
            f"{len(shared)}.",
            "alertConfigurations",
        )
    if per_user > (_MOST_PER_USER if gateway else 0):
        raise invalid(
            "Alerts per user are for AI Gateway budgets only, one per time period.",
            "alertConfigurations",
        )
    counts = Counter(_amount(alert) for alert in shared)
    amount, times = counts.most_common(1)[0] if counts else (0.0, 1)
    if times > 1:
        raise invalid(
            f"Each shared alert needs a unique quantity_threshold; {amount:g} stands {times} "
            "times.",
            "alertConfigurations",
        )


def _amount(alert: Mapping[str, Any]) -> float:
    value = text(alert.get("quantityThreshold"))
    if not re.fullmatch(r"\d+(\.\d+)?", value) or float(value) <= 0:
        raise invalid(
            f"quantity_threshold '{value}' is not a positive number of dollars.",
            "alertConfigurations.quantityThreshold",
        )
    return float(value)


@admit(tokens.BUDGET, source=DOC)
def alerts_are_complete(request: Request, _: Cloud) -> None:
    """Period, trigger, quantity and somebody to tell are required; blocking is AI Gateway's."""
    gateway = request.inputs.get("resourceType") == GATEWAY
    for alert in _alerts(request):
        for name in ("timePeriod", "triggerType", "quantityType"):
            if not given(alert.get(name)):
                raise invalid(
                    f"An alert configuration lacks {name}.", f"alertConfigurations.{name}"
                )
        for action in _actions(alert):
            kind, target = action.get("actionType"), text(action.get("target"))
            if kind == "BLOCK_USAGE" and (not gateway or target):
                raise invalid(
                    "BLOCK_USAGE is supported on AI Gateway budgets only, and takes no target.",
                    "alertConfigurations.actionConfigurations",
                )
            if kind != "BLOCK_USAGE" and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", target):
                raise invalid(
                    f"EMAIL_NOTIFICATION needs an email address as target, not '{target}'.",
                    "alertConfigurations.actionConfigurations.target",
                )
    for path, condition in _filters(request):
        if not at(condition, "values"):
            raise invalid(f"{path} has an operator without values.", path)


@outputs(tokens.BUDGET, source=CODE)
def budget(request: Request, _: Cloud) -> Mapping[str, Any]:
    """The id is account and configuration."""
    account = scope.account_id(request.provider)
    key = scope.keep(request, "budgetConfigurationId", guid("budget", request.seed))
    then = scope.keep(request, "createTime", moment(request.seed))
    return {
        "id": f"{account}|{key}",
        "accountId": account,
        "budgetConfigurationId": key,
        "createTime": then,
        "updateTime": then,
    }
