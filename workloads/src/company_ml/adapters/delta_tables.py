"""Delta tables and their past, through Spark SQL."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from company_ml.ports import NotFoundError
from company_ml.recovery.core import Commit
from company_ml.recovery.ports import FilesGoneError, Fingerprint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyspark.sql import SparkSession

REHEARSAL = "company_ml.rehearsal"
"""Table property of a clone: only what has it is ever damaged or dropped."""
ABSENT = ("TABLE_OR_VIEW_NOT_FOUND", "DELTA_TABLE_NOT_FOUND", "DELTA_MISSING_DELTA_TABLE")
"""How Spark and Delta say that there is no such table."""
# Spark and Delta name a file that is not there in several ways, by where they meet it.
_GONE = ("FILE_NOT_EXIST", "FILE_NOT_FOUND", "DELTA_FILE_NOT_FOUND", "FileNotFoundException")
_TRUNCATED = ("DELTA_TRUNCATED_TRANSACTION_LOG", "DELTA_VERSION_NOT_FOUND", "CheckpointNotFound")


class SparkDeltaTables:
    """DeltaTables port on a Spark session."""

    def __init__(self, spark: SparkSession, clone: str = "SHALLOW") -> None:
        """Args: the session, and ``SHALLOW`` or ``DEEP``, which Databricks alone has."""
        if clone not in ("SHALLOW", "DEEP"):
            raise ValueError(f"clone is '{clone}'; allowed: SHALLOW, DEEP")
        self._spark = spark
        self._clone = clone

    def history(self, table: str) -> Sequence[Commit]:
        """The versions that the log still knows; NotFoundError when there is no such table."""
        try:
            rows = self._spark.sql(f"DESCRIBE HISTORY {_quoted(table)}").collect()
        except Exception as error:
            if any(code in str(error) for code in ABSENT):
                raise NotFoundError(f"there is no table {table}") from error
            raise
        return [
            Commit(version=row["version"], time=_utc(row["timestamp"]), operation=row["operation"])
            for row in rows
        ]

    def open_files(self, table: str, version: int) -> int:
        """Open every file of a version and count them; FilesGoneError when one is gone."""
        # A plain count is answered from the log. The file's own path is not in the log's
        # statistics, so this opens each file, and no more of it than its footer.
        try:
            (row,) = self._spark.sql(
                "SELECT COUNT(DISTINCT path) AS files FROM (SELECT _metadata.file_path AS path "  # noqa: S608 - quoted
                f"FROM {_at(table, version)})"
            ).collect()
        except Exception as error:
            if any(code in str(error) for code in (*_GONE, *_TRUNCATED)):
                raise FilesGoneError(sentence(error)) from error
            raise
        return row["files"]

    def fingerprint(self, table: str, version: int | None = None) -> Fingerprint:
        """Read a version as a whole; the current one by default."""
        source = _quoted(table) if version is None else _at(table, version)
        # A sum of row hashes does not depend on order, and unlike an exclusive or sees duplicates.
        (row,) = self._spark.sql(
            "SELECT COUNT(*) AS rows, CAST(COALESCE(SUM(CAST(XXHASH64(STRUCT(*)) AS "  # noqa: S608 - quoted
            f"DECIMAL(38, 0))), 0) AS STRING) AS digest FROM {source}"
        ).collect()
        return Fingerprint(rows=row["rows"], digest=row["digest"])

    def restore(self, table: str, version: int) -> None:
        """Make a version current again, as a new version."""
        self._spark.sql(f"RESTORE TABLE {_quoted(table)} TO VERSION AS OF {int(version)}").collect()

    def clone(self, table: str, version: int, copy: str) -> None:
        """A copy that shares the files but whose changes never reach the original."""
        self._spark.sql(
            f"CREATE TABLE {_quoted(copy)} {self._clone} CLONE {_at(table, version)} "
            f"TBLPROPERTIES ('{REHEARSAL}' = 'true')"
        ).collect()

    def damage(self, copy: str) -> None:
        """Delete every row of a copy; refuses a table that ``clone`` did not make."""
        self._need_copy(copy)
        self._spark.sql(f"DELETE FROM {_quoted(copy)}").collect()  # noqa: S608 - quoted

    def drop(self, copy: str) -> None:
        """Remove a copy; refuses a table that ``clone`` did not make."""
        self._need_copy(copy)
        self._spark.sql(f"DROP TABLE {_quoted(copy)}").collect()

    def _need_copy(self, copy: str) -> None:
        rows = self._spark.sql(f"SHOW TBLPROPERTIES {_quoted(copy)}").collect()
        if {row["key"]: row["value"] for row in rows}.get(REHEARSAL) != "true":
            raise PermissionError(
                f"{copy} is no rehearsal's copy (it lacks the table property {REHEARSAL}): it is "
                "not touched"
            )


def _quoted(table: str) -> str:
    """A name of one to three parts, each quoted: it becomes part of a statement's text."""
    return ".".join(f"`{part.replace('`', '``')}`" for part in table.split("."))


def _at(table: str, version: int) -> str:
    return f"{_quoted(table)} VERSION AS OF {int(version)}"


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def sentence(error: Exception) -> str:
    """The first line of Spark's message; the rest is a plan and a stack."""
    return cast("Any", error).__str__().strip().splitlines()[0]
