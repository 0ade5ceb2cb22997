"""Feature tables as Delta tables, on any Spark with Delta Lake."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from delta.tables import DeltaTable
from pyspark.sql import Window, functions

from company_ml.features.core import (
    FeatureTable,
    FeatureTableError,
    check_features,
    check_join,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pyspark.sql import Column, DataFrame, SparkSession

    from company_ml.features.core import Lookup

KEYS = "company_ml.featureKeys"
CHANGE_FEED = "delta.enableChangeDataFeed"


class DeltaFeatureStore:
    """FeatureStore port on a Spark session.

    Open-source Delta Lake has no primary keys, so they are kept as a property of the table.
    """

    def __init__(self, spark: SparkSession) -> None:
        self._spark = spark

    def create(self, table: FeatureTable, source: str) -> None:
        """Make the table with the source's columns."""
        schema = self._spark.table(source).schema
        table.check(schema.names)
        keys = json.dumps(table.keys)
        if self._spark.catalog.tableExists(table.name):
            known = self.property_of(table.name, KEYS)
            if known != keys:
                raise FeatureTableError(
                    f"feature table {table.name} exists with the keys {known}, not {keys}"
                )
            return
        builder = (
            DeltaTable.create(self._spark)
            .tableName(table.name)
            .property(KEYS, keys)
            # What changed since a version is what an online store has to be sent.
            .property(CHANGE_FEED, "true")
            .comment(table.description)
        )
        for field in schema:
            builder = builder.addColumn(
                field.name, field.dataType, nullable=field.name not in table.keys
            )
        builder.execute()

    def merge(self, table: FeatureTable, source: str) -> None:
        """Write the source's rows."""
        batch = self._spark.table(source)
        table.check(batch.columns)
        null = functions.lit(False)  # noqa: FBT003 (the value is the argument)
        for key in table.keys:
            null |= functions.col(key).isNull()
        if not batch.where(null).isEmpty():
            raise FeatureTableError(
                f"{source} has rows with a null among {list(table.keys)}: feature table "
                f"{table.name} could never find them again"
            )
        same = functions.lit(True)  # noqa: FBT003 (the same)
        for key in table.keys:
            same &= functions.col(f"new.{key}") == functions.col(f"kept.{key}")
        newer: Column | None = None
        if table.version_column:
            kept = functions.col(f"kept.{table.version_column}")
            newer = kept.isNull() | (functions.col(f"new.{table.version_column}") >= kept)
        (
            DeltaTable.forName(self._spark, table.name)
            .alias("kept")
            .merge(_one_per_key(batch, table).alias("new"), same)
            .whenMatchedUpdateAll(newer)
            .whenNotMatchedInsertAll()
            .execute()
        )

    def join(self, spine: str, spine_time: str, lookups: Sequence[Lookup], target: str) -> None:
        """Write the spine with the features known at each row's time."""
        rows = self._spark.table(spine)
        check_join(rows.columns, spine_time, lookups)
        for lookup in lookups:
            features = self._spark.table(lookup.table.name)
            check_features(lookup, features.columns)
            rows = as_of(rows, spine_time, features, lookup)
        rows.write.format("delta").mode("overwrite").option("overwriteSchema", "true").saveAsTable(
            target
        )

    def version(self, name: str) -> int:
        """The table's latest version."""
        (latest,) = DeltaTable.forName(self._spark, name).history(1).select("version").collect()
        return int(latest["version"])

    def latest(self, table: FeatureTable, version: int) -> Iterator[dict[str, Any]]:
        """The latest row of each primary key in a version of the table."""
        rows = self._spark.read.option("versionAsOf", version).table(table.name)
        if table.timestamp_key:
            order = functions.col(table.timestamp_key).desc()
            rows = _first(rows, table.primary_keys, order)
        for row in rows.toLocalIterator():
            yield row.asDict(recursive=True)

    def property_of(self, name: str, key: str) -> str | None:
        """A property of a table, if it has it."""
        (detail,) = DeltaTable.forName(self._spark, name).detail().select("properties").collect()
        return detail["properties"].get(key)


def _one_per_key(batch: DataFrame, table: FeatureTable) -> DataFrame:
    """Of a batch's rows with the same keys the newest, since a merge takes no two for one.

    Among equally new ones the choice is arbitrary but the same every time.
    """
    whole = functions.to_json(functions.struct(*sorted(batch.columns))).desc()
    order = [functions.col(table.version_column).desc_nulls_last()] if table.version_column else []
    return _first(batch, table.keys, *order, whole)


def _first(rows: DataFrame, keys: Sequence[str], *order: Column) -> DataFrame:
    window = Window.partitionBy(*keys).orderBy(*order)
    numbered = rows.withColumn("_place", functions.row_number().over(window))
    return numbered.where(functions.col("_place") == 1).drop("_place")


def as_of(rows: DataFrame, rows_time: str, features: DataFrame, lookup: Lookup) -> DataFrame:
    """Rows with the latest features whose time is not after theirs.

    Both sides in one sorted stream per key, each row taking the last features before it: linear,
    where a join on an inequality would first pair each row with all of its past.
    """
    keys, time = lookup.table.primary_keys, lookup.table.timestamp_key
    known = features.select(
        *keys,
        functions.col(time).alias("_time"),
        functions.struct(functions.col(time).alias("_since"), *lookup.features).alias("_features"),
    ).withColumn("_row", functions.lit(None).cast(rows.schema))
    asked = rows.select(
        *keys,
        functions.col(rows_time).alias("_time"),
        functions.lit(None).cast(known.schema["_features"].dataType).alias("_features"),
        functions.struct(*rows.columns).alias("_row"),
    )
    # Features of the very moment come before the row: they are known then.
    window = (
        Window.partitionBy(*keys)
        .orderBy(functions.col("_time"), functions.col("_row").isNotNull())
        .rowsBetween(Window.unboundedPreceding, Window.currentRow)
    )
    joined = (
        known.unionByName(asked)
        .withColumn("_latest", functions.last("_features", ignorenulls=True).over(window))
        .where(functions.col("_row").isNotNull())
    )
    latest = functions.col("_latest")
    if lookup.max_age is not None:
        seconds = lookup.max_age.total_seconds()
        age = functions.col("_time").cast("double") - functions.col("_latest._since").cast("double")
        latest = functions.when(age <= seconds, latest)
    joined = joined.withColumn("_latest", latest)
    return joined.select("_row.*", *(f"_latest.{name}" for name in lookup.features))
