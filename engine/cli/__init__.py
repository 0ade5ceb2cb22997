"""The Pulumi CLI: found, installed or built, in this order, and never half.

1. ``pulumi`` on PATH, when it is at least :data:`MINIMUM`.
2. The official install script, into this project's ``.cache/pulumi``.
3. A build from the Go module with the committed ``source/go.mod`` and ``go.sum``; kept outside
   the checkout, because it takes minutes. It is what works where only package registries answer.
"""

from __future__ import annotations

import json
from pathlib import Path

from engine import paths, progress
from engine.cli import build, install
from engine.cli.version import MINIMUM, VERSION, find_on_path, version_of

__all__ = ["MINIMUM", "VERSION", "obtain", "remembered"]

_REMEMBERED = "cli.json"


def remembered(local: Path = paths.LOCAL) -> Path | None:
    """The CLI that set-up chose, while it is unchanged; ``None`` before set-up."""
    note = local / _REMEMBERED
    try:
        noted = json.loads(note.read_text())
        path = Path(noted["path"])
        return path if noted["identity"] == _identity(path) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def obtain(local: Path = paths.LOCAL) -> Path:
    """Choose a CLI, obtaining one when there is none, and remember the choice.

    Args:
        local: The project's own folder for what it obtains.

    Raises:
        SetupError: None of the three ways works; the message names each with what failed.
    """
    on_path = find_on_path()
    if on_path is not None and on_path == remembered(local):
        return on_path
    failures: list[str] = []
    chosen = _on_path(on_path, failures) or _kept(local) or _made(local, failures)
    if chosen is None:
        raise progress.SetupError(
            f"The Pulumi CLI {MINIMUM} or newer is needed, and none of the three ways to get it "
            "works here:\n" + "\n".join(f"{n}. {text}" for n, text in enumerate(failures, 1))
        )
    if chosen == remembered(local):
        return chosen
    note = local / _REMEMBERED
    note.parent.mkdir(parents=True, exist_ok=True)
    note.write_text(json.dumps({"path": str(chosen), "identity": _identity(chosen)}))
    return chosen


def _identity(path: Path) -> str:
    status = path.stat()
    return f"{status.st_ino} {status.st_size} {status.st_mtime_ns}"


def _on_path(found: Path | None, failures: list[str]) -> Path | None:
    version = version_of(found) if found else None
    if version is not None and version >= MINIMUM:
        return found
    have = f"{found} is {version or 'no working pulumi'}" if found else "there is no pulumi on it"
    failures.append(
        f"pulumi on PATH: {have}. Install {MINIMUM} or newer: https://www.pulumi.com/docs/install/"
    )
    return None


def _kept(local: Path) -> Path | None:
    """What an earlier set-up installed or built."""
    for path in (install.target(local), build.target()):
        if path == remembered(local) or (path.is_file() and version_of(path) == VERSION):
            return path
    return None


def _made(local: Path, failures: list[str]) -> Path | None:
    for way, title in (
        (lambda: install.install(local), f"the official install script, {install.URL}"),
        (build.build, "a build from the Go module github.com/pulumi/pulumi/pkg/v3"),
    ):
        try:
            return way()
        except progress.SetupError as error:
            progress.say(f"  {str(error).splitlines()[0]}")
            failures.append(f"{title}: {error}")
    return None
