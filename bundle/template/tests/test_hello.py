"""Code of the project runs on a laptop, without Databricks."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HELLO = Path(__file__).parents[1] / "src" / "hello.py"


def test_it_says_where_it_runs() -> None:
    said = subprocess.run(
        [sys.executable, str(HELLO), "--environment=dev", "--catalog=ml_dev_catalog"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert said == "Hello from dev; its tables are in ml_dev_catalog.\n"
