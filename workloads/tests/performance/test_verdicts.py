"""Accuracy and bias from counts: told when known, held when not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats as scipy_stats  # pyright: ignore[reportMissingTypeStubs] (none)

from company_ml.performance import core
from company_ml.performance.core import GroupCounts, Verdict
from company_ml.performance.intervals import Proportion, difference_interval

WINDOW = core.Window(start=datetime(2026, 11, 1, tzinfo=UTC), end=datetime(2026, 11, 8, tzinfo=UTC))


def counted(name: str = "all", /, **parts: int) -> GroupCounts:
    plain = {
        "predictions": 1_000, "labelled": 1_000, "correct": 0, "predicted_positive": 0,
        "actual_positive": 0, "true_positive": 0,
    }  # fmt: skip
    return GroupCounts(group=name, **(plain | parts))


def accuracy(*, baseline: float = 0.9, **parts: int) -> core.AccuracyReport:
    limits = core.AccuracyLimits()
    return core.accuracy_report([counted(**parts)], WINDOW, baseline=baseline, limits=limits)


@pytest.mark.parametrize(
    ("correct", "verdict"), [(900, Verdict.GOOD), (851, Verdict.GOOD), (850, Verdict.ALERT)]
)
def test_a_drop_of_five_hundredths_is_told_and_a_smaller_one_is_not(
    correct: int, verdict: Verdict
) -> None:
    assert accuracy(correct=correct).verdict is verdict


def test_too_few_labels_or_too_little_coverage_hold_the_verdict() -> None:
    few = accuracy(labelled=299, predictions=300, correct=0)
    sparse = accuracy(labelled=499, correct=0)
    assert (few.verdict, few.reason) == (Verdict.HOLD, "299 labels, 300 needed")
    assert sparse.verdict is Verdict.HOLD
    assert sparse.reason == "labels for 50% of the predictions, 50% needed"
    assert sparse.coverage == 0.499


def test_a_drop_that_chance_could_have_made_is_held() -> None:
    report = accuracy(labelled=300, predictions=300, correct=165, baseline=0.6)
    assert report.verdict is Verdict.HOLD
    assert "cannot tell it from chance" in report.reason


def test_no_predictions_hold_and_a_baseline_that_is_no_share_is_refused() -> None:
    empty = core.accuracy_report([], WINDOW, baseline=0.9, limits=core.AccuracyLimits())
    assert empty.verdict is Verdict.HOLD
    with pytest.raises(ValueError, match="baseline 90"):
        core.accuracy_report([], WINDOW, baseline=90, limits=core.AccuracyLimits())


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_of_a_share_is_scipys(counts: tuple[int, int]) -> None:
    stats = cast("Any", scipy_stats)
    expected = stats.binomtest(*counts).proportion_ci(0.95, method="wilson")
    assert Proportion(*counts).interval(0.95) == pytest.approx((expected.low, expected.high))


def test_the_interval_of_a_difference_is_the_papers() -> None:
    """Newcombe's table II, example (a): 56/70 against 48/80."""
    lower, upper = difference_interval(Proportion(56, 70), Proportion(48, 80), 0.95)
    assert (round(lower, 4), round(upper, 4)) == (0.0524, 0.3339)


def groups() -> list[GroupCounts]:
    return [
        counted("a", predicted_positive=500, actual_positive=500, true_positive=450),
        counted("b", predicted_positive=480, actual_positive=500, true_positive=300),
        counted("c", labelled=50, predicted_positive=0, actual_positive=10),
    ]


def test_bias_is_told_per_measure_with_the_groups_it_lies_between() -> None:
    report = core.bias_report(groups(), core.BiasLimits())
    assert report.verdict is Verdict.ALERT
    assert report.demographic_parity.verdict is Verdict.GOOD
    chance = report.equal_opportunity
    assert (chance.higher, chance.lower, chance.left_out) == ("a", "b", ("c",))
    assert chance.value == pytest.approx(0.3)
    assert chance.interval[0] > 0.2


def test_a_small_group_is_named_and_never_raises_an_alarm() -> None:
    report = core.bias_report([groups()[0], groups()[2]], core.BiasLimits())
    assert report.verdict is Verdict.HOLD
    assert report.equal_opportunity.left_out == ("c",)


def test_a_small_group_further_apart_by_chance_hides_no_shown_difference() -> None:
    many = [
        counted("a", labelled=10_000, predictions=10_000, predicted_positive=5_000),
        counted("b", labelled=10_000, predictions=10_000, predicted_positive=3_800),
    ]
    few = [counted(f"few-{n}", labelled=100, predicted_positive=37 + n) for n in range(12)]
    parity = core.bias_report([*many, *few], core.BiasLimits()).demographic_parity
    assert (parity.verdict, parity.higher, parity.lower) == (Verdict.ALERT, "a", "b")
    assert parity.interval[0] > 0


@given(st.integers(2, 12))
def test_more_groups_need_more_evidence(number: int) -> None:
    """Between the extremes of many equal groups some difference always shows."""
    base = counted("0", predicted_positive=120, labelled=400, actual_positive=200)
    many = [replace(base, group=str(index)) for index in range(number)]
    extreme = replace(base, group="x", predicted_positive=160)
    two = core.bias_report([base, extreme], core.BiasLimits()).demographic_parity
    more = core.bias_report([*many, extreme], core.BiasLimits()).demographic_parity
    assert more.value == two.value
    assert more.interval[0] <= two.interval[0]


def test_counts_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValueError, match="parts are larger"):
        counted(correct=1_001)
