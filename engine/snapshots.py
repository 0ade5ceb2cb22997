"""``make estimate``: previews the stacks into files, for tools that read what would be there."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from engine import events, paths, summary

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from engine.commands import Sandbox

_VERB = "Previewing"


def path(stack: str) -> Path:
    """Where the preview of a stack is written."""
    return paths.LOCAL / f"preview-{stack}.json"


def take(sandbox: Sandbox, stacks: Sequence[str]) -> int:
    """Preview each stack into its file; returns the exit code of the first that fails.

    Standard output stays empty: it is the report's, which may go into a file.
    """
    for stack in stacks:
        print(f"· {_VERB} {stack}", file=sys.stderr, flush=True)
        if code := sandbox.make(stack):
            return code
        with path(stack).open("w") as file:
            done = subprocess.run(
                ["pulumi", "preview", "--stack", stack, "--json", "--show-sames"],
                env=sandbox.environment, check=False, stdout=file, stderr=subprocess.PIPE,
                text=True,
            )  # fmt: skip
        if done.returncode:
            run = events.Run(errors=[done.stderr, *_errors(path(stack).read_text())])
            print(*filter(None, run.errors), sep="", file=sys.stderr)
            print(f"\n{summary.failure(stack, _VERB, run)}", file=sys.stderr)
            return done.returncode
    return 0


def _errors(preview: str) -> list[str]:
    """What a failed preview says went wrong; nothing where the engine wrote no JSON."""
    try:
        diagnostics: list[dict[str, Any]] = json.loads(preview).get("diagnostics") or []
    except ValueError:
        return []
    return [str(each["message"]) for each in diagnostics if each.get("severity") == "error"]
