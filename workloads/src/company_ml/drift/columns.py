"""Arrow columns as the statistics take them: sorted numbers, or categories with their counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from company_ml.drift.arrow import pa, pc
from company_ml.drift.model import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from company_ml.drift.arrow import Column, Schema


class SchemaError(ValueError):
    """Two tables cannot be compared: a column is missing, changed its kind or has none."""


def kinds(reference: Schema, current: Schema) -> Mapping[str, Kind]:
    """The kind of each of the reference's columns.

    Raises:
        SchemaError: The current table lacks one of them, or has it in another kind.
    """
    missing = [name for name in reference.names if name not in current.names]
    if missing:
        raise SchemaError(
            f"the current table lacks the columns {missing}; it has {current.names}. Compare the "
            "columns that both have, or take a reference after the change."
        )
    found: dict[str, Kind] = {}
    for name in reference.names:
        before, now = reference.field(name).type, current.field(name).type
        found[name] = _kind(name, before)
        if _kind(name, now) is not found[name] or _is_time(now) != _is_time(before):
            raise SchemaError(
                f"column {name!r} was {before} and is {now}: cast one of them, or take a reference "
                "after that."
            )
    return found


def _is_time(data_type: Any) -> bool:
    return bool(pa.types.is_date(data_type) or pa.types.is_timestamp(data_type))


def _kind(name: str, data_type: Any) -> Kind:
    types = pa.types
    if types.is_dictionary(data_type):
        data_type = data_type.value_type
    if (
        types.is_boolean(data_type)
        or types.is_string(data_type)
        or types.is_large_string(data_type)
    ):
        return Kind.CATEGORICAL
    if (
        types.is_integer(data_type)
        or types.is_floating(data_type)
        or types.is_decimal(data_type)
        or _is_time(data_type)
    ):
        return Kind.NUMERIC
    raise SchemaError(
        f"column {name!r} is {data_type}: numbers, dates, times, texts and booleans can be "
        "compared. Leave the column out, or compare what is derived from it."
    )


def numbers(column: Column) -> NDArray[np.float64]:
    """The values in the table's order, NaN where one is missing.

    Dates and times count microseconds, in whatever unit they come: a date may become a time.
    """
    if _is_time(column.type):
        unit = pa.timestamp("us", tz=getattr(column.type, "tz", None))
        column = pc.cast(pc.cast(column, unit, safe=False), pa.int64())
    if not pa.types.is_float64(column.type):
        column = pc.cast(column, pa.float64(), safe=False)
    found: NDArray[np.float64] = column.to_numpy(zero_copy_only=False)
    return found


def sorted_numbers(column: Column) -> tuple[NDArray[np.float64], int]:
    """The present values in ascending order, and how many are missing."""
    ordered = np.sort(numbers(column))  # NaN, and null with it, comes last
    present = int(np.searchsorted(ordered, np.nan))
    return ordered[:present], len(ordered) - present


def texts(column: Column) -> Any:
    """The categories' names in the table's order."""
    return pc.cast(column, pa.string())


def category_counts(column: Column) -> tuple[dict[str, int], int]:
    """How often each category occurs, and how many values are missing."""
    counted = pc.value_counts(pc.drop_null(texts(column)))
    found = dict(
        zip(counted.field("values").to_pylist(), counted.field("counts").to_pylist(), strict=True)
    )
    return found, len(column) - sum(found.values())
