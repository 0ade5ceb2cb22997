"""What is known about a column, and about how two columns differ. Plain values, no decision."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How a column's values are compared."""

    NUMERIC = "numeric"
    """Ordered: numbers, dates and times."""
    CATEGORICAL = "categorical"
    """Texts and booleans."""


@dataclass(frozen=True, kw_only=True)
class Profile:
    """One side of a column."""

    rows: int
    missing: int
    """Nulls, and among floating-point numbers NaN."""
    infinite: int
    """Infinities. They are values: larger, or smaller, than every other."""
    distinct: int
    """Different values; an estimate where :mod:`company_ml.drift.distinct` counted many."""

    @property
    def present(self) -> int:
        """Rows that have a value."""
        return self.rows - self.missing

    @property
    def completeness(self) -> float:
        """Share of the rows that have a value; 1 for an empty column."""
        return self.present / self.rows if self.rows else 1.0

    @property
    def uniqueness(self) -> float:
        """Different values per present one, at most 1; 1 for a column without values."""
        return min(self.distinct / self.present, 1.0) if self.present else 1.0


@dataclass(frozen=True, kw_only=True)
class ColumnComparison:
    """How a column's current values differ from its reference values."""

    column: str
    kind: Kind
    reference: Profile
    current: Profile
    population_stability: float
    """Population stability index over the reference's deciles, or its categories."""
    jensen_shannon: float
    """Jensen-Shannon distance over the same bins, 0 to 1."""
    statistic: float
    """Kolmogorov-Smirnov's distance for numbers, chi-squared's statistic for categories."""
    statistic_error: float = 0.0
    """How much larger the exact statistic can be; 0 where the statistic is exact."""
    p_value: float
    new_categories: tuple[str, ...] = ()
    """Categories that the reference does not have, the most frequent first, ten at most."""
    new_share: float = 0.0
    """Share of the present current values that are in such categories."""
    too_many_categories: bool = False
    """More categories than are counted, as an identifier has: the distances say nothing."""
