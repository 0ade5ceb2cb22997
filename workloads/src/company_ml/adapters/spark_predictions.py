"""The predictions table on Spark: requests are taken apart where they lie.

The executors need this wheel: as a cluster's library, or in a serverless job's environment.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from pyspark.sql import functions

from company_ml.predictions import core, table
from company_ml.predictions.ports import Tables, Unpacked
from company_ml.release.ports import OWN_REQUESTS

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame, SparkSession

RECORDS = (
    "ARRAY<STRUCT<row: INT, features: MAP<STRING, STRING>, prediction: STRING, answer: STRING>>"
)
_ANSWERED = 200
_EXPLAINED = 5


class SparkPredictionLog:
    """PredictionLog port on a Spark session."""

    def __init__(self, spark: SparkSession) -> None:
        self._spark = spark

    def unpack(
        self, tables: Tables, *, since: date | None, overlap_days: int, field: str
    ) -> Unpacked:
        """Add what is new since a day; by default since the newest, less the overlap."""
        self._spark.sql(table.CREATE, args={"predictions": tables.predictions})
        first = since.isoformat() if since else self._since(tables, overlap_days)
        pending = self._pending(tables, first)
        answered = pending.where(functions.col("status_code") == _ANSWERED)
        number, failed = answered.count(), pending.count()
        rows = self._merge(tables, self._rows(answered, tables, field))
        # What was read is no longer pending: the plan is asked again, and the rest is unreadable.
        unread = self._pending(tables, first).where(functions.col("status_code") == _ANSWERED)
        return Unpacked(
            answered=number,
            failed=failed - number,
            unreadable=unread.count(),
            rows=rows,
            reasons=_reasons(unread, field),
        )

    def _since(self, tables: Tables, overlap_days: int) -> str:
        (row,) = self._spark.sql(
            table.SINCE, args={"predictions": tables.predictions, "overlap_days": overlap_days}
        ).collect()
        return row["since"] or date.min.isoformat()

    def _pending(self, tables: Tables, since: str) -> DataFrame:
        asked = {
            "log": tables.log, "predictions": tables.predictions, "since": since,
            "own": f"{OWN_REQUESTS}%",
        }  # fmt: skip
        # No key keeps a request's row from being logged again.
        return self._spark.sql(table.PENDING, args=asked).dropDuplicates(["databricks_request_id"])

    def _rows(self, answered: DataFrame, tables: Tables, field: str) -> DataFrame:
        unpacked = functions.udf(_unpacker(field), RECORDS)
        entities = self._spark.sql(table.ENTITIES, args={"entities": tables.entities})
        records, record = functions.col("records"), functions.col("record")
        return (
            answered.withColumn("records", unpacked("request", "response"))
            .withColumn("record", functions.explode(records))
            .join(functions.broadcast(entities), "served_entity_id", "left")
            .select(
                _request_id(records, record).alias("request_id"),
                record["row"].alias("row_number"),
                "databricks_request_id", "client_request_id", "request_time", "request_date",
                "served_entity_id", "model", "model_version",
                record["features"].alias("features"),
                record["prediction"].alias("prediction"),
                record["answer"].alias("answer"),
            )
        )  # fmt: skip

    def _merge(self, tables: Tables, rows: DataFrame) -> int:
        new = f"new_predictions_{uuid4().hex}"
        rows.createOrReplaceTempView(new)
        try:
            (counts,) = self._spark.sql(
                table.MERGE.format(new=new), args={"predictions": tables.predictions}
            ).collect()
        finally:
            self._spark.catalog.dropTempView(new)
        return counts["num_inserted_rows"]


def _request_id(records: Column, record: Column) -> Column:
    """What labels refer to: the client's own id if it gave one, and the row if there are many."""
    asked = functions.coalesce("client_request_id", "databricks_request_id")
    return functions.when(functions.size(records) == 1, asked).otherwise(
        functions.concat(asked, functions.lit("/"), record["row"].cast("string"))
    )


def _unpacker(field: str) -> Any:
    def unpacked(request: str | None, response: str | None) -> list[tuple[object, ...]]:
        try:
            found = core.unpack(request, response, field)
        except core.UnreadableError:
            return []
        return [(each.row, dict(each.features), each.prediction, each.answer) for each in found]

    return unpacked


def _reasons(unread: DataFrame, field: str) -> tuple[str, ...]:
    found: set[str] = set()
    for row in unread.select("request", "response").limit(_EXPLAINED).collect():
        try:
            core.unpack(row["request"], row["response"], field)
        except core.UnreadableError as error:
            found.add(str(error))
    return tuple(sorted(found))
