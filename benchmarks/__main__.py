"""Measure all promised numbers, or those whose module is named, and print them as a table."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from benchmarks import environments, estimate, flat, imports, policies, preview, stand_ins

if TYPE_CHECKING:
    from benchmarks.harness import Result

MODULES = {
    module.__name__.rpartition(".")[2]: module
    for module in (imports, preview, flat, environments, stand_ins, policies, estimate)
}


def main(chosen: list[str]) -> int:
    """Print the table; the exit code is 1 when a promise is broken."""
    if unknown := sorted({*chosen} - {*MODULES}):
        print(f"There is no benchmark {unknown[0]}: choose from {', '.join(MODULES)}.")
        return 2
    results: list[Result] = []
    for name in chosen or MODULES:
        results += MODULES[name].measure()
    width = max(len(result.name) for result in results)
    print(f"{'':{width}}  measured  bound  baseline  verdict")
    for result in results:
        verdict = "kept" if result.kept else "BROKEN"
        print(
            f"{result.name:{width}}  {result.ratio:8.2f}  {result.bound:5.2f}"
            f"  {result.baseline:6.2f} s  {verdict}"
        )
    return 0 if all(result.kept for result in results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
