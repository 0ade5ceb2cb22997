"""Quartz schedules and time zones, as jobs and monitors take them.

https://www.quartz-scheduler.org/documentation/quartz-2.3.0/tutorials/crontrigger.html
"""

from __future__ import annotations

import re
import zoneinfo
from calendar import isleap
from functools import cache
from typing import Annotated

from pydantic import AfterValidator

from settings.errors import suggest

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_FIELDS: tuple[tuple[str, int, int, tuple[str, ...]], ...] = (
    # what it is, smallest, largest, names that count from the smallest
    ("second", 0, 59, ()),
    ("minute", 0, 59, ()),
    ("hour", 0, 23, ()),
    ("day of the month", 1, 31, ()),
    ("month", 1, 12, _MONTHS),
    ("day of the week", 1, 7, _WEEKDAYS),
    ("year", 1970, 2099, ()),
)
_DAY, _MONTH, _WEEKDAY, _YEAR = 3, 4, 5, 6
_FEBRUARY = 2
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_SPECIAL = {
    _DAY: re.compile(r"\?|L(-([12]?[0-9]|30))?W?|([12]?[0-9]|3[01])W"),
    _WEEKDAY: re.compile(rf"\?|L|([1-7]|{'|'.join(_WEEKDAYS)})(L|#[1-5])"),
}
_PART = re.compile(r"(?P<first>\*|\w+)(-(?P<last>\w+))?(/(?P<step>[1-9][0-9]*))?")


def _quartz(value: str) -> str:
    parts = value.split(" ")
    if len(parts) not in (len(_FIELDS) - 1, len(_FIELDS)) or (
        (parts[_DAY] == "?") == (parts[_WEEKDAY] == "?")
    ):
        raise ValueError(
            "must be a Quartz schedule of 6 or 7 fields from seconds on, with ? as day of the "
            "month or as day of the week, for example 0 0 6 ? * MON"
        )
    if not parts[0].isdigit():
        raise ValueError(
            f"must be a Quartz schedule; {parts[0]} as its second starts a run in more than one of "
            "a minute's seconds: name one, for example 0 0 6 ? * MON"
        )
    for index, (part, (what, low, high, names)) in enumerate(zip(parts, _FIELDS, strict=False)):
        special = _SPECIAL.get(index)
        if special and special.fullmatch(part):
            continue
        if not all(_fits(item, low, high, names) for item in part.split(",")):
            named = f" or {names[0]} to {names[-1]}" if names else ""
            raise ValueError(
                f"must be a Quartz schedule; {part} is no {what}, which is {low} to {high}{named}, "
                "*, a list, a range or a step, for example 0 0 6 ? * MON"
            )
    if _never(parts[_DAY], parts[_MONTH], *parts[_YEAR:]):
        when = f"month {parts[_MONTH]}" + "".join(f" of {year}" for year in parts[_YEAR:])
        raise ValueError(
            f"would never start: {when} has no day {parts[_DAY]}; choose another day, or L for the "
            "month's last"
        )
    return value


def _never(days: str, months: str, year: str = "*") -> bool:
    """Whether listed days of listed months are in no calendar."""
    listed = [str(_MONTHS.index(m) + 1) if m in _MONTHS else m for m in months.split(",")]
    earliest = [_earliest(item) for item in days.split(",")]
    if not all(text.isdigit() for text in (*earliest, *listed)):
        return False
    short = year.isdigit() and not isleap(int(year))
    longest = max(_DAYS[int(m) - 1] - (short and int(m) == _FEBRUARY) for m in listed)
    return min(map(int, earliest)) > longest


def _earliest(item: str) -> str:
    """The first day of a range, which is the month's first where it runs over its end."""
    first, _, last = item.partition("-")
    return "1" if last.isdigit() and first.isdigit() and int(last) < int(first) else first


def _fits(item: str, low: int, high: int, names: tuple[str, ...]) -> bool:
    found = _PART.fullmatch(item)
    if not found:
        return False
    given = [text for text in (found["first"], found["last"]) if text and text != "*"]
    numbers = {name: str(low + index) for index, name in enumerate(names)}
    values = [numbers.get(text, text) for text in given]
    # Quartz refuses a step that leaves the field at once.
    return int(found["step"] or 1) <= high and all(
        v.isascii() and v.isdigit() and low <= int(v) <= high for v in values
    )


@cache
def _zones() -> frozenset[str]:
    # Names of files, not of zones: https://man7.org/linux/man-pages/man5/localtime.5.html
    return frozenset(zoneinfo.available_timezones()) - {"localtime", "Factory"}


def _zone(value: str) -> str:
    if value not in _zones():
        near = suggest(value, _zones())
        hint = f"; {near}" if near.startswith("did you mean") else ""
        raise ValueError(f"must be a time zone's id, for example UTC or Europe/Berlin{hint}")
    return value


Quartz = Annotated[str, AfterValidator(_quartz)]
Timezone = Annotated[str, AfterValidator(_zone)]
