"""The processes this host started, and their quiet end."""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Mapping, Sequence

PATIENCE = 3.0
"""Seconds a child has to end after SIGTERM. The engine gives this host 5 before it kills it."""


class Children:
    """Running child processes. Safe to use from any thread."""

    def __init__(self) -> None:
        self._running: dict[int, subprocess.Popen[bytes]] = {}
        self._ended: set[int] = set()
        self._lock = threading.Lock()

    def start(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        *,
        cwd: str | None = None,
        piped: bool = False,
    ) -> subprocess.Popen[bytes]:
        """Start a program.

        It stays in this host's process group, so that the engine's last resort, killing the
        group, reaches it too.

        Args:
            command: The program and its arguments.
            environment: Its whole environment.
            cwd: Where it runs; this process's folder when not given.
            piped: Whether its output is read through pipes or goes where this process's goes.
        """
        import subprocess  # the engine starts one host that starts nothing

        pipe = subprocess.PIPE if piped else None
        child = subprocess.Popen(
            command,
            env=environment,
            cwd=cwd or None,
            stdin=subprocess.DEVNULL,
            stdout=pipe,
            stderr=pipe,
        )
        with self._lock:
            self._running[child.pid] = child
        return child

    def wait(self, child: subprocess.Popen[bytes]) -> int:
        """Wait for a child's end: its exit code, or minus the signal that ended it."""
        code = child.wait()
        with self._lock:
            self._running.pop(child.pid, None)
        return code

    def was_ended(self, child: subprocess.Popen[bytes]) -> bool:
        """Whether :meth:`end` was asked to end this child: its exit is then no failure."""
        with self._lock:
            return child.pid in self._ended

    def end(self, *children: subprocess.Popen[bytes], signum: int = signal.SIGTERM) -> None:
        """Ask children (all when none is named) to end, and kill those which do not."""
        with self._lock:
            ending = list(children or self._running.values())
            self._ended.update(child.pid for child in ending)
        if not ending:
            return
        import subprocess

        for child in ending:
            child.send_signal(signum)
        for child in ending:
            try:
                child.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                child.kill()
