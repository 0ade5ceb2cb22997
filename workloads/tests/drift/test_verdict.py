"""From comparisons to verdicts: alarms where something changed, and only there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from company_ml.drift import core, exact
from company_ml.drift.arrow import pa
from company_ml.drift.core import Verdict

if TYPE_CHECKING:
    from numpy.typing import NDArray

LIMITS = core.Limits()


def judged(before: object, now: object, limits: core.Limits = LIMITS) -> core.DriftReport:
    return core.assess(exact.compare(pa.table({"x": before}), pa.table({"x": now})), limits)


def numbers(seed: int, size: int, mean: float = 0.0) -> NDArray[np.float64]:
    return np.random.default_rng(seed).normal(mean, 1, size)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(500, 700))
def test_twenty_columns_that_did_not_change_raise_no_alarm(seed: int, size: int) -> None:
    random = np.random.default_rng(seed)
    tables = [
        pa.table({f"x{index}": random.normal(0, 1, size) for index in range(20)}) for _ in range(2)
    ]
    report = core.assess(exact.compare(*tables), LIMITS)
    assert report.verdict is Verdict.STABLE
    assert len(report.drifted) <= 1


def test_a_shift_is_found_and_its_reasons_are_told() -> None:
    report = judged(numbers(1, 2_000), numbers(2, 2_000, 0.8))
    assert report.verdict is Verdict.DRIFTED
    (column,) = report.drifted
    assert [reason.split(" 0.")[0] for reason in column.reasons] == [
        "population stability index",
        "Kolmogorov-Smirnov distance",
    ]


def test_a_significant_but_tiny_change_among_many_rows_is_none() -> None:
    report = judged(numbers(1, 200_000), numbers(2, 200_000, 0.03))
    (column,) = report.columns
    assert column.adjusted_p_value < 1e-6
    assert column.verdict is Verdict.STABLE


def test_few_rows_are_not_enough_data_instead_of_an_alarm() -> None:
    report = judged(numbers(1, 40), numbers(2, 40, 3.0))
    assert report.verdict is Verdict.NOT_ENOUGH_DATA
    assert report.drifted_share == 0


@pytest.mark.parametrize("now", [[5.0] * 600, [np.nan] * 600, [np.inf] * 600])
def test_a_constant_column_that_stays_is_stable_and_one_that_vanishes_or_overflows_is_not(
    now: list[float],
) -> None:
    expected = Verdict.STABLE if now[0] == 5 else Verdict.DRIFTED
    assert judged([5.0] * 600, now).verdict is expected


def test_more_missing_values_are_a_drift_of_their_own() -> None:
    now = numbers(2, 2_000)
    now[:200] = np.nan
    (column,) = judged(numbers(1, 2_000), now).drifted
    assert column.reasons == ("missing values rose by 0.100, limit 0.05",)


def test_a_new_category_is_named() -> None:
    before = ["red"] * 500 + ["blue"] * 500
    (column,) = judged(before, before[:-15] + ["green"] * 15).drifted
    assert column.reasons == ("new categories hold 0.015 of the values, limit 0.01: green",)


def test_an_identifier_is_not_comparable_and_counts_for_nothing() -> None:
    before, now = ([f"{side}{number}" for number in range(10_001)] for side in "ab")
    report = judged(before, now)
    assert [column.verdict for column in report.columns] == [Verdict.NOT_COMPARABLE]
    assert report.judged == 0


def test_people_are_told_at_the_share_and_not_below_it() -> None:
    same, shifted = numbers(1, 1_000), numbers(2, 1_000, 2.0)
    before = pa.table({f"x{index}": same for index in range(10)})
    for drifted, verdict in ((2, Verdict.STABLE), (3, Verdict.DRIFTED)):
        now = pa.table({f"x{index}": shifted if index < drifted else same for index in range(10)})
        report = core.assess(exact.compare(before, now), LIMITS)
        assert report.drifted_share == pytest.approx(drifted / 10)
        assert report.verdict is verdict


def test_a_column_can_have_limits_of_its_own() -> None:
    wide = core.Limits(overrides={"x": core.ColumnLimits(population_stability=10, distance=1.1)})
    assert judged(numbers(1, 2_000), numbers(2, 2_000, 0.8), wide).verdict is Verdict.STABLE
