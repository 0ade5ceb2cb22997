"""Ceilings for what the whole stack will cost; the estimate itself is policies/estimate."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from policies.estimate import assumptions, bill, book
from policies.estimate.context import NOT_PRICED
from policies.evaluate import TODAY
from policies.findings import Deferred, Violation
from policies.registry import BINDING_IN_PROD, EVERYWHERE, Option, day, integer, rule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from policies.estimate.amounts import Charge
    from policies.estimate.book import PriceBook
    from policies.findings import Findings
    from policies.model import Stack
    from policies.registry import Config

_TYPES: Final = tuple(bill.PRICED)
_DEAREST: Final = 3  # resources and meters that a message names


@lru_cache(maxsize=1)
def book_of_prices() -> PriceBook:
    """The shipped prices; read once, when a rule first needs them."""
    return book.load()


def _deferred(estimate: bill.Bill) -> Iterator[Deferred]:
    for deferral in estimate.deferred:
        yield Deferred(deferral.path, deferral.urn)


def _dearest(parts: Mapping[str, float]) -> list[str]:
    return sorted(parts, key=lambda name: -parts[name])[:_DEAREST]


def _spelt(parts: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {parts[name]:,.0f}" for name in _dearest(parts))


def _by_resource(estimate: bill.Bill, usd: Callable[[Charge], float]) -> dict[str, float]:
    """USD by URN."""
    parts: dict[str, float] = {}
    for line in estimate.lines:
        parts[line.charge.urn] = parts.get(line.charge.urn, 0) + usd(line.charge)
    return parts


@rule(
    "cost-34-monthly-ceiling",
    title="The estimated month of the stack stays below its environment's ceiling",
    severity="high",
    rationale="A budget alert comes after the money is spent; this comes before it.",
    remediation="Make what the message names smaller or shorter-lived, correct the assumptions in "
    "the configuration where they are wrong, or have the ceiling raised.",
    types=_TYPES,
    levels=BINDING_IN_PROD,
    scope="stack",
    config={
        "maximumMonthlyUsd": integer(
            "Ceiling of the expected month, in USD.", dev=5_000, test=20_000, prod=100_000
        ),
        "warnAtPercent": Option(
            "Share of the ceiling from which a warning is given; never more than a warning.",
            80,
            {"type": "number", "minimum": 0, "maximum": 100},
        ),
        **assumptions.options(),
    },
)
def monthly_ceiling(stack: Stack, config: Config) -> Findings:
    """What cannot be priced is COST-36's matter and missing from this sum."""
    usage = assumptions.Assumptions.read(config)
    estimate = bill.estimate(stack.resources, book_of_prices(), usage)
    yield from _deferred(estimate)
    ceiling = config["maximumMonthlyUsd"]
    expected = estimate.month.expected
    meters = {name: span.expected for name, span in estimate.by("meter").items()}
    text = (
        f"the month is estimated at {expected:,.0f} USD (up to {estimate.month.high:,.0f}), of "
        f"which {_spelt(meters)}"
    )
    dearest = _dearest(_by_resource(estimate, lambda charge: charge.month.expected))
    urn = dearest[0] if dearest else ""
    if expected > ceiling:
        yield Violation(f"{text}; bring it below the ceiling of {ceiling:,} USD", urn)
    elif expected > ceiling * config["warnAtPercent"] / 100:
        share = expected / ceiling * 100
        yield Violation(
            f"{text}; that is {share:.0f} % of the ceiling of {ceiling:,} USD", urn, advice=True
        )


@rule(
    "cost-35-hourly-burn",
    title="The worst hour that the stack admits stays below a limit",
    severity="high",
    rationale="A loop that starts clusters, or a forgotten test, runs at this rate until noticed.",
    remediation="Lower the most workers, clusters, concurrency or runs at once of what the message "
    "names.",
    types=_TYPES,
    levels=EVERYWHERE,
    scope="stack",
    config={
        "maximumHourlyUsd": integer(
            "Limit in USD, everything at its most at once.", dev=60, test=150, prod=1000
        ),
        "peakUsers": integer(
            "People who use all clusters that a cluster policy lets them have, at once.",
            dev=5,
            test=3,
            prod=3,
            strictest=5,
        ),
        "warnAtPercent": Option(
            "Share of the limit from which a warning is given; never more than a warning.",
            90,
            {"type": "number", "minimum": 0, "maximum": 100},
        ),
    },
    reads="cost-34-monthly-ceiling",
)
def hourly_burn(stack: Stack, config: Config) -> Findings:
    """Every cluster at its most workers on demand, every endpoint at its most concurrency."""
    usage = assumptions.Assumptions.read(config)
    estimate = bill.estimate(
        stack.resources, book_of_prices(), usage, peak_users=config["peakUsers"]
    )
    yield from _deferred(estimate)
    limit = config["maximumHourlyUsd"]
    if estimate.hour <= limit * config["warnAtPercent"] / 100:
        return
    parts = _by_resource(estimate, lambda charge: charge.hour)
    names = {urn.rpartition("::")[2]: usd for urn, usd in parts.items()}
    text = f"the worst hour costs {estimate.hour:,.0f} USD, of which {_spelt(names)}"
    urn = _dearest(parts)[0]
    if estimate.hour > limit:
        yield Violation(f"{text}; bring it below {limit:,} USD", urn)
    else:
        share = estimate.hour / limit * 100
        yield Violation(
            f"{text}; that is {share:.0f} % of the limit of {limit:,} USD", urn, advice=True
        )


@rule(
    "cost-36-priced",
    title="Everything that costs money has a price, and the prices are not old",
    severity="medium",
    rationale="A node type nobody looked up would count as free, and old prices as true.",
    remediation="Add the price to policies/estimate/prices.json with its source, or set what the "
    "price depends on; refresh the book with `make prices`.",
    types=_TYPES,
    levels=BINDING_IN_PROD,
    scope="stack",
    config={
        "maximumAgeDays": integer(
            "Days since the price book was last refreshed or read through.",
            dev=180,
            test=180,
            prod=180,
        ),
        TODAY: day(),
    },
)
def priced(stack: Stack, config: Config) -> Findings:
    """One violation for each resource that is not on the bill; the book's age only warns."""
    estimate = bill.estimate(stack.resources, book_of_prices(), assumptions.Assumptions())
    for problem in (item for item in estimate.problems if not item.judged):
        yield Violation(f"it cannot be priced: {problem.message}", problem.urn)
    for deferral in estimate.deferred:
        if deferral.instead == NOT_PRICED:
            yield Deferred(deferral.path, deferral.urn)
    age = book_of_prices().age(date.fromisoformat(config[TODAY]))
    if age > config["maximumAgeDays"]:
        yield Violation(
            f"the price book was last reviewed {age} days ago; refresh it with `make prices`, at "
            f"least every {config['maximumAgeDays']} days",
            advice=True,
        )
