"""The Databricks adapter's calls, against the client's signatures as of its version 0.18.2."""

# ruff: noqa: ARG002 - the stand-ins have the real signatures, whether or not they use all of them

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from company_ml.adapters.databricks_features import DatabricksFeatureStore, DatabricksOnlineStore
from company_ml.adapters.fakes import START, FakeClock
from company_ml.features.core import FeatureTable, FeatureTableError, Lookup

TABLE = FeatureTable(name="c.s.t", primary_keys=("user_id",), timestamp_key="at")


@dataclass
class Client:
    """Takes what the real client takes; keyword-only as there."""

    stores: dict[str, Any] = field(default_factory=dict[str, Any])
    looks_until_available: int | None = 2
    calls: list[tuple[str, dict[str, Any]]] = field(
        default_factory=list[tuple[str, dict[str, Any]]]
    )

    def create_table(
        self, *, name: str, primary_keys: list[str], df: Any = None,
        timeseries_column: str | None = None, partition_columns: Any = None, schema: Any = None,
        description: str | None = None, tags: Any = None,
    ) -> None:  # fmt: skip
        assert timeseries_column is None or timeseries_column in primary_keys
        assert (df is None) != (schema is None)
        self.calls.append(("create_table", {"name": name, "keys": primary_keys}))

    def create_training_set(
        self, *, df: Any, feature_lookups: list[Any], label: Any, exclude_columns: Any = None
    ) -> Any:
        self.calls.append(("create_training_set", vars(feature_lookups[0])))
        return Frame(self.calls)

    def get_online_store(self, *, name: str) -> Any:
        found = self.stores.get(name)
        if found is not None and self.looks_until_available is not None:
            self.looks_until_available -= 1
            ready = self.looks_until_available <= 0
            found.state = SimpleNamespace(value="AVAILABLE" if ready else "STARTING")
        return found

    def create_online_store(
        self, *, name: str, capacity: str, read_replica_count: int | None = None,
        usage_policy_id: str | None = None,
    ) -> Any:  # fmt: skip
        assert name not in self.stores
        assert capacity in {"CU_1", "CU_2", "CU_4", "CU_8"}
        return self.stores.setdefault(
            name, SimpleNamespace(name=name, state=SimpleNamespace(value="STARTING"))
        )

    def publish_table(
        self, *, online_store: Any, source_table_name: str, online_table_name: str,
        publish_mode: str = "TRIGGERED",
    ) -> None:  # fmt: skip
        assert publish_mode in {"SNAPSHOT", "CONTINUOUS", "TRIGGERED"}
        self.calls.append(("publish", {"to": online_store.name, "online": online_table_name}))


@dataclass
class Frame:
    """What is loaded and written; also its own writer."""

    calls: list[tuple[str, dict[str, Any]]]

    def load_df(self) -> Frame:
        return self

    @property
    def write(self) -> Frame:
        return self

    def mode(self, mode: str) -> Frame:
        return self

    def option(self, key: str, value: str) -> Frame:
        return self

    def saveAsTable(self, name: str) -> None:  # noqa: N802 (Spark's name)
        self.calls.append(("save", {"target": name}))


@dataclass
class Spark:
    """A session that knows one source and no feature table yet."""

    columns: list[str]
    statements: list[str] = field(default_factory=list[str])

    @property
    def catalog(self) -> Spark:
        return self

    def tableExists(self, name: str) -> bool:  # noqa: N802 (Spark's name)
        return False

    def table(self, name: str) -> Any:
        return SimpleNamespace(schema=SimpleNamespace(names=self.columns), columns=self.columns)

    def sql(self, statement: str, args: dict[str, str]) -> None:
        self.statements.append(statement)


def session(*columns: str) -> Any:
    return Spark(list(columns))


def store_in(spark: Any, client: Client) -> DatabricksFeatureStore:
    """The adapter, where Delta Lake knows of the change feed what the statements said."""
    store = DatabricksFeatureStore(spark, client)

    def property_of(*_: str) -> str | None:
        return "true" if spark.statements else None

    store.delta.property_of = property_of  # type: ignore[method-assign] - no Delta Lake is here
    return store


def test_a_table_is_made_with_its_time_among_the_keys_and_a_change_feed() -> None:
    client, spark = Client(), session("user_id", "at", "amount")
    store_in(spark, client).create(TABLE, "source")
    assert client.calls == [("create_table", {"name": "c.s.t", "keys": ["user_id", "at"]})]
    assert "delta.enableChangeDataFeed = true" in spark.statements[0]


def test_a_join_looks_up_by_key_and_time(monkeypatch: pytest.MonkeyPatch) -> None:
    module = SimpleNamespace(FeatureLookup=SimpleNamespace)
    monkeypatch.setitem(sys.modules, "databricks.feature_engineering", module)
    client = Client()
    lookup = Lookup(table=TABLE, features=("amount",), max_age=timedelta(hours=3))
    store = DatabricksFeatureStore(session("user_id", "time"), client)
    store.join("rows", "time", [lookup], "c.s.training")
    (_, looked_up), saved = client.calls
    assert looked_up == {
        "table_name": "c.s.t",
        "lookup_key": ["user_id"],
        "feature_names": ["amount"],
        "timestamp_lookup_key": "time",
        "lookback_window": timedelta(hours=3),
    }
    assert saved == ("save", {"target": "c.s.training"})


def test_an_online_store_is_made_once_and_published_to_each_time() -> None:
    client, clock = Client(), FakeClock()
    online = DatabricksOnlineStore(client, "mlops-prod", clock)
    for _ in range(2):
        online.publish(TABLE, "c.s.t_online")
    assert list(client.stores) == ["mlops-prod"]
    assert clock.time - START == timedelta(seconds=30)
    assert client.calls == [("publish", {"to": "mlops-prod", "online": "c.s.t_online"})] * 2


def test_a_store_that_never_comes_up_is_told() -> None:
    online = DatabricksOnlineStore(Client(looks_until_available=10_000), "mlops", FakeClock())
    with pytest.raises(FeatureTableError, match="mlops is STARTING after 20 minutes"):
        online.publish(TABLE, "c.s.t_online")
