"""A small program of a test's own, on the real engine, judged by a pack."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine import paths, sandboxed
from policies import config

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PATIENCE = 240
PACK = config.ROOT / "platform"


@dataclass(frozen=True)
class Project:
    """A program with a state and clouds of its own, in a folder."""

    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """The sandbox's environment, turned to this folder."""
        return {
            **sandboxed.environment(),
            "PULUMI_BACKEND_URL": sandboxed.backend(self.folder),
            "PULUMI_OPTION_CWD": str(self.folder),
            "SANDBOX_STATE": str(self.folder / "cloud.db"),
        }

    def make(self, program: str) -> None:
        """Write the program and make its stack."""
        sandboxed.prepare()
        (self.folder / "Pulumi.yaml").write_text(
            f"name: mlops\nruntime: {{name: python, options: {{virtualenv: {paths.VIRTUALENV}}}}}\n"
        )
        (self.folder / "Pulumi.prod.yaml").write_text(sandboxed.stack_file(""))
        (self.folder / "__main__.py").write_text(program)
        self.pulumi("stack", "init", "organization/mlops/prod")

    def pulumi(self, *words: str, expected: int | None = 0) -> str:
        """Run the CLI; what it prints."""
        done = subprocess.run(
            ["pulumi", *words, "--non-interactive", "--color", "never"],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        if expected is not None:
            assert done.returncode == expected, done.stdout[-6000:] + done.stderr[-3000:]
        return done.stdout + done.stderr

    def judged(self, settings: Mapping[str, Any]) -> list[str]:
        """The CLI's arguments that turn the pack on with this configuration."""
        file = self.folder / "settings.json"
        file.write_text(json.dumps(settings))
        return ["--policy-pack", str(PACK), "--policy-pack-config", str(file)]

    def resource(self, name: str) -> dict[str, Any]:
        """The resource of this logical name in the engine's state."""
        exported = json.loads(self.pulumi("stack", "export", "--stack", "prod"))
        return next(
            item
            for item in exported["deployment"]["resources"]
            if item["urn"].endswith(f"::{name}")
        )
