"""Pulumi projects in a temporary folder, previewed in an empty sandbox of their own."""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine import paths, sandboxed

if TYPE_CHECKING:
    from collections.abc import Generator

STACK = "prod"
_PATIENCE = 600  # seconds


@dataclass(frozen=True)
class Project:
    """A program with this project's settings of :data:`STACK`."""

    folder: Path
    environment: dict[str, str]

    def command(self, *words: str) -> list[str]:
        """The words of a preview without policy packs."""
        return ["pulumi", "preview", "--stack", STACK, "--non-interactive", *words]

    def preview(self, *words: str) -> float:
        """Preview once; the seconds from the CLI's start to its end.

        Args:
            words: More of the command, for example policy packs.

        Raises:
            RuntimeError: The preview failed; the message is the engine's.
        """
        start = time.perf_counter()
        self._run(self.command("--suppress-outputs", *words))
        return time.perf_counter() - start

    def plan(self) -> dict[str, Any]:
        """What a preview says it would do, as its JSON has it."""
        return json.loads(self._run(self.command("--json")))

    def resources(self) -> int:
        """How many resources a preview registers."""
        return sum(self.plan()["changeSummary"].values())

    def deploy(self) -> list[dict[str, Any]]:
        """Deploy, and what the engine's state then holds, in the order of dependence."""
        stack = ("--stack", STACK, "--non-interactive")
        self._run(["pulumi", "up", "--yes", "--skip-preview", "--suppress-outputs", *stack])
        return json.loads(self._run(["pulumi", "stack", "export", *stack]))["deployment"][
            "resources"
        ]

    def _run(self, command: list[str]) -> str:
        done = subprocess.run(
            command,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=_PATIENCE,
        )
        if done.returncode:
            raise RuntimeError(done.stdout[-4000:] + done.stderr[-2000:])
        return done.stdout


@dataclass(frozen=True)
class Workbench:
    """Where projects are made."""

    folder: Path

    def project(self, name: str, program: str) -> Project:
        """A project whose ``__main__.py`` is this text."""
        folder = self.folder / name
        folder.mkdir()
        (folder / "__main__.py").write_text(program)
        return self._project(folder, main=folder)

    def platform(self, name: str = "platform") -> Project:
        """The platform itself."""
        folder = self.folder / name
        folder.mkdir()
        return self._project(folder, main=paths.ROOT)

    def pack(self, name: str, program: str) -> Path:
        """A policy pack whose ``__main__.py`` is this text."""
        folder = self.folder / name
        folder.mkdir()
        (folder / "__main__.py").write_text(program)
        (folder / "PulumiPolicy.yaml").write_text(
            f"runtime: {{ name: python, options: {{ virtualenv: {paths.VIRTUALENV} }} }}\n"
        )
        return folder

    def _project(self, folder: Path, *, main: Path) -> Project:
        (folder / "Pulumi.yaml").write_text(
            "name: mlops\n"
            f"runtime: {{ name: python, options: {{ virtualenv: {paths.VIRTUALENV} }} }}\n"
            f"main: {main}\n"
        )
        # The program names the wheel by its path from where it runs.
        (folder / paths.LOCAL.name).symlink_to(paths.LOCAL)
        stack_file = f"Pulumi.{STACK}.yaml"
        settings = (paths.ROOT / stack_file).read_text()
        (folder / stack_file).write_text(sandboxed.stack_file(settings))
        state = folder / "state"
        state.mkdir()
        project = Project(
            folder,
            {
                **sandboxed.environment(),
                "PULUMI_BACKEND_URL": sandboxed.backend(state),
                "PULUMI_OPTION_CWD": str(folder),
                "SANDBOX_STATE": str(folder / "cloud.db"),
            },
        )
        subprocess.run(
            ["pulumi", "stack", "init", f"organization/mlops/{STACK}"],
            env=project.environment,
            check=True,
            capture_output=True,
            timeout=_PATIENCE,
        )
        return project


@contextmanager
def workbench() -> Generator[Workbench]:
    """A workbench that is gone afterwards."""
    sandboxed.prepare()
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as folder:
        yield Workbench(Path(folder))


IMPORTS = f"""\
import sys

sys.path.insert(0, {str(paths.ROOT)!r})
import runtime

runtime.start()

import pulumi
import pulumi_azure_native as azure
import pulumi_databricks as databricks
from pulumi import InvokeOptions, Output, ResourceOptions
from settings.load import load

"""
"""What a program that replaces the platform's begins with."""
