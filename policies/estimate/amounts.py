"""Amounts of money: a range with an expectation, and a bill's single line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

HOURS_PER_MONTH: Final = 730
"""Azure's own convention for a month: 365 days of 24 hours, divided by 12."""

Kind = Literal["dbu", "vm", "azure"]
Basis = Literal["fixed", "usage"]


@dataclass(frozen=True)
class Span:
    """The least, the expected and the most of something; never falling in this order."""

    low: float
    expected: float
    high: float

    @classmethod
    def of(cls, value: float) -> Span:
        """A value that does not vary."""
        return cls(value, value, value)

    def __add__(self, other: Span) -> Span:
        return Span(self.low + other.low, self.expected + other.expected, self.high + other.high)

    def __mul__(self, other: Span | float) -> Span:
        if isinstance(other, Span):
            return Span(
                self.low * other.low, self.expected * other.expected, self.high * other.high
            )
        return Span(self.low * other, self.expected * other, self.high * other)


NOTHING: Final = Span.of(0)


@dataclass(frozen=True)
class Charge:
    """One line of a bill.

    Attributes:
        urn: Whose resource it is.
        meter: What is charged, as a reader of the invoice would call it.
        kind: ``dbu`` is subject to Databricks discounts, ``vm`` and ``azure`` are not.
        basis: ``fixed``: due as long as the resource exists. ``usage``: what it does decides.
        month: USD in a month of 730 hours.
        hour: USD in an hour in which everything the resource admits runs at once.
        detail: How the expected amount came about.
    """

    urn: str
    meter: str
    kind: Kind
    basis: Basis
    month: Span
    hour: float
    detail: str


def always(urn: str, meter: str, kind: Kind, usd_per_hour: float, detail: str) -> Charge:
    """A charge for every hour that the resource exists."""
    month = Span.of(usd_per_hour * HOURS_PER_MONTH)
    return Charge(urn, meter, kind, "fixed", month, usd_per_hour, detail)


def used(urn: str, meter: str, usd_per_month: float, detail: str) -> Charge:
    """A charge for an assumed amount a month; its hour is the month's average."""
    month = Span.of(usd_per_month)
    return Charge(urn, meter, "azure", "usage", month, usd_per_month / HOURS_PER_MONTH, detail)
