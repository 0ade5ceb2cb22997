"""Whether a model of amounts has become worse, and whether it is worse for some groups. Pure.

Judged by the mean absolute error, in the label's own unit: it is a mean, so that its interval
follows from two sums per group, however many rows there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import comb, inf, sqrt
from typing import TYPE_CHECKING

from company_ml.drift import tails
from company_ml.performance.core import Difference, Verdict, Window, pair_to_tell

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True, kw_only=True)
class GroupErrors:
    """Predictions of one group in the window, joined with their labels by request."""

    group: str
    predictions: int
    labelled: int
    absolute: float
    """Sum of the absolute errors of the labelled."""
    squared: float
    """Sum of their squares."""

    @property
    def mean(self) -> float:
        """The mean absolute error; 0 of nothing."""
        return self.absolute / self.labelled if self.labelled else 0.0

    @property
    def rmse(self) -> float:
        """The root of the mean squared error; 0 of nothing."""
        return sqrt(self.squared / self.labelled) if self.labelled else 0.0

    @property
    def variance(self) -> float:
        """Of the mean absolute error, as an estimate; infinite for fewer than two labels."""
        if self.labelled < 2:  # noqa: PLR2004 - a spread is of two
            return inf
        spread = max(self.squared / self.labelled - self.mean**2, 0.0)
        return spread / (self.labelled - 1)


@dataclass(frozen=True, kw_only=True)
class ErrorLimits:
    """Read from ``configs/monitoring/performance.yaml``."""

    rise: float = 0.1
    """Rise of the error as a share of the baseline, from which on people are told."""
    confidence: float = 0.95
    minimum_labels: int = 300
    minimum_coverage: float = 0.5
    group_difference: float = 0.25
    """Largest acceptable difference between two groups, as a share of the error of all."""
    minimum_group: int = 100
    """Labelled predictions that a group needs to be compared."""


@dataclass(frozen=True, kw_only=True)
class ErrorReport:
    """A window's error against the baseline, and between groups."""

    window: Window
    predictions: int
    labelled: int
    mae: float
    rmse: float
    interval: tuple[float, float]
    """Of the mean absolute error."""
    baseline: float
    verdict: Verdict
    reason: str
    by_group: Difference

    @property
    def coverage(self) -> float:
        """Share of the predictions whose label is in."""
        return self.labelled / self.predictions if self.predictions else 0.0

    @property
    def rise(self) -> float:
        """How far the error is above the baseline, as a share of it."""
        return self.mae / self.baseline - 1


def error_report(
    groups: Sequence[GroupErrors], window: Window, *, baseline: float, limits: ErrorLimits
) -> ErrorReport:
    """Compare the window with the error that the model was released with.

    People are told when the rise reaches its limit and the whole confidence interval lies above
    the baseline; a rise that the labels at hand cannot tell from chance is on hold.

    Raises:
        ValueError: The baseline is no error to rise from.
    """
    if not 0 < baseline < inf:
        raise ValueError(f"baseline {baseline} is no mean absolute error: give one above 0")
    every = GroupErrors(
        group="all",
        predictions=sum(each.predictions for each in groups),
        labelled=sum(each.labelled for each in groups),
        absolute=sum(each.absolute for each in groups),
        squared=sum(each.squared for each in groups),
    )
    half = tails.normal_quantile((1 + limits.confidence) / 2) * sqrt(every.variance)
    interval = (max(every.mean - half, 0.0), every.mean + half)
    verdict, reason = _verdict(every, interval, baseline, limits)
    return ErrorReport(
        window=window, predictions=every.predictions, labelled=every.labelled, mae=every.mean,
        rmse=every.rmse, interval=interval, baseline=baseline, verdict=verdict, reason=reason,
        by_group=_between(groups, every, limits),
    )  # fmt: skip


def _verdict(
    every: GroupErrors, interval: tuple[float, float], baseline: float, limits: ErrorLimits
) -> tuple[Verdict, str]:
    coverage = every.labelled / every.predictions if every.predictions else 0.0
    if every.labelled < limits.minimum_labels:
        return Verdict.HOLD, f"{every.labelled} labels, {limits.minimum_labels} needed"
    if coverage < limits.minimum_coverage:
        return (
            Verdict.HOLD,
            f"labels for {coverage:.0%} of the predictions, {limits.minimum_coverage:.0%} needed",
        )
    said = (
        f"mean absolute error {every.mean:.4g}, baseline {baseline:.4g}, limit of the rise "
        f"{limits.rise:.0%}"
    )
    if every.mean / baseline - 1 < limits.rise - 1e-12:
        return Verdict.GOOD, said
    if interval[0] <= baseline:
        return Verdict.HOLD, f"{said}; {every.labelled} labels cannot tell it from chance"
    return Verdict.ALERT, said


def _between(groups: Sequence[GroupErrors], every: GroupErrors, limits: ErrorLimits) -> Difference:
    compared = {each.group: each for each in groups if each.labelled >= limits.minimum_group}
    left_out = tuple(sorted({each.group for each in groups} - set(compared)))
    shown: Mapping[str, float] = {name: each.mean for name, each in compared.items()}
    if len(compared) < 2:  # noqa: PLR2004 - a difference is between two
        return Difference(
            measure="mean absolute error", higher="", lower="", value=0.0, interval=(-inf, inf),
            rates=shown, left_out=left_out, verdict=Verdict.HOLD,
        )  # fmt: skip
    # Welch's, with Bonferroni's share for each of the pairs.
    confidence = 1 - (1 - limits.confidence) / comb(len(compared), 2)
    quantile = tails.normal_quantile((1 + confidence) / 2)

    def half(higher: str, lower: str) -> float:
        return quantile * sqrt(compared[higher].variance + compared[lower].variance)

    least = limits.group_difference * every.mean - 1e-12
    higher, lower, alert = pair_to_tell(
        shown,
        lambda higher, lower: (
            (apart := shown[higher] - shown[lower]) >= least and apart > half(higher, lower)
        ),
    )
    value, reach = shown[higher] - shown[lower], half(higher, lower)
    return Difference(
        measure="mean absolute error", higher=higher, lower=lower, value=value,
        interval=(value - reach, value + reach), rates=shown, left_out=left_out,
        verdict=Verdict.ALERT if alert else Verdict.GOOD,
    )  # fmt: skip
