"""Quartz schedules, which jobs, alerts and monitors share."""

from __future__ import annotations

import re
from functools import cache

from sandbox.databricks.errors import invalid
from sandbox.databricks.values import at, given, text

QUARTZ = "https://www.quartz-scheduler.org/documentation/quartz-2.3.0/tutorials/crontrigger.html"

_FIELD = r"[\dA-Za-z*?/,#LW-]+"
_QUARTZ = rf"{_FIELD}(\s+{_FIELD}){{5,6}}"
_DAY, _WEEKDAY = 3, 5


@cache
def _is_zone(name: str) -> bool:
    import zoneinfo  # brings the build's configuration along; few stacks have a schedule

    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):  # a folder is an OSError
        return False
    return True


def need_readable(schedule: object, prop: str, expression_name: str) -> None:
    """Refuse six or seven fields that are none, two days that are both given, an unknown zone."""
    if not given(schedule):
        return
    expression = text(at(schedule, expression_name))
    zone = text(at(schedule, "timezoneId"))
    parts = expression.split()
    if not re.fullmatch(_QUARTZ, expression) or "?" not in (parts[_DAY], parts[_WEEKDAY]):
        raise invalid(
            f"Invalid quartz cron expression: {expression}. It has 6 or 7 fields from seconds on, "
            "with '?' as day of month or day of week, for example '0 0 6 * * ?'.",
            f"{prop}.{expression_name}",
        )
    if not _is_zone(zone):
        raise invalid(
            f"Invalid timezone id: {zone}. Use a Java timezone id such as UTC.",
            f"{prop}.timezoneId",
        )
