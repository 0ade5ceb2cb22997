"""Exact and sketched comparisons of tables: each other's oracle."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from company_ml.drift import columns, comparison, exact, sketch
from company_ml.drift.arrow import pa
from company_ml.drift.distinct import SIZE, DistinctCount
from company_ml.drift.model import ColumnComparison, Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from company_ml.drift.arrow import Table

STABILITY_ERROR = 0.02
"""How far the sketch's stability index may be from the exact one, relative or absolute."""


def by_name(found: Sequence[ColumnComparison]) -> dict[str, ColumnComparison]:
    return {item.column: item for item in found}


def sketched(reference: Table, current: Table, rows: int) -> dict[str, ColumnComparison]:
    return by_name(
        sketch.compare(
            lambda: reference.to_batches(max_chunksize=rows),
            lambda: current.to_batches(max_chunksize=rows),
        )
    )


@st.composite
def columns_of_numbers(draw: st.DrawFn) -> NDArray[np.float64]:
    """Continuous, heavy-tailed, discrete, constant or mixed, with gaps and infinities."""
    random = np.random.default_rng(draw(st.integers(0, 10_000)))
    size = draw(st.integers(1, 3_000))
    shift, scale = draw(st.sampled_from([(0.0, 1.0), (0.1, 1.0), (2.0, 0.3)]))
    shape = draw(st.sampled_from(["normal", "lognormal", "integers", "constant", "spike"]))
    values = {
        "normal": lambda: random.normal(shift, scale, size),
        "lognormal": lambda: random.lognormal(shift, scale, size),
        "integers": lambda: random.integers(0, 6, size) + shift,
        "constant": lambda: np.full(size, shift),
        "spike": lambda: np.where(
            random.random(size) < 0.6, 0.0, random.normal(shift, scale, size)
        ),
    }[shape]()
    values[random.random(size) < draw(st.sampled_from([0, 0.2]))] = np.nan
    values[random.random(size) < draw(st.sampled_from([0, 0.01]))] = np.inf
    return values.astype(np.float64)


@settings(max_examples=60, deadline=None)
@given(columns_of_numbers(), columns_of_numbers(), st.integers(1, 1_000))
def test_the_sketch_of_numbers_agrees_with_the_exact_comparison(
    before: NDArray[np.float64], now: NDArray[np.float64], rows: int
) -> None:
    reference, current = pa.table({"x": before}), pa.table({"x": now})
    (truth,) = exact.compare(reference, current)
    found = sketched(reference, current, rows)["x"]
    assert found.reference == truth.reference
    assert found.current == truth.current
    assert found.statistic - 1e-12 <= truth.statistic
    assert truth.statistic <= found.statistic + found.statistic_error + 1e-12
    assert found.population_stability == pytest.approx(
        truth.population_stability, rel=STABILITY_ERROR, abs=STABILITY_ERROR
    )
    assert found.jensen_shannon == pytest.approx(truth.jensen_shannon, abs=STABILITY_ERROR)


@pytest.mark.parametrize("shift", [0.0, 0.02, 0.5])
def test_on_large_tables_the_sketchs_error_is_below_its_promise(shift: float) -> None:
    random = np.random.default_rng(3)
    reference = pa.table({"x": random.lognormal(0, 1, 300_000)})
    current = pa.table({"x": random.lognormal(shift, 1, 200_000)})
    (truth,) = exact.compare(reference, current)
    found = sketched(reference, current, 50_000)["x"]
    assert found.statistic_error < 2 / sketch.CUTS
    assert truth.statistic == pytest.approx(found.statistic, abs=2 / sketch.CUTS)
    assert found.population_stability == pytest.approx(
        truth.population_stability, rel=STABILITY_ERROR, abs=0.001
    )
    assert found.reference.distinct == pytest.approx(300_000, rel=5 / np.sqrt(SIZE))


CATEGORIES = st.lists(st.sampled_from(["a", "b", "c", "", None]), min_size=1, max_size=200)


@given(CATEGORIES, CATEGORIES, st.integers(1, 50))
def test_the_sketch_of_categories_is_exact(
    before: list[str | None], now: list[str | None], rows: int
) -> None:
    reference = pa.table({"k": pa.array(before, pa.string())})
    current = pa.table({"k": pa.array(now, pa.string())})
    assert sketched(reference, current, rows) == by_name(exact.compare(reference, current))


@given(st.lists(CATEGORIES, min_size=2, max_size=4), st.permutations([0, 1, 2, 3]))
def test_merging_sketches_in_any_order_counts_what_one_counts(
    parts: list[list[str | None]], order: list[int]
) -> None:
    batches = [
        pa.RecordBatch.from_pydict(
            {"k": pa.array(part, pa.string()), "x": np.arange(len(part), dtype=np.float64)}
        )
        for part in parts
    ]
    kinds = {"k": Kind.CATEGORICAL, "x": Kind.NUMERIC}
    cuts = {"x": np.array([2.0, 7.0])}
    whole = sketch.TableSketch.empty(kinds, cuts)
    merged = sketch.TableSketch.empty(kinds, cuts)
    for batch in batches:
        whole.add(batch)
    for index in (place for place in order if place < len(batches)):
        part = sketch.TableSketch.empty(kinds, cuts)
        part.add(batches[index])
        merged.merge(part)
    for name in kinds:
        sides = [(side.numbers | side.categories)[name].profile for side in (whole, merged)]
        assert sides[0] == sides[1]
    assert whole.categories["k"].counts == merged.categories["k"].counts
    assert (whole.numbers["x"].counts == merged.numbers["x"].counts).all()


def test_a_sample_is_uniform_over_all_batches() -> None:
    """A mean of ranks far from the middle would favour early or late rows."""
    batches = pa.table({"x": np.arange(100_000, dtype=np.float64)}).to_batches(max_chunksize=999)
    kept = sketch.sampled(batches, np.random.default_rng(5), rows=5_000)
    ranks, _ = columns.sorted_numbers(kept.column("x"))
    assert len(np.unique(ranks)) == 5_000
    assert ranks.mean() == pytest.approx(50_000, abs=5 * 100_000 / np.sqrt(12 * 5_000))


@pytest.mark.parametrize("size", [0, 1, SIZE, 50 * SIZE])
def test_the_number_of_different_values_is_exact_up_to_the_sketchs_size(size: int) -> None:
    count = DistinctCount()
    for _ in range(2):
        count.add_numbers(np.arange(size, dtype=np.float64))
    allowed = 0 if size < SIZE else 5 / np.sqrt(SIZE)
    assert count.estimate == pytest.approx(size, rel=allowed)


def test_a_value_below_a_constant_reference_is_seen() -> None:
    reference, current = pa.table({"x": [5.0] * 900}), pa.table({"x": [4.0] * 900})
    (truth,) = exact.compare(reference, current)
    assert truth.population_stability > 1
    assert truth.statistic == 1
    assert sketched(reference, current, 100)["x"].population_stability == pytest.approx(
        truth.population_stability
    )


def test_dates_decimals_integers_and_booleans_are_compared_each_in_its_way() -> None:
    table = pa.table(
        {
            "day": pa.array([date(2026, 1, 1), date(2026, 1, 2), None]),
            "price": pa.array([1, 2, None], pa.int32()).cast(pa.decimal128(12, 2)),
            "flag": pa.array([True, False, None]),
            "colour": pa.array(["red", "red", None]).dictionary_encode(),
        }
    )
    found = by_name(exact.compare(table, table))
    kinds = [Kind.NUMERIC, Kind.NUMERIC, Kind.CATEGORICAL, Kind.CATEGORICAL]
    assert [item.kind for item in found.values()] == kinds
    assert {item.reference.missing for item in found.values()} == {1}
    assert found["day"].reference.distinct == 2
    assert found["colour"].reference.uniqueness == 0.5


def test_a_date_that_became_a_time_of_any_unit_did_not_drift() -> None:
    days = pa.array([date(2026, 1, 1 + number % 28) for number in range(600)])
    for now in (pa.timestamp("s"), pa.timestamp("us", tz="UTC"), pa.timestamp("ns"), pa.date64()):
        tables = pa.table({"day": days}), pa.table({"day": days.cast(now)})
        for (found,) in (exact.compare(*tables), sketched(*tables, 100).values()):
            assert (found.statistic, found.population_stability) == (0.0, 0.0)


def test_an_identifier_is_told_from_a_category() -> None:
    names = pa.table(
        {"id": [f"user-{number}" for number in range(comparison.CATEGORY_LIMIT + 500)]}
    )
    (truth,) = exact.compare(names, names)
    assert truth.too_many_categories
    assert truth.reference.uniqueness == 1
    found = sketched(pa.concat_tables([names, names]), names, 4_000)["id"]
    assert found.too_many_categories


def test_a_schema_change_is_named() -> None:
    before = pa.table({"x": [1.0], "k": ["a"]})
    with pytest.raises(columns.SchemaError, match=r"lacks the columns \['k'\]"):
        exact.compare(before, pa.table({"x": [1.0]}))
    with pytest.raises(columns.SchemaError, match="'x' was double and is string"):
        exact.compare(before, pa.table({"x": ["1"], "k": ["a"]}))
    days = pa.table({"x": pa.array([date(2026, 1, 1)]), "k": ["a"]})
    with pytest.raises(columns.SchemaError, match="'x' was double and is date32"):
        exact.compare(before, days)
    with pytest.raises(columns.SchemaError, match="'v' is list"):
        exact.compare(pa.table({"v": [[1.0]]}), pa.table({"v": [[1.0]]}))
    with pytest.raises(columns.SchemaError, match="current table gave no batch"):
        sketch.compare(before.to_batches, list)
