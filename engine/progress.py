"""Long steps that show what they are doing and for how long."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

_EVERY = 5.0  # seconds between signs of life where lines stay; a terminal's line is redrawn
_EVERY_ON_TERMINAL = 1.0
_TAIL = 15  # lines of a failed command's output shown with the error


class SetupError(Exception):
    """Set-up cannot go on; the message says what to do."""


class CommandError(SetupError):
    """A command failed; the message holds the end of its output."""


def say(text: str) -> None:
    """Print a line at once: set-up is watched, also through pipes."""
    print(text, flush=True)


def run(
    title: str,
    command: Sequence[str],
    *,
    cwd: Path | None = None,
    environment: Mapping[str, str] | None = None,
    limit: float | None = None,
    detail: Callable[[list[str]], str] = lambda lines: lines[-1] if lines else "",
) -> None:
    """Run a command, showing its title, the seconds so far and a detail of its output.

    Args:
        title: What is happening, as a user would say it.
        command: The program and its arguments.
        cwd: Where it runs; the current folder when not given.
        environment: Its whole environment; this process's when not given.
        limit: Seconds after which it and its children are killed; no limit when not given.
        detail: Makes the detail out of the output lines so far.

    Raises:
        CommandError: It failed, took too long, or does not exist.
    """
    started = time.monotonic()
    try:
        child = subprocess.Popen(
            command, cwd=cwd, env=environment, stdin=subprocess.DEVNULL, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    except OSError as error:
        raise CommandError(f"{title}: {command[0]} cannot be started: {error}") from error
    lines: list[str] = []
    reader = threading.Thread(target=_collect, args=(child.stdout, lines), daemon=True)
    reader.start()
    terminal = sys.stdout.isatty()
    say(f"· {title}") if not terminal else None
    try:
        while True:
            try:
                code = child.wait(_EVERY_ON_TERMINAL if terminal else _EVERY)
                break
            except subprocess.TimeoutExpired:
                elapsed = time.monotonic() - started
                if limit is not None and elapsed > limit:
                    raise CommandError(f"{title}: given up after {elapsed:.0f} s") from None
                _show(title, elapsed, detail(lines[:]), terminal=terminal)
    finally:
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
        reader.join()
        if terminal:
            sys.stdout.write("\r\033[K")
    if code != 0:
        tail = "\n".join("    " + line for line in lines[-_TAIL:])
        raise CommandError(f"{title}: exit code {code}\n    {' '.join(command)}\n{tail}")
    say(f"✓ {title} ({time.monotonic() - started:.0f} s)")


def _collect(stream: IO[str] | None, lines: list[str]) -> None:
    if stream is not None:
        with stream:
            lines.extend(line.rstrip() for line in stream)


def _show(title: str, elapsed: float, detail: str, *, terminal: bool) -> None:
    text = f"  {title}: {elapsed:.0f} s" + (f", {detail[:60]}" if detail else "")
    if terminal:
        sys.stdout.write(f"\r\033[K{text}")
        sys.stdout.flush()
    else:
        say(text)
