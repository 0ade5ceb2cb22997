"""Who may import whom inside the wheel."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import company_ml

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(company_ml.__file__).parent
PROGRAM = {"components", "engine", "policies", "runtime", "sandbox", "settings", "pulumi"}
CLOUD = {"pyspark", "delta", "databricks"}


def _imports() -> Iterator[tuple[str, str]]:
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = (
                [alias.name for alias in node.names] if isinstance(node, ast.Import)
                else [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            )  # fmt: skip
            for name in names:
                yield path.relative_to(PACKAGE).as_posix(), name


def test_the_wheel_knows_nothing_of_the_program_that_deploys_it() -> None:
    assert not [pair for pair in _imports() if pair[1].split(".")[0] in PROGRAM]


def test_spark_and_databricks_are_imported_in_adapters_alone() -> None:
    found = [path for path, name in _imports() if name.split(".")[0] in CLOUD]
    assert found
    assert {path.split("/")[0] for path in found} == {"adapters"}


def test_cores_import_no_adapter() -> None:
    cores = [(path, name) for path, name in _imports() if path.endswith("core.py")]
    assert cores
    assert not [pair for pair in cores if "adapters" in pair[1] or pair[1].startswith("mlflow")]


def test_fakes_are_imported_by_tests_alone() -> None:
    assert not [pair for pair in _imports() if pair[1] == "company_ml.adapters.fakes"]
