"""Expectations as data, and whether what was measured meets them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class Check(StrEnum):
    """What is measured."""

    COMPLETENESS = "completeness"
    """Share of the rows that have a value."""
    UNIQUENESS = "uniqueness"
    """Different values per value: 1 where none occurs twice."""
    ROWS = "rows"
    """Rows of the table."""
    RANGE = "range"
    """Share of the values between minimum and maximum."""
    FRESHNESS_HOURS = "freshness_hours"
    """Hours since the latest value of a time column."""


@dataclass(frozen=True, kw_only=True)
class Expectation:
    """One promise: a measure, and the one bound that it has to keep."""

    check: Check
    column: str = ""
    above: float | None = None
    at_least: float | None = None
    below: float | None = None
    minimum: float | None = None
    maximum: float | None = None

    @property
    def name(self) -> str:
        """The measure and its column."""
        return f"{self.check} of {self.column}" if self.column else str(self.check)

    @property
    def bound(self) -> str:
        """The bound in words."""
        if self.above is not None:
            return f"above {self.above:g}"
        return f"below {self.below:g}" if self.below is not None else f"at least {self.at_least:g}"

    def met_by(self, value: float) -> bool:
        """Whether a measured value keeps the bound."""
        return (
            (self.above is None or value > self.above)
            and (self.at_least is None or value >= self.at_least)
            and (self.below is None or value < self.below)
        )


@dataclass(frozen=True, kw_only=True)
class Finding:
    """An expectation and what was measured."""

    expectation: Expectation
    value: float | None
    """None where there was nothing to measure: an empty table keeps no promise about values."""

    @property
    def met(self) -> bool:
        """Whether the expectation is met."""
        return self.value is not None and self.expectation.met_by(self.value)


@dataclass(frozen=True, kw_only=True)
class QualityReport:
    """A table's findings, in the order of its expectations."""

    table: str
    findings: Sequence[Finding]

    @property
    def broken(self) -> tuple[Finding, ...]:
        """Expectations that are not met."""
        return tuple(finding for finding in self.findings if not finding.met)


def share(part: int, whole: int) -> float | None:
    """A share, or None of nothing."""
    return part / whole if whole else None
