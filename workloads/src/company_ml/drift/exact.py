"""Exact comparison of two tables in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from company_ml.drift import columns, comparison
from company_ml.drift.model import Kind, Profile

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from company_ml.drift.arrow import Column, Table
    from company_ml.drift.model import ColumnComparison


def compare(reference: Table, current: Table) -> tuple[ColumnComparison, ...]:
    """Compare the reference's columns, one after another: memory for one column beside the tables.

    Raises:
        SchemaError: A column is missing, changed its kind or cannot be compared.
    """
    found = columns.kinds(reference.schema, current.schema)
    return tuple(
        _numbers(name, reference.column(name), current.column(name))
        if kind is Kind.NUMERIC
        else _categories(name, reference.column(name), current.column(name))
        for name, kind in found.items()
    )


def _numbers(name: str, *sides: Column) -> ColumnComparison:
    (reference, missing_before), (current, missing_now) = map(columns.sorted_numbers, sides)
    profiles = _profile(reference, missing_before), _profile(current, missing_now)
    return comparison.of_sorted(name, reference, current, profiles)


def _profile(ordered: NDArray[np.float64], missing: int) -> Profile:
    return Profile(
        rows=len(ordered) + missing,
        missing=missing,
        infinite=infinities(ordered),
        distinct=int((ordered[1:] != ordered[:-1]).sum()) + 1 if len(ordered) else 0,
    )


def infinities(ordered: NDArray[np.float64]) -> int:
    """How many of the sorted values are infinite."""
    lower = int(np.searchsorted(ordered, -np.inf, side="right"))
    return lower + len(ordered) - int(np.searchsorted(ordered, np.inf, side="left"))


def _categories(name: str, *sides: Column) -> ColumnComparison:
    (reference, missing_before), (current, missing_now) = map(columns.category_counts, sides)
    profiles = tuple(
        Profile(
            rows=sum(counts.values()) + missing, missing=missing, infinite=0, distinct=len(counts)
        )
        for counts, missing in ((reference, missing_before), (current, missing_now))
    )
    return comparison.of_categories(name, reference, current, (profiles[0], profiles[1]))
