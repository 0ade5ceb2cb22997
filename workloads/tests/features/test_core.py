"""What a feature table, a batch and a join must be like."""

from __future__ import annotations

import pytest

from company_ml.features.core import FeatureTable, FeatureTableError, Lookup, check_join

TABLE = FeatureTable(name="c.s.t", primary_keys=("user_id",), timestamp_key="at")


def test_keys_are_different_columns_and_there_is_one() -> None:
    assert TABLE.keys == ("user_id", "at")
    for keys, time in (((), "at"), (("a", "a"), ""), (("at",), "at")):
        with pytest.raises(FeatureTableError, match="must be different columns"):
            FeatureTable(name="c.s.t", primary_keys=keys, timestamp_key=time)


def test_a_source_without_keys_or_features_is_refused() -> None:
    with pytest.raises(FeatureTableError, match=r"columns \['at'\] are missing"):
        TABLE.check(["user_id", "amount"])
    with pytest.raises(FeatureTableError, match="no column is a feature"):
        TABLE.check(["user_id", "at"])


def test_features_without_a_time_are_not_joined_to_the_past() -> None:
    timeless = FeatureTable(name="c.s.t", primary_keys=("user_id",))
    with pytest.raises(FeatureTableError, match="tell the model its future"):
        Lookup(table=timeless, features=("amount",))


def test_a_join_needs_keys_and_a_time_and_gives_no_column_twice() -> None:
    lookup = Lookup(table=TABLE, features=("amount",))
    check_join(["user_id", "time"], "time", [lookup])
    with pytest.raises(FeatureTableError, match=r"lack \['user_id'\]"):
        check_join(["time"], "time", [lookup])
    with pytest.raises(FeatureTableError, match=r"\['amount'\] would be there twice"):
        check_join(["user_id", "time", "amount"], "time", [lookup])
