"""The workloads' wheel: the same bytes from the same sources, another name from others."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from engine import paths, progress, wheel

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """A copy of the workloads' sources that a test may change."""
    copy = tmp_path / "workloads"
    shutil.copytree(
        wheel.SOURCES, copy,
        ignore=shutil.ignore_patterns(".venv", "__pycache__", "tests", "benchmarks", ".hypothesis"),
    )  # fmt: skip
    return copy


def test_the_same_sources_give_the_same_bytes_whoever_builds_them(
    sources: Path, tmp_path: Path
) -> None:
    first = wheel.ensure(sources, tmp_path / "one")
    before = os.umask(0o077)
    try:
        elsewhere = tmp_path / "elsewhere"
        shutil.copytree(sources, elsewhere, copy_function=shutil.copyfile)
        (elsewhere / "src" / "company_ml" / "__pycache__").mkdir(exist_ok=True)
        (elsewhere / "src" / "company_ml" / "__pycache__" / "cli.pyc").write_bytes(b"old")
        second = wheel.ensure(elsewhere, tmp_path / "two")
    finally:
        os.umask(before)
    assert first.name == second.name
    assert sha256(first.read_bytes()).digest() == sha256(second.read_bytes()).digest()
    assert not (sources / "build").exists()


def test_the_wheel_brings_its_data_and_starts_outside_of_the_checkout(
    sources: Path, tmp_path: Path
) -> None:
    built = wheel.ensure(sources, tmp_path / "built")
    with zipfile.ZipFile(built) as archive:
        names = set(archive.namelist())
        (scripts,) = (archive.read(name) for name in names if name.endswith("entry_points.txt"))
        archive.extractall(tmp_path / "site")
    assert {
        "company_ml/configs/environment.prod.yaml", "company_ml/configs/gates.yaml",
        "company_ml/schemas/environment.json", "company_ml/schemas/gates.json",
        "company_ml/py.typed",
    } <= names  # fmt: skip
    for command in (b"company_ml", b"train_model", b"deploy_model", b"monitor_model"):
        assert command + b" = company_ml.cli:" in scripts
    # The help imports no dependency but the settings' schema check, which this environment lacks.
    found = subprocess.run(
        [sys.executable, "-c",
         "import importlib.metadata as m; print(m.version('company_ml_framework'))"],
        env={"PYTHONPATH": str(tmp_path / "site")}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert found.stdout.strip() == wheel.version(sources)


@pytest.mark.parametrize("file", ["src/company_ml/cli.py", "pyproject.toml", "README.md"])
def test_any_change_of_the_sources_changes_the_name(sources: Path, file: str) -> None:
    before = wheel.path(sources)
    with (sources / file).open("a") as text:
        text.write("\n# changed\n")
    assert wheel.path(sources).name != before.name


def test_an_existing_wheel_is_not_built_again(sources: Path, tmp_path: Path) -> None:
    target = wheel.path(sources, tmp_path / "built")
    target.parent.mkdir()
    target.write_bytes(b"built before")
    assert wheel.ensure(sources, tmp_path / "built").read_bytes() == b"built before"


def test_a_project_without_a_version_is_refused(sources: Path) -> None:
    (sources / "pyproject.toml").write_text('version = "1.0.0+local"\n')
    with pytest.raises(progress.SetupError, match="has no line: version"):
        wheel.version(sources)


def test_the_path_is_inside_the_projects_own_cache() -> None:
    assert wheel.path().is_relative_to(paths.LOCAL)
