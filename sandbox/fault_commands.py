"""``python -m sandbox fault``: adds, lists and clears the faults of :mod:`sandbox.faults`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from sandbox.errors import CommandError
from sandbox.faults import CODES, CRASHES

if TYPE_CHECKING:
    import argparse

    from sandbox.state import Cloud

OPERATIONS = ("create", "update", "delete", "invoke", "any")


def add_to(parser: argparse.ArgumentParser) -> None:
    """Give a parser the sub-commands."""
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    add = commands.add_parser("add", help="add a fault; it strikes TIMES operations, then is spent")
    add.add_argument("--type", default="*", help="type token, * matches anything (default: all)")
    add.add_argument("--op", choices=OPERATIONS, default="any")
    add.add_argument(
        "--status", type=int, default=0, help=f"HTTP status: {', '.join(map(str, CODES))}"
    )
    add.add_argument("--code", default="", help="the API's error code (default: the status's)")
    add.add_argument("--times", type=int, default=1)
    add.add_argument("--skip", type=int, default=0, help="let so many operations pass first")
    add.add_argument("--retry-after", type=float, default=0.1, help="seconds (default: 0.1)")
    add.add_argument("--delay", type=float, default=0.0, help="seconds before the operation")
    add.add_argument(
        "--crash", choices=CRASHES, default="", help="kill the provider; engine-: the engine too"
    )
    add.set_defaults(run=_add_fault)
    commands.add_parser("list", help="list the faults that are left").set_defaults(run=_list_faults)
    commands.add_parser("clear", help="remove all faults").set_defaults(run=_clear_faults)


def _add_fault(options: argparse.Namespace, cloud: Cloud) -> None:
    if not (options.status or options.crash or options.delay):
        raise CommandError("a fault needs --status, --crash or --delay")
    cloud.execute(
        "INSERT INTO fault (type, op, status, code, times, skip, retry_after, delay, crash) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        options.type, options.op, options.status, options.code, options.times, options.skip,
        options.retry_after, options.delay, options.crash,
    )  # fmt: skip


def _list_faults(options: argparse.Namespace, cloud: Cloud) -> None:
    del options
    query = "SELECT type, op, status, crash, delay, skip, times FROM fault WHERE times > 0"
    for kind, operation, status, crash, delay, skip, times in cloud.execute(query):
        what = [f"status {status}" if status else "", f"crash {crash}" if crash else ""]
        what.append(f"delay {delay} s" if delay else "")
        sys.stdout.write(
            f"{kind}  {operation}  {', '.join(filter(None, what))}  skip {skip}, {times} left\n"
        )


def _clear_faults(options: argparse.Namespace, cloud: Cloud) -> None:
    del options
    cloud.execute("DELETE FROM fault")
