"""Walks through lineage, and the statement on a real table."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from company_ml.adapters.spark_sql import SparkSql
from company_ml.lineage import job
from company_ml.lineage.core import Edge, Step, downstream, upstream
from company_ml.lineage.documented import TABLES

if TYPE_CHECKING:
    from conftest import Lake

EDGES = [Edge("raw", "clean"), Edge("clean", "features"), Edge("raw", "features"),
         Edge("features", "scores"), Edge("scores", "features")]  # fmt: skip


def test_both_directions_end_at_the_nearest_way_and_in_cycles() -> None:
    assert upstream("features", EDGES) == [Step(1, "clean"), Step(1, "raw"), Step(1, "scores")]
    assert downstream("raw", EDGES) == [Step(1, "clean"), Step(1, "features"), Step(2, "scores")]
    assert upstream("unknown", EDGES) == []


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from("abcdef"))))
def test_what_is_upstream_of_a_table_has_it_downstream(pairs: list[tuple[str, str]]) -> None:
    edges = [Edge(*pair) for pair in pairs]
    for step in upstream("a", edges):
        assert Step(step.distance, "a") in downstream(step.table, edges)


@pytest.mark.spark
@pytest.mark.timeout(900)
def test_edges_are_read_from_the_documented_columns(lake: Lake) -> None:
    table = TABLES["table_lineage"]
    rows = [
        {"source_table_full_name": source, "target_table_full_name": target,
         "event_date": day, "event_time": datetime(day.year, day.month, day.day, tzinfo=UTC)}
        for source, target, day in (
            ("raw", "clean", date(2026, 1, 1)), ("raw", "clean", date(2026, 1, 2)),
            ("raw", "late", date(2026, 2, 1)), (None, "loaded", date(2026, 1, 1)),
        )
    ]  # fmt: skip
    kinds = ", ".join(f"{name} {kind}" for name, kind in table.columns.items())
    frame = lake.spark.createDataFrame(
        [tuple(row.get(name) for name in table.columns) for row in rows], kinds
    )
    frame.write.format("delta").saveAsTable(lake.table("table_lineage"))
    found = job.read(
        SparkSql(lake.spark), lake.table("table_lineage"), date(2026, 1, 1), date(2026, 2, 1)
    )
    assert found == [Edge("raw", "clean")]
