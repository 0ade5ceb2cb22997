"""Drift statistics against Evidently's default preset, on the same data in the same run.

    workloads/.venv/bin/python workloads/benchmarks/drift.py [--rows N] [--large N] [--skip-large]

Each measurement is a process of its own, so that its peak memory is its own. Reading counts. Rows
are those of one side; both sides have as many. Exit code 1 when a promise is not kept: exact
statistics at 15 times Evidently's rows per second, and streamed ones at twenty times the rows in
4 GiB and no slower than half of their own pace. On a busy machine take the ratios of CPU seconds.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

from company_ml.drift import exact, sketch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

NUMBERS, CATEGORIES = 16, 4
PART_ROWS, BATCH_ROWS = 1_000_000, 262_144
PROMISED_RATIO, PROMISED_PACE, PROMISED_GIB = 15, 0.5, 4
GIB = 2**30


def write_tables(folder: Path, rows: int) -> None:
    """Reference and current: 16 numbers, 4 categories, every other column shifted a little."""
    for side, name in enumerate(("reference", "current")):
        (folder / name).mkdir(parents=True)
        for part, start in enumerate(range(0, rows, PART_ROWS)):
            random = np.random.default_rng([side, part])
            size = min(PART_ROWS, rows - start)
            numbers = {
                f"x{index}": random.normal(0.05 * side * (index % 2), 1, size)
                for index in range(NUMBERS)
            }
            categories = {
                f"k{index}": pa.array(
                    np.array(["red", "green", "blue", "white"])[random.integers(0, 4, size)]
                )
                for index in range(CATEGORIES)
            }
            pq.write_table(pa.table(numbers | categories), folder / name / f"{part}.parquet")


def evidently(folder: Path) -> int:
    """Evidently's default preset on pandas frames."""
    warnings.simplefilter("ignore")
    from evidently import DataDefinition, Dataset, Report
    from evidently.presets import DataDriftPreset

    definition = DataDefinition(
        numerical_columns=[f"x{index}" for index in range(NUMBERS)],
        categorical_columns=[f"k{index}" for index in range(CATEGORIES)],
    )
    reference, current = (
        Dataset.from_pandas(pq.read_table(folder / name).to_pandas(), data_definition=definition)
        for name in ("reference", "current")
    )
    snapshot = Report([DataDriftPreset()]).run(current_data=current, reference_data=reference)
    return len(json.loads(snapshot.json())["metrics"])


def exactly(folder: Path) -> int:
    """Exact statistics over arrays in memory."""
    return len(exact.compare(*(pq.read_table(folder / name) for name in ("reference", "current"))))


def streamed(folder: Path) -> int:
    """The sketch, batch by batch from the files."""

    def batches(name: str) -> Callable[[], Iterable[Any]]:
        dataset = ds.dataset(folder / name, format="parquet")
        # Without read-ahead limits the scanner holds whole files in memory.
        return lambda: dataset.to_batches(
            batch_size=BATCH_ROWS, batch_readahead=2, fragment_readahead=1
        )

    return len(sketch.compare(batches("reference"), batches("current")))


WAYS: dict[str, Callable[[Path], int]] = {
    "evidently": evidently,
    "exactly": exactly,
    "streamed": streamed,
}


def measured(way: str, folder: Path, rows: int) -> dict[str, float]:
    """Run a way in a process of its own."""
    child = [sys.executable, __file__, "--child", way, "--folder", str(folder)]
    output = subprocess.run(child, check=True, capture_output=True, text=True).stdout
    found: dict[str, float] = json.loads(output.splitlines()[-1])
    print(
        f"{way:10} {rows:>11,} rows  {found['wall']:8.1f} s wall  {found['cpu']:8.1f} s CPU  "
        f"{rows / found['wall']:>10,.0f} rows/s  {found['gib']:.2f} GiB",
        flush=True,
    )
    return {
        "pace": rows / found["wall"], "cpu_pace": rows / found["cpu"], "gib": found["gib"]
    }  # fmt: skip


def child(way: str, folder: Path) -> None:
    """Measure one way in this process."""
    wall, cpu = time.perf_counter(), time.process_time()
    WAYS[way](folder)
    usage = resource.getrusage(resource.RUSAGE_SELF)
    print(
        json.dumps(
            {
                "wall": time.perf_counter() - wall,
                "cpu": time.process_time() - cpu,
                "gib": usage.ru_maxrss * 1024 / GIB,
            }
        )
    )


def main() -> int:
    """Measure, print the ratios, and say whether the promises hold."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--large", type=int, default=20_000_000)
    parser.add_argument("--skip-large", action="store_true")
    parser.add_argument("--child", choices=WAYS)
    parser.add_argument("--folder", type=Path)
    arguments = parser.parse_args()
    if arguments.child:
        child(arguments.child, arguments.folder)
        return 0
    with tempfile.TemporaryDirectory(dir=arguments.folder) as scratch:
        small, large = Path(scratch) / "small", Path(scratch) / "large"
        write_tables(small, arguments.rows)
        found = {way: measured(way, small, arguments.rows) for way in WAYS}
        kept = True
        for way in ("exactly", "streamed"):
            wall = found[way]["pace"] / found["evidently"]["pace"]
            cpu = found[way]["cpu_pace"] / found["evidently"]["cpu_pace"]
            kept &= max(wall, cpu) >= PROMISED_RATIO
            print(f"{way} / evidently: {wall:.1f} by the clock, {cpu:.1f} by CPU seconds "
                  f"(promise: {PROMISED_RATIO})")  # fmt: skip
        if not arguments.skip_large:
            write_tables(large, arguments.large)
            much = measured("streamed", large, arguments.large)
            wall = much["pace"] / found["streamed"]["pace"]
            cpu = much["cpu_pace"] / found["streamed"]["cpu_pace"]
            kept &= max(wall, cpu) >= PROMISED_PACE and much["gib"] <= PROMISED_GIB
            print(f"streamed, large / small: {wall:.2f} by the clock, {cpu:.2f} by CPU seconds "
                  f"(promise: {PROMISED_PACE}), {much['gib']:.2f} GiB "
                  f"(promise: {PROMISED_GIB})")  # fmt: skip
    print("all promises kept" if kept else "a promise is NOT kept")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
