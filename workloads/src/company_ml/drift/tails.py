"""Tail probabilities: the one place that calls scipy, which carries no types.

scipy: https://docs.scipy.org/doc/scipy/reference/special.html
"""

from __future__ import annotations

from typing import Any, cast

from scipy import special, stats  # pyright: ignore[reportMissingTypeStubs] (scipy ships none)

_special, _stats = cast("Any", special), cast("Any", stats)


def kolmogorov(distance: float, effective_size: float) -> float:
    """Two-sided: a distance this large or larger, for n·m/(n+m) observations."""
    return float(_stats.kstwo.sf(distance, max(round(effective_size), 1)))


def chi_squared(statistic: float, degrees: int) -> float:
    """A chi-squared variable of so many degrees of freedom at or above ``statistic``."""
    return float(_special.chdtrc(degrees, statistic))


def normal_quantile(probability: float) -> float:
    """The standard normal's quantile."""
    return float(_special.ndtri(probability))


def normal_upper(value: float) -> float:
    """A standard normal variable at or above ``value``."""
    return float(_special.ndtr(-value))


def student_upper(value: float, degrees: float) -> float:
    """Student's t with so many degrees of freedom at or above ``value``."""
    return float(_special.stdtr(degrees, -value))
