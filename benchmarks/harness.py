"""How every benchmark measures: interleaved runs, medians, one ratio against one bound."""

from __future__ import annotations

import statistics
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True)
class Result:
    """One promised number.

    Attributes:
        name: What is divided by what.
        ratio: The measured number.
        bound: The largest it may be.
        baseline: Median seconds of what it is divided by: a slow machine is not a slow change.
    """

    name: str
    ratio: float
    bound: float
    baseline: float

    @property
    def kept(self) -> bool:
        """Whether the promise is kept."""
        return self.ratio <= self.bound


def medians(subjects: Mapping[str, Callable[[], float]], *, runs: int) -> dict[str, float]:
    """The median seconds of each subject over interleaved runs.

    The machine's pace drifts; measured in turn, all subjects drift alike. A first run of each,
    which fills caches, does not count.

    Args:
        subjects: By name, what runs once and returns its seconds.
        runs: How many runs of each count.
    """
    measured: dict[str, list[float]] = {name: [] for name in subjects}
    for run in range(runs + 1):
        for name, subject in subjects.items():
            _say(f"{name}: {f'run {run} of {runs}' if run else 'warming up'}")
            seconds = subject()
            if run:
                measured[name].append(seconds)
    _say("")
    return {name: statistics.median(seconds) for name, seconds in measured.items()}


def _say(text: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)
    elif text:
        print(text, file=sys.stderr, flush=True)
