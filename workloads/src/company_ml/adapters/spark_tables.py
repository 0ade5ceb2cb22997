"""Which tables and columns a Spark session knows: names are looked up, and nothing is read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pyspark.errors import AnalysisException
from pyspark.sql.types import ArrayType, MapType, StructType

from company_ml.adapters.delta_tables import ABSENT, sentence
from company_ml.ports import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.types import DataType

_PART = re.compile(r"`(?:[^`]|``)+`|\w+")


class SparkTables:
    """Tables port on a Spark session."""

    def __init__(self, spark: SparkSession) -> None:
        self._spark = spark

    def columns(self, table: str, version: int | None = None) -> Sequence[str]:
        """Names of a table's columns; NotFoundError when it, or the version, cannot be read."""
        try:
            return self._frame(table, version).columns
        except AnalysisException as error:
            absent = any(code in str(error) for code in ABSENT)
            raise NotFoundError("there is no such table" if absent else sentence(error)) from error

    def lacks(
        self, table: str, columns: Sequence[str], version: int | None = None
    ) -> Sequence[str]:
        """Those of the columns that the table's schema has not, in whatever case.

        Spark is not asked to resolve them: PySpark logs the whole stack when it cannot, even of an
        exception that is caught.
        """
        schema = self._frame(table, version).schema
        return [name for name in columns if not _has(schema, _parts(name))]

    def beside(self, table: str) -> Sequence[str]:
        """Full names of the tables in the same schema."""
        schema, dot, _ = table.rpartition(".")
        try:
            found = self._spark.catalog.listTables(schema or None)
        except AnalysisException:  # no such schema
            return []
        return [f"{schema}{dot}{each.name}" for each in found]

    def _frame(self, table: str, version: int | None) -> DataFrame:
        reader = self._spark.read
        if version is not None:
            reader = reader.option("versionAsOf", version)
        return reader.table(table)


def _has(kind: DataType, names: Sequence[str]) -> bool:
    """Whether a value of this type has a field by this path, as Spark resolves it."""
    if not names:
        return True
    match kind:
        case ArrayType():
            return _has(kind.elementType, names)
        case MapType():
            return _has(kind.valueType, names[1:])
        case StructType():
            return any(
                field.name.lower() == names[0].lower() and _has(field.dataType, names[1:])
                for field in kind.fields
            )
        case _:
            return False


def _parts(identifier: str) -> list[str]:
    return [
        part[1:-1].replace("``", "`") if part.startswith("`") else part
        for part in _PART.findall(identifier)
    ]
