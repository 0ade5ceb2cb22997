"""The command line of the cost estimate: ``python -m policies.estimate --help``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from policies import config, registry
from policies.estimate import command, refresh
from policies.estimate.book import BOOK, BookError
from policies.estimate.retail import ADDRESS, RetailError
from policies.snapshot import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

_WRONG: Final = 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m policies.estimate",
        description="What a stack costs in a month, from a preview or a state file.",
        epilog="Files: pulumi preview --json --show-sames; pulumi stack export. "
        "What is assumed stands in policies/config/ENVIRONMENT.json under cost-34 and cost-35.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    show = commands.add_parser("show", help="the bill of one stack, or of several together")
    show.add_argument("files", nargs="+", type=Path, metavar="FILE")
    show.add_argument("--format", choices=("text", "markdown", "json"), default="text")
    show.add_argument("--plot", type=Path, metavar="DIR", help="draw two PNG pictures there")
    show.add_argument(
        "--commitment-dbcu", type=_above_zero, metavar="N", help="prepaid DBCU over the whole term"
    )
    show.add_argument("--commitment-years", type=_above_zero, default=3, metavar="N")
    show.add_argument(
        "--commitment-discount", type=_percent, default=0, metavar="PERCENT", help="on buying it"
    )
    show.set_defaults(run=command.show)

    diff = commands.add_parser(
        "diff", help="what a change costs: the deployed state against a preview, as Markdown"
    )
    diff.add_argument("old", type=Path, metavar="OLD")
    diff.add_argument("new", type=Path, metavar="NEW")
    for word in ("fail", "warn"):
        diff.add_argument(
            f"--{word}-over", type=_number, metavar="USD", help=f"{word} above so much more a month"
        )
        diff.add_argument(f"--{word}-over-percent", type=_number, metavar="PERCENT")
    diff.set_defaults(run=command.diff)

    for each in (show, diff):
        each.add_argument(
            "--env",
            metavar="ENVIRONMENT",
            help=f"whose assumptions hold ({', '.join(registry.ENVIRONMENTS)}); "
            "by default those of the stack's name",
        )
        each.add_argument(
            "--assume", action="append", default=[], metavar="NAME=NUMBER", help="change one"
        )
        each.add_argument("--config", type=Path, default=config.DIRECTORY, help=argparse.SUPPRESS)

    prices = commands.add_parser("prices", help="the price book: what is old, and its refresh")
    prices.add_argument(
        "--refresh", action="store_true", help="read the Azure Retail Prices API; prints a diff"
    )
    prices.add_argument(
        "--check-age", type=int, metavar="DAYS", help="fail when the last review is older"
    )
    prices.add_argument("--address", default=ADDRESS, help=argparse.SUPPRESS)
    prices.set_defaults(run=refresh.command)

    for each in (show, diff, prices):
        each.add_argument("--book", type=Path, default=BOOK, help="another price book")
    return parser


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number") from error


def _above_zero(text: str) -> float:
    value = _number(text)
    if value <= 0:
        raise argparse.ArgumentTypeError(f"{text} is not above 0")
    return value


def _percent(text: str) -> float:
    value = _number(text)
    if not 0 <= value <= 100:  # noqa: PLR2004 - per cent
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 100")
    return value


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Returns:
        0; 1 where a limit is broken or something could not be priced; 2 where the command, a
        file or the price service is wrong.
    """
    parsed = _parser().parse_args(arguments)
    try:
        output, code = parsed.run(parsed)
    except (InputError, BookError, RetailError, command.CommandError) as error:
        sys.stderr.write(f"{error}\n")
        return _WRONG
    sys.stdout.write(output)
    return code


if __name__ == "__main__":
    sys.exit(main())
