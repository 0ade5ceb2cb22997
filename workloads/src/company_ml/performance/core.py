"""Whether a model has become worse, and whether it treats groups differently.

Both judge counts of predictions whose labels are in, and both refuse to judge too few of them:
labels come late, and those that come early are not like the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from math import comb
from typing import TYPE_CHECKING

from company_ml.performance.intervals import Proportion, difference_interval

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime


class Verdict(StrEnum):
    """What is said of a model."""

    GOOD = "good"
    ALERT = "alert"
    HOLD = "hold"
    """Not enough labels to tell."""


ALERTS = {Verdict.GOOD: False, Verdict.ALERT: True, Verdict.HOLD: None}
"""What a verdict says to those who wait for alerts."""


@dataclass(frozen=True, kw_only=True)
class GroupCounts:
    """Predictions of one group in the window, joined with their labels by request."""

    group: str
    predictions: int
    labelled: int
    correct: int
    predicted_positive: int
    """Of the labelled."""
    actual_positive: int
    true_positive: int

    def __post_init__(self) -> None:
        if not (
            self.predictions >= self.labelled >= max(self.correct, self.predicted_positive)
            and self.labelled >= self.actual_positive >= self.true_positive >= 0
        ):
            raise ValueError(f"{self}: parts are larger than what they are parts of")

    @property
    def has_two_classes(self) -> bool:
        """Whether what is not positive is one class: two of it are then never told apart."""
        neither = self.labelled - self.predicted_positive - self.actual_positive
        return self.correct == 2 * self.true_positive + neither


@dataclass(frozen=True, kw_only=True)
class AccuracyLimits:
    """Read from ``configs/monitoring/performance.yaml``."""

    drop: float = 0.05
    """Fall of the accuracy below the baseline, from which on people are told."""
    confidence: float = 0.95
    minimum_labels: int = 300
    minimum_coverage: float = 0.5
    """Share of the window's predictions whose label is in."""


@dataclass(frozen=True, kw_only=True)
class Window:
    """Predictions from ``start`` until before ``end``, the label delay already behind them."""

    start: datetime
    end: datetime


@dataclass(frozen=True, kw_only=True)
class AccuracyReport:
    """A window's accuracy against the baseline."""

    window: Window
    predictions: int
    labelled: int
    accuracy: float
    interval: tuple[float, float]
    baseline: float
    verdict: Verdict
    reason: str

    @property
    def coverage(self) -> float:
        """Share of the predictions whose label is in."""
        return self.labelled / self.predictions if self.predictions else 0.0

    @property
    def drop(self) -> float:
        """How far the accuracy is below the baseline."""
        return self.baseline - self.accuracy


def accuracy_report(
    groups: Sequence[GroupCounts], window: Window, *, baseline: float, limits: AccuracyLimits
) -> AccuracyReport:
    """Compare the window with the accuracy that the model was released with.

    People are told when the drop reaches its limit and the whole confidence interval lies below
    the baseline. A drop that the labels at hand cannot tell from chance is on hold.

    Raises:
        ValueError: The baseline is no share.
    """
    if not 0 <= baseline <= 1:
        raise ValueError(f"baseline {baseline} is no accuracy: give a share between 0 and 1")
    predictions = sum(group.predictions for group in groups)
    correct = Proportion(
        sum(group.correct for group in groups), sum(group.labelled for group in groups)
    )
    interval = correct.interval(limits.confidence)
    verdict, reason = _accuracy_verdict(correct, predictions, interval, baseline, limits)
    return AccuracyReport(
        window=window,
        predictions=predictions,
        labelled=correct.whole,
        accuracy=correct.value,
        interval=interval,
        baseline=baseline,
        verdict=verdict,
        reason=reason,
    )


def _accuracy_verdict(
    correct: Proportion,
    predictions: int,
    interval: tuple[float, float],
    baseline: float,
    limits: AccuracyLimits,
) -> tuple[Verdict, str]:
    coverage = correct.whole / predictions if predictions else 0.0
    if correct.whole < limits.minimum_labels:
        return Verdict.HOLD, f"{correct.whole} labels, {limits.minimum_labels} needed"
    if coverage < limits.minimum_coverage:
        return (
            Verdict.HOLD,
            f"labels for {coverage:.0%} of the predictions, {limits.minimum_coverage:.0%} needed",
        )
    drop = baseline - correct.value
    said = f"accuracy {correct.value:.3f}, baseline {baseline:.3f}, limit of the drop {limits.drop}"
    # A drop of exactly the limit counts, whatever the last bit of the subtraction.
    if drop < limits.drop - 1e-12:
        return Verdict.GOOD, said
    if interval[1] >= baseline:
        return Verdict.HOLD, f"{said}; {correct.whole} labels cannot tell it from chance"
    return Verdict.ALERT, said


@dataclass(frozen=True, kw_only=True)
class BiasLimits:
    """Read from ``configs/monitoring/performance.yaml``."""

    difference: float = 0.1
    """Largest acceptable difference between two groups, of either rate."""
    confidence: float = 0.95
    """Of all comparisons together: each one's is higher (Bonferroni)."""
    minimum_group: int = 100
    """Labelled predictions, or actual positives, that a group needs to be compared."""


@dataclass(frozen=True, kw_only=True)
class Difference:
    """Two groups that are apart in one rate: see :func:`pair_to_tell`."""

    measure: str
    higher: str
    lower: str
    value: float
    interval: tuple[float, float]
    rates: Mapping[str, float]
    """Of each compared group."""
    left_out: tuple[str, ...]
    """Groups too small to be compared."""
    verdict: Verdict


@dataclass(frozen=True, kw_only=True)
class BiasReport:
    """Differences between groups."""

    demographic_parity: Difference
    """Of the share that is predicted positive."""
    equal_opportunity: Difference
    """Of the share of the actual positives that is predicted positive."""

    @property
    def differences(self) -> tuple[Difference, ...]:
        """All that was compared."""
        return (self.demographic_parity, self.equal_opportunity)

    @property
    def verdict(self) -> Verdict:
        """An alert when either rate gives one, on hold when neither could be compared."""
        verdicts = {self.demographic_parity.verdict, self.equal_opportunity.verdict}
        if Verdict.ALERT in verdicts:
            return Verdict.ALERT
        return Verdict.HOLD if verdicts == {Verdict.HOLD} else Verdict.GOOD


def bias_report(groups: Sequence[GroupCounts], limits: BiasLimits) -> BiasReport:
    """Compare all groups that are large enough, two by two."""
    return BiasReport(
        demographic_parity=furthest_apart(
            "demographic parity",
            groups,
            lambda group: Proportion(group.predicted_positive, group.labelled),
            limits,
        ),
        equal_opportunity=furthest_apart(
            "equal opportunity",
            groups,
            lambda group: Proportion(group.true_positive, group.actual_positive),
            limits,
        ),
    )


def furthest_apart(
    measure: str,
    groups: Sequence[GroupCounts],
    rate: Callable[[GroupCounts], Proportion],
    limits: BiasLimits,
) -> Difference:
    """The two groups to tell of, among those that are large enough."""
    rates = {group.group: rate(group) for group in groups}
    compared = {name: share for name, share in rates.items() if share.whole >= limits.minimum_group}
    left_out = tuple(sorted(set(rates) - set(compared)))
    shown = {name: share.value for name, share in compared.items()}
    if len(compared) < 2:  # noqa: PLR2004 - a difference is between two
        return Difference(
            measure=measure, higher="", lower="", value=0.0, interval=(-1.0, 1.0), rates=shown,
            left_out=left_out, verdict=Verdict.HOLD,
        )  # fmt: skip
    confidence = 1 - (1 - limits.confidence) / comb(len(compared), 2)

    def interval(higher: str, lower: str) -> tuple[float, float]:
        return difference_interval(compared[higher], compared[lower], confidence)

    higher, lower, alert = pair_to_tell(
        shown,
        lambda higher, lower: (
            shown[higher] - shown[lower] >= limits.difference - 1e-12
            and interval(higher, lower)[0] > 0
        ),
    )
    return Difference(
        measure=measure,
        higher=higher,
        lower=lower,
        value=shown[higher] - shown[lower],
        interval=interval(higher, lower),
        rates=shown,
        left_out=left_out,
        verdict=Verdict.ALERT if alert else Verdict.GOOD,
    )


def pair_to_tell(
    values: Mapping[str, float], differ: Callable[[str, str], bool]
) -> tuple[str, str, bool]:
    """The higher and the lower of two groups, and whether they are shown to differ.

    Of all pairs that are, the furthest apart; when none is, the furthest apart of all. The extremes
    alone would not do: a small group that is out there by chance would hide what large ones show.
    """
    ranked = sorted(values, key=lambda name: (values[name], name))
    pairs = [(high, low) for low, high in combinations(ranked, 2) if differ(high, low)]
    if not pairs:
        return ranked[-1], ranked[0], False
    return (*max(pairs, key=lambda pair: values[pair[0]] - values[pair[1]]), True)
