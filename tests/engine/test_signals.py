"""How the language host and what it started come to their end."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from engine import paths

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Project

    Ended = Callable[[int], bool]

pytestmark = pytest.mark.engine

WAITING = """
    import os, pathlib, time
    pathlib.Path("pids.new").write_text(f"{os.getpid()} {os.getppid()}")
    os.rename("pids.new", "pids")
    time.sleep(100)
"""


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_the_host_ends_quietly_and_takes_the_program_along(
    project: Project, ended: Ended, signum: signal.Signals
) -> None:
    project.program(WAITING)
    project.pulumi("stack", "init", "dev")
    engine = project.start("preview", "--stack", "dev")
    program, host = _pids(project.folder)

    os.kill(host, signum)

    output, _ = engine.communicate(timeout=30)
    assert ended(program)
    assert ended(host)
    assert "Traceback" not in output
    assert "KeyboardInterrupt" not in output


def test_a_program_that_ignores_the_request_is_killed(project: Project, ended: Ended) -> None:
    project.program("import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n")
    project.write("__main__.py", (project.folder / "__main__.py").read_text() + _flat(WAITING))
    project.pulumi("stack", "init", "dev")
    engine = project.start("preview", "--stack", "dev")
    program, host = _pids(project.folder)

    os.kill(host, signal.SIGTERM)

    engine.communicate(timeout=30)
    assert ended(program)


def test_an_interrupted_command_ends_without_a_traceback(project: Project, ended: Ended) -> None:
    project.program(WAITING)
    project.pulumi("stack", "init", "dev")
    engine = project.start("preview", "--stack", "dev")
    program, host = _pids(project.folder)

    os.kill(engine.pid, signal.SIGINT)

    output, _ = engine.communicate(timeout=30)
    assert engine.returncode != 0
    assert "Traceback" not in output
    assert ended(program)
    assert ended(host)


def test_a_killed_engine_leaves_no_orphans(project: Project, ended: Ended) -> None:
    project.program(WAITING)
    project.pulumi("stack", "init", "dev")
    engine = project.start("preview", "--stack", "dev")
    program, host = _pids(project.folder)

    engine.kill()
    engine.communicate(timeout=30)

    assert ended(host)
    assert ended(program)


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_an_idle_host_ends_at_once_and_says_nothing(signum: signal.Signals) -> None:
    host = subprocess.Popen(
        [str(paths.LANGUAGE_HOST / "pulumi-language-python"), "127.0.0.1:1"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert host.stdout is not None
    assert int(host.stdout.readline()) > 0

    host.send_signal(signum)

    rest, errors = host.communicate(timeout=10)
    assert (host.returncode, rest, errors) == (0, "", "")


def test_without_a_virtual_environment_the_host_says_what_to_run(tmp_path: Path) -> None:
    folder = tmp_path / "engine" / "language_host"
    folder.mkdir(parents=True)
    launcher = folder / "pulumi-language-python"
    launcher.write_bytes((paths.LANGUAGE_HOST / "pulumi-language-python").read_bytes())
    launcher.chmod(0o755)

    done = subprocess.run([str(launcher)], capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert "Run: make setup" in done.stderr


def _pids(folder: Path) -> tuple[int, int]:
    """The program's and the host's process ids, once the program runs."""
    pids = folder / "pids"
    _eventually(pids.exists)
    program, host = map(int, pids.read_text().split())
    return program, host


def _eventually(condition: Callable[[], bool], seconds: float = 20) -> None:
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit, "it did not happen in time"
        time.sleep(0.05)


def _flat(text: str) -> str:
    return "\n".join(line.strip() for line in text.splitlines())
