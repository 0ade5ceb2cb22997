"""From comparisons to a verdict: which columns drifted, and whether people are told.

A column has drifted when its distribution changed by an amount that matters and the change is no
accident: among millions of rows every difference is significant, among hundreds every index is
large. Too few rows give no verdict instead of an alarm.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from company_ml.drift import distances
from company_ml.drift.model import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from company_ml.drift.model import ColumnComparison


class Verdict(StrEnum):
    """What is said of a column, and of a table."""

    STABLE = "stable"
    DRIFTED = "drifted"
    NOT_ENOUGH_DATA = "not enough data"
    NOT_COMPARABLE = "not comparable"
    """Identifiers and free texts: a distribution over them means nothing."""


@dataclass(frozen=True, kw_only=True)
class ColumnLimits:
    """From where on a column has drifted."""

    population_stability: float = 0.2
    distance: float = 0.1
    """Kolmogorov-Smirnov's distance for numbers, Jensen-Shannon's for categories."""
    missing_increase: float = 0.05
    """Rise of the share of missing values."""
    new_category_share: float = 0.01
    """Share of the values in categories that the reference does not have."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """From where on a table has drifted; read from ``configs/monitoring/drift.yaml``."""

    alert_share: float = 0.3
    """Share of the judged columns that drifted, at which people are told."""
    significance: float = 0.01
    """Largest p-value, adjusted for the number of columns, of a change that is no accident."""
    minimum_rows: int = 500
    """Rows with a value that each side of a column needs."""
    columns: ColumnLimits = field(default_factory=ColumnLimits)
    overrides: Mapping[str, ColumnLimits] = field(default_factory=dict[str, ColumnLimits])
    """Columns with limits of their own."""


@dataclass(frozen=True, kw_only=True)
class ColumnVerdict:
    """A column's verdict and why."""

    comparison: ColumnComparison
    verdict: Verdict
    adjusted_p_value: float
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DriftReport:
    """A table's verdict, column by column in the order of the table."""

    columns: tuple[ColumnVerdict, ...]
    limits: Limits

    @property
    def judged(self) -> int:
        """Columns with a verdict of their own: stable or drifted."""
        counts = Counter(column.verdict for column in self.columns)
        return counts[Verdict.STABLE] + counts[Verdict.DRIFTED]

    @property
    def drifted(self) -> tuple[ColumnVerdict, ...]:
        """Columns that drifted."""
        return tuple(column for column in self.columns if column.verdict is Verdict.DRIFTED)

    @property
    def drifted_share(self) -> float:
        """Share of the judged columns that drifted."""
        return len(self.drifted) / self.judged if self.judged else 0.0

    @property
    def verdict(self) -> Verdict:
        """Drifted when the share reaches the limit; without a judged column, not enough data."""
        if not self.judged:
            return Verdict.NOT_ENOUGH_DATA
        return Verdict.DRIFTED if self.drifted_share >= self.limits.alert_share else Verdict.STABLE


def assess(comparisons: Sequence[ColumnComparison], limits: Limits) -> DriftReport:
    """Judge each column, its p-value adjusted for the number of columns tested."""
    tested = [item for item in comparisons if _enough_values(item, limits)]
    p_values = distances.adjusted([item.p_value for item in tested])
    adjusted = {item.column: value for item, value in zip(tested, p_values, strict=True)}
    return DriftReport(
        columns=tuple(_judged(item, adjusted.get(item.column), limits) for item in comparisons),
        limits=limits,
    )


def _judged(item: ColumnComparison, p_value: float | None, limits: Limits) -> ColumnVerdict:
    own = limits.overrides.get(item.column, limits.columns)
    reasons = _missing(item, own, limits)
    if p_value is not None:
        reasons += _new_categories(item, own)
        if p_value <= limits.significance:
            reasons += _distances(item, own)
    if reasons:
        verdict = Verdict.DRIFTED
    elif item.too_many_categories:
        verdict = Verdict.NOT_COMPARABLE
    elif p_value is None:
        verdict = Verdict.NOT_ENOUGH_DATA
    else:
        verdict = Verdict.STABLE
    return ColumnVerdict(
        comparison=item,
        verdict=verdict,
        adjusted_p_value=1.0 if p_value is None else p_value,
        reasons=tuple(reasons),
    )


def _enough_values(item: ColumnComparison, limits: Limits) -> bool:
    fewest = min(item.reference.present, item.current.present)
    return fewest >= limits.minimum_rows and not item.too_many_categories


def _missing(item: ColumnComparison, own: ColumnLimits, limits: Limits) -> list[str]:
    sides = item.reference, item.current
    if min(side.rows for side in sides) < limits.minimum_rows:
        return []
    rise = item.reference.completeness - item.current.completeness
    counts = [np.asarray([side.present, side.missing], dtype=np.int64) for side in sides]
    by_accident = distances.chi_squared(counts[0], counts[1]).p_value > limits.significance
    if rise < own.missing_increase or by_accident:
        return []
    return [f"missing values rose by {rise:.3f}, limit {own.missing_increase:g}"]


def _new_categories(item: ColumnComparison, own: ColumnLimits) -> list[str]:
    if item.new_share < own.new_category_share or not item.new_categories:
        return []
    named = ", ".join(item.new_categories)
    limit = f"limit {own.new_category_share:g}"
    return [f"new categories hold {item.new_share:.3f} of the values, {limit}: {named}"]


def _distances(item: ColumnComparison, own: ColumnLimits) -> list[str]:
    numeric = item.kind is Kind.NUMERIC
    measures = (
        ("population stability index", item.population_stability, own.population_stability),
        (
            "Kolmogorov-Smirnov distance" if numeric else "Jensen-Shannon distance",
            item.statistic if numeric else item.jensen_shannon,
            own.distance,
        ),
    )
    return [
        f"{name} {value:.3f}, limit {limit:g}" for name, value, limit in measures if value >= limit
    ]
