"""Confidence intervals of proportions and of their differences, from counts."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from company_ml.drift import tails


@dataclass(frozen=True)
class Proportion:
    """So many of so many."""

    part: int
    whole: int

    @property
    def value(self) -> float:
        """The share; 0 of nothing is 0."""
        return self.part / self.whole if self.whole else 0.0

    def interval(self, confidence: float) -> tuple[float, float]:
        """Wilson's score interval, which stays within 0 and 1 and holds near both.

        https://doi.org/10.1080/01621459.1927.10502953
        """
        if not self.whole:
            return 0.0, 1.0
        z = tails.normal_quantile((1 + confidence) / 2)
        n, share = self.whole, self.value
        centre = (share + z * z / (2 * n)) / (1 + z * z / n)
        half = z / (1 + z * z / n) * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
        return max(centre - half, 0.0), min(centre + half, 1.0)


def difference_interval(
    first: Proportion, second: Proportion, confidence: float
) -> tuple[float, float]:
    """Newcombe's hybrid score interval of ``first`` minus ``second``, independent samples.

    Method 10 of https://doi.org/10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I
    """
    lower_1, upper_1 = first.interval(confidence)
    lower_2, upper_2 = second.interval(confidence)
    difference = first.value - second.value
    below = sqrt((first.value - lower_1) ** 2 + (upper_2 - second.value) ** 2)
    above = sqrt((upper_1 - first.value) ** 2 + (second.value - lower_2) ** 2)
    return difference - below, difference + above
