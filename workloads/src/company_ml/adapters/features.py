"""Features from Delta tables through Spark, and from parquet files where there is no Spark."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
from pyarrow import ArrowInvalid

from company_ml.cli import JobError
from company_ml.ports import FeatureSet, NotFoundError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

MAX_ROWS = 5_000_000


class TooManyRowsError(JobError):
    """A table is larger than one machine should hold in pandas."""


class DeltaFeatures:
    """FeatureSource port on Delta tables.

    Args:
        spark: The session.
        max_rows: Larger tables are refused: rows come into this process's memory.
    """

    def __init__(self, spark: SparkSession, max_rows: int = MAX_ROWS) -> None:
        self._spark = spark
        self._max_rows = max_rows

    def read(self, source: str, version: str | None = None) -> FeatureSet:
        """All rows of a table as of a version.

        The newest version is looked up first and then read by its number, so that the number
        reported is the one read even while others write.
        """
        from delta.tables import DeltaTable
        from pyspark.errors import AnalysisException

        try:
            if version is None:
                history = DeltaTable.forName(self._spark, source).history(1)
                version = str(history.collect()[0]["version"])
            rows = self._spark.read.option("versionAsOf", version).table(source)
            count = rows.count()
        except AnalysisException as error:
            raise NotFoundError(
                f"table {source}, version {version or 'newest'}: {error}"
            ) from error
        if count > self._max_rows:
            raise TooManyRowsError(
                f"{source} has {count:,} rows; at most {self._max_rows:,} are read into memory. "
                "Read a sample table, or raise --max-rows on a larger machine"
            )
        return FeatureSet(frame=rows.toPandas(), source=source, version=version)


class ParquetFeatures:
    """FeatureSource port on parquet files; a file's version is its SHA-256."""

    def read(self, source: str, version: str | None = None) -> FeatureSet:
        """All rows of a file, which must be the one of that version when one is given."""
        path = Path(source)
        if not path.is_file():
            raise NotFoundError(f"feature file {source} does not exist")
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if version not in (None, found):
            raise NotFoundError(f"feature file {source} is version {found}, not {version}")
        try:
            frame = pd.read_parquet(path)
        except ArrowInvalid as error:
            raise NotFoundError(f"feature file {source} is no parquet file: {error}") from error
        return FeatureSet(frame=frame, source=source, version=found)


class AnyFeatures:
    """FeatureSource port that reads ``*.parquet`` as files, all else as Delta tables."""

    def __init__(self, max_rows: int = MAX_ROWS) -> None:
        self._max_rows = max_rows

    def read(self, source: str, version: str | None = None) -> FeatureSet:
        """All rows as of a version. Spark starts only when a table is asked for."""
        if source.endswith(".parquet"):
            return ParquetFeatures().read(source, version)
        from company_ml.adapters import spark_sql

        return DeltaFeatures(spark_sql.session(), self._max_rows).read(source, version)
