"""``python -m policies report``: judge previews and state files, alone or together."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from policies import config, registry, settings, snapshot
from policies.exemption_file import ExemptionError
from policies.report import as_json, junit, markdown, sarif, text
from policies.report.verdicts import judged

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from policies.report.verdicts import Judged

_FORMATS: Final[Mapping[str, Callable[[Sequence[Judged]], str]]] = {
    "text": text.render,
    "markdown": markdown.render,
    "sarif": sarif.render,
    "junit": junit.render,
    "json": as_json.render,
}
_EPILOG: Final = """\
exit codes: 0 nothing mandatory is broken, 1 something is, 2 a file cannot be judged

examples:
  pulumi preview --json --show-sames > preview.json
  python -m policies report preview.json
  pulumi stack export --stack prod | python -m policies report -
  python -m policies report dev.json test.json prod.json --format markdown --write sarif=all.sarif
"""


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:  # pyright: ignore[reportPrivateUsage] - argparse has no public name for it
    """Add the command to a program's commands."""
    parser = commands.add_parser(
        "report",
        help="judge previews and state files, without login, engine or backend",
        description="Judge what pulumi preview --json or pulumi stack export wrote.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("files", nargs="+", metavar="FILE", help="a preview or state; - is stdin")
    parser.add_argument(
        "--env",
        metavar="NAME",
        help="whose configuration to use, policies/config/NAME.json; else each stack's own name",
    )
    parser.add_argument(
        "--config", type=Path, metavar="FILE", help="a policy configuration elsewhere"
    )
    parser.add_argument(
        "--pack", choices=registry.PACKS, default="platform", help="only the rules of one pack"
    )
    parser.add_argument("--format", choices=_FORMATS, default="text", help="what is printed")
    parser.add_argument(
        "--write",
        action="append",
        type=_target,
        default=[],
        metavar="FORMAT=FILE",
        help="write another format to a file as well; may be repeated",
    )
    parser.add_argument(
        "--date",
        type=date.fromisoformat,
        metavar="YYYY-MM-DD",
        help="the day on which exemptions are judged; today where left out",
    )
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    today: date = arguments.date or datetime.now(UTC).date()
    try:
        stacks = [_judge(name, arguments, today) for name in arguments.files]
        for form, file in arguments.write:
            file.write_text(_FORMATS[form](stacks), encoding="utf-8")
        sys.stdout.write(_FORMATS[arguments.format](stacks))
    except (snapshot.InputError, config.ConfigError, ExemptionError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except OSError as error:
        sys.stderr.write(f"{error.filename or 'a file'}: {error.strerror}\n")
        return 2
    except UnicodeDecodeError as error:
        sys.stderr.write(f"a file is not UTF-8 text: {error.reason} at byte {error.start}\n")
        return 2
    return int(any(stack.binding for stack in stacks))


def _target(value: str) -> tuple[str, Path]:
    form, equals, file = value.partition("=")
    if form not in _FORMATS or not equals or not file:
        raise argparse.ArgumentTypeError(
            f"{value!r} is not FORMAT=FILE with a format of {', '.join(_FORMATS)}"
        )
    return form, Path(file)


def _judge(name: str, arguments: argparse.Namespace, today: date) -> Judged:
    if name == "-":
        seen = snapshot.read(sys.stdin.read(), "standard input")
    else:
        seen = snapshot.load(Path(name))
    environment: str = arguments.env or seen.stack
    file: Path = arguments.config or config.path(environment)
    if not file.is_file():
        known = ", ".join(sorted(each.stem for each in config.DIRECTORY.glob("*.json")))
        raise config.ConfigError(
            f"{seen.source} is of stack {seen.stack!r}; there is no {file}. Choose the "
            f"configuration with --env ({known}) or --config FILE"
        )
    given = settings.normalised(config.load(file))
    rules = list(registry.pack(arguments.pack))
    return judged(seen, settings.resolve(given, rules, today), environment)
