"""One set-up at a time per checkout: two commands started together do not install twice."""

from __future__ import annotations

import fcntl
from contextlib import contextmanager
from typing import TYPE_CHECKING

from engine import progress

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path


@contextmanager
def held(path: Path) -> Generator[None]:
    """Hold an exclusive lock, waiting for whoever has it; the system frees it with the process."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress.say("· Waiting for another set-up of this checkout")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
