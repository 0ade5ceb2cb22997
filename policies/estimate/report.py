"""A bill to read: as text, as Markdown for a pull request, as JSON for the next program."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from policies.estimate.assumptions import camel

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from policies.estimate.amounts import Span
    from policies.estimate.assumptions import Assumptions
    from policies.estimate.bill import Bill
    from policies.estimate.commitment import Commitment, Settled

VIEWS: Final = {
    "environment": "Environment",
    "component": "Component",
    "meter": "Meter",
    "owner": "Owner",
}


@dataclass(frozen=True)
class Report:
    """What is shown.

    Attributes:
        bill: Of all stacks.
        assumptions: The usage, by stack.
        peak_users: People who use all that cluster policies let them have at once, by stack.
        reviewed: The price book's last review.
        commitment: And what it makes of the month's DBU, where there is one.
    """

    bill: Bill
    assumptions: dict[str, Assumptions]
    peak_users: dict[str, float]
    reviewed: str
    commitment: tuple[Commitment, Settled] | None = None


def usd(amount: float) -> str:
    """An amount as a reader wants it: cents only where they are most of it."""
    return f"{amount:,.0f}" if abs(amount) >= 100 else f"{amount:,.2f}"  # noqa: PLR2004 - a look


def text(report: Report) -> str:
    """The whole report for a terminal."""
    bill = report.bill
    lines = [
        (
            f"Estimated month  {usd(bill.month.expected)} USD, between {usd(bill.month.low)} and "
            f"{usd(bill.month.high)}"
        ),
        f"  fixed          {usd(bill.fixed)} USD",
        f"  by usage       {usd(bill.month.expected - bill.fixed)} USD",
        f"Worst hour       {usd(bill.hour)} USD",
    ]
    for attribute, title in VIEWS.items():
        groups = bill.by(attribute)
        width = max(map(len, groups), default=0)
        lines += ["", f"{title:{max(width, len(title))}}  {'month':>9}  {'least':>9}  {'most':>9}"]
        lines += [
            f"{name:{max(width, len(title))}}  {_columns(span)}" for name, span in groups.items()
        ]
    for title, notes in _notes(report):
        lines += ["", f"{title}:", *(f"  {note}" for note in notes)]
    return "\n".join(lines) + "\n"


def _columns(span: Span) -> str:
    return "  ".join(f"{usd(value):>9}" for value in (span.expected, span.low, span.high))


def markdown(report: Report) -> str:
    """The whole report for a page or a comment."""
    bill = report.bill
    lines = [
        (
            f"**Estimated month: {usd(bill.month.expected)} USD** (between "
            f"{usd(bill.month.low)} and {usd(bill.month.high)}), of which {usd(bill.fixed)} fixed. "
            f"Worst hour: {usd(bill.hour)} USD."
        ),
    ]
    for attribute, title in VIEWS.items():
        lines += ["", f"| {title} | month | least | most |", "|---|--:|--:|--:|"]
        lines += [
            f"| {name} | {usd(span.expected)} | {usd(span.low)} | {usd(span.high)} |"
            for name, span in bill.by(attribute).items()
        ]
    for title, notes in _notes(report):
        lines += ["", f"**{title}**", "", *(f"- {note}" for note in notes)]
    return "\n".join(lines) + "\n"


def _notes(report: Report) -> Iterator[tuple[str, Sequence[str]]]:
    """What a reader has to know about the numbers, each with its title."""
    bill = report.bill
    if report.commitment is not None:
        bought, settled = report.commitment
        yield (
            "Commitment",
            [
                (
                    f"{bought.dbcu:,.0f} DBCU over {bought.years:g} years are "
                    f"{usd(bought.month)} a month, for {usd(settled.paid)} USD"
                ),
                (
                    f"they cover {usd(settled.covered)} USD of DBU at list price; "
                    f"{usd(settled.beyond)} USD are beyond them, {usd(settled.unused)} USD of them "
                    "unused"
                ),
                f"month with it: {usd(bill.month.expected - _dbus(bill) + settled.dbus)} USD",
            ],
        )
    if bill.problems:
        yield (
            "Costs money and is NOT in the sum",
            [f"{_name(problem.urn)}: {problem.message}" for problem in bill.problems],
        )
    if bill.deferred:
        yield (
            "Not known before the update",
            [f"{_name(item.urn)}: {item.path}, {item.instead}" for item in bill.deferred],
        )
    weak = sorted({price.key for price in bill.prices if price.confidence == "C"})
    yield (
        "Prices",
        [
            f"list prices in USD, reviewed {report.reviewed}; taxes and support are not in them",
            *([f"old, unlabelled or inferred: {', '.join(weak)}"] if weak else []),
        ],
    )
    for stack, assumptions in report.assumptions.items():
        yield f"Assumed for {stack}", [assumed(assumptions, report.peak_users[stack])]
    if bill.uncounted:
        yield (
            "Costs beside these, not priced",
            [f"{_short(token)}: {what}" for token, what in bill.uncounted.items()],
        )
    if bill.free:
        yield (
            "Taken to be free, or not covered",
            [", ".join(f"{count} {_short(token)}" for token, count in sorted(bill.free.items()))],
        )


def assumed(assumptions: Assumptions, peak_users: float) -> str:
    """Everything that was assumed, by the names of the options."""
    values = {camel(name): value for name, value in asdict(assumptions).items()}
    return ", ".join(
        f"{key} {value:g}" for key, value in {**values, "peakUsers": peak_users}.items()
    )


def _dbus(bill: Bill) -> float:
    return sum(line.charge.month.expected for line in bill.lines if line.charge.kind == "dbu")


def _name(urn: str) -> str:
    return urn.rpartition("::")[2]


def _short(token: str) -> str:
    return token.rpartition(":")[2]


def as_json(report: Report) -> str:
    """The report with every line, for a program."""
    bill = report.bill
    document: dict[str, Any] = {
        "currency": "USD",
        "pricesReviewed": report.reviewed,
        "month": asdict(bill.month),
        "fixed": bill.fixed,
        "worstHour": bill.hour,
        **{
            f"by{attribute.capitalize()}": {
                name: asdict(span) for name, span in bill.by(attribute).items()
            }
            for attribute in VIEWS
        },
        "lines": [
            {
                **asdict(line.charge),
                "environment": line.environment,
                "component": line.component,
                "owner": line.owner,
            }
            for line in bill.lines
        ],
        "notPriced": [asdict(problem) for problem in bill.problems],
        "notCounted": dict(bill.uncounted),
        "deferred": [asdict(item) for item in bill.deferred],
        "assumptions": {
            stack: {
                **{camel(name): value for name, value in asdict(values).items()},
                "peakUsers": report.peak_users[stack],
            }
            for stack, values in report.assumptions.items()
        },
    }
    if report.commitment is not None:
        bought, settled = report.commitment
        document["commitment"] = {**asdict(bought), **asdict(settled)}
    return json.dumps(document, indent=2) + "\n"
