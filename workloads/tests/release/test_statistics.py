"""Limits against values from the literature, and error rates by simulation."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from company_ml.release.gates import (
    AgreementGate,
    ErrorGate,
    LatencyGate,
    MetricGate,
    Sample,
    Standing,
    judge,
)
from company_ml.release.plan import Limits
from company_ml.release.statistics import (
    Moments,
    mean_difference,
    proportion,
    proportion_difference,
    spent_at,
)


def test_exact_limits_are_those_of_the_tables() -> None:
    # Clopper and Pearson's 95 % limits for 10 of 100: 0.0490 to 0.1762.
    interval = proportion(10, 100, 0.025)
    assert (round(interval.low, 4), round(interval.high, 4)) == (0.0490, 0.1762)
    # The rule of three: none of n leaves about 3/n at 95 %, one-sided.
    assert proportion(0, 1000, 0.05).high == pytest.approx(3 / 1000, rel=0.01)


def test_difference_limits_are_a_little_wider_than_newcombes() -> None:
    # Newcombe 1998 (Statist. Med. 17:873), table II, 56/70 - 48/80: method 10 gives 0.0524, 0.3339.
    interval = proportion_difference(56, 70, 48, 80, 0.025)
    assert 0.03 < interval.low < 0.0524
    assert 0.3339 < interval.high < 0.35
    # And 0/10 - 0/10: -0.2775 to 0.2775, where Wald's interval has no width at all.
    interval = proportion_difference(0, 10, 0, 10, 0.025)
    assert -interval.low == interval.high == pytest.approx(1 - 0.025 ** (1 / 10))


def test_mean_limits_are_those_of_scipys_welch_interval() -> None:
    from scipy import stats

    draw = np.random.default_rng(3)
    first, second = draw.normal(5, 5, 40), draw.normal(4, 2, 90)
    ours = mean_difference(
        Moments(40, float(first.mean()), float(first.var(ddof=1))),
        Moments(90, float(second.mean()), float(second.var(ddof=1))),
        0.025,
    )
    theirs = stats.ttest_ind(first, second, equal_var=False).confidence_interval(0.95)
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high))


@given(st.integers(0, 200), st.integers(0, 200), st.integers(0, 200), st.integers(0, 200))
def test_limits_enclose_the_estimate_at_any_counts(a: int, b: int, c: int, d: int) -> None:
    events, trials, others, other_trials = min(a, b), max(a, b), min(c, d), max(c, d)
    for interval in (
        proportion(events, trials, 0.01),
        proportion_difference(events, trials, others, other_trials, 0.01),
    ):
        assert interval.low <= interval.estimate <= interval.high
        assert not math.isnan(interval.low + interval.high)


def test_all_looks_together_spend_no_more_than_alpha() -> None:
    spent = [spent_at(look, 0.05) for look in range(1, 100_000)]
    assert sum(spent) < 0.05
    assert all(one > other for one, other in pairwise(spent))


def looks(limits: Limits, most: int) -> list[int]:
    sizes = [limits.look_after(0)]
    while sizes[-1] < most:
        sizes.append(limits.look_after(sizes[-1]))
    return sizes


def share_ever(standing: Standing, candidate: float, incumbent: float, tolerated: float) -> float:
    """Share of simulated stages in which any look says so."""
    draw = np.random.default_rng(11)
    limits, runs, said = Limits(), 400, 0
    sizes = looks(limits, 20_000)
    for _ in range(runs):
        ours = np.cumsum(draw.binomial(np.diff([0, *sizes]), candidate))
        theirs = np.cumsum(draw.binomial(np.diff([0, *(9 * size for size in sizes)]), incumbent))
        said += any(
            judge(
                (ErrorGate(tolerated=tolerated),),
                Sample(requests=size, errors=int(ours[index])),
                Sample(requests=9 * size, errors=int(theirs[index])),
                look=index + 1,
                harm_alpha=0.05,
                safe_alpha=0.05,
            )[0].standing
            is standing
            for index, size in enumerate(sizes)
        )
    return said / runs


@pytest.mark.parametrize("incumbent", [0.0, 0.0001, 0.001, 0.01])
def test_a_candidate_just_within_the_gate_is_rarely_called_harmful_by_any_of_many_looks(
    incumbent: float,
) -> None:
    assert share_ever(Standing.HARMFUL, incumbent + 0.01, incumbent, tolerated=0.01) <= 0.05


@pytest.mark.parametrize("converting", [0.01, 0.05, 0.2])
def test_an_equal_candidate_is_rarely_called_harmful_by_a_metric_that_few_requests_make(
    converting: float,
) -> None:
    draw = np.random.default_rng(5)
    sizes, runs, wrong = looks(Limits(), 5_000), 300, 0
    for _ in range(runs):
        ours = np.cumsum(draw.binomial(np.diff([0, *sizes]), converting))
        theirs = np.cumsum(draw.binomial(np.diff([0, *(9 * size for size in sizes)]), converting))
        wrong += any(
            judge(
                (MetricGate(metric="orders", tolerated=converting / 10),),
                Sample(requests=size, metrics={"orders": orders(int(ours[index]), size)}),
                Sample(metrics={"orders": orders(int(theirs[index]), 9 * size)}),
                look=index + 1, harm_alpha=0.05, safe_alpha=0.05,
            )[0].standing is Standing.HARMFUL
            for index, size in enumerate(sizes)
        )  # fmt: skip
    assert wrong / runs <= 0.05


def orders(number: int, requests: int) -> Moments:
    """One for each request that led to an order, 0 for the others."""
    mean = number / requests
    return Moments(requests, mean, mean * (1 - mean) * requests / (requests - 1))


def test_a_candidate_that_ends_all_orders_is_found() -> None:
    (found,) = judge(
        (MetricGate(metric="orders", tolerated=0.005),),
        Sample(requests=400, metrics={"orders": orders(0, 400)}),
        Sample(requests=3_600, metrics={"orders": orders(180, 3_600)}),
        look=5, harm_alpha=0.05, safe_alpha=0.05,
    )  # fmt: skip
    assert found.standing is Standing.HARMFUL


def test_a_candidate_just_beyond_the_gate_is_rarely_called_safe_by_any_of_many_looks() -> None:
    assert share_ever(Standing.SAFE, 0.021, 0.01, tolerated=0.01) <= 0.05


def test_a_harmful_candidate_is_found_and_a_good_one_is_passed() -> None:
    assert share_ever(Standing.HARMFUL, 0.05, 0.01, tolerated=0.01) > 0.99
    assert share_ever(Standing.SAFE, 0.01, 0.01, tolerated=0.01) > 0.99


def test_one_look_at_five_per_cent_would_err_far_more_often() -> None:
    """What the spending is for: the same looks, each at the full level."""
    draw = np.random.default_rng(11)
    sizes = looks(Limits(), 20_000)
    wrong = 0
    for _ in range(400):
        ours = np.cumsum(draw.binomial(np.diff([0, *sizes]), 0.05))
        wrong += any(
            proportion(int(ours[index]), size, 0.05).low > 0.05 for index, size in enumerate(sizes)
        )
    assert wrong / 400 > 0.1


def test_each_gate_measures_its_own_harm() -> None:
    candidate = Sample(
        requests=2000, errors=0, slow=400, differing=400, metrics={"sales": Moments(2000, 1.0, 1.0)}
    )
    incumbent = Sample(requests=2000, metrics={"sales": Moments(2000, 2.0, 1.0)})
    gates = (
        ErrorGate(tolerated=0.02),
        LatencyGate(limit_ms=300),
        MetricGate(metric="sales", tolerated=0.1),
        AgreementGate(tolerated=0.05),
    )
    found = judge(gates, candidate, incumbent, look=1, harm_alpha=0.05, safe_alpha=0.05)
    assert [finding.standing for finding in found] == [
        Standing.SAFE, Standing.HARMFUL, Standing.HARMFUL, Standing.HARMFUL,
    ]  # fmt: skip
    assert str(found[2]).startswith("loss of sales 1 [")


def test_without_evidence_every_gate_is_open() -> None:
    gates = (
        ErrorGate(tolerated=0.02),
        LatencyGate(limit_ms=1),
        MetricGate(metric="x", tolerated=1),
    )
    found = judge(gates, Sample(), Sample(), look=1, harm_alpha=0.05, safe_alpha=0.05)
    assert {finding.standing for finding in found} == {Standing.OPEN}
