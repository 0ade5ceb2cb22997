"""Set-up: what it makes, what it leaves alone, and what it says when it cannot go on."""

from __future__ import annotations

import subprocess
import sys
import time
import zipfile
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from engine import lock, paths, progress, virtualenv

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


_SETUP = paths.ROOT / "engine" / "setup.py"


def _requirements(root: Path, *versions: str) -> None:
    """A lock file of one package, from a wheel beside it."""
    lines: list[str] = []
    for version in versions:
        info = f"tiny_fruit-{version}.dist-info"
        wheel = root / f"tiny_fruit-{version}-py3-none-any.whl"
        with zipfile.ZipFile(wheel, "w") as archive:
            archive.writestr("tiny_fruit.py", f"VERSION = {version!r}\n")
            archive.writestr(
                f"{info}/METADATA", f"Metadata-Version: 2.1\nName: tiny-fruit\nVersion: {version}\n"
            )
            archive.writestr(
                f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
            )
            archive.writestr(f"{info}/RECORD", "")
        digest = sha256(wheel.read_bytes()).hexdigest()
        lines.append(f"./{wheel.name} --hash=sha256:{digest}")
    (root / "requirements.txt").write_text("\n".join(lines) + "\n")


def test_the_environment_follows_the_lock_file(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    _requirements(tmp_path, "1.0")
    virtualenv.ensure(tmp_path)
    assert "Creating .venv" in capfd.readouterr().out

    (site,) = (tmp_path / ".venv").glob("lib/python3.*/site-packages")
    assert "1.0" in (site / "tiny_fruit.py").read_text()
    assert list((site / "__pycache__").glob("tiny_fruit.*.pyc")), "it must come compiled"

    started = time.monotonic()
    virtualenv.ensure(tmp_path)
    assert time.monotonic() - started < 0.1
    assert capfd.readouterr().out == ""

    _requirements(tmp_path, "2.0")
    virtualenv.ensure(tmp_path)
    assert "2.0" in (site / "tiny_fruit.py").read_text()
    assert "Creating .venv" not in capfd.readouterr().out


def test_a_package_that_is_not_the_locked_one_is_refused(tmp_path: Path) -> None:
    _requirements(tmp_path, "1.0")
    text = (tmp_path / "requirements.txt").read_text()
    (tmp_path / "requirements.txt").write_text(
        text.partition("sha256:")[0] + f"sha256:{'0' * 64}\n"
    )

    with pytest.raises(progress.CommandError, match="DO NOT MATCH THE HASHES"):
        virtualenv.ensure(tmp_path)

    assert not (tmp_path / ".venv" / virtualenv.STAMP).exists(), "the next run must try again"


def test_without_a_package_index_it_says_what_to_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "0")
    digest = "0" * 64
    (tmp_path / "requirements.txt").write_text(f"tiny-fruit==1.0 --hash=sha256:{digest}\n")

    with pytest.raises(progress.SetupError, match="The package index was not reached"):
        virtualenv.ensure(tmp_path)


def test_an_older_python_is_told_which_one_is_needed() -> None:
    pretend = f"import sys; sys.version_info = (3, 10, 2); exec(open({str(_SETUP)!r}).read())"

    done = subprocess.run(
        [sys.executable, "-c", pretend], capture_output=True, text=True, check=False
    )

    assert done.returncode == 1
    assert "Python 3.11 or newer is needed" in done.stderr
    assert "make PYTHON=" in done.stderr


def test_a_second_set_up_does_nothing_and_takes_a_moment() -> None:
    setup = [sys.executable, str(_SETUP)]
    subprocess.run(setup, check=True, capture_output=True)
    before = {path: path.stat().st_mtime_ns for path in paths.LOCAL.rglob("*") if path.is_file()}

    started = time.monotonic()
    done = subprocess.run(setup, check=True, capture_output=True, text=True)

    assert time.monotonic() - started < 2, "0.1 s alone; a busy machine gets some patience"
    assert (done.stdout, done.stderr) == ("", "")
    after = {path: path.stat().st_mtime_ns for path in before}
    del before[paths.LOCAL / "setup.lock"], after[paths.LOCAL / "setup.lock"]
    assert after == before


def test_a_long_step_shows_that_it_lives(capfd: pytest.CaptureFixture[str]) -> None:
    progress.run("Counting", ["sh", "-c", "echo one; echo two; sleep 6"])

    output = capfd.readouterr().out
    assert "· Counting" in output
    assert "Counting: 5 s, two" in output
    assert "✓ Counting (6 s)" in output


def test_a_failing_step_shows_the_end_of_its_output() -> None:
    with pytest.raises(progress.CommandError, match="exit code 4") as failure:
        progress.run("Failing", ["sh", "-c", "seq 100; exit 4"])

    assert "    100" in str(failure.value)
    assert "    80\n" not in str(failure.value), "the end is enough"


def test_a_step_over_its_limit_is_killed_with_its_children(
    tmp_path: Path, ended: Callable[[int], bool]
) -> None:
    with pytest.raises(progress.CommandError, match="given up after"):
        progress.run("Hanging", ["sh", "-c", f"sleep 60 & echo $! > {tmp_path}/pid; wait"], limit=1)

    pid = int((tmp_path / "pid").read_text())
    assert ended(pid)


def test_a_missing_program_is_named() -> None:
    with pytest.raises(progress.CommandError, match="no-such-program cannot be started"):
        progress.run("Starting", ["no-such-program"])


def test_two_set_ups_take_turns(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from engine import lock\n"
        "with lock.held(Path(sys.argv[1])): print('in')\n"
    )
    with lock.held(tmp_path / "lock"):
        other = subprocess.Popen(
            [sys.executable, "-c", script, str(tmp_path / "lock")],
            cwd=paths.ROOT, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert other.stdout is not None
        assert "Waiting for another set-up" in other.stdout.readline()
        assert other.poll() is None

    rest, _ = other.communicate(timeout=20)
    assert rest == "in\n"
