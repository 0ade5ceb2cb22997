"""What the predictions job needs of the world."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, kw_only=True)
class Tables:
    """Where the job reads and writes."""

    log: str
    """The endpoint's inference table."""
    predictions: str
    """Made when it is missing."""
    entities: str


@dataclass(frozen=True, kw_only=True)
class Unpacked:
    """What became of the requests that were logged and not in the table yet."""

    answered: int
    """With status 200."""
    failed: int
    """With another one: nothing was predicted."""
    unreadable: int
    """Answered, and of no form of a model of tables."""
    rows: int
    """Rows that were added."""
    reasons: tuple[str, ...] = ()
    """Why some of the unreadable ones are."""

    @property
    def unreadable_share(self) -> float:
        """Of the answered ones; 0 where there is none."""
        return self.unreadable / self.answered if self.answered else 0.0


class PredictionLog(Protocol):
    """An inference table, and the table of predictions that is made of it."""

    def unpack(
        self, tables: Tables, *, since: date | None, overlap_days: int, field: str
    ) -> Unpacked:
        """Add what is new since a day; by default since the newest, less the overlap."""
        ...
