"""``python -m bundle``: writes a bundle project whose targets are the platform's environments.

The main file and the project's template are written anew each time; other files in the folder are
left alone. The same outputs give the same files.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from bundle.configuration import DEVELOPMENT, configuration
from bundle.outputs import BundleError, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bundle.outputs import Outputs

TEMPLATE = Path(__file__).parent / "template"
HEAD = """\
# Generated from the platform's stack outputs: change the stacks, not this file.
# https://docs.databricks.com/aws/en/dev-tools/bundles/reference
"""
_SKIPPED = {"__pycache__", ".pytest_cache"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; 1 when the bundle cannot be made."""
    parser = argparse.ArgumentParser(prog="python -m bundle", description=__doc__)
    parser.add_argument(
        "--outputs", nargs="+", required=True, metavar="STACK=FILE",
        help="what `pulumi stack output --json` wrote for each stack",
    )  # fmt: skip
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="where it goes")
    parser.add_argument("--name", default="models", help="the bundle's name (%(default)s)")
    options = parser.parse_args(arguments)
    try:
        for path, content in files(options.name, _stacks(options.outputs)):
            target = options.out / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(content, "utf-8")
    except BundleError as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    sys.stdout.write(f"wrote the bundle {options.name} to {options.out}\n")
    return 0


def files(name: str, stacks: dict[str, Outputs]) -> Iterator[tuple[Path, str]]:
    """Every file of the project, by its path in it."""
    text = yaml.safe_dump(configuration(name, stacks), sort_keys=False, width=100)
    yield Path("databricks.yml"), HEAD + text
    for path in sorted(TEMPLATE.rglob("*")):
        if path.is_file() and not _SKIPPED & {*path.parts}:
            yield path.relative_to(TEMPLATE), path.read_text("utf-8")


def _stacks(given: Sequence[str]) -> dict[str, Outputs]:
    stacks: dict[str, Outputs] = {}
    for each in given:
        target, separator, path = each.partition("=")
        if not (target and separator and path):
            raise BundleError(f"--outputs {each} is not of the form STACK=FILE")
        stacks[target] = read(target, Path(path))
    if DEVELOPMENT not in stacks:
        raise BundleError(
            f"--outputs names no {DEVELOPMENT}, which is the default target; add {DEVELOPMENT}=FILE"
        )
    return stacks


if __name__ == "__main__":
    sys.exit(main())
