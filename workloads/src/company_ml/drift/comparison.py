"""Two sides of a column, counted or sorted, as a comparison."""

from __future__ import annotations

from typing import TYPE_CHECKING

from company_ml.drift import bins, distances
from company_ml.drift.model import ColumnComparison, Kind, Profile

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

CATEGORY_LIMIT = 10_000
"""Categories counted one by one. A column with more is an identifier or a free text."""
NAMED_CATEGORIES = 10


def of_sorted(
    column: str,
    reference: NDArray[np.float64],
    current: NDArray[np.float64],
    profiles: tuple[Profile, Profile],
) -> ColumnComparison:
    """Exact, from all values in ascending order."""
    test = distances.TestResult(0.0, 1.0)
    if len(reference) and len(current):
        test = distances.kolmogorov_smirnov(reference, current)
    cuts = bins.quantile_cuts(reference, bins.STABILITY_BINS)
    counts = bins.counts_between(reference, cuts), bins.counts_between(current, cuts)
    return _comparison(column, Kind.NUMERIC, profiles, counts, test)


def of_counts(
    column: str,
    reference: NDArray[np.int64],
    current: NDArray[np.int64],
    profiles: tuple[Profile, Profile],
) -> ColumnComparison:
    """From counts between common cuts; the statistic's error is part of the result."""
    n, m = int(reference.sum()), int(current.sum())
    distance, error = distances.distance_at_cuts(reference, current)
    p_value = distances.kolmogorov_smirnov_p_value(distance, n, m) if n and m else 1.0
    test = distances.TestResult(distance, p_value)
    counts = bins.coarsened(reference, current, bins.STABILITY_BINS)
    return _comparison(column, Kind.NUMERIC, profiles, counts, test, error=error)


def of_categories(
    column: str,
    reference: Mapping[str, int],
    current: Mapping[str, int],
    profiles: tuple[Profile, Profile],
) -> ColumnComparison:
    """From the categories of both sides; of a column with too many only the profiles."""
    if max(profile.distinct for profile in profiles) > CATEGORY_LIMIT:
        return ColumnComparison(
            column=column,
            kind=Kind.CATEGORICAL,
            reference=profiles[0],
            current=profiles[1],
            population_stability=0.0,
            jensen_shannon=0.0,
            statistic=0.0,
            p_value=1.0,
            too_many_categories=True,
        )
    counts = bins.category_bins(reference, current)
    new = {name: count for name, count in current.items() if name not in reference}
    named = sorted(new, key=lambda name: (-new[name], name))[:NAMED_CATEGORIES]
    return _comparison(
        column,
        Kind.CATEGORICAL,
        profiles,
        counts,
        distances.chi_squared(*counts),
        new_categories=tuple(named),
        new_share=sum(new.values()) / max(profiles[1].present, 1),
    )


def _comparison(
    column: str,
    kind: Kind,
    profiles: tuple[Profile, Profile],
    counts: tuple[NDArray[np.int64], NDArray[np.int64]],
    test: distances.TestResult,
    *,
    error: float = 0.0,
    new_categories: tuple[str, ...] = (),
    new_share: float = 0.0,
) -> ColumnComparison:
    return ColumnComparison(
        column=column,
        kind=kind,
        reference=profiles[0],
        current=profiles[1],
        population_stability=distances.population_stability_index(*counts)
        if len(counts[0])
        else 0.0,
        jensen_shannon=distances.jensen_shannon_distance(*counts),
        statistic=test.statistic,
        statistic_error=error,
        p_value=test.p_value,
        new_categories=new_categories,
        new_share=new_share,
    )
