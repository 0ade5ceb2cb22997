"""Runs what the engine asks for: the program, policy packs and plugins, and pip."""

from __future__ import annotations

import json
import queue
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from engine.language_host.toolchain import Toolchain, ToolchainError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from pulumi.runtime.proto import language_pb2

    from engine.language_host.children import Children

_EXECUTE = Path(__file__).with_name("execute.py")
_SHOWN = 32  # execute.SHOWN; importing that module here would cost the host argparse and runpy


def run(
    request: language_pb2.RunRequest,
    engine_address: str,
    children: Children,
    on_cancel: Callable[[Callable[[], Any]], Any],
) -> tuple[str, bool]:
    """Run the program to its end.

    Args:
        request: What the engine asks for.
        engine_address: Where the program sends its log.
        children: Keeps the process, so that a signal to this host reaches it.
        on_cancel: Registers what to do when the engine gives the call up.

    Returns:
        The error to show ("" for none), and whether the user has been shown it already.

    Raises:
        ToolchainError: The program's Python cannot be used.
    """
    toolchain = Toolchain.of(request.info)
    options = {
        "monitor": request.monitor_address,
        "engine": engine_address,
        "project": request.project,
        "root_directory": request.info.root_directory,
        "stack": request.stack,
        "pwd": request.pwd,
        "dry_run": "true" if request.dryRun else "false",
        "parallel": str(request.parallel),
        "organization": request.organization,
    }
    command = [toolchain.python(), "-u", str(_EXECUTE)]
    for name, value in options.items():
        command += [f"--{name}", value] if value else []
    command += ["--", request.info.entry_point or ".", *request.args]
    environment = toolchain.environment()
    environment["PULUMI_CONFIG"] = json.dumps(dict(request.config))
    environment["PULUMI_CONFIG_SECRET_KEYS"] = json.dumps(list(request.configSecretKeys))

    child = children.start(command, environment, None)
    on_cancel(lambda: children.end(child))
    code = children.wait(child)
    if code == 0:
        return "", False
    if code == _SHOWN or children.was_ended(child):
        return "", True
    if code < 0:
        return f"program exited unexpectedly: signal: {signal.Signals(-code).name}", False
    return f"program exited with non-zero exit code: {code}", False


def run_plugin(
    request: language_pb2.RunPluginRequest,
    children: Children,
    on_cancel: Callable[[Callable[[], Any]], Any],
) -> Iterator[tuple[str, bytes | int]]:
    """Run a policy pack or a plugin written in Python.

    Yields:
        ``("stdout", bytes)`` and ``("stderr", bytes)`` as they come, ``("exitcode", int)`` last.

    Raises:
        ToolchainError: Its Python cannot be used. A plugin never runs in the Python found on
            PATH; its virtualenv is ``venv`` in its own folder unless it says otherwise.
    """
    toolchain = Toolchain.of(request.info, default="venv")
    folder = request.info.program_directory
    command = [toolchain.python(), "-u"]
    if request.kind == "analyzer":
        command += ["-m", "pulumi.policy", *request.args, folder]
    else:
        command += [folder, *request.args]
    environment = toolchain.environment()
    environment.update(each.partition("=")[::2] for each in request.env)
    yield from _stream(command, environment, request.pwd, children, on_cancel)


def install(
    request: language_pb2.InstallDependenciesRequest,
    children: Children,
    on_cancel: Callable[[Callable[[], Any]], Any],
) -> Iterator[tuple[str, bytes]]:
    """Create the virtualenv when there is none, and install ``requirements.txt`` into it.

    Yields:
        Output as it comes: ``("stdout", bytes)`` and ``("stderr", bytes)``.

    Raises:
        ToolchainError: Creating or installing failed.
    """
    toolchain = Toolchain.of(request.info, default="venv" if request.is_plugin else "")
    folder = request.info.program_directory
    steps: list[tuple[str, Sequence[str]]] = []
    python = sys.executable if toolchain.virtualenv else toolchain.python()
    if toolchain.virtualenv and not (toolchain.folder / "pyvenv.cfg").is_file():
        create = [python, "-m", "venv", str(toolchain.folder)]
        steps.append((f"Creating virtual environment {toolchain.virtualenv}...", create))
    if toolchain.virtualenv:
        python = str(toolchain.folder / "bin" / "python")
    if (Path(folder) / "requirements.txt").is_file():
        pip = [python, "-m", "pip", "install", "--disable-pip-version-check",
               "-r", "requirements.txt"]  # fmt: skip
        steps.append(("Installing requirements.txt...", pip))

    yield "stdout", b"Installing dependencies...\n\n"
    for title, command in steps:
        yield "stdout", f"{title}\n".encode()
        # The environment is taken anew: a virtualenv made by the first step is active in the next.
        environment = toolchain.environment()
        for kind, data in _stream(command, environment, folder, children, on_cancel):
            if isinstance(data, bytes):
                yield kind, data
            elif data != 0:
                raise ToolchainError(f"{' '.join(command)} failed with exit code {data}")
    yield "stdout", b"Finished installing dependencies\n\n"


def _stream(
    command: Sequence[str],
    environment: Mapping[str, str],
    cwd: str,
    children: Children,
    on_cancel: Callable[[Callable[[], Any]], Any],
) -> Iterator[tuple[str, bytes | int]]:
    child = children.start(
        command, environment, cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    on_cancel(lambda: children.end(child))
    output: queue.SimpleQueue[tuple[str, bytes]] = queue.SimpleQueue()

    def forward(name: str, pipe: IO[bytes]) -> None:
        with pipe:
            while data := pipe.read1(65536):  # pyright: ignore[reportAttributeAccessIssue] - pipes are BufferedReader
                output.put((name, data))
        output.put((name, b""))

    pipes = [("stdout", child.stdout), ("stderr", child.stderr)]
    for name, pipe in pipes:
        threading.Thread(target=forward, args=(name, pipe), daemon=True).start()
    open_pipes = len(pipes)
    while open_pipes:
        name, data = output.get()
        if data:
            yield name, data
        else:
            open_pipes -= 1
    yield "exitcode", children.wait(child)
