"""What a feature table is, and what is asked of a batch and of a join; no data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import timedelta


class FeatureTableError(ValueError):
    """A feature table, batch or join that cannot be right; the message names what and the fix."""


@dataclass(frozen=True, kw_only=True)
class FeatureTable:
    """A Delta table whose rows are found by their keys."""

    name: str
    """Three-part on Databricks."""
    primary_keys: tuple[str, ...]
    timestamp_key: str = ""
    """Since when a row's features are known. With it a key has a row per time; without, one row."""
    version_column: str = ""
    """Of two rows with the same keys the one with the greater value stays, whichever is written
    last. Without it the last one written stays."""
    description: str = ""

    def __post_init__(self) -> None:
        named = [*self.primary_keys, *filter(None, (self.timestamp_key, self.version_column))]
        if not self.primary_keys or len(set(named)) != len(named):
            raise FeatureTableError(
                f"feature table {self.name}: primary keys {list(self.primary_keys)}, timestamp key "
                f"{self.timestamp_key!r} and version column {self.version_column!r} must be "
                "different columns, at least one of them a primary key"
            )

    @property
    def keys(self) -> tuple[str, ...]:
        """The columns that identify a row."""
        return (*self.primary_keys, *filter(None, (self.timestamp_key,)))

    def check(self, columns: Collection[str]) -> None:
        """Raise FeatureTableError unless there are columns for all keys, and a feature."""
        needed = {*self.keys, *filter(None, (self.version_column,))}
        missing = sorted(needed - set(columns))
        if missing:
            raise FeatureTableError(
                f"feature table {self.name}: columns {missing} are missing among {sorted(columns)}"
            )
        if not set(columns) - needed:
            raise FeatureTableError(f"feature table {self.name}: no column is a feature")


@dataclass(frozen=True, kw_only=True)
class Lookup:
    """Features to be joined to rows as they were known at each row's time."""

    table: FeatureTable
    features: tuple[str, ...]
    max_age: timedelta | None = None
    """Older features are not used; None: any age."""

    def __post_init__(self) -> None:
        if not self.table.timestamp_key:
            raise FeatureTableError(
                f"feature table {self.table.name} has no timestamp key: it has only today's "
                "features, and joining them to past rows would tell the model its future"
            )


def check_join(spine: Sequence[str], spine_time: str, lookups: Sequence[Lookup]) -> None:
    """Raise FeatureTableError unless each lookup's keys and time are there and no name twice."""
    known = list(spine)
    for lookup in lookups:
        missing = [name for name in (*lookup.table.primary_keys, spine_time) if name not in spine]
        if missing:
            raise FeatureTableError(
                f"rows to join {lookup.table.name} to lack {missing}; they have {list(spine)}"
            )
        known += lookup.features
    twice = sorted({name for name in known if known.count(name) > 1})
    if twice:
        raise FeatureTableError(f"columns {twice} would be there twice: leave out or rename one")


def check_features(lookup: Lookup, columns: Sequence[str]) -> None:
    """Raise FeatureTableError unless the table has what is looked up in it."""
    wanted = (*lookup.table.primary_keys, lookup.table.timestamp_key, *lookup.features)
    if missing := [name for name in wanted if name not in columns]:
        raise FeatureTableError(
            f"feature table {lookup.table.name} lacks {missing}; it has {list(columns)}"
        )


class FeatureStore(Protocol):
    """Feature tables; sources and targets are names of tables or views."""

    def create(self, table: FeatureTable, source: str) -> None:
        """Make the table with the source's columns, without rows; nothing happens when it exists.

        FeatureTableError when it exists with other keys.
        """
        ...

    def merge(self, table: FeatureTable, source: str) -> None:
        """Write the source's rows: new keys are added, known ones replaced unless newer.

        The same rows written again, or in pieces in any order, give the same table where there is
        a version column. FeatureTableError when a key is null.
        """
        ...

    def join(self, spine: str, spine_time: str, lookups: Sequence[Lookup], target: str) -> None:
        """Write the spine with the features known at each row's time, null where none was."""
        ...


class OnlinePublisher(Protocol):
    """Makes a feature table's current rows available one by one, quickly."""

    def publish(self, table: FeatureTable, online_table: str) -> None:
        """Publish the latest row of each primary key; publishing again changes nothing."""
        ...
