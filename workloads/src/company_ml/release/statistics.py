"""Confidence limits that may be looked at again and again. Pure.

Why intervals and not p-values: a release asks two questions of one number, "is it shown to be
harmful?" (the lower limit is beyond what is tolerated) and "is it shown to be safe?" (the upper
limit is within). In between it has to wait. A plain test that is not significant answers neither.

Why looks spend: whoever tests at 5 % after every hundred requests rejects a harmless candidate far
more often than in 5 % of releases. Look ``k`` (from 1) may therefore only spend
``alpha * 6 / (pi * k)**2``; over any number of looks that adds up to ``alpha``, whatever the
dependence between looks (union bound), so no number of looks has to be planned. Looks are taken at
sample sizes that grow geometrically, which keeps their number, and the loss of power, logarithmic.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy import special


@dataclass(frozen=True)
class Interval:
    """An estimate between its confidence limits."""

    low: float
    estimate: float
    high: float


@dataclass(frozen=True)
class Moments:
    """A sample of a number, reduced to what a mean's interval needs."""

    count: int
    mean: float
    variance: float
    """Sample variance (divided by count - 1)."""


def spent_at(look: int, alpha: float) -> float:
    """What look number ``look`` (from 1) may spend of ``alpha``."""
    return alpha * 6 / (math.pi * look) ** 2


def proportion(events: int, trials: int, alpha: float) -> Interval:
    """A share, exact (Clopper and Pearson, 1934): each limit errs with at most ``alpha``.

    Exact because the shares of interest (requests above the 95th percentile's limit) are small,
    where the normal approximation errs most.
    """
    if trials == 0:
        return Interval(0.0, 0.0, 1.0)
    low = 0.0 if events == 0 else float(special.betaincinv(events, trials - events + 1, alpha))
    high = 1.0
    if events < trials:
        high = float(special.betaincinv(events + 1, trials - events, 1 - alpha))
    return Interval(low, events / trials, high)


def proportion_difference(
    events: int, trials: int, other_events: int, other_trials: int, alpha: float
) -> Interval:
    """First share minus second, by the square-and-add method (Newcombe, 1998) on exact limits.

    It gives limits that a margin can be held against, which a pooled z-test does not. Newcombe adds
    Wilson's limits; far out in the tail, where early looks are, those of a share near zero err
    several times as often as they say: three errors in 50 would already end a good release.
    """
    if trials == 0 or other_trials == 0:
        return Interval(-1.0, 0.0, 1.0)
    first = proportion(events, trials, alpha)
    second = proportion(other_events, other_trials, alpha)
    estimate = first.estimate - second.estimate
    return Interval(
        estimate - math.hypot(first.estimate - first.low, second.high - second.estimate),
        estimate,
        estimate + math.hypot(first.high - first.estimate, second.estimate - second.low),
    )


def mean_difference(first: Moments, second: Moments, alpha: float) -> Interval:
    """First mean minus second, by Welch's method: variances and counts may differ, as 90/10 does.

    It needs counts and moments alone, so a query computes them over any number of requests; a
    bootstrap would need every value. It leans on the central limit theorem: the plan's minimum of
    requests has to fit how skewed the metric is.

    The variance of the smaller sample is never taken for less than that of the larger. Where few
    requests make most of a metric, as orders do, a small sample often has none of them: its mean is
    then too low and its variance as well, or nothing, and chance would look like proof.
    """
    estimate = first.mean - second.mean
    if first.count <= 1 or second.count <= 1:
        return Interval(-math.inf, estimate, math.inf)
    smaller, larger = sorted((first, second), key=lambda each: each.count)
    spread = max(smaller.variance, larger.variance)
    parts = (spread / smaller.count, larger.variance / larger.count)
    error = math.sqrt(sum(parts))
    if error == 0:
        return Interval(estimate, estimate, estimate)
    freedom = sum(parts) ** 2 / (
        parts[0] ** 2 / (smaller.count - 1) + parts[1] ** 2 / (larger.count - 1)
    )
    reach = float(special.stdtrit(freedom, 1 - alpha)) * error
    return Interval(estimate - reach, estimate, estimate + reach)
