"""Which version of the Pulumi CLI a program is."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple


class Version(NamedTuple):
    """A semantic version; a pre-release counts as the release it leads to."""

    major: int
    minor: int
    patch: int

    def __str__(self) -> str:
        return ".".join(map(str, self))


MINIMUM = Version(3, 250, 0)
"""The oldest CLI this project is tested with: its language host and stand-in providers speak the
engine's protocol of that version, and ``pulumi policy analyze`` exists."""

VERSION = Version(3, 250, 0)
"""What is installed or built when PATH has none."""


def find_on_path() -> Path | None:
    """The ``pulumi`` that a shell would start."""
    found = shutil.which("pulumi")
    return Path(found) if found else None


def version_of(program: Path) -> Version | None:
    """What a program answers to ``version``; ``None`` when it is no working CLI."""
    try:
        answer = subprocess.run(
            [str(program), "version"], capture_output=True, text=True, check=True, timeout=30,
            env={"PULUMI_SKIP_UPDATE_CHECK": "true", "PATH": "/usr/bin:/bin", "HOME": "/"},
        ).stdout  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return None
    match = re.match(r"v?(\d+)\.(\d+)\.(\d+)", answer.strip())
    return Version(*map(int, match.groups())) if match else None
