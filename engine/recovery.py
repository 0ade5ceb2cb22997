"""Takes up a stack whose run was killed: its lock goes, and what was made comes into its state.

A create that reached the cloud but was not reported is pending in the state. Clearing it, as
``refresh --clear-pending-creates`` does, makes the next update fail on what exists already; CLI
3.250 accepts ``--import-pending-creates`` but leaves the import undone. So the state is exported,
completed with what the cloud has, and imported again.
"""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from engine import paths

if TYPE_CHECKING:
    from collections.abc import Mapping


def take_in(environment: Mapping[str, str], stack: str) -> int:
    """Unlock a stack and move its pending creates into its resources; returns the exit code."""
    pulumi = ("pulumi", "--non-interactive", "--stack", stack)
    state = ""
    for command in (
        (*pulumi, "cancel", "--yes"),
        (*pulumi, "stack", "export"),
        (str(paths.virtualenv_python()), "-m", "sandbox", "recover"),
        (*pulumi, "stack", "import"),
    ):
        done = subprocess.run(
            command,
            cwd=paths.ROOT,
            env=environment,
            input=state,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            print(done.stderr, end="", file=sys.stderr)
            return done.returncode
        state = done.stdout
    return 0
