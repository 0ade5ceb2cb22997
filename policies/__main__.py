"""The policies' command line: ``python -m policies``."""

from __future__ import annotations

import argparse
import gc
import sys

from policies.report import command


def main(arguments: list[str] | None = None) -> int:
    """Run a command; returns the process's exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m policies",
        description="The rules of policies/, outside of the engine.",
        epilog="see also: python -m policies.config check|write, python -m policies.reference "
        "check|write",
    )
    command.add_to(parser.add_subparsers(required=True, metavar="COMMAND"))
    chosen = parser.parse_args(arguments)
    return chosen.run(chosen)


if __name__ == "__main__":
    # A process of seconds: searching a big state file for garbage doubles the time to read it.
    gc.disable()
    sys.exit(main())
