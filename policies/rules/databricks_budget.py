"""The budget at Databricks: somebody hears of it before the DBUs are spent."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from policies import tokens
from policies.findings import Deferred, elements, present
from policies.model import UNKNOWN, dig
from policies.registry import EVERYWHERE, integer, rule
from policies.verdicts import demand, some

if TYPE_CHECKING:
    from policies.findings import Findings
    from policies.model import Resource, Stack
    from policies.registry import Config

_GATEWAY = "BUDGET_RESOURCE_TYPE_UNITY_AI_GATEWAY"


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
        "monthlyUsd": integer(
            "Monthly budget in USD; an alert must come before it.",
            dev=5_000,
            test=20_000,
            prod=100_000,
        ),
    },
)
def databricks_budget(stack: Stack, config: Config) -> Findings:
    """A budget without a filter watches the whole account, and so this workspace too."""
    budgets = list(stack.all(tokens.BUDGET))
    for budget in budgets:
        yield from _alerts(budget, config["monthlyUsd"])
    for workspace in stack.all(tokens.WORKSPACE):
        watched = some(_watches(budget, workspace) for budget in budgets)
        yield from demand(
            watched, "no Budget watches its usage; declare one", "filter", workspace.urn
        )


def _watches(budget: Resource, workspace: Resource) -> bool | None:
    """Whether a budget counts a workspace's usage: every part of its filter must let it through."""
    kind = budget.get("resourceType")
    chosen = budget.get("filter")
    verdicts = [
        None if kind is UNKNOWN else kind != _GATEWAY,
        _in_filter(dig(chosen, "workspaceId.values"), budget, workspace),
        *(_by_tag(tag, workspace.get("tags")) for tag in elements(dig(chosen, "tags"))),
    ]
    if False in verdicts:
        return False
    return None if None in verdicts else True


def _by_tag(clause: Any, tags: Any) -> bool | None:
    """A workspace's tags are on all of its usage; which others are there, nobody can say."""
    key, values = dig(clause, "key"), dig(clause, "value.values")
    own = dig(tags, key) if isinstance(key, str) else None
    if any(value is UNKNOWN for value in (clause, key, values, own)):
        return None
    return own in _list(values) or (None if UNKNOWN in _list(values) else False)


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
    yield from demand(
        some(_early(alert, limit) for alert in elements(alerts)),
        f"alertConfigurations tells nobody below {limit} USD; add an alert by email below that",
        "alertConfigurations",
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
