"""Drift statistics of Spark tables: each partition is sketched where it lies, the driver merges.

The sketches are those of :mod:`company_ml.drift.sketch`, so the results and their stated error are
the same on one machine and on many. The executors need this wheel: as a cluster's library, or in
the environment of a serverless job.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
from pyspark.sql import functions

from company_ml.drift import columns as drift_columns
from company_ml.drift import sketch
from company_ml.drift.arrow import pa
from company_ml.drift.distinct import DistinctCount

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray
    from pyspark.sql import DataFrame, SparkSession

    from company_ml.drift.arrow import RecordBatch
    from company_ml.drift.model import ColumnComparison, Kind
    from company_ml.drift.ports import TableSlice

REPORT_ROWS = 20_000
"""Rows of each side in the report for people; its tests take most of a minute for a million."""
ROW = (
    "name STRING, counts ARRAY<BIGINT>, categories MAP<STRING, BIGINT>, present BIGINT, "
    "missing BIGINT, infinite BIGINT, hashes ARRAY<BIGINT>"
)


class SparkDriftData:
    """DriftData port on a Spark session."""

    def __init__(self, spark: SparkSession, *, seed: int = 0) -> None:
        self._spark, self._seed = spark, seed

    def compare(
        self, reference: TableSlice, current: TableSlice, columns: Sequence[str]
    ) -> tuple[ColumnComparison, ...]:
        """Compare all rows."""
        before, now = self._frame(reference), self._frame(current)
        if columns:
            before = before.select(*map(_quoted, columns))
        kinds = drift_columns.kinds(_schema(before), _schema(now))
        now = now.select(*map(_quoted, kinds))
        cuts = sketch.cuts_of(self._sample(before, sketch.SAMPLE_ROWS).toArrow(), kinds)
        return sketch.compare_sketches(sketched(before, kinds, cuts), sketched(now, kinds, cuts))

    def report(
        self,
        reference: TableSlice,
        current: TableSlice,
        columns: Sequence[tuple[str, Kind]],
        folder: Path,
    ) -> list[Path]:
        """Evidently's report on a random sample of the rows."""
        from company_ml.adapters import evidently_report  # seconds to import

        names = [_quoted(name) for name, _ in columns]
        sides = [
            self._sample(self._frame(side).select(*names), REPORT_ROWS).toArrow()
            for side in (reference, current)
        ]
        return evidently_report.write(sides[0], sides[1], columns, folder)

    def _frame(self, part: TableSlice) -> DataFrame:
        reader = self._spark.read
        if part.version is not None:
            reader = reader.option("versionAsOf", part.version)
        frame = reader.table(part.table)
        if part.time_column:
            time = functions.col(_quoted(part.time_column))
            frame = frame.where(
                (time >= functions.lit(part.start)) & (time < functions.lit(part.end))
            )
        return frame

    def _sample(self, frame: DataFrame, rows: int) -> DataFrame:
        """About ``rows`` random rows, or all when there are fewer."""
        found = frame.count()
        return frame if found <= rows else frame.sample(rows / found, seed=self._seed)


def sketched(
    frame: DataFrame, kinds: Mapping[str, Kind], cuts: Mapping[str, NDArray[np.float64]]
) -> sketch.TableSketch:
    """The sketch of a frame, made partition by partition."""

    def count(batches: Iterable[RecordBatch]) -> Iterator[RecordBatch]:
        part = sketch.TableSketch.empty(kinds, cuts)
        for batch in batches:
            part.add(batch)
        yield pa.RecordBatch.from_pylist(_rows(part), schema=_row_schema())

    whole = sketch.TableSketch.empty(kinds, cuts)
    counter: Any = count  # PySpark names pyarrow's own class, which has no types
    for row in frame.mapInArrow(counter, ROW).toLocalIterator():
        _merge(whole, row.asDict())
    return whole


def _rows(part: sketch.TableSketch) -> list[dict[str, Any]]:
    numbers = [
        {
            "name": name,
            "counts": column.counts,
            "missing": column.missing,
            "infinite": column.infinite,
            "hashes": column.distinct.smallest.view(np.int64),
        }
        for name, column in part.numbers.items()
    ]
    categories = [
        {
            "name": name,
            "categories": list(column.counts.items()),
            "present": column.present,
            "missing": column.missing,
            "hashes": column.distinct.smallest.view(np.int64),
        }
        for name, column in part.categories.items()
    ]
    return [*numbers, *categories]


def _merge(whole: sketch.TableSketch, row: Mapping[str, Any]) -> None:
    name = row["name"]
    distinct = DistinctCount(np.asarray(row["hashes"], dtype=np.int64).view(np.uint64))
    if name in whole.numbers:
        numbers = sketch.NumberSketch(whole.numbers[name].cuts)
        numbers.counts = np.asarray(row["counts"], dtype=np.int64)
        numbers.missing, numbers.infinite, numbers.distinct = (
            row["missing"],
            row["infinite"],
            distinct,
        )
        whole.numbers[name].merge(numbers)
        return
    whole.categories[name].merge(
        sketch.CategorySketch(Counter(row["categories"]), row["present"], row["missing"], distinct)
    )


def _row_schema() -> Any:
    return pa.schema(
        [
            ("name", pa.string()),
            ("counts", pa.list_(pa.int64())),
            ("categories", pa.map_(pa.string(), pa.int64())),
            ("present", pa.int64()),
            ("missing", pa.int64()),
            ("infinite", pa.int64()),
            ("hashes", pa.list_(pa.int64())),
        ]
    )


def _schema(frame: DataFrame) -> Any:
    return frame.limit(0).toArrow().schema


def _quoted(name: str) -> str:
    return f"`{name.replace('`', '``')}`"
