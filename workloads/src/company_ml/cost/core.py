"""From daily costs to alerts: above the limit, or unlike the same weekday of the weeks before.

What is not in here: discounts (the prices are list prices), and the virtual machines, disks and
network of classic compute, which Azure bills, not Databricks. Serverless prices include theirs.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

MAD_TO_DEVIATION = 1.4826
"""A normal distribution's standard deviation per median absolute deviation."""
SCOPE = (
    "Databricks list prices before discounts. The virtual machines, disks and network of classic "
    "compute are billed by Azure and not in here."
)


@dataclass(frozen=True, kw_only=True)
class CostLine:
    """A day's cost of one workspace, SKU and owner."""

    day: date
    workspace: str
    sku: str
    product: str
    unit: str
    owner: str
    """Value of the owner tag; empty when the usage has none."""
    quantity: float
    """In ``unit``."""
    cost: float
    """In the report's currency."""
    unpriced_quantity: float = 0.0
    """Part of the quantity that no price was found for; its cost is unknown, not zero."""


@dataclass(frozen=True, kw_only=True)
class CostLimits:
    """When people are told; read from ``configs/monitoring/cost.yaml``."""

    daily: float = 1_000.0
    """A day's cost in the currency, from which on."""
    currency: str = "USD"
    weeks: int = 6
    """Weeks before the day that it is compared with, its own weekday only."""
    minimum_weeks: int = 3
    """Weeks with a record of cost, of anything, that a comparison needs."""
    deviations: float = 4.0
    """Robust standard deviations above the median that make a day unusual."""
    minimum_rise: float = 50.0
    """Smallest rise above the median worth telling, in the currency."""
    relative_floor: float = 0.1
    """Smallest standard deviation assumed, as a share of the median: a constant past has none."""


class AlertKind(StrEnum):
    """Why people are told."""

    DAILY_LIMIT = "daily limit"
    UNUSUAL = "unusual"
    UNPRICED = "no price"


@dataclass(frozen=True, kw_only=True)
class CostAlert:
    """One thing to be told."""

    kind: AlertKind
    dimension: str
    """``total``, ``owner``, ``workspace`` or ``sku``."""
    value: str
    cost: float
    expected: float
    """The limit, or the median of the weeks before."""


@dataclass(frozen=True, kw_only=True)
class CostReport:
    """A day's cost, divided, and what to tell people about it."""

    day: date
    currency: str
    total: float
    by_owner: Mapping[str, float]
    by_workspace: Mapping[str, float]
    by_sku: Mapping[str, float]
    unpriced: Mapping[str, float]
    """Quantities per SKU without a price."""
    alerts: tuple[CostAlert, ...]
    scope: str = field(default=SCOPE)


DIMENSIONS: Mapping[str, Callable[[CostLine], str]] = {
    "total": lambda _: "all",
    "owner": lambda line: line.owner or "(no owner)",
    "workspace": lambda line: line.workspace,
    "sku": lambda line: line.sku,
}


def report(lines: Sequence[CostLine], day: date, limits: CostLimits) -> CostReport:
    """What ``day`` cost, compared with the weeks before it, as far as ``lines`` reach."""
    first_known = min((line.day for line in lines), default=day)
    past = [
        day - timedelta(weeks=week)
        for week in range(1, limits.weeks + 1)
        if day - timedelta(weeks=week) >= first_known
    ]
    sums = {name: _sums(lines, key) for name, key in DIMENSIONS.items()}
    today = {
        name: {value: days[day] for value, days in values.items() if day in days}
        for name, values in sums.items()
    }
    total = today["total"].get("all", 0.0)
    unpriced = _unpriced(lines, day)
    alerts: list[CostAlert] = []
    if total >= limits.daily:
        alerts.append(
            CostAlert(kind=AlertKind.DAILY_LIMIT, dimension="total", value="all", cost=total,
                      expected=limits.daily)
        )  # fmt: skip
    for name, values in today.items():
        for value, cost in values.items():
            before = [sums[name][value].get(previous, 0.0) for previous in past]
            expected = _unusual(cost, before, limits)
            if expected is not None:
                alerts.append(
                    CostAlert(kind=AlertKind.UNUSUAL, dimension=name, value=value, cost=cost,
                              expected=expected)
                )  # fmt: skip
    alerts += [
        CostAlert(kind=AlertKind.UNPRICED, dimension="sku", value=sku, cost=0.0, expected=0.0)
        for sku in unpriced
    ]
    return CostReport(
        day=day,
        currency=limits.currency,
        total=total,
        by_owner=today["owner"],
        by_workspace=today["workspace"],
        by_sku=today["sku"],
        unpriced=unpriced,
        alerts=tuple(alerts),
    )


def _sums(
    lines: Sequence[CostLine], key: Callable[[CostLine], str]
) -> dict[str, dict[date, float]]:
    sums: dict[str, dict[date, float]] = defaultdict(lambda: defaultdict(float))
    for line in lines:
        sums[key(line)][line.day] += line.cost
    return {value: dict(days) for value, days in sums.items()}


def _unusual(cost: float, before: Sequence[float], limits: CostLimits) -> float | None:
    """The median before when the cost is unusually far above it.

    Median and median absolute deviation, so that one runaway day in the past neither hides the
    next one nor makes it usual.
    """
    if len(before) < limits.minimum_weeks:
        return None
    middle = median(before)
    deviation = MAD_TO_DEVIATION * median(abs(value - middle) for value in before)
    spread = max(deviation, limits.relative_floor * middle)
    rise = cost - middle
    unusual = rise >= limits.minimum_rise and rise > limits.deviations * spread
    return middle if unusual else None


def _unpriced(lines: Sequence[CostLine], day: date) -> dict[str, float]:
    quantities: dict[str, float] = defaultdict(float)
    for line in lines:
        if line.day == day and line.unpriced_quantity:
            quantities[line.sku] += line.unpriced_quantity
    return {sku: quantity for sku, quantity in sorted(quantities.items()) if quantity > 0}
