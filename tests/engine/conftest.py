"""A Pulumi project of its own for each test, run by the real CLI through this project's host."""

from __future__ import annotations

import os
import subprocess
import textwrap
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from engine import cli, paths, sandboxed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

STACK = "dev"


@dataclass(frozen=True)
class Project:
    """A Pulumi program in a temporary folder, with its state beside it."""

    folder: Path
    environment: dict[str, str]

    def write(self, name: str, text: str) -> Path:
        """Write a file of the project, its indentation removed."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))
        return path

    def program(self, text: str, *, virtualenv: str | None = str(paths.VIRTUALENV)) -> None:
        """Write the program and the project file that runs it."""
        options = f"\n  options: {{ virtualenv: {virtualenv} }}" if virtualenv else ""
        self.write("Pulumi.yaml", f"name: tiny\nruntime:\n  name: python{options}\n")
        self.write("__main__.py", text)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start the CLI and return at once; both output streams are one."""
        return subprocess.Popen(
            ["pulumi", *arguments, "--non-interactive"],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def pulumi(self, *arguments: str) -> tuple[int, str]:
        """Run the CLI to its end: exit code and output."""
        process = self.start(*arguments)
        output, _ = process.communicate(timeout=120)
        return process.returncode, output

    def up(self, *arguments: str) -> tuple[int, str]:
        """Create the stack if need be and deploy it."""
        self.pulumi("stack", "init", STACK)
        return self.pulumi("up", "--stack", STACK, "--yes", "--skip-preview", *arguments)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """An empty project in the test's own folder."""
    pulumi = cli.remembered()
    assert pulumi is not None, "run make setup first"
    for name in ("project", "home", "state"):
        (tmp_path / name).mkdir()
    environment = os.environ | {
        "PATH": os.pathsep.join([str(paths.LANGUAGE_HOST), str(pulumi.parent), os.environ["PATH"]]),
        "PULUMI_HOME": str(tmp_path / "home"),
        "PULUMI_BACKEND_URL": sandboxed.backend(tmp_path / "state"),
        "PULUMI_CONFIG_PASSPHRASE": "test",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
    }
    return Project(tmp_path / "project", environment)


@pytest.fixture
def programs(tmp_path: Path) -> FakePrograms:
    """Executables of the test's own making, and a PATH that has them only."""
    folder = tmp_path / "bin"
    folder.mkdir()
    return FakePrograms(folder)


@dataclass(frozen=True)
class FakePrograms:
    """A folder of executables that stands for a machine's PATH."""

    folder: Path

    def write(self, name: str, script: str) -> Path:
        """Make a shell script that answers by this name."""
        path = self.folder / name
        path.write_text(f"#!/bin/sh\n{textwrap.dedent(script)}")
        path.chmod(0o755)
        return path

    @property
    def path(self) -> str:
        """PATH with these programs before the system's basic ones."""
        return os.pathsep.join([str(self.folder), "/usr/bin", "/bin"])


@pytest.fixture
def ended() -> Callable[[int], bool]:
    """Whether a process ends within some seconds; a zombie nobody waits for has ended."""

    def within(pid: int, seconds: float = 20) -> bool:
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            state = subprocess.run(
                ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
            ).stdout.strip()
            if not state or state.startswith("Z"):
                return True
            time.sleep(0.05)
        return False

    return within
