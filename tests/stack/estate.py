"""The real program on the real engine, in clouds and a state of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine import paths, sandboxed, stacks

if TYPE_CHECKING:
    from pathlib import Path

PATIENCE = 240


@dataclass(frozen=True)
class Estate:
    """One backend and one pair of clouds, in a folder."""

    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """The sandbox's environment, turned to this folder."""
        return {
            **sandboxed.environment(),
            "PULUMI_BACKEND_URL": sandboxed.backend(self.folder),
            "SANDBOX_STATE": str(self.folder / "cloud.db"),
        }

    def command(self, *words: str, stack: str) -> list[str]:
        """The words that start the CLI."""
        return ["pulumi", *words, "--stack", stack, "--non-interactive", "--color", "never"]

    def pulumi(
        self, *words: str, stack: str, expected: int | None = 0
    ) -> subprocess.CompletedProcess[str]:
        """Run the CLI; the engine's words are the failure's message."""
        done = subprocess.run(
            self.command(*words, stack=stack),
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        if expected is not None:
            assert done.returncode == expected, done.stdout[-6000:] + done.stderr[-3000:]
        return done

    def init(self, stack: str) -> None:
        """Make an empty stack."""
        sandboxed.prepare()
        (self.folder / ".pulumi").mkdir(exist_ok=True)
        subprocess.run(
            ["pulumi", "stack", "init", f"organization/mlops/{stack}"],
            env=self.environment,
            check=True,
            capture_output=True,
            timeout=PATIENCE,
        )

    def up(self, stack: str, *words: str) -> subprocess.CompletedProcess[str]:
        """Deploy with every policy rule on."""
        judged = stacks.policy_arguments(stack)
        return self.pulumi("up", "--yes", "--skip-preview", *judged, *words, stack=stack)

    def outputs(self, stack: str) -> dict[str, Any]:
        """The stack's outputs."""
        return json.loads(self.pulumi("stack", "output", "--json", stack=stack).stdout)

    def resources(self, stack: str) -> list[dict[str, Any]]:
        """What the engine's state holds."""
        exported = json.loads(self.pulumi("stack", "export", stack=stack).stdout)
        return exported["deployment"].get("resources") or []

    def one(self, stack: str, name: str) -> dict[str, Any]:
        """The resource of this logical name."""
        return next(r for r in self.resources(stack) if r["urn"].endswith(f"::{name}"))

    def cloud(self, *words: str) -> str:
        """What ``python -m sandbox`` does to, or says of, these clouds."""
        return subprocess.run(
            [sys.executable, "-m", "sandbox", *words],
            env={**os.environ, "SANDBOX_STATE": self.environment["SANDBOX_STATE"]},
            cwd=paths.ROOT,
            capture_output=True,
            text=True,
            check=True,
            timeout=PATIENCE,
        ).stdout

    def destroy(self, stack: str) -> None:
        """Destroy the stack, what is protected too."""
        self.pulumi("state", "unprotect", "--all", "--yes", stack=stack)
        self.pulumi("destroy", "--yes", "--skip-preview", stack=stack)
