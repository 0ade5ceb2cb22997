"""What the drift job needs of the world."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from company_ml.drift.model import ColumnComparison, Kind


@dataclass(frozen=True, kw_only=True)
class TableSlice:
    """Some rows of a table, the same ones whenever it is read."""

    table: str
    version: int | None = None
    """Delta version; None: the latest."""
    time_column: str = ""
    """With it, rows from ``start`` until before ``end``; without, all rows."""
    start: datetime | None = None
    end: datetime | None = None

    def __str__(self) -> str:
        """The slice in words."""
        version = "" if self.version is None else f" version {self.version}"
        if not self.time_column:
            return f"{self.table}{version}"
        return f"{self.table}{version}, {self.time_column} from {self.start} to {self.end}"


class DriftData(Protocol):
    """Tables, as far as the drift job looks at them."""

    def compare(
        self, reference: TableSlice, current: TableSlice, columns: Sequence[str]
    ) -> Sequence[ColumnComparison]:
        """Compare all rows, of these columns or with none named of all that the reference has.

        SchemaError when a column is missing, changed its kind or cannot be compared.
        """
        ...

    def report(
        self,
        reference: TableSlice,
        current: TableSlice,
        columns: Sequence[tuple[str, Kind]],
        folder: Path,
    ) -> Sequence[Path]:
        """A report for people on a sample of the rows, as files in ``folder``."""
        ...
