"""Budgets."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any, cast

from sandbox.azure import ids
from sandbox.azure.groups import require_scope
from sandbox.azure.values import at, between, fields, items, one_of, referenced, texts
from sandbox.rules import Refusal, admit, check, outputs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.rules import Cloud, Request

BUDGETS = "https://learn.microsoft.com/rest/api/consumption/budgets/create-or-update"

# https://github.com/hashicorp/terraform-provider-azurerm (consumption budgets: dimension names)
DIMENSIONS = (
    "ChargeType", "Frequency", "InvoiceId", "Meter", "MeterCategory", "MeterSubCategory",
    "PartNumber", "PricingModel", "Product", "ProductOrderId", "ProductOrderName", "PublisherType",
    "ReservationId", "ReservationName", "ResourceGroupName", "ResourceGuid", "ResourceId",
    "ResourceLocation", "ResourceType", "ServiceFamily", "ServiceName", "SubscriptionID",
    "SubscriptionName", "UnitOfMeasure",
)  # fmt: skip


@check(ids.BUDGET, source=BUDGETS)
def budget_is_well_formed(request: Request) -> None:
    """A positive amount, a known grain, and a period that begins on the first of a month."""
    inputs = request.inputs
    grains = ("Monthly", "Quarterly", "Annually", "BillingMonth", "BillingQuarter", "BillingAnnual")
    one_of(inputs.get("timeGrain"), grains, prop="timeGrain", code="400")
    one_of(inputs.get("category"), ("Cost",), prop="category", code="400")
    amount = inputs.get("amount")
    if isinstance(amount, (int, float)) and amount <= 0:
        raise Refusal("400", f"Budget amount must be greater than 0, not {amount}.", prop="amount")
    start, end = (
        _date(at(inputs, f"timePeriod.{edge}"), edge) for edge in ("startDate", "endDate")
    )
    if start and (start.day != 1 or start < dt.date(2017, 6, 1)):
        raise Refusal(
            "400",
            f"Start date {start} must be the first of a month, on or after 2017-06-01.",
            prop="timePeriod.startDate",
        )
    if start and end and end <= start:
        raise Refusal(
            "400", f"End date {end} must be after start date {start}.", prop="timePeriod.endDate"
        )


def _date(value: object, edge: str) -> dt.date | None:
    if not isinstance(value, str):
        return None
    try:
        return dt.date.fromisoformat(value[:10])
    except ValueError:
        raise Refusal(
            "400",
            f"'{value}' is not a date such as 2026-01-01T00:00:00Z.",
            prop=f"timePeriod.{edge}",
        ) from None


@check(ids.BUDGET, source=BUDGETS)
def notifications_are_within_limits(request: Request) -> None:
    """At most five notifications, each with a threshold up to 1000 % and somebody to tell."""
    notifications = request.inputs.get("notifications")
    if not isinstance(notifications, dict):
        return
    entries = cast("dict[str, Any]", notifications)
    if len(entries) > 5:  # noqa: PLR2004 - the documented limit
        raise Refusal(
            "400", f"{len(entries)} notifications; the maximum is 5.", prop="notifications"
        )
    for name, entry in entries.items():
        where = f"notifications.{name}"
        between(
            at(entry, "threshold"), 0.01, 1000, prop=f"{where}.threshold", code="400", unit=" %"
        )
        one_of(
            at(entry, "operator"), ("EqualTo", "GreaterThan", "GreaterThanOrEqualTo"), prop=where
        )
        _somebody_is_told(entry, name, where)


def _somebody_is_told(entry: Any, name: str, where: str) -> None:
    """Roles alone do not count."""
    emails = items(at(entry, "contactEmails"))
    if ids.known(entry) and not (emails or at(entry, "contactGroups")):
        raise Refusal(
            "400",
            f"Notification '{name}' must have at least one contact email or contact group.",
            prop=where,
        )
    if len(emails) > 50:  # noqa: PLR2004 - the documented limit
        raise Refusal("400", f"{len(emails)} contact emails; the maximum is 50.", prop=where)
    for email in texts(*emails):
        if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", email):
            raise Refusal("400", f"'{email}' is not an email address.", prop=where)


@check(ids.BUDGET, source=BUDGETS)
def filter_is_one_expression(request: Request) -> None:
    """A dimension, a tag, or an ``and`` of at least two of them; dimensions have known names."""
    given = fields(request.inputs.get("filter"))
    if not given:
        return
    parts = [name for name in ("and", "dimensions", "tags") if given.get(name) is not None]
    both = items(given.get("and"))
    if len(parts) != 1 or (isinstance(given.get("and"), list) and len(both) < 2):  # noqa: PLR2004 - "at least 2 items"
        raise Refusal(
            "400",
            "A budget's filter is one of dimensions, tags, or an 'and' of at least 2 of them.",
            prop="filter",
        )
    for part in both or [given]:
        one_of(at(part, "dimensions.name"), DIMENSIONS, prop="filter.dimensions.name", code="400")
        for kind in ("dimensions", "tags"):
            one_of(
                at(part, f"{kind}.operator"), ("In",), prop=f"filter.{kind}.operator", code="400"
            )


@admit(ids.BUDGET, source=BUDGETS)
def budget_watches_what_exists(request: Request, cloud: Cloud) -> None:
    """The scope and the action groups of a budget exist."""
    require_scope(request, cloud, "scope")
    entries = cast("dict[str, Any]", request.inputs.get("notifications") or {})
    for entry in entries.values():
        for group in items(at(entry, "contactGroups")):
            referenced(cloud, group, prop="notifications", code="400")


@admit(ids.BUDGET, source=BUDGETS)
def budget_starts_where_it_started(request: Request, _cloud: Cloud) -> None:
    """The start date and the grain of a budget cannot be changed once it is created."""
    for path in ("timePeriod.startDate", "timeGrain") if request.old else ():
        old, new = at(request.old.inputs if request.old else {}, path), at(request.inputs, path)
        if str(old)[:10] != str(new)[:10]:
            raise Refusal(
                "400",
                f"{path.removeprefix('timePeriod.')} of budgets cannot be updated (from {old} to "
                f"{new}). Please delete and create a new budget.",
                prop=path,
            )


@outputs(ids.BUDGET, source=BUDGETS)
def spend_so_far(_request: Request, _cloud: Cloud) -> Mapping[str, Any]:
    """A new budget has spent nothing."""
    return {"currentSpend": {"amount": 0.0, "unit": "USD"}}
