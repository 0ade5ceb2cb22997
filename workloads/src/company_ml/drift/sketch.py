"""Comparison of tables larger than memory: one batch at a time, and mergeable across machines.

Numbers are counted between cuts that a random sample of the reference's rows gives. Any cuts would
be right, since each comparison carries the error that its cuts allow; these keep it near
1 / CUTS. Categories are counted one by one up to a limit.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from company_ml.drift import bins, columns, comparison
from company_ml.drift.arrow import pa
from company_ml.drift.distinct import DistinctCount
from company_ml.drift.exact import infinities
from company_ml.drift.model import Kind, Profile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import TypeAlias

    from numpy.typing import NDArray

    from company_ml.drift.arrow import Column, RecordBatch, Schema, Table
    from company_ml.drift.model import ColumnComparison

    Batches: TypeAlias = Callable[[], Iterable[RecordBatch]]
    """A table that can be read more than once, in batches of one schema."""

CUTS = 1_024
SAMPLE_ROWS = 65_536


@dataclass
class NumberSketch:
    """Counts of numbers between cuts."""

    cuts: NDArray[np.float64]
    counts: NDArray[np.int64] = field(init=False)
    missing: int = 0
    infinite: int = 0
    distinct: DistinctCount = field(default_factory=DistinctCount)

    def __post_init__(self) -> None:
        self.counts = np.zeros(len(self.cuts) + 1, dtype=np.int64)

    def add(self, column: Column) -> None:
        """Count a batch."""
        ordered, missing = columns.sorted_numbers(column)
        self.counts += bins.counts_between(ordered, self.cuts)
        self.missing += missing
        self.infinite += infinities(ordered)
        self.distinct.add_numbers(ordered)

    def merge(self, other: NumberSketch) -> None:
        """Count what another sketch with the same cuts counted."""
        self.counts += other.counts
        self.missing += other.missing
        self.infinite += other.infinite
        self.distinct.merge(other.distinct)

    @property
    def profile(self) -> Profile:
        """What has been counted."""
        return Profile(
            rows=int(self.counts.sum()) + self.missing,
            missing=self.missing,
            infinite=self.infinite,
            distinct=self.distinct.estimate,
        )


@dataclass
class CategorySketch:
    """Counts of categories; beyond the limit only of rows and different values."""

    counts: Counter[str] = field(default_factory=Counter[str])
    present: int = 0
    missing: int = 0
    distinct: DistinctCount = field(default_factory=DistinctCount)

    def add(self, column: Column) -> None:
        """Count a batch."""
        found, missing = columns.category_counts(column)
        self._count(found)
        self.present += sum(found.values())
        self.missing += missing
        self.distinct.add_texts(list(found))

    def merge(self, other: CategorySketch) -> None:
        """Count what another sketch counted."""
        self._count(other.counts)
        self.present += other.present
        self.missing += other.missing
        self.distinct.merge(other.distinct)

    def _count(self, found: Mapping[str, int]) -> None:
        self.counts.update(found)
        if len(self.counts) > 2 * comparison.CATEGORY_LIMIT:
            # Too many for good, and the estimate of the different ones says so: free the memory.
            self.counts.clear()

    @property
    def profile(self) -> Profile:
        """What has been counted."""
        return Profile(
            rows=self.present + self.missing,
            missing=self.missing,
            infinite=0,
            distinct=self.distinct.estimate,
        )


@dataclass
class TableSketch:
    """One side of a comparison: a sketch per column."""

    numbers: dict[str, NumberSketch]
    categories: dict[str, CategorySketch]

    @classmethod
    def empty(
        cls, kinds: Mapping[str, Kind], cuts: Mapping[str, NDArray[np.float64]]
    ) -> TableSketch:
        """Nothing counted yet."""
        return cls(
            {
                name: NumberSketch(cuts[name])
                for name, kind in kinds.items()
                if kind is Kind.NUMERIC
            },
            {name: CategorySketch() for name, kind in kinds.items() if kind is Kind.CATEGORICAL},
        )

    def add(self, batch: RecordBatch) -> None:
        """Count a batch, columns that are not compared left aside."""
        for name, numbers in self.numbers.items():
            numbers.add(batch.column(name))
        for name, categories in self.categories.items():
            categories.add(batch.column(name))

    def merge(self, other: TableSketch) -> None:
        """Count what another sketch with the same columns and cuts counted."""
        for name, numbers in self.numbers.items():
            numbers.merge(other.numbers[name])
        for name, categories in self.categories.items():
            categories.merge(other.categories[name])


def compare(reference: Batches, current: Batches, *, seed: int = 0) -> tuple[ColumnComparison, ...]:
    """Compare two tables that are read in batches: the reference twice, the current one once.

    Memory: a batch, the sample and the sketches, whatever the number of rows.

    Raises:
        SchemaError: A table is without batches, lacks a column, or has one of another kind.
    """
    kinds = columns.kinds(_schema(reference, "reference"), _schema(current, "current"))
    sample = sampled(reference(), np.random.default_rng(seed))
    cuts = cuts_of(sample, kinds)
    sides = TableSketch.empty(kinds, cuts), TableSketch.empty(kinds, cuts)
    for side, batches in zip(sides, (reference, current), strict=True):
        for batch in batches():
            side.add(batch)
    return compare_sketches(*sides)


def compare_sketches(reference: TableSketch, current: TableSketch) -> tuple[ColumnComparison, ...]:
    """Compare two sketches with the same columns and cuts."""
    numbers = [
        comparison.of_counts(name, side.counts, other.counts, (side.profile, other.profile))
        for name, side in reference.numbers.items()
        for other in (current.numbers[name],)
    ]
    categories = [
        comparison.of_categories(name, side.counts, other.counts, (side.profile, other.profile))
        for name, side in reference.categories.items()
        for other in (current.categories[name],)
    ]
    return (*numbers, *categories)


def cuts_of(sample: Table, kinds: Mapping[str, Kind]) -> Mapping[str, NDArray[np.float64]]:
    """Cuts of each numeric column, from a random sample of the reference's rows."""
    return {
        name: bins.quantile_cuts(columns.sorted_numbers(sample.column(name))[0], CUTS)
        for name, kind in kinds.items()
        if kind is Kind.NUMERIC
    }


def sampled(
    batches: Iterable[RecordBatch], random: np.random.Generator, rows: int = SAMPLE_ROWS
) -> Table:
    """A uniform sample of rows: those with the smallest of random keys, in one pass."""
    keys, kept = np.empty(0), pa.table({})
    for batch in batches:
        drawn = random.random(batch.num_rows)
        chosen = np.flatnonzero(drawn < keys.max()) if len(keys) == rows else np.arange(len(drawn))
        if not len(chosen):
            continue
        added = pa.Table.from_batches([batch.take(pa.array(chosen))])
        kept = pa.concat_tables([kept, added]) if len(keys) else added
        keys = np.concatenate([keys, drawn[chosen]])
        if len(keys) > rows:
            smallest = np.argpartition(keys, rows)[:rows]
            keys, kept = keys[smallest], kept.take(pa.array(smallest)).combine_chunks()
    return kept


def _schema(batches: Batches, side: str) -> Schema:
    for batch in batches():
        return batch.schema
    raise columns.SchemaError(f"the {side} table gave no batch, so its columns are unknown")
