"""The commands behind make: on all stacks, or those named, in the sandbox."""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections import Counter
from typing import TYPE_CHECKING

from engine import events, paths, progress, recovery, sandboxed, snapshots, stacks, summary

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_TITLES = {
    "up": "Deploying", "preview": "Previewing", "down": "Destroying", "recover": "Recovering",
}  # fmt: skip
_SIGNALLED = 128
_SNAPSHOTS = "snapshots"
_VERBS = {"up": "up", "preview": "preview", "down": "destroy", "recover": "refresh"}


class Sandbox:
    """The stacks in the sandbox and the CLI that works on them."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        # The event log's flag is among those the CLI shows to tools only; the Automation API sets
        # the same variable.
        self.environment = {**environment, "PULUMI_DEBUG_COMMANDS": "true"}

    def exists(self, stack: str) -> bool:
        """Whether the stack has been made and not removed."""
        folder = sandboxed.STATE / ".pulumi" / "stacks"
        return any(folder.glob(f"*/{stack}.json"))

    def make(self, stack: str) -> int:
        """Make the stack unless it is there; returns the exit code."""
        if self.exists(stack):
            return 0
        return self.quietly("stack", "init", stack, "--no-select")

    def quietly(self, *arguments: str) -> int:
        """Run the CLI and show its output only if it fails; returns its exit code."""
        done = subprocess.run(
            ["pulumi", *arguments, "--non-interactive"],
            env=self.environment, check=False, capture_output=True, text=True,
        )  # fmt: skip
        if done.returncode:
            print(done.stdout, done.stderr, sep="", file=sys.stderr)
        return done.returncode

    def _openly(self, *arguments: str) -> tuple[int, list[str]]:
        """Run the CLI in the user's sight; its exit code and what it wrote as errors."""
        complaints: list[str] = []
        with subprocess.Popen(
            ["pulumi", *arguments, "--non-interactive"],
            env=self.environment, stderr=subprocess.PIPE, text=True,
        ) as process:  # fmt: skip
            for line in process.stderr or ():
                sys.stderr.write(line)
                complaints.append(line)
        return process.returncode, complaints

    def run(self, command: str, stack: str) -> tuple[int, events.Run, float]:
        """Preview, update or destroy one stack: exit code, what happened, and the seconds."""
        if command in ("up", "preview") and (code := self.make(stack)):
            return code, events.Run(), 0.0
        log = paths.SANDBOX / "events" / f"{stack}.{command}.jsonl"
        log.parent.mkdir(parents=True, exist_ok=True)
        log.unlink(missing_ok=True)
        arguments = [_VERBS[command], "--stack", stack, "--event-log", str(log)]
        if command in ("up", "preview"):
            arguments += ["--suppress-outputs", *stacks.policy_arguments(stack)]
        if command != "preview":
            arguments += ["--yes", "--skip-preview"]
        if command == "recover" and (code := recovery.take_in(self.environment, stack)):
            return code, events.Run(), 0.0
        if command == "down":
            # Protection guards a real environment; this one is a rehearsal and has to go whole.
            self.quietly("state", "unprotect", "--all", "--yes", "--stack", stack)
        started = time.monotonic()
        code, complaints = self._openly(*arguments)
        run = events.read(log)
        # Before a run begins, as when the stack is locked, there is no event to read it from.
        run.errors += complaints
        if code < 0:
            run.errors.append(f"the engine was killed by signal {-code}")
            code = _SIGNALLED - code  # as a shell counts
        return code, run, time.monotonic() - started

    def left(self) -> Counter[str]:
        """What the clouds hold, by type."""
        listed = subprocess.run(
            [str(paths.virtualenv_python()), "-m", "sandbox", "list"],
            cwd=paths.ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        return Counter(line.split()[0] for line in listed.splitlines() if line.strip())

    def remove(self, stack: str) -> int:
        """Forget a destroyed stack."""
        return self.quietly("stack", "rm", stack, "--yes", "--preserve-config")


def main(argv: Sequence[str]) -> int:
    """Run one command on the stacks named, all when none is; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python engine", description=__doc__)
    parser.add_argument("command", choices=sorted({*_TITLES, _SNAPSHOTS}))
    parser.add_argument("stacks", nargs="*", metavar="STACK")
    arguments = parser.parse_args(argv)
    try:
        sandbox = Sandbox(sandboxed.environment())
        sandboxed.prepare()
        chosen = stacks.chosen(arguments.stacks)
        if arguments.command == _SNAPSHOTS:
            return snapshots.take(sandbox, chosen)
        return _each(sandbox, arguments.command, chosen)
    except progress.SetupError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        # The engine has the same signal from the terminal and has reported its own end.
        return 130


def _each(sandbox: Sandbox, command: str, names: Sequence[str]) -> int:
    done: list[tuple[str, events.Run, float]] = []
    for stack in reversed(names) if command == "down" else names:
        if command in ("down", "recover") and not sandbox.exists(stack):
            continue
        progress.say(f"\n══ {_TITLES[command]} {stack}")
        code, run, seconds = sandbox.run(command, stack)
        if code == 0 and command == "down":
            code = sandbox.remove(stack)
        if code:
            sys.stdout.flush()
            print(f"\n{summary.failure(stack, _TITLES[command], run)}", file=sys.stderr)
            return code
        done.append((stack, run, seconds))
    _report(command, done)
    if command == "down" and not any(map(sandbox.exists, stacks.all_stacks())):
        progress.say(summary.left(sandbox.left()))
    return 0


def _report(command: str, done: Sequence[tuple[str, events.Run, float]]) -> None:
    if command in ("down", "recover") and not done:
        progress.say("No stack is deployed.")
        return
    progress.say("\n══ Summary" + (" of what an update would do" if command == "preview" else ""))
    for stack, run, seconds in done:
        progress.say(summary.result(stack, run, seconds))
        if command in ("up", "preview") and (text := summary.details(run)):
            progress.say(text)
