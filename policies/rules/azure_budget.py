"""The budget at Azure: it sees the machines, gateways and logs that Databricks does not bill."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from policies import tokens
from policies.findings import Deferred, elements, is_number, present, require_value
from policies.model import UNKNOWN, dig
from policies.registry import EVERYWHERE, integer, rule
from policies.verdicts import demand, some

if TYPE_CHECKING:
    from policies.findings import Findings
    from policies.model import Resource, Stack
    from policies.registry import Config

_AZURE_BUDGETS = (tokens.CONSUMPTION_BUDGET, tokens.COST_BUDGET)
_MONTHLY = ("Monthly", "BillingMonth")
_FIRST, _ALL = 80, 100  # per cent


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
    config={
        "monthlyUsd": integer(
            "Largest monthly budget, in the billing currency.",
            dev=5_000,
            test=20_000,
            prod=100_000,
        )
    },
)
def azure_budget(stack: Stack, config: Config) -> Findings:
    """A budget on the group itself does not see what Databricks makes in the managed one."""
    budgets = list(stack.all(*_AZURE_BUDGETS))
    for budget in budgets:
        yield from _sound(budget, config["monthlyUsd"])
    for resource in stack.all(tokens.RESOURCE_GROUP, tokens.WORKSPACE):
        group, what = _group(resource)
        yield from demand(
            some(_covers(budget, resource, group) for budget in budgets),
            f"no Budget watches {what}; declare one on the subscription or add it to the filter",
            "scope",
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
    if "/resourcegroups/" in str(scope).casefold():
        return None if group in (None, UNKNOWN) else _last(scope) == _last(group)
    return _filtered(budget.get("filter"), group, resource.get("tags"))


def _filtered(chosen: Any, group: Any, tags: Any) -> bool | None:
    if chosen is None:
        return True
    if chosen is UNKNOWN or group in (None, UNKNOWN):
        return None
    parts = elements(dig(chosen, "and")) or [chosen]
    verdicts = [_lets_through(part, group, tags) for part in parts]
    if False in verdicts:
        return False
    return None if None in verdicts else True


def _last(group: Any) -> str:
    return str(group).casefold().rstrip("/").rsplit("/", 1)[-1]


def _lets_through(part: Any, group: Any, tags: Any) -> bool | None:
    """Whether a part of a filter lets a group's cost through: by its name, or by its tags.

    The workspace's tags reach the machines and disks of its clusters.
    https://learn.microsoft.com/azure/databricks/admin/account-settings/usage-detail-tags
    """
    kind = "dimensions" if dig(part, "dimensions") is not None else "tags"
    name, values = dig(part, f"{kind}.name"), dig(part, f"{kind}.values")
    own = dig(tags, name) if kind == "tags" and isinstance(name, str) else _last(group)
    if any(value is UNKNOWN for value in (part, name, values, own)):
        return None
    if kind == "dimensions" and str(name).casefold() != "resourcegroupname":
        return False
    listed = [_last(value) for value in _list(values) if value is not UNKNOWN]
    return _last(own) in listed or (None if UNKNOWN in _list(values) else False)


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
        yield from demand(
            some(_tells(entry, kind, percent) for entry in entries),
            f"notifications tells nobody at {percent} % {kind}; add one that is enabled and has a "
            "contact",
            "notifications",
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


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []  # pyright: ignore[reportUnknownVariableType] - plain wire data
