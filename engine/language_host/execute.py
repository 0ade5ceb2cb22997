"""Runs one Pulumi program: started by the language host in the program's own Python.

Messages and exit codes are the official executor's:
https://github.com/pulumi/pulumi/blob/master/sdk/python/cmd/pulumi-language-python-exec
"""

from __future__ import annotations

import argparse
import gc
import os
import runpy
import signal
import sys
import traceback
from pathlib import Path

SHOWN = 32
"""Exit code: the user has been shown what is wrong, nothing is to be added."""

_NO_SDK = """
It looks like the Pulumi SDK has not been installed. Have you run pip install?
If you are running in a virtualenv, you must run pip install -r requirements.txt from inside it."""


def main(argv: list[str]) -> int:
    """Run the program that the arguments describe and return the exit code for the host."""
    # An interrupted update is the engine's to report; a traceback of wherever the program
    # happened to wait would only hide that report.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    arguments = _arguments(argv)
    collecting = gc.isenabled()
    gc.disable()
    try:
        import asyncio
        import logging

        import pulumi
        import pulumi.runtime
    except ImportError:
        traceback.print_exc()
        print(_NO_SDK, file=sys.stderr)
        return 1
    # What is imported stays until the process ends: looking at it again in each collection costs
    # a tenth of a short program's time.
    gc.freeze()
    if collecting:
        gc.enable()

    _configure(arguments)
    sys.argv = [arguments.program, *arguments.args]
    if arguments.pwd:
        os.chdir(arguments.pwd)
    program = Path(arguments.program).absolute()
    if program.is_dir() and not (program / "__main__.py").is_file():
        pulumi.log.error(f"unable to find main python program `__main__.py` in `{program}`")
        return SHOWN

    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    if arguments.parallel:
        from concurrent.futures import ThreadPoolExecutor

        loop.set_default_executor(ThreadPoolExecutor(max(arguments.parallel, 1)))
    # A failing program leaves futures behind that nobody looks at; asyncio would list each one.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    try:
        loop.run_until_complete(pulumi.runtime.run_in_stack(lambda: _run_path(arguments.program)))
    except pulumi.RunError as error:
        pulumi.log.error(str(error))
        return 1
    except Exception as error:  # noqa: BLE001 - whatever the user's program raises is shown
        trace = "".join(traceback.format_exception(_of_the_program(error, program)))
        pulumi.log.error(f"Program failed with an unhandled exception:\n{trace}")
        return SHOWN
    finally:
        loop.close()
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


def _run_path(program: str) -> None:
    runpy.run_path(program, run_name="__main__")


def _arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Execute a Pulumi Python program")
    for name in ("project", "stack", "monitor", "engine", "organization", "root_directory"):
        parser.add_argument(f"--{name}")
    parser.add_argument("--pwd")
    parser.add_argument("--parallel", type=int, default=0)
    parser.add_argument("--dry_run", choices=["true", "false"], default="false")
    parser.add_argument("program")
    parser.add_argument("args", nargs="*")
    return parser.parse_args(argv)


def _configure(arguments: argparse.Namespace) -> None:
    import pulumi.runtime

    pulumi.runtime.set_all_config(
        pulumi.runtime.get_config_env(), pulumi.runtime.get_config_secret_keys_env()
    )
    pulumi.runtime.configure(
        pulumi.runtime.Settings(
            monitor=arguments.monitor,
            engine=arguments.engine,
            project=arguments.project,
            stack=arguments.stack,
            parallel=arguments.parallel,
            dry_run=arguments.dry_run == "true",
            organization=arguments.organization,
            root_directory=arguments.root_directory,
        )
    )


def _of_the_program(error: Exception, program: Path) -> Exception:
    """Cut the traceback's start off: the frames of this file, asyncio and the SDK."""
    main = os.path.realpath(program / "__main__.py" if program.is_dir() else program)
    frame = error.__traceback__
    while frame is not None:
        if os.path.realpath(frame.tb_frame.f_code.co_filename) == main:
            return error.with_traceback(frame)
        frame = frame.tb_next
    return error


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
