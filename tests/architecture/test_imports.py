"""Who may know whom: a folder imports only what stands below it, and the program knows no sandbox.

The arrows are those of the data: settings → components → resources; state → policies → report.
"""

from __future__ import annotations

import ast
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
STANDARD = set(sys.stdlib_module_names)
SDKS = {"pulumi", "pulumi_azure_native", "pulumi_databricks"}
OURS = {
    path.name
    for path in ROOT.iterdir()
    if (path / "__init__.py").is_file() and path.name != "tests"
}

# Folder → what of this project, and what of others, its modules may import.
ALLOWED: dict[str, tuple[set[str], set[str]]] = {
    "settings": ({"settings"}, {"pulumi", "pydantic", "pydantic_core", "yaml"}),
    "components": ({"components", "settings"}, {*SDKS, "flit_core"}),
    "runtime": ({"runtime"}, SDKS),
    "bundle": ({"bundle"}, {"yaml"}),
    "policies/rules": ({"policies"}, set()),
    "policies/report": ({"policies"}, set()),
    # matplotlib in plot.py alone: tests/policies/estimate/test_pure.py
    "policies/estimate": ({"policies"}, {"matplotlib"}),
    "policies": ({"policies"}, {"grpc", "google", "pulumi", "yaml"}),
    "sandbox": ({"sandbox", "runtime"}, {"google", *SDKS}),
    "engine": ({"engine", "runtime"}, {"google", "pulumi", "yaml"}),
}
# The program decides by settings alone, and talks to the clouds through resources alone.
FORBIDDEN_NAMES = {"get_stack", "environ", "getenv", "is_dry_run", "Mocks"}
PROGRAM = ("__main__.py", "components", "settings")
THE_LOADER = "settings/load.py"  # the one place that may ask which stack it is


def files(folder: str) -> list[Path]:
    start = ROOT / folder
    return [start] if start.is_file() else sorted(start.rglob("*.py"))


@cache
def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text())


def imported(file: Path) -> Iterator[str]:
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: relative imports hide where a name comes from"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def folder_of(file: Path) -> str:
    """The most particular entry of the table that a file is under."""
    relative = file.relative_to(ROOT).as_posix()
    return max((f for f in ALLOWED if relative.startswith(f"{f}/")), key=len, default="")


MODULES = sorted({file for folder in ALLOWED for file in files(folder)})


def test_there_is_something_to_judge() -> None:
    assert len(MODULES) > 100
    assert {folder_of(file) for file in MODULES} == set(ALLOWED)


@pytest.mark.parametrize("file", MODULES, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_a_module_imports_only_what_its_folder_may(file: Path) -> None:
    ours, others = ALLOWED[folder_of(file)]
    for name in imported(file):
        top = name.partition(".")[0]
        if top in STANDARD:
            continue
        assert top in (ours if top in OURS else others), f"{file.name} imports {name}"


@pytest.mark.parametrize("file", files("policies/rules"), ids=lambda file: file.name)
def test_a_rule_runs_without_anything_installed(file: Path) -> None:
    for name in imported(file):
        assert name.partition(".")[0] in STANDARD | {"policies"}
        assert not name.startswith(("policies.adapter", "policies.serve"))


@pytest.mark.parametrize(
    "file",
    [file for folder in PROGRAM for file in files(folder)],
    ids=lambda file: file.relative_to(ROOT).as_posix(),
)
def test_the_program_asks_no_stack_name_environment_or_phase(file: Path) -> None:
    if file.relative_to(ROOT).as_posix() == THE_LOADER:
        return
    for node in ast.walk(tree(file)):
        named = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
        assert named not in FORBIDDEN_NAMES, f"line {getattr(node, 'lineno', 0)}: {named}"
    assert not [name for name in imported(file) if name.startswith(("sandbox", "engine"))]


@pytest.mark.parametrize("file", files("components"), ids=lambda file: file.name)
def test_a_component_s_resources_are_not_made_in_apply(file: Path) -> None:
    """A resource made there is missing from every preview in which the value is unknown."""
    for node in ast.walk(tree(file)):
        if not (isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "apply"):
            continue
        inside = [call for arg in node.args for call in ast.walk(arg) if isinstance(call, ast.Call)]
        made = [ast.unparse(call.func) for call in inside if _options(call)]
        assert not made, f"line {node.lineno}: {', '.join(made)}"


def _options(call: ast.Call) -> bool:
    return any(word.arg == "opts" for word in call.keywords)
