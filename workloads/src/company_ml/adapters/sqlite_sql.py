"""SQL over a SQLite file, for a laptop: the tables that the sandbox's router writes.

It understands the part of Spark's SQL that the portable statements keep to.
"""

from __future__ import annotations

import re
import sqlite3
import statistics
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from company_ml.ports import Parameter, Row

_IDENTIFIER = re.compile(r"IDENTIFIER\(:(\w+)\)")


class _SampleVariance:
    """``VAR_SAMP``, which SQLite lacks."""

    def __init__(self) -> None:
        self._values: list[float] = []

    def step(self, value: float | None) -> None:
        """Take a row's value."""
        if value is not None:
            self._values.append(value)

    def finalize(self) -> float | None:
        """The variance, NULL of fewer than two values as in Spark."""
        return statistics.variance(self._values) if len(self._values) > 1 else None


class SqliteSql:
    """SqlWarehouse port on a SQLite database."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def query(self, statement: str, parameters: Mapping[str, Parameter] | None = None) -> list[Row]:
        """Rows of a statement whose named markers are filled from ``parameters``."""
        given = dict(parameters or {})
        text = _IDENTIFIER.sub(lambda found: _quoted(str(given[found[1]])), statement)
        values = {name: _stored(value) for name, value in given.items()}
        connection = sqlite3.connect(self._path, timeout=10)
        try:
            connection.row_factory = sqlite3.Row
            connection.create_aggregate("VAR_SAMP", 1, cast("Any", _SampleVariance))
            with connection:
                rows = connection.execute(text, values).fetchall()
        finally:
            connection.close()
        return [dict(row) for row in rows]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _stored(value: Parameter) -> str | int | float | None:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds")
    return value
