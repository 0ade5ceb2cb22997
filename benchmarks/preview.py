"""A preview of the platform, divided by a preview of a program that does nothing."""

from __future__ import annotations

from benchmarks.harness import Result, medians
from benchmarks.projects import workbench

RUNS = 7


def measure() -> list[Result]:
    """Start-up of engine, providers and interpreter, and all resources, against the first alone."""
    with workbench() as bench:
        platform, empty = bench.platform(), bench.project("empty", "")
        seconds = medians(
            {"preview of the empty program": empty.preview, "preview of prod": platform.preview},
            runs=RUNS,
        )
        resources = platform.resources()
    baseline, subject = seconds.values()
    return [
        Result(
            f"preview of prod ({resources} resources) ÷ preview of an empty program",
            subject / baseline,
            4,
            baseline,
        )
    ]
