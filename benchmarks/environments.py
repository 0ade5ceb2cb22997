"""A resource's cost among twenty environments, divided by its cost among three.

Explicit dependencies on what came before make a program quadratic; wiring by data does not.
"""

from __future__ import annotations

from benchmarks.harness import Result, medians
from benchmarks.projects import IMPORTS, workbench
from engine import paths

FEW, MANY = 3, 20
RUNS = 3

# The same composition again and again in one program, each under a prefix of its own. Physical
# names repeat, which a preview lets pass: the clouds are empty.
_PROGRAM = f"""{IMPORTS}
import runpy

from pulumi.resource import Resource

plain = Resource.__init__
prefix = ""


def prefixed(self, t, name, *args, **kwargs):
    plain(self, t, prefix + name, *args, **kwargs)


Resource.__init__ = prefixed
load()
for number in range(COUNT):
    prefix = f"e{{number}}-"
    runpy.run_path({str(paths.ROOT / "__main__.py")!r})
"""


def measure() -> list[Result]:
    """Per resource, above what the same imports and settings cost without any resource."""
    with workbench() as bench:
        projects = {
            count: bench.project(f"environments-{count}", _PROGRAM.replace("COUNT", str(count)))
            for count in (0, FEW, MANY)
        }
        seconds = medians(
            {f"{count} environments": project.preview for count, project in projects.items()},
            runs=RUNS,
        )
        nothing, few, many = seconds.values()
        per_few = (few - nothing) / projects[FEW].resources()
        per_many = (many - nothing) / projects[MANY].resources()
    return [
        Result(f"a resource among {MANY} environments ÷ among {FEW}", per_many / per_few, 1.2, few)
    ]
