"""Schedules: counted day by day, and refused where they are not understood."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.estimate.cron import CronError, runs_per_month

MONTHS = 48  # four years, one of them a leap year
YEARS = [date(2024, 1, 1) + timedelta(days=n) for n in range(1461)]
# After 28 years every weekday has been on every day of every month as often as any other.
AGE = [date(2001, 1, 1) + timedelta(days=n) for n in range(10227)]
NAMES = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]


def quartz_weekday(day: date) -> int:
    return (day.weekday() + 1) % 7 + 1


@pytest.mark.parametrize(
    ("expression", "runs"),
    [
        ("0 0 6 * * ?", 1461 / MONTHS),
        ("0 0 6 * * ? *", 1461 / MONTHS),
        ("0 0/15 * * * ?", 96 * 1461 / MONTHS),
        ("0 */20 8-17 * * ?", 30 * 1461 / MONTHS),
        ("0 5,35 22-2 * * ?", 2 * 5 * 1461 / MONTHS),
        ("0 10-40/10 0 * * ?", 4 * 1461 / MONTHS),
        ("0 0 0 1 * ?", 1),
        ("0 0 0 L * ?", 1),
        ("0 0 0 31 * ?", 7 / 12),
        ("0 0 0 1 1,APR,7,oct ?", 4 / 12),
        ("0 0 0 1 NOV-FEB ?", 4 / 12),
        ("0 0 0 ? * 6L", 1),
        ("0 0 0 ? * FRIL", 1),
        ("0 0 0 ? * MON#1", 1),
        ("0 0 12 ? * 2#5", sum(d.weekday() == 0 and d.day > 28 for d in AGE) / (7 * MONTHS)),
        ("0 0 0 ? * L", sum(d.weekday() == 5 for d in AGE) / (7 * MONTHS)),
        ("0 0 0 ? * mon-fri", sum(d.weekday() < 5 for d in AGE) / (7 * MONTHS)),
        # 52.18 weeks of five days: 21.74, as any calendar has it on average
        ("0 0 0 ? * MON-FRI", 365.25 / 7 * 5 / 12),
        ("0 0 6 ? * TUE", 365.25 / 7 / 12),
        ("0 0 0 ? * FRI-MON", sum(d.weekday() in {4, 5, 6, 0} for d in AGE) / (7 * MONTHS)),
    ],
)
def test_an_average_month_has_so_many_runs(expression: str, runs: float) -> None:
    assert runs_per_month(expression) == pytest.approx(runs)


@given(
    st.sets(st.integers(1, 31), min_size=1),
    st.sets(st.integers(1, 12), min_size=1),
    st.sets(st.integers(0, 23), min_size=1),
)
def test_days_of_months_are_counted_one_by_one(
    days: set[int], months: set[int], hours: set[int]
) -> None:
    spelt = ["0", "0", *(",".join(map(str, part)) for part in (hours, days, months)), "?"]
    counted = sum(day.day in days and day.month in months for day in YEARS) * len(hours)
    assert runs_per_month(" ".join(spelt)) == pytest.approx(counted / MONTHS)


@given(st.integers(1, 7), st.integers(1, 7), st.integers(1, 12))
def test_ranges_of_weekdays_go_over_the_end(first: int, last: int, month: int) -> None:
    wanted = {(first - 1 + n) % 7 + 1 for n in range((last - first) % 7 + 1)}
    counted = sum(quartz_weekday(day) in wanted and day.month == month for day in AGE)
    for span in (f"{first}-{last}", f"{NAMES[first - 1]}-{NAMES[last - 1]}"):
        assert runs_per_month(f"0 0 0 ? {month} {span}") == pytest.approx(counted / (7 * MONTHS))


@pytest.mark.parametrize(
    ("expression", "says"),
    [
        ("", "six or seven"),
        ("0 6 * * *", "seconds first"),
        ("0 0 6 * * *", "must be '\\?'"),
        ("0 0 6 ? * ?", "must be '\\?'"),
        ("0 0 25 * * ?", "'25'"),
        ("0 60 0 * * ?", "'60'"),
        ("0 0 0 0 * ?", "'0'"),
        ("0 0 0 15W * ?", "'15W'"),
        ("0 0 0 LW * ?", "'LW'"),
        ("0 0 0 L-3 * ?", "'L'"),
        ("0 0 0 ? * MONDAY", "'MONDAY'"),
        ("0 0 0 ? * 2#6", "not supported"),
        ("0 0/0 0 * * ?", "'0'"),
        ("0 0 -1 * * ?", "not supported"),
        ("0 0 0 * * ? 2027", "the year '2027'"),
    ],
)
def test_what_is_not_understood_is_refused_by_name(expression: str, says: str) -> None:
    with pytest.raises(CronError, match=says):
        runs_per_month(expression)
