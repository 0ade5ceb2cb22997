"""pyarrow, which carries no types: the module as ``Any``, and what is used of its objects.

https://arrow.apache.org/docs/python/api.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, cast

import pyarrow as _pyarrow  # noqa: ICN001 (pa is the untyped one)  # pyright: ignore[reportMissingTypeStubs] (pyarrow ships none)
import pyarrow.compute as _compute  # pyright: ignore[reportMissingTypeStubs] (the same)

if TYPE_CHECKING:
    from collections.abc import Sequence

pa = cast("Any", _pyarrow)
pc = cast("Any", _compute)


class Schema(Protocol):
    """Names and types of columns."""

    names: Sequence[str]

    def field(self, name: str) -> Any:
        """A column's name and type."""
        ...


class Column(Protocol):
    """A column's values, in one piece or in chunks."""

    type: Any

    def __len__(self) -> int: ...

    def to_numpy(self, *, zero_copy_only: bool) -> Any:
        """The values as a numpy array, nulls as NaN."""
        ...


class RecordBatch(Protocol):
    """Some rows."""

    schema: Schema
    num_rows: int

    def column(self, name: str) -> Column:
        """A column."""
        ...

    def take(self, rows: Any) -> Any:
        """Some of the rows."""
        ...


class Table(RecordBatch, Protocol):
    """A table in memory."""

    def to_batches(self, *, max_chunksize: int | None = None) -> Sequence[RecordBatch]:
        """The table in pieces of at most so many rows."""
        ...

    def combine_chunks(self) -> Table:
        """The same rows in one piece."""
        ...
