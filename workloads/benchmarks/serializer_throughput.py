"""Serializer throughput against the plain library with its hash taken in a pass of its own.

    workloads/.venv/bin/python workloads/benchmarks/serializer_throughput.py [MIB]

Both sides end with the bytes on the disk (fsync), in a new file: overwriting one that has its
blocks already is several times as fast, and no way to keep a model. Medians of interleaved rounds,
each side first in half of them, since the disk's pace drifts; exit code 1 when a ratio is below the
promise.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import shutil
import statistics
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import cloudpickle
import joblib
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

from company_ml import serializer

if TYPE_CHECKING:
    from collections.abc import Callable

PROMISE = 0.95
ROUNDS = 8


def _model(mib: int) -> dict[str, object]:
    """Some large arrays and many small objects, as a forest or a booster has."""
    generator = np.random.default_rng(0)
    arrays = [generator.random((mib // 16, 2**17)) for _ in range(15)]
    return {"arrays": arrays, "nodes": [{"at": i, "left": i + 1} for i in range(20_000)]}


def _plain(method: str, model: object, path: Path) -> None:
    with path.open("wb") as file:
        match method:
            case "joblib":
                joblib.dump(model, file)
            case "cloudpickle":
                cloudpickle.dump(model, file, protocol=5)
            case _:
                pickle.dump(model, file, protocol=5)
        file.flush()
        os.fsync(file.fileno())
    with path.open("rb") as file:
        hashlib.file_digest(file, "sha256").hexdigest()


def _plain_load(method: str, path: Path) -> None:
    with path.open("rb") as file:
        hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
        joblib.load(file) if method == "joblib" else pickle.load(file)  # noqa: S301 - ours


def _seconds(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def main(mib: int) -> int:
    """Print a line per method and direction; returns the exit code."""
    model, worst = _model(mib), 10.0
    for method in serializer.Method:
        with tempfile.TemporaryDirectory() as name:
            times: dict[str, list[float]] = {"s": [], "ps": [], "l": [], "pl": []}
            size = 0.0
            for number in range(ROUNDS):
                folder = Path(name) / str(number)
                folder.mkdir()
                ours, plain = folder / "m.json", folder / "plain"
                calls: list[tuple[str, Callable[[], object]]] = [
                    ("ps", partial(_plain, method, model, plain)),
                    ("s", partial(serializer.save, model, ours, method)),
                    ("pl", partial(_plain_load, method, plain)),
                    ("l", partial(serializer.load, ours)),
                ]
                if number % 2:
                    calls = [calls[1], calls[0], calls[3], calls[2]]
                for what, call in calls:
                    times[what].append(_seconds(call))
                size = plain.stat().st_size / 1e6
                shutil.rmtree(folder)
        for what, own, base in (("save", "s", "ps"), ("load", "l", "pl")):
            mine, theirs = (size / statistics.median(times[key]) for key in (own, base))
            # Round by round: both sides of a round saw the same neighbours on this machine.
            ratio = statistics.median(b / m for b, m in zip(times[base], times[own], strict=True))
            worst = min(worst, ratio)
            print(f"{method:12} {what}: {mine:6.0f} MB/s, plain with a hash after it "
                  f"{theirs:6.0f} MB/s, ratio {ratio:.2f}")  # fmt: skip
    print(f"worst ratio {worst:.2f}, promised {PROMISE}")
    return int(worst < PROMISE)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 480))
