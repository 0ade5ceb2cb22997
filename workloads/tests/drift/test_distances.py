"""The distances and tests, held to scipy and to what they mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import spatial as scipy_spatial  # pyright: ignore[reportMissingTypeStubs] (none)
from scipy import stats as scipy_stats  # pyright: ignore[reportMissingTypeStubs] (none)

from company_ml.drift import bins, distances

if TYPE_CHECKING:
    from numpy.typing import NDArray

stats, spatial = cast("Any", scipy_stats), cast("Any", scipy_spatial)

VALUES = st.lists(
    st.one_of(
        st.floats(allow_nan=False, allow_infinity=True),
        st.integers(-3, 3).map(float),  # ties
    ),
    min_size=2,  # scipy divides by zero for two samples of one
    max_size=60,
)
COUNTS = st.integers(2, 12).flatmap(
    lambda size: st.tuples(
        *[st.lists(st.integers(0, 400), min_size=size, max_size=size).filter(any) for _ in range(2)]
    )
)


def ordered(values: list[float]) -> NDArray[np.float64]:
    return np.sort(np.asarray(values))


@given(VALUES, VALUES)
def test_kolmogorov_smirnov_is_scipys(first: list[float], second: list[float]) -> None:
    found = distances.kolmogorov_smirnov(ordered(first), ordered(second))
    expected = stats.ks_2samp(first, second, method="asymp")
    assert found.statistic == pytest.approx(expected.statistic, abs=1e-12)
    assert found.p_value == pytest.approx(expected.pvalue, abs=1e-9)


@given(VALUES, VALUES, st.integers(1, 40))
def test_the_exact_statistic_lies_within_the_stated_error(
    first: list[float], second: list[float], cuts: int
) -> None:
    one, other = ordered(first), ordered(second)
    between = bins.quantile_cuts(one, cuts)
    counts = bins.counts_between(one, between), bins.counts_between(other, between)
    found, error = distances.distance_at_cuts(*counts)
    exact = distances.kolmogorov_smirnov(one, other).statistic
    assert found - 1e-12 <= exact <= found + error + 1e-12


@given(COUNTS)
def test_chi_squared_is_scipys_where_no_cell_is_rare(counts: tuple[list[int], list[int]]) -> None:
    table = np.asarray(counts) + 200
    found = distances.chi_squared(table[0], table[1])
    expected = stats.chi2_contingency(table, correction=False)
    assert found.statistic == pytest.approx(expected.statistic, abs=1e-9)
    assert found.p_value == pytest.approx(expected.pvalue, abs=1e-9)


@given(COUNTS)
def test_jensen_shannon_is_scipys(counts: tuple[list[int], list[int]]) -> None:
    found = distances.jensen_shannon_distance(np.asarray(counts[0]), np.asarray(counts[1]))
    assert found == pytest.approx(spatial.distance.jensenshannon(*counts, base=2), abs=1e-7)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_adjusted_p_values_are_scipys(p_values: list[float]) -> None:
    expected = stats.false_discovery_control(p_values, method="bh")
    assert distances.adjusted(p_values) == pytest.approx(tuple(expected))


@given(COUNTS)
def test_the_stability_index_is_finite_symmetric_and_never_negative(
    counts: tuple[list[int], list[int]],
) -> None:
    first, second = (np.asarray(side) for side in counts)
    index = distances.population_stability_index(first, second)
    assert 0 <= index < np.inf
    assert index == pytest.approx(distances.population_stability_index(second, first))
    assert distances.population_stability_index(first, first) == 0


def test_the_stability_index_is_the_textbooks_where_bins_are_full() -> None:
    reference, current = np.array([10_000, 20_000, 70_000]), np.array([20_000, 30_000, 50_000])
    expected = 0.1 * np.log(2) + 0.1 * np.log(1.5) + 0.2 * np.log(1.4)
    index = distances.population_stability_index(reference, current)
    assert index == pytest.approx(expected, abs=1e-4)


def test_cells_too_rare_for_the_approximation_are_pooled() -> None:
    """Forty new categories of one row each are no forty pieces of evidence."""
    reference = np.array([1_000, 1_000] + [0] * 40)
    current = np.array([1_000, 960] + [1] * 40)
    pooled = distances.chi_squared(reference, current)
    by_hand = stats.chi2_contingency([[1_000, 1_000, 0], [1_000, 960, 40]], correction=False)
    assert pooled.p_value == pytest.approx(by_hand.pvalue)


def test_one_cell_or_an_empty_row_says_nothing() -> None:
    nothing = distances.TestResult(0.0, 1.0)
    assert distances.chi_squared(np.array([10]), np.array([400])) == nothing
    assert distances.chi_squared(np.array([10, 30]), np.array([0, 0])) == nothing
