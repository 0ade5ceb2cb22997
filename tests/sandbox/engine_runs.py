"""Runs of the real engine, with the real language host, against the sandbox."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine import cli, paths, sandboxed
from tests.sandbox.providers import BIN

PROGRAM = Path(__file__).with_name("network_program")
_PROJECT = "name: mlops\nruntime: {{name: python, options: {{virtualenv: {virtualenv}}}}}\n"
_COUNT = re.compile(
    r"^\s+(?:\S{1,2} ?)??(\d+) (created|updated|deleted|replaced|imported|unchanged|to \w+)$"
)


class RunFailed(Exception):  # noqa: N818 - the message is what the user sees
    """A command ended in an error; the message is all that it printed."""


@dataclass
class Run:
    """The stack ``dev`` of the network program, on a backend of its own in ``folder``.

    Attributes:
        given: What the program reads; a test changes it between runs.
    """

    folder: Path
    given: dict[str, Any] = field(default_factory=dict[str, Any])

    def __post_init__(self) -> None:
        shutil.copytree(PROGRAM, self.folder / "program", dirs_exist_ok=True)
        project = _PROJECT.format(virtualenv=paths.VIRTUALENV)
        (self.folder / "program" / "Pulumi.yaml").write_text(project)
        self.command("stack", "init", "dev")

    def up(self) -> dict[str, int]:
        """Update; how many resources per kind of change."""
        return _counted(self.command("up", "--yes", "--skip-preview"))

    def preview(self) -> dict[str, int]:
        """Preview; how many resources per kind of change."""
        return _counted(self.command("preview"))

    def refresh(self) -> dict[str, int]:
        """Refresh; how many resources per kind of change."""
        return _counted(self.command("refresh", "--yes", "--skip-preview"))

    def destroy(self) -> dict[str, int]:
        """Destroy; how many resources per kind of change."""
        return _counted(self.command("destroy", "--yes", "--skip-preview"))

    def exported(self) -> str:
        """The stack's state, as ``pulumi stack export`` writes it."""
        return self.command("stack", "export")

    def failed(self, *arguments: str) -> str:
        """What a command prints that has to fail."""
        try:
            self.command(*arguments)
        except RunFailed as failure:
            return str(failure)
        raise AssertionError(f"pulumi {' '.join(arguments)} did not fail")

    def command(self, *arguments: str, given: str = "") -> str:
        """Run a command of the CLI with this on standard input; what it prints.

        Raises:
            RunFailed: it ended in an error.
        """
        pulumi = cli.remembered()
        assert pulumi is not None, "run the set-up first: make setup"
        path = [str(BIN), str(paths.LANGUAGE_HOST), str(pulumi.parent), os.environ["PATH"]]
        environment = {
            **os.environ,
            "PATH": os.pathsep.join(path),
            "PULUMI_HOME": str(self.folder / "home"),
            "PULUMI_BACKEND_URL": sandboxed.backend(self.folder),
            "PULUMI_CONFIG_PASSPHRASE": "sandbox",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "NETWORK": json.dumps(self.given),
        }
        done = subprocess.run(
            [pulumi, "--non-interactive", "--color", "never", *arguments],
            cwd=self.folder / "program",
            env=environment,
            input=given,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RunFailed(done.stdout + done.stderr)
        return done.stdout


def _counted(printed: str) -> dict[str, int]:
    """The counts in the ``Resources:`` block that ends each operation."""
    block = printed.partition("\nResources:\n")[2]
    return {found[2]: int(found[1]) for line in block.splitlines() if (found := _COUNT.match(line))}
