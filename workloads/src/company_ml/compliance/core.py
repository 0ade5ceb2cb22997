"""The report as data, and how complete it is. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from company_ml.compliance.queries import Query

Cell = object


@dataclass(frozen=True, kw_only=True)
class Period:
    """From the first day to before the last."""

    since: date
    until: date

    def __post_init__(self) -> None:
        if self.until <= self.since:
            raise ValueError(
                f"the period from {self.since} to {self.until} has no day; until is the first day "
                "that is not in it, for example 2026-01-01 to 2026-02-01 for January"
            )

    @property
    def days(self) -> list[date]:
        """Every day of it."""
        return [self.since + timedelta(n) for n in range((self.until - self.since).days)]


@dataclass(frozen=True, kw_only=True)
class Gap:
    """Days without any event of a stream."""

    stream: str
    first: date
    last: date
    reason: str

    @property
    def days(self) -> int:
        """How many."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True, kw_only=True)
class Stream:
    """One source of events, day by day."""

    name: str
    events: Mapping[date, int]
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, kw_only=True)
class Section:
    """One query and its rows."""

    query: Query
    rows: tuple[tuple[Cell, ...], ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """What the rows hold."""
        return self.query.columns


@dataclass(frozen=True, kw_only=True)
class Report:
    """All that is written down."""

    period: Period
    scope: str
    generated: datetime
    sections: tuple[Section, ...]
    streams: tuple[Stream, ...]
    pseudonymised: bool

    def section(self, name: str) -> Section:
        """The section of a query."""
        return next(each for each in self.sections if each.query.name == name)

    @property
    def gaps(self) -> list[Gap]:
        """Every gap of every stream."""
        return [gap for stream in self.streams for gap in stream.gaps]


def stream(
    name: str,
    period: Period,
    rows: Sequence[tuple[date, int]],
    *,
    today: date,
    retained_days: int | None,
) -> Stream:
    """A stream and its gaps: silence may be what happened, or what was not recorded.

    Args:
        name: Its name.
        period: The report's days.
        rows: Days with events, and how many.
        today: Days from here on have not been.
        retained_days: Rows older than this are deleted, so silence before proves nothing.
    """
    events = dict(rows)
    quiet = [day for day in period.days if not events.get(day)]
    kept_from = date.min if retained_days is None else today - timedelta(days=retained_days)

    def reason(day: date) -> str:
        if day >= today:
            return "not over when the report was made"
        if day < kept_from:
            return f"older than the {retained_days} days that are kept"
        return "no event"

    runs: list[list[date]] = []
    for day in quiet:
        follows = runs and day - runs[-1][-1] == timedelta(days=1)
        if follows and reason(runs[-1][-1]) == reason(day):
            runs[-1].append(day)
        else:
            runs.append([day])
    gaps = tuple(
        Gap(stream=name, first=run[0], last=run[-1], reason=reason(run[0])) for run in runs
    )
    return Stream(name=name, events=events, gaps=gaps)
