"""Distances and tests between two distributions, from counts or sorted values.

Pure functions over numpy arrays: no missing values reach them. What a table's columns are, which
bins are cut and what a distance means for an alert is decided elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from company_ml.drift import tails

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Counts = NDArray[np.int64]
    Values = NDArray[np.float64]

SMALLEST_EXPECTED_COUNT = 5
"""Below it a cell is pooled before a chi-squared test (Cochran 1954, doi.org/10.2307/3001616)."""


@dataclass(frozen=True)
class TestResult:
    """A test's statistic and the probability of one at least as large without any change."""

    statistic: float
    p_value: float


def shares(counts: Counts) -> Values:
    """Counts as shares of their sum, half an observation added to each bin.

    The addition (Jeffreys' prior) keeps a logarithm finite where a bin is empty, and fades with the
    number of observations. A fixed small number instead would make the index depend on it.
    """
    smoothed = counts + 0.5
    return smoothed / smoothed.sum()


def population_stability_index(reference: Counts, current: Counts) -> float:
    """The index over bins of equal meaning: 0 for equal shares, without an upper limit."""
    expected, actual = shares(reference), shares(current)
    return float(((actual - expected) * np.log(actual / expected)).sum())


def jensen_shannon_distance(reference: Counts, current: Counts) -> float:
    """Square root of the divergence in bits: 0 for equal shares, 1 for disjoint ones."""
    if not reference.sum() or not current.sum():
        return 0.0
    expected, actual = reference / reference.sum(), current / current.sum()
    middle = (expected + actual) / 2
    divergence = (_relative_entropy(expected, middle) + _relative_entropy(actual, middle)) / 2
    return float(np.sqrt(max(divergence, 0.0)))


def _relative_entropy(first: Values, second: Values) -> float:
    present = first > 0
    return float((first[present] * np.log2(first[present] / second[present])).sum())


def kolmogorov_smirnov(reference: Values, current: Values) -> TestResult:
    """The exact two-sample statistic over sorted values, with ties, and its two-sided p-value.

    The distance between the step functions is largest right after or right before a step of
    ``current``: two sorted look-ups instead of one over both samples.
    """
    n, m = len(reference), len(current)
    at_or_below = np.searchsorted(reference, current, side="right") / n
    below = np.searchsorted(reference, current, side="left") / n
    steps = np.arange(m + 1) / m
    distance = max(float((steps[1:] - at_or_below).max()), float((below - steps[:-1]).max()), 0.0)
    return TestResult(distance, kolmogorov_smirnov_p_value(distance, n, m))


def kolmogorov_smirnov_p_value(distance: float, n: int, m: int) -> float:
    """Probability of such a distance between samples of ``n`` and ``m`` from one distribution."""
    return tails.kolmogorov(distance, n * m / (n + m))


def distance_at_cuts(reference: Counts, current: Counts) -> tuple[float, float]:
    """The statistic from counts between cuts, and how much larger the exact one can be.

    Both distribution functions are known exactly at each cut; between two cuts they cannot part
    further than the share of the fuller side of that bin. A bin that holds one value only has to
    be cut on both of its sides to keep the bound small.
    """
    n, m = int(reference.sum()), int(current.sum())
    if not n or not m:
        return 0.0, 0.0
    first, second = np.cumsum(reference) / n, np.cumsum(current) / m
    distance = float(np.abs(first - second).max())
    before = np.concatenate(([0.0], (second - first)[:-1]))
    # Within a bin the difference starts at its value at the left cut, falls by no more than the
    # reference's share and rises by no more than the current one's.
    highest = float(np.maximum(before + current / m, reference / n - before).max())
    return distance, max(highest - distance, 0.0)


def chi_squared(reference: Counts, current: Counts) -> TestResult:
    """Whether two rows of counts share one distribution (a contingency test).

    Cells too rare for the approximation are pooled into one. With a single cell left there is
    nothing to tell apart: statistic 0, p-value 1.
    """
    table = _pooled(np.stack([reference, current]).astype(np.float64))
    cells = table.shape[1]
    if cells < 2 or not table.sum(axis=1).all():  # noqa: PLR2004 (two cells to compare)
        return TestResult(0.0, 1.0)
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
    statistic = float(((table - expected) ** 2 / expected).sum())
    return TestResult(statistic, tails.chi_squared(statistic, cells - 1))


def _pooled(table: Values) -> Values:
    table = table[:, table.sum(axis=0) > 0]
    smaller_row_share = table.sum(axis=1).min() / max(float(table.sum()), 1.0)
    rare = table.sum(axis=0) * smaller_row_share < SMALLEST_EXPECTED_COUNT
    if rare.sum() < 2:  # noqa: PLR2004 (one rare cell has no other to be pooled with)
        return table
    return np.column_stack([table[:, ~rare], table[:, rare].sum(axis=1)])


def adjusted(p_values: Sequence[float]) -> tuple[float, ...]:
    """P-values adjusted for their number by Benjamini and Hochberg's step-up procedure.

    Below a level, they keep the expected share of false alarms among all alarms below that level
    (doi.org/10.1111/j.2517-6161.1995.tb02031.x).
    """
    if not p_values:
        return ()
    values = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(values)
    scaled = values[order] * len(values) / np.arange(1, len(values) + 1)
    stepped = np.minimum.accumulate(scaled[::-1])[::-1].clip(max=1.0)
    result = np.empty_like(stepped)
    result[order] = stepped
    return tuple(float(value) for value in result)
