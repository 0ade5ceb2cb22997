"""The same source gives the same wheel, and a change of it gives another."""

from __future__ import annotations

import hashlib
import shutil
import zipfile
from typing import TYPE_CHECKING

import pytest

from components.cluster_rules import JOBS_RUNTIME
from components.wheel import build, pins
from settings.load import PROJECT

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the workloads' source, with other dates and rights than the original's."""
    copy = tmp_path / "workloads"
    copy.mkdir()
    for name in ("pyproject.toml", "README.md"):
        shutil.copyfile(PROJECT / "workloads" / name, copy / name)
    skipped = shutil.ignore_patterns("__pycache__")
    shutil.copytree(
        PROJECT / "workloads" / "src",
        copy / "src",
        copy_function=shutil.copyfile,
        ignore=skipped,
    )
    return copy


def test_a_copy_elsewhere_gives_the_same_file_byte_for_byte(project: Path, tmp_path: Path) -> None:
    here = build(PROJECT / "workloads", tmp_path / "here")
    there = build(project, tmp_path / "there")
    assert here.name == there.name
    digests = {hashlib.sha256(wheel.read_bytes()).hexdigest() for wheel in (here, there)}
    assert len(digests) == 1


def test_a_change_of_the_code_is_another_file(project: Path, tmp_path: Path) -> None:
    before = build(project, tmp_path)
    (project / "src" / "company_ml" / "__init__.py").write_text("CHANGED = True\n")
    after = build(project, tmp_path)
    assert before != after
    assert before.is_file()
    assert after.is_file()


def test_what_python_leaves_behind_changes_nothing(project: Path, tmp_path: Path) -> None:
    before = build(project, tmp_path)
    cache = project / "src" / "company_ml" / "__pycache__"
    cache.mkdir()
    (cache / "cli.cpython-312.pyc").write_bytes(b"compiled")
    assert build(project, tmp_path) == before


def test_it_is_built_once(project: Path, tmp_path: Path) -> None:
    built = build(project, tmp_path)
    first = built.stat().st_mtime_ns
    assert build(project, tmp_path).stat().st_mtime_ns == first


def test_it_holds_the_package_its_commands_and_its_data(tmp_path: Path) -> None:
    with zipfile.ZipFile(build(PROJECT / "workloads", tmp_path)) as wheel:
        names = wheel.namelist()
        entry_points = wheel.read(next(n for n in names if n.endswith("entry_points.txt")))
    assert "company_ml/cli.py" in names
    assert "company_ml/schemas/environment.json" in names
    for command in (b"company_ml=", b"train_model=", b"deploy_model=", b"monitor_model="):
        assert command in entry_points


def test_a_failed_build_leaves_nothing_behind(project: Path, tmp_path: Path) -> None:
    (project / "pyproject.toml").write_text("[project]\n")
    into = tmp_path / "built"
    with pytest.raises(Exception, match="name"):
        build(project, into)
    assert list(into.iterdir()) == []


def test_serverless_jobs_get_the_versions_that_the_workloads_are_tested_with() -> None:
    locked = (PROJECT / "workloads" / "requirements.in").read_text("utf-8")
    wanted = pins(PROJECT / "workloads")
    assert set(wanted) <= {line.partition(" ")[0] for line in locked.splitlines()}
    # Spark itself is the environment's own, and a second one breaks it.
    assert not [pin for pin in wanted if "spark" in pin]
    version = ".".join(JOBS_RUNTIME.split(".")[:2])
    assert f"Databricks Runtime {version} LTS ML" in locked
