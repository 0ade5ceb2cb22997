"""Feature tables on real Spark and Delta Lake, and SQLite as their online store."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from company_ml.adapters.delta_features import DeltaFeatureStore, as_of
from company_ml.adapters.sqlite_online import SqliteOnlineStore
from company_ml.features.core import FeatureTable, FeatureTableError, Lookup

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Lake

pytestmark = pytest.mark.spark
START = datetime(2026, 1, 1, tzinfo=UTC)
ROW = "user_id INT, version INT, amount INT"


def written(lake: Lake, table: FeatureTable, *batches: list[tuple[int, int, int]]) -> list[Any]:
    """The table's rows after these batches, one after the other."""
    store = DeltaFeatureStore(lake.spark)
    for batch in batches:
        lake.spark.createDataFrame(batch, ROW).createOrReplaceTempView("batch")
        store.create(table, "batch")
        store.merge(table, "batch")
    return sorted(map(tuple, lake.spark.table(table.name).collect()))


def test_batches_again_late_or_with_duplicates_give_the_same_table(
    lake: Lake, tmp_path: Path
) -> None:
    first = [(1, 1, 10), (2, 5, 20), (2, 4, 21)]
    second = [(1, 2, 11), (2, 3, 22), (3, 1, 30), (3, 1, 30)]
    in_order, reversed_ = (
        FeatureTable(name=lake.table(name), primary_keys=("user_id",), version_column="version")
        for name in ("in_order", "reversed")
    )
    expected = [(1, 2, 11), (2, 5, 20), (3, 1, 30)]
    assert written(lake, in_order, first, second, first) == expected
    assert written(lake, reversed_, second, first) == expected

    store = DeltaFeatureStore(lake.spark)
    lake.spark.createDataFrame([(None, 1, 1)], ROW).createOrReplaceTempView("nameless")
    with pytest.raises(FeatureTableError, match="null among"):
        store.merge(in_order, "nameless")
    other = FeatureTable(name=in_order.name, primary_keys=("version",))
    with pytest.raises(FeatureTableError, match="exists with the keys"):
        store.create(other, "batch")

    online = SqliteOnlineStore(tmp_path / "online.db", store)
    online.publish(in_order, "features_online")
    online.publish(in_order, "features_online")
    assert online.row("features_online", 2) == {"user_id": 2, "version": 5, "amount": 20}
    assert online.row("features_online", 9) is None
    lake.spark.sql(f"DELETE FROM {in_order.name} WHERE user_id = 2")  # noqa: S608 (a test's name)
    online.publish(in_order, "features_online")
    assert online.row("features_online", 2) is None
    assert online.row("features_online", 3) is not None


TIMES = st.integers(0, 12)
PASTS = st.dictionaries(st.tuples(st.integers(0, 4), TIMES), st.integers(0, 99) | st.none())


@settings(
    max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    PASTS,
    st.lists(st.tuples(st.integers(0, 5), TIMES), min_size=1, max_size=60),
    st.none() | st.integers(0, 5),
)
def test_each_row_gets_the_latest_features_known_at_its_time_and_none_later(
    lake: Lake,
    past: dict[tuple[int, int], int | None],
    asked: list[tuple[int, int]],
    hours: int | None,
) -> None:
    def at(hour: int) -> datetime:
        return START + timedelta(hours=hour)

    features = [(user, at(hour), value) for (user, hour), value in past.items()]
    rows = [(number, user, at(hour)) for number, (user, hour) in enumerate(asked)]
    lookup = Lookup(
        table=FeatureTable(name="t", primary_keys=("user_id",), timestamp_key="since"),
        features=("amount",),
        max_age=None if hours is None else timedelta(hours=hours),
    )
    joined = as_of(
        lake.spark.createDataFrame(rows, "number INT, user_id INT, time TIMESTAMP"),
        "time",
        lake.spark.createDataFrame(features, "user_id INT, since TIMESTAMP, amount INT"),
        lookup,
    )
    found = {row["number"]: row["amount"] for row in joined.collect()}

    def brute_force(user: int, hour: int) -> int | None:
        known = [
            (since, value)
            for (owner, since), value in past.items()
            if owner == user and since <= hour and (hours is None or hour - since <= hours)
        ]
        return max(known, key=lambda each: each[0])[1] if known else None

    assert found == {number: brute_force(*each) for number, each in enumerate(asked)}
    assert joined.columns == ["number", "user_id", "time", "amount"]
