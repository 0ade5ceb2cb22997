"""All that ``__main__.py`` imports, divided by the plain import of the three SDKs it stands on.

Both sides also name every class and function of the SDKs that the program names: light imports
only defer what a name costs, and azure-native defers its modules too, so without that neither
side would be measured whole.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from typing import TYPE_CHECKING

from benchmarks.harness import Result, medians
from engine import paths

if TYPE_CHECKING:
    from collections.abc import Iterator

RUNS = 7
_SDKS = ("pulumi_azure_native", "pulumi_databricks")
_CLOCK = "import time; started = time.perf_counter()\n"
_REPORT = "print(time.perf_counter() - started)\n"


def measure() -> list[Result]:
    """Seconds inside fresh interpreters, their own start not counted."""
    names = sorted({name for file in _sources() for name in _sdk_names(ast.parse(file))})
    modules = sorted({name.rpartition(".")[0] for name in names} - {*_SDKS})
    plain = "".join(f"import {each}\n" for each in ("pulumi", *_SDKS, *modules)) + "".join(
        f"{name}\n" for name in names
    )
    light = _start(ast.parse((paths.ROOT / "__main__.py").read_text())) + "".join(
        f"getattr(sys.modules[{package!r}], {name!r})\n"
        for package, _, name in (each.rpartition(".") for each in names)
    )
    seconds = medians(
        {
            "plain imports": lambda: _timed(plain),
            "imports of __main__.py": lambda: _timed(f"import sys\n{light}"),
        },
        runs=RUNS,
    )
    baseline, subject = seconds.values()
    return [
        Result(
            "importing what __main__.py imports ÷ importing the SDKs plainly",
            subject / baseline,
            0.40,
            baseline,
        )
    ]


def _sources() -> Iterator[str]:
    for file in (paths.ROOT / "__main__.py", *(paths.ROOT / "components").glob("*.py")):
        yield file.read_text()


def _sdk_names(tree: ast.Module) -> Iterator[str]:
    """What a file names of the SDKs, in full: ``pulumi_azure_native.network.Subnet``."""
    aliases: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            aliases |= {each.asname or each.name: each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module in _SDKS:
            aliases |= {
                each.asname or each.name: f"{node.module}.{each.name}" for each in node.names
            }
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            full = aliases.get(node.value.id, "")
            if full.startswith(_SDKS):
                yield f"{full}.{node.attr}"


def _start(tree: ast.Module) -> str:
    """The program up to where it begins to work: its imports and the call that makes them light."""
    kept: list[str] = []
    for statement in tree.body:
        call = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)
        if isinstance(statement, (ast.Import, ast.ImportFrom)) or (
            call and ast.unparse(statement) == "runtime.start()"
        ):
            kept.append(ast.unparse(statement))
    return "\n".join(kept) + "\n"


def _timed(program: str) -> float:
    # A future import has to come first.
    future = "from __future__ import annotations\n"
    text = future + _CLOCK + program.replace(future, "") + _REPORT
    done = subprocess.run(
        [sys.executable, "-c", text], cwd=paths.ROOT, capture_output=True, text=True, check=True
    )
    return float(done.stdout)
