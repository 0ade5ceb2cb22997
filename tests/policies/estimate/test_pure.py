"""The estimate runs in every pack, so it needs nothing installed, and no picture to be drawn."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

from policies import estimate

MODULES = sorted(Path(estimate.__file__).parent.glob("*.py"))


@pytest.mark.parametrize("file", MODULES, ids=lambda file: file.name)
def test_only_pictures_need_more_than_the_standard_library(file: Path) -> None:
    names = [
        name
        for node in ast.walk(ast.parse(file.read_text()))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [str(node.module)]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    ]
    outside = {name.split(".")[0] for name in names} - {*sys.stdlib_module_names, "policies"}
    assert outside == ({"matplotlib"} if file.name == "plot.py" else set())
    assert not any(name.startswith("policies.rules") for name in names)
