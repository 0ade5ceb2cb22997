"""Amounts and several classes from counts and sums: told when known, held when not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.performance.test_verdicts import WINDOW, counted

from company_ml.performance import core, multiclass, regression
from company_ml.performance.core import GroupCounts, Verdict
from company_ml.performance.regression import ErrorLimits, GroupErrors


def errors(name: str, size: float, *, spread: float = 0.5, labelled: int = 1_000) -> GroupErrors:
    """Absolute errors of this mean and standard deviation."""
    return GroupErrors(
        group=name, predictions=1_000, labelled=labelled, absolute=size * labelled,
        squared=(size**2 + spread**2) * labelled,
    )  # fmt: skip


def judged(*groups: GroupErrors, baseline: float = 10.0) -> regression.ErrorReport:
    return regression.error_report(groups, WINDOW, baseline=baseline, limits=ErrorLimits())


@pytest.mark.parametrize(
    ("size", "verdict"), [(9.0, Verdict.GOOD), (10.99, Verdict.GOOD), (11.0, Verdict.ALERT)]
)
def test_a_rise_of_a_tenth_is_told_and_a_smaller_one_is_not(size: float, verdict: Verdict) -> None:
    assert judged(errors("all", size)).verdict is verdict


def test_a_rise_that_chance_could_have_made_or_too_few_labels_are_held() -> None:
    chance = judged(errors("all", 11.5, spread=40, labelled=400), errors("b", 0, labelled=0))
    assert chance.verdict is Verdict.HOLD
    few = judged(errors("all", 20, labelled=299))
    assert (few.verdict, few.reason) == (Verdict.HOLD, "299 labels, 300 needed")
    sparse = judged(errors("all", 20, labelled=499))
    assert sparse.reason == "labels for 50% of the predictions, 50% needed"
    assert judged().verdict is Verdict.HOLD
    for baseline in (0.0, -1.0, float("inf"), float("nan")):
        with pytest.raises(ValueError, match="is no mean absolute error"):
            judged(errors("all", 1), baseline=baseline)


def test_groups_apart_by_a_quarter_of_the_error_are_told_and_small_ones_are_named() -> None:
    report = judged(errors("a", 9), errors("b", 11.6), errors("c", 50, labelled=99))
    assert report.by_group.verdict is Verdict.GOOD, "the few rows of c raise the error of all"
    report = judged(errors("a", 8), errors("b", 12), errors("c", 10, labelled=99))
    apart = report.by_group
    assert (apart.verdict, apart.higher, apart.lower) == (Verdict.ALERT, "b", "a")
    assert apart.left_out == ("c",)
    alone = judged(errors("a", 8)).by_group
    assert (alone.verdict, alone.value) == (Verdict.HOLD, 0.0)


def test_a_small_group_further_apart_by_chance_hides_no_shown_difference() -> None:
    small = [errors(f"few-{n}", 13, spread=40, labelled=100) for n in range(12)]
    apart = judged(errors("a", 9), errors("b", 12.5), *small).by_group
    assert (apart.verdict, apart.higher, apart.lower) == (Verdict.ALERT, "b", "a")


@given(st.lists(st.floats(-50, 50), min_size=2, max_size=50))
def test_the_sums_give_the_errors_that_the_rows_have(values: list[float]) -> None:
    found = np.array(values)
    sums = GroupErrors(
        group="all", predictions=len(found), labelled=len(found),
        absolute=float(np.abs(found).sum()), squared=float((found**2).sum()),
    )  # fmt: skip
    assert sums.mean == pytest.approx(np.abs(found).mean())
    assert sums.rmse == pytest.approx(np.sqrt((found**2).mean()))
    assert sums.variance == pytest.approx(np.abs(found).var(ddof=1) / len(found), abs=1e-6)


def test_several_classes_are_compared_by_accuracy_and_what_has_no_meaning_is_named() -> None:
    report = multiclass.group_accuracy_report(
        [counted("a", correct=900), counted("b", correct=700)], core.BiasLimits()
    )
    assert report.verdict is Verdict.ALERT
    assert report.accuracy.value == pytest.approx(0.2)
    assert "skipped" in report.skipped


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=60))
def test_two_classes_are_told_from_more_by_a_row_that_confuses_the_others(
    rows: list[tuple[int, int]],
) -> None:
    """Class 1 is the positive one; 0 and 2 are one class exactly when nothing confuses them."""
    counts = GroupCounts(
        group="all", predictions=len(rows), labelled=len(rows),
        correct=sum(said == true for said, true in rows),
        predicted_positive=sum(said == 1 for said, _ in rows),
        actual_positive=sum(true == 1 for _, true in rows),
        true_positive=sum(said == true == 1 for said, true in rows),
    )  # fmt: skip
    assert counts.has_two_classes == (not {(0, 2), (2, 0)} & set(rows))
