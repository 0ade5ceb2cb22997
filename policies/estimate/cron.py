"""How often a schedule fires: Quartz cron expressions, as Databricks jobs have them.

https://www.quartz-scheduler.org/api/2.3.0/org/quartz/CronExpression.html
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

MONTHS_PER_YEAR: Final = 12
# A day of the month comes round with the leap years, a weekday of a month only every 28 years:
# in four of them there are 1,045 working days, and in 28 there are 7,305, which is the average.
_FIRST: Final = date(2001, 1, 1)
_LEAP_YEARS: Final = 4
_WEEKDAY_YEARS: Final = 28

_MONTHS: Final = (
    *("JAN", "FEB", "MAR", "APR", "MAY", "JUN"),
    *("JUL", "AUG", "SEP", "OCT", "NOV", "DEC"),
)
_WEEKDAYS: Final = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_FIELDS: Final = (6, 7)
_ANY: Final = "?"
_NTH = re.compile(r"^(\w+)#([1-5])$")


class CronError(ValueError):
    """The expression is wrong, or says something that is not supported; the message says what."""


def runs_per_month(expression: str) -> float:
    """Firings in an average month.

    Raises:
        CronError: Seven fields at most: seconds, minutes, hours, day of month, month, day of
            week, year; ``W``, ``C``, ``LW``, ``L-n`` and years other than ``*`` are refused.
    """
    return _runs_per_month(" ".join(expression.upper().split()))


@lru_cache(maxsize=256)
def _runs_per_month(expression: str) -> float:
    fields = expression.split()
    if len(fields) not in _FIELDS:
        raise CronError(
            f"{expression!r} has {len(fields)} fields; a Quartz expression has six or seven, "
            "seconds first, for example '0 30 6 * * ?'"
        )
    seconds, minutes, hours, days, months, weekdays, *years = fields
    if years not in ([], ["*"]):
        raise CronError(f"the year {years[0]!r} of {expression!r} is not supported; leave it out")
    if (days == _ANY) == (weekdays == _ANY):
        raise CronError(f"{expression!r}: exactly one of day of month and day of week must be '?'")
    per_day = (
        len(_values(seconds, 0, 59)) * len(_values(minutes, 0, 59)) * len(_values(hours, 0, 23))
    )
    in_months = _values(months, 1, 12, _MONTHS)
    if days == _ANY:
        fires, years = _weekday(weekdays), _WEEKDAY_YEARS
        # The same month, weekday and place in the month fire alike.
        fired = sum(
            count
            for (month, _, _, _), (day, count) in _weekdays().items()
            if month in in_months and fires(day)
        )
    else:
        fires, years = _monthday(days), _LEAP_YEARS
        fired = sum(day.month in in_months and fires(day) for day in _calendar(years))
    return per_day * fired / (years * MONTHS_PER_YEAR)


def _calendar(years: int) -> Iterator[date]:
    days = 365 * years + years // 4
    return (_FIRST + timedelta(days=number) for number in range(days))


@lru_cache(maxsize=1)
def _weekdays() -> Mapping[tuple[int, int, int, bool], tuple[date, int]]:
    """An example and the number of days that are alike in month, weekday and place in the month."""
    found: dict[tuple[int, int, int, bool], tuple[date, int]] = {}
    for day in _calendar(_WEEKDAY_YEARS):
        kind = (day.month, day.isoweekday(), _place(day), _is_last(day))
        found[kind] = (day, found.get(kind, (day, 0))[1] + 1)
    return found


def _place(day: date) -> int:
    """Which of its weekday the day is in its month."""
    return (day.day + 6) // 7


def _is_last(day: date) -> bool:
    """Whether no other of its weekday follows in its month."""
    return day.day + 7 > monthrange(day.year, day.month)[1]


def _monthday(field: str) -> Callable[[date], bool]:
    if field == "L":
        return lambda day: day.day == monthrange(day.year, day.month)[1]
    wanted = _values(field, 1, 31)
    return lambda day: day.day in wanted


def _weekday(field: str) -> Callable[[date], bool]:
    nth = _NTH.match(field)
    if nth:
        number = _number(nth[1], 1, 7, _WEEKDAYS, field)
        place = int(nth[2])
        return lambda day: _quartz(day) == number and _place(day) == place
    if field.endswith("L") and field != "L":
        number = _number(field[:-1], 1, 7, _WEEKDAYS, field)
        return lambda day: _quartz(day) == number and _is_last(day)
    # A lone L in the day of week means 7, Saturday.
    wanted = _values("7" if field == "L" else field, 1, 7, _WEEKDAYS)
    return lambda day: _quartz(day) in wanted


def _quartz(day: date) -> int:
    """The weekday's number: Sunday is 1."""
    return day.isoweekday() % 7 + 1


def _values(field: str, lowest: int, highest: int, names: Sequence[str] | None = None) -> set[int]:
    """What a field of lists, ranges and steps matches."""
    found: set[int] = set()
    for part in field.split(","):
        span, _, step_text = part.partition("/")
        step = _number(step_text, 1, highest, None, field) if "/" in part else 1
        start_text, _, end_text = span.partition("-")
        if span == "*" or (span == "" and "/" in part):
            start, end = lowest, highest
        else:
            start = _number(start_text, lowest, highest, names, field)
            if "-" in span:
                end = _number(end_text, lowest, highest, names, field)
            else:
                # "5/15" starts at 5 and goes on to the end; "5" is one value.
                end = highest if "/" in part else start
        # "FRI-MON" goes over the end.
        size = highest - lowest + 1
        length = (end - start) % size if end < start else end - start
        found |= {(start - lowest + n) % size + lowest for n in range(0, length + 1, step)}
    return found


def _number(text: str, lowest: int, highest: int, names: Sequence[str] | None, field: str) -> int:
    if names and text in names:
        return names.index(text) + 1
    if not text.isdecimal() or not lowest <= int(text) <= highest:
        raise CronError(
            f"{text!r} in the field {field!r} is not supported; use numbers from {lowest} to "
            f"{highest}{' or names' if names else ''}, '*', lists, ranges and steps"
        )
    return int(text)
