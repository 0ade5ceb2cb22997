"""Where the axis of numbers is cut, and the reference's categories kept, to count by bins."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Counts = NDArray[np.int64]
    Values = NDArray[np.float64]

STABILITY_BINS = 10
"""Bins of the population stability index: deciles, as its usual limits of 0.1 and 0.25 assume."""
KEPT_CATEGORIES = 50
"""Categories with a bin of their own; the reference's rarer ones share one, new ones another."""


def quantile_cuts(ordered: Values, bins: int) -> Values:
    """Values that cut a sorted sample into at most ``bins`` parts of equal count.

    A value that fills more than a whole bin is cut off on both sides, so that what moves below it
    is told from what stays on it: a column constant in the reference has the bins below, on and
    above its value.
    """
    if not len(ordered):
        return np.empty(0)
    ranks = np.ceil(np.arange(1, bins) * len(ordered) / bins).astype(np.int64) - 1
    quantiles = ordered[ranks.clip(min=0)]
    values, times = np.unique(quantiles, return_counts=True)
    heavy = values[(times > 1) & (values > np.finfo(np.float64).min)]  # nothing is below that
    return np.unique(np.concatenate([values, np.nextafter(heavy, -np.inf)]))


def counts_between(ordered: Values, cuts: Values) -> Counts:
    """How many sorted values are at or below the first cut, up to each next one, and above all."""
    ranks = np.searchsorted(ordered, cuts, side="right")
    return np.diff(ranks, prepend=0, append=len(ordered)).astype(np.int64)


def coarsened(reference: Counts, current: Counts, bins: int) -> tuple[Counts, Counts]:
    """Both sides' counts in at most ``bins`` bins of about equal reference counts.

    Bounds are taken among the given ones: for each quantile the first at which the reference
    reaches it, and for one that repeats also the bound before it, as in :func:`quantile_cuts`.
    """
    cumulated = np.cumsum(reference)
    targets: Values = np.ceil(np.arange(1, bins) * cumulated[-1] / bins)
    places: Counts = np.searchsorted(cumulated.astype(np.float64), targets)
    reached, times = np.unique(places, return_counts=True)
    heavy = reached[times > 1]
    bounds = np.unique(np.concatenate([reached, heavy - 1]))
    starts = np.concatenate([[0], bounds[(bounds >= 0) & (bounds < len(reference) - 1)] + 1])
    return (
        np.add.reduceat(reference, starts),
        np.add.reduceat(current, starts),
    )


def category_bins(
    reference: Mapping[str, int], current: Mapping[str, int]
) -> tuple[Counts, Counts]:
    """Both sides' counts of the reference's frequent categories, of its others and of new ones."""
    ranked = sorted(reference, key=lambda name: (-reference[name], name))
    kept, others = ranked[:KEPT_CATEGORIES], ranked[KEPT_CATEGORIES:]
    new = sum(count for name, count in current.items() if name not in reference)
    expected = [reference[name] for name in kept]
    actual = [current.get(name, 0) for name in kept]
    expected += [sum(reference[name] for name in others), 0]
    actual += [sum(current.get(name, 0) for name in others), new]
    table = np.asarray([expected, actual], dtype=np.int64)
    table = table[:, table.sum(axis=0) > 0]
    return table[0], table[1]
