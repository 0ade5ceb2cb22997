"""The processor time of the stand-in providers and the language host, as part of a preview.

A sandbox that is slow would hide what the program costs. Their start-up is included, the program
that the host runs is not. Read from /proc while the preview runs, so this one needs Linux.
"""

from __future__ import annotations

import os
import statistics
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.harness import Result
from benchmarks.projects import workbench

if TYPE_CHECKING:
    from benchmarks.projects import Project

RUNS = 7
_MARKS = (b"sandbox.server", b"language_host/main.py")
_INTERVAL = 0.01  # seconds; what a process does after the last look at it is not seen
_TICKS = os.sysconf("SC_CLK_TCK")


def measure() -> list[Result]:
    """The median share of previews of prod, one after another."""
    with workbench() as bench:
        platform = bench.platform()
        platform.preview()  # fills caches
        runs = [_watched(platform) for _ in range(RUNS)]
    return [
        Result(
            "processor time of providers and language host ÷ a preview's time",
            statistics.median(busy / seconds for busy, seconds in runs),
            0.15,
            statistics.median(seconds for _, seconds in runs),
        )
    ]


def _watched(project: Project) -> tuple[float, float]:
    """Preview once: the processor seconds of the processes, the seconds of the preview."""
    before = set(_ours())
    used: dict[int, float] = {}
    over = threading.Event()

    def watch() -> None:
        while not over.wait(_INTERVAL):
            for process in _ours():
                if process not in before:
                    used[process] = _processor_seconds(process) or used.get(process, 0.0)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        seconds = project.preview()
    finally:
        over.set()
        watcher.join()
    if len(used) <= len(_MARKS):
        raise RuntimeError(f"{len(used)} processes were seen; two providers and a host should be")
    return sum(used.values()), seconds


def _ours() -> list[int]:
    found: list[int] = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                command = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if any(mark in command for mark in _MARKS):
                found.append(int(entry.name))
    return found


def _processor_seconds(process: int) -> float:
    """User and system time of the process itself, without its children; 0 when it has ended."""
    try:
        text = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return 0.0
    fields = text.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS
