"""Feature tables in Unity Catalog and their online stores, by the Feature Engineering client.

databricks-feature-engineering 0.18, in ML runtimes from 16.4 LTS on and on serverless compute:
https://learn.microsoft.com/azure/databricks/machine-learning/feature-store/online-feature-store
"""

from __future__ import annotations

import importlib
import importlib.util
from typing import TYPE_CHECKING, Any

from company_ml.adapters.delta_features import CHANGE_FEED, DeltaFeatureStore
from company_ml.features.core import FeatureTable, FeatureTableError, check_join

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyspark.sql import SparkSession

    from company_ml.features.core import Lookup
    from company_ml.ports import Clock

LOOKS, SECONDS_BETWEEN_LOOKS = 80, 15.0
"""A new store takes minutes."""


def available() -> bool:
    """Whether the package is there, as it is in an ML runtime."""
    try:
        return importlib.util.find_spec("databricks.feature_engineering") is not None
    except ModuleNotFoundError:  # not even the package around it
        return False


def client() -> Any:
    """The Feature Engineering client; the package is Databricks' and runs nowhere else."""
    return importlib.import_module("databricks.feature_engineering").FeatureEngineeringClient()


class DatabricksFeatureStore:
    """FeatureStore port: tables and joins by the client, so that Unity Catalog knows both.

    Rows are merged by the same statement as elsewhere: the client's own merge replaces a newer row
    by a late one, and fails on two rows of one key.
    """

    def __init__(self, spark: SparkSession, features: Any) -> None:
        self._spark, self._client = spark, features
        self.delta = DeltaFeatureStore(spark)

    def create(self, table: FeatureTable, source: str) -> None:
        """Make the table, its keys as Unity Catalog constraints."""
        schema = self._spark.table(source).schema
        table.check(schema.names)
        if self._spark.catalog.tableExists(table.name):
            known = self._client.get_table(name=table.name).primary_keys
            if set(known) - {table.timestamp_key} != set(table.primary_keys):
                raise FeatureTableError(
                    f"feature table {table.name} exists with the keys {known}, not "
                    f"{list(table.primary_keys)}"
                )
        else:
            self._client.create_table(
                name=table.name,
                primary_keys=list(table.keys),
                timeseries_column=table.timestamp_key or None,
                schema=schema,
                description=table.description,
            )
        # An online store that is brought up to date by changes reads them from here. A run may have
        # died before it set this, so it is looked for each time.
        if self.delta.property_of(table.name, CHANGE_FEED) != "true":
            self._spark.sql(
                "ALTER TABLE IDENTIFIER(:name) SET TBLPROPERTIES (delta.enableChangeDataFeed = "
                "true)",
                args={"name": table.name},
            )

    def merge(self, table: FeatureTable, source: str) -> None:
        """Write the source's rows."""
        self.delta.merge(table, source)

    def join(self, spine: str, spine_time: str, lookups: Sequence[Lookup], target: str) -> None:
        """Write the spine with the features known at each row's time."""
        lookup_type = importlib.import_module("databricks.feature_engineering").FeatureLookup
        rows = self._spark.table(spine)
        check_join(rows.columns, spine_time, lookups)
        training = self._client.create_training_set(
            df=rows,
            feature_lookups=[
                lookup_type(
                    table_name=lookup.table.name,
                    lookup_key=list(lookup.table.primary_keys),
                    feature_names=list(lookup.features),
                    timestamp_lookup_key=spine_time,
                    lookback_window=lookup.max_age,
                )
                for lookup in lookups
            ],
            label=None,
        )
        training.load_df().write.mode("overwrite").option("overwriteSchema", "true").saveAsTable(
            target
        )


class DatabricksOnlineStore:
    """OnlinePublisher port on a Lakebase online store, which is made when missing.

    Args:
        features: The Feature Engineering client.
        store: The online store's name.
        clock: What waits for a new store.
        capacity: ``CU_1``, ``CU_2``, ``CU_4`` or ``CU_8``; it is paid for while it exists.
    """

    def __init__(self, features: Any, store: str, clock: Clock, capacity: str = "CU_1") -> None:
        self._client, self._store = features, store
        self._clock, self._capacity = clock, capacity

    def publish(self, table: FeatureTable, online_table: str) -> None:
        """Publish, later runs sending the changes alone (``TRIGGERED``)."""
        self._client.publish_table(
            online_store=self._available_store(),
            source_table_name=table.name,
            online_table_name=online_table,
            publish_mode="TRIGGERED",
        )

    def _available_store(self) -> Any:
        store = self._client.get_online_store(name=self._store)
        if store is None:
            store = self._client.create_online_store(name=self._store, capacity=self._capacity)
        for _ in range(LOOKS):
            # An older client does not tell the state; publishing then says what is wrong.
            if store.state is None or store.state.value == "AVAILABLE":
                return store
            self._clock.sleep(SECONDS_BETWEEN_LOOKS)
            store = self._client.get_online_store(name=self._store)
        raise FeatureTableError(
            f"online store {self._store} is {store.state.value} after "
            f"{LOOKS * SECONDS_BETWEEN_LOOKS / 60:g} minutes: see why in the workspace, run again"
        )
