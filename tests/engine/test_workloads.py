"""The workloads' environment: its packages by the lock, its jars by their hashes."""

from __future__ import annotations

import platform
import subprocess
import sys
import zipfile
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from engine import paths, progress, virtualenv, workloads

if TYPE_CHECKING:
    from pathlib import Path

JAR = b"a jar"
COORDINATE = "org.example:tiny:1.0"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose Spark is a wheel with a folder for jars, and a user cache with one jar."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    kept = paths.user_cache() / "jars" / "tiny-1.0.jar"
    kept.parent.mkdir(parents=True)
    kept.write_bytes(JAR)
    wheel, info = tmp_path / "tiny_spark-1.0-py3-none-any.whl", "tiny_spark-1.0.dist-info"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("pyspark/jars/ivy-1.0.jar", "")
        archive.writestr(
            f"{info}/METADATA", "Metadata-Version: 2.1\nName: tiny-spark\nVersion: 1.0\n"
        )
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{info}/RECORD", "")
    digest = sha256(wheel.read_bytes()).hexdigest()
    (tmp_path / "requirements.txt").write_text(f"./{wheel.name} --hash=sha256:{digest}\n")
    (tmp_path / workloads.JARS).write_text(f"# why\n{sha256(JAR).hexdigest()} {COORDINATE}\n")
    return tmp_path


def test_packages_and_jars_are_put_in_place_once(
    root: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    workloads.ensure(root)
    (jar,) = root.glob(".venv/lib/python3.*/site-packages/pyspark/jars/tiny-1.0.jar")
    assert jar.read_bytes() == JAR
    capfd.readouterr()
    workloads.ensure(root)
    assert capfd.readouterr().out == ""


def test_another_python_gets_an_environment_beside_the_first(
    root: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    named = root / "python3.x"
    named.symlink_to(sys.executable)
    for _ in range(2):
        workloads.ensure(root, other_python=str(named))
    (environment,) = root.glob(".venv*")
    assert environment.name == ".venv-python3.x"
    assert list(environment.glob("lib/python3.*/site-packages/pyspark/jars/tiny-1.0.jar"))
    assert capfd.readouterr().out.count("✓ Creating .venv-python3.x with Python 3.") == 1

    stamp = environment / virtualenv.STAMP
    stamp.write_text(stamp.read_text().replace(platform.python_version(), "3.10.1"))
    workloads.ensure(root, other_python=str(named))
    assert "✓ Creating .venv-python3.x" in capfd.readouterr().out, "the name is another Python now"


@pytest.mark.parametrize("python", ["python3.99", "false"])
def test_a_python_that_is_not_there_is_named_with_a_way_out(root: Path, python: str) -> None:
    with pytest.raises(progress.SetupError, match=f"^{python} does not run: .*\\n.*ON=/path/to/"):
        workloads.ensure(root, other_python=python)
    assert not list(root.glob(".venv*"))


@pytest.mark.parametrize("target", ["test-workloads", "story"])
def test_make_runs_the_workloads_with_the_python_that_is_named(target: str) -> None:
    planned = subprocess.run(
        ["make", "--dry-run", target, "ON=/opt/python3.12"],
        cwd=paths.ROOT, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    assert "engine/workloads.py /opt/python3.12\n" in planned
    assert "cd workloads && .venv-python3.12/bin/" in planned
    assert "cd workloads && .venv/bin/" not in planned


@pytest.fixture
def jars(root: Path) -> Path:
    """Spark's folder of jars, with nothing of ours in it."""
    folder = root / "jars"
    folder.mkdir()
    (folder / "ivy-1.0.jar").write_bytes(b"")
    (paths.user_cache() / "jars" / "tiny-1.0.jar").unlink()
    return folder


def _java(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stand-in for Java that puts a file where Ivy's last argument says."""
    java = root / "bin" / "java"
    java.parent.mkdir()
    java.write_text(
        "#!/bin/sh\nfor last; do :; done\n"
        f'printf "{JAR.decode()}" > "$(dirname "$last")/tiny-1.0.jar"\n'
    )
    java.chmod(0o755)
    monkeypatch.setenv("PATH", f"{java.parent}:/usr/bin:/bin")


def test_a_jar_is_fetched_with_the_ivy_that_spark_ships(
    root: Path, jars: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _java(root, monkeypatch)
    workloads.add_jar(jars, COORDINATE, sha256(JAR).hexdigest())
    assert (jars / "tiny-1.0.jar").read_bytes() == JAR


def test_a_jar_that_is_not_the_pinned_one_is_not_installed(
    root: Path, jars: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _java(root, monkeypatch)
    with pytest.raises(progress.SetupError, match="pins 0000"):
        workloads.add_jar(jars, COORDINATE, "0" * 64)
    assert [each.name for each in jars.iterdir()] == ["ivy-1.0.jar"]
    assert not (paths.user_cache() / "jars" / "tiny-1.0.jar").exists()


def test_without_java_it_says_what_to_install(
    root: Path, jars: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(root))
    with pytest.raises(progress.SetupError, match="Java is not on the PATH"):
        workloads.add_jar(jars, COORDINATE, "0" * 64)


def test_the_command_that_make_runs_is_quick_when_all_is_there() -> None:
    if not (workloads.ROOT / ".venv").exists():
        pytest.skip("make workloads-setup has not run")
    subprocess.run([sys.executable, "engine/workloads.py"], cwd=paths.ROOT, check=True, timeout=600)
