"""A day's cost: the limit, what is unusual, and what nobody could price."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from company_ml.cost import core
from company_ml.cost.core import AlertKind, CostLimits, CostLine

DAY = date(2026, 11, 20)
LIMITS = CostLimits()


def line(cost: float, day: date = DAY, **changes: object) -> CostLine:
    plain: dict[str, object] = {
        "workspace": "1",
        "sku": "PREMIUM_JOBS_COMPUTE",
        "product": "JOBS",
        "unit": "DBU",
        "owner": "fraud",
        "quantity": cost / 0.3,
    }
    return CostLine(day=day, cost=cost, **(plain | changes))  # pyright: ignore[reportArgumentType] (a test's shorthand)


def weeks(*costs: float) -> list[CostLine]:
    """The same weekday of the weeks before, the latest first."""
    return [line(cost, DAY - timedelta(weeks=week)) for week, cost in enumerate(costs, 1)]


def kinds(report: core.CostReport) -> list[tuple[AlertKind, str]]:
    return [(alert.kind, alert.dimension) for alert in report.alerts]


def test_people_are_told_from_the_daily_limit_on() -> None:
    below = core.report([line(999.99)], DAY, LIMITS)
    at = core.report([line(600, owner="fraud"), line(400, owner="churn")], DAY, LIMITS)
    assert kinds(below) == []
    assert kinds(at) == [(AlertKind.DAILY_LIMIT, "total")]
    assert at.by_owner == {"fraud": 600, "churn": 400}


def test_a_weekday_is_compared_with_its_own_kind_alone() -> None:
    """Quiet weekends must not make every Friday unusual."""
    weekends = [line(5, DAY - timedelta(weeks=week) + timedelta(days=1)) for week in range(1, 7)]
    report = core.report([line(300), *weeks(290, 310, 305, 295, 300, 300), *weekends], DAY, LIMITS)
    assert kinds(report) == []


def test_an_unusual_day_is_told_in_every_dimension_it_shows_in() -> None:
    report = core.report([line(500), *weeks(100, 102, 98, 101)], DAY, LIMITS)
    assert kinds(report) == [
        (AlertKind.UNUSUAL, dimension) for dimension in ("total", "owner", "workspace", "sku")
    ]
    assert report.alerts[0].expected == 100.5


def test_one_runaway_day_in_the_past_hides_nothing() -> None:
    report = core.report([line(500), *weeks(100, 900, 98, 101, 99)], DAY, LIMITS)
    assert (AlertKind.UNUSUAL, "total") in kinds(report)


def test_a_new_owner_is_unusual_once_there_are_weeks_without_it() -> None:
    past = weeks(100, 100, 100)
    report = core.report([line(100), line(80, owner="new"), *past], DAY, LIMITS)
    unusual = [(alert.dimension, alert.value) for alert in report.alerts]
    assert ("owner", "new") in unusual


def test_before_there_are_enough_weeks_nothing_is_unusual() -> None:
    assert kinds(core.report([line(900), *weeks(1, 1)], DAY, LIMITS)) == []


def test_small_money_is_never_worth_a_message() -> None:
    assert kinds(core.report([line(40), *weeks(1, 1, 1, 1)], DAY, LIMITS)) == []


def test_usage_without_an_owner_or_a_price_is_shown_not_hidden() -> None:
    lines = [line(10, owner=""), line(0, sku="NEW_SKU", unpriced_quantity=7.0)]
    report = core.report(lines, DAY, LIMITS)
    assert report.by_owner["(no owner)"] == 10
    assert report.unpriced == {"NEW_SKU": 7.0}
    assert kinds(report) == [(AlertKind.UNPRICED, "sku")]


@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.sampled_from("xy"), st.floats(0, 1e6)), max_size=30
    )
)
def test_every_division_adds_up_to_the_total(parts: list[tuple[str, str, float]]) -> None:
    lines = [line(cost, owner=owner, workspace=space) for owner, space, cost in parts]
    report = core.report(lines, DAY, LIMITS)
    for division in (report.by_owner, report.by_workspace, report.by_sku):
        assert abs(sum(division.values()) - report.total) <= 1e-6 * max(report.total, 1)


def test_the_report_says_what_it_leaves_out() -> None:
    assert "virtual machines" in core.report([], DAY, LIMITS).scope
