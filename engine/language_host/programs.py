"""Runs what the engine asks for: the program, policy packs and plugins, and pip."""

from __future__ import annotations

import json
import os
import selectors
import signal
import sys
from typing import TYPE_CHECKING, Any

from pulumi.runtime.proto import language_pb2

from engine.language_host.toolchain import Toolchain, ToolchainError

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator

    from engine.language_host.children import Children

    OnCancel = Callable[[Callable[[], Any]], Any]

_EXECUTE = os.path.join(os.path.dirname(__file__), "execute.py")
_SHOWN = 32  # execute.SHOWN; importing that module here would cost the host argparse and runpy


def run(
    request: language_pb2.RunRequest,
    engine_address: str,
    children: Children,
    on_cancel: OnCancel,
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
    command = [toolchain.python(), "-u", _EXECUTE]
    for name, value in options.items():
        command += [f"--{name}", value] if value else []
    command += ["--", request.info.entry_point or ".", *request.args]
    environment = toolchain.environment()
    environment["PULUMI_CONFIG"] = json.dumps(dict(request.config))
    environment["PULUMI_CONFIG_SECRET_KEYS"] = json.dumps(list(request.configSecretKeys))

    child = children.start(command, environment)
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
    request: language_pb2.RunPluginRequest, children: Children, on_cancel: OnCancel
) -> Iterator[language_pb2.RunPluginResponse]:
    """Run a policy pack or a plugin written in Python.

    Yields:
        Its output as it comes, and its exit code at the end.

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
    for setting in request.env:
        name, _, value = setting.partition("=")
        environment[name] = value
    child = children.start(command, environment, cwd=request.pwd, piped=True)
    on_cancel(lambda: children.end(child))
    for stdout, stderr in _output(child):
        if stdout:
            yield language_pb2.RunPluginResponse(stdout=stdout)
        if stderr:
            yield language_pb2.RunPluginResponse(stderr=stderr)
    yield language_pb2.RunPluginResponse(exitcode=children.wait(child))


def install(
    request: language_pb2.InstallDependenciesRequest, children: Children, on_cancel: OnCancel
) -> Iterator[language_pb2.InstallDependenciesResponse]:
    """Create the virtualenv when there is none, and install ``requirements.txt`` into it.

    Yields:
        Output as it comes.

    Raises:
        ToolchainError: Creating or installing failed.
    """
    toolchain = Toolchain.of(request.info, default="venv" if request.is_plugin else "")
    folder = request.info.program_directory
    steps: list[tuple[str, list[str]]] = []
    if toolchain.virtualenv:
        python = toolchain.interpreter
        if not os.path.isfile(toolchain.description):
            create = [sys.executable, "-m", "venv", toolchain.folder]
            steps.append((f"Creating virtual environment {toolchain.virtualenv}", create))
    else:
        python = toolchain.python()
    if os.path.isfile(os.path.join(folder, "requirements.txt")):
        pip = [python, "-m", "pip", "install", "--disable-pip-version-check"]
        steps.append(("Installing requirements.txt", [*pip, "-r", "requirements.txt"]))

    yield _said("Installing dependencies...\n")
    for title, command in steps:
        yield _said(f"{title}...")
        child = children.start(command, toolchain.environment(), cwd=folder, piped=True)
        on_cancel(lambda child=child: children.end(child))
        for stdout, stderr in _output(child):
            yield language_pb2.InstallDependenciesResponse(stdout=stdout, stderr=stderr)
        if (code := children.wait(child)) != 0:
            raise ToolchainError(f"{title} failed with exit code {code}: {' '.join(command)}")
    yield _said("Finished installing dependencies\n")


def _said(text: str) -> language_pb2.InstallDependenciesResponse:
    return language_pb2.InstallDependenciesResponse(stdout=f"{text}\n".encode())


def _output(child: subprocess.Popen[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """What a child writes, as ``(stdout, stderr)``, until it has closed both."""
    pipes = selectors.DefaultSelector()
    for position, pipe in enumerate((child.stdout, child.stderr)):
        if pipe is not None:
            pipes.register(pipe.fileno(), selectors.EVENT_READ, position)
    while pipes.get_map():
        for key, _ in pipes.select():
            if data := os.read(key.fd, 65536):
                yield (b"", data) if key.data else (data, b"")
            else:
                pipes.unregister(key.fd)
