"""The packs' configuration per environment: written, and checked as the engine does not.

The engine takes a misspelt rule or key in a policy configuration without a word, and the rule then
runs at its default level: somebody believes it mandatory while it only warns. So the shipped files
name every rule, and ``python -m policies.config check`` (also run by each pack as it starts)
refuses whatever the registry does not know. ``write`` writes the files anew from the registry.
"""

from __future__ import annotations

import json
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from policies import exemption_file, registry
from policies.findings import is_number
from policies.notices import EXEMPTIONS, LONGEST, NOTICES
from policies.wording import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from policies.registry import Environment, Option, Rule

ROOT: Final = Path(__file__).parent
DIRECTORY: Final = ROOT / "config"
ALL: Final = "all"  # the engine's own name for every rule of a pack
LEVEL: Final = "enforcementLevel"
_NO_REMEDY: Final = "this rule has no remedy; use 'mandatory'"
_FEW: Final = 3


class ConfigError(ValueError):
    """A configuration names what does not exist, or misses a rule."""


def path(environment: str, directory: Path = DIRECTORY) -> Path:
    """The configuration file of one environment."""
    return directory / f"{environment}.json"


def shipped(environment: Environment) -> dict[str, dict[str, Any]]:
    """What the registry says an environment's file contains."""
    rules: dict[str, dict[str, Any]] = {
        rule.name: {
            LEVEL: rule.levels.of(environment),
            **{key: option.value(environment) for key, option in rule.config.items()},
        }
        for rule in registry.load().values()
    }
    return rules | {
        EXEMPTIONS: {
            LEVEL: NOTICES[EXEMPTIONS].level,
            "file": f"exemptions/{environment}.yaml",
            LONGEST: NOTICES[EXEMPTIONS].config[LONGEST].value(environment),
        }
    }


def problems_of(config: Mapping[str, Any]) -> list[str]:
    """Everything wrong with a configuration; rules that it does not name are fine."""
    rules = registry.load()
    found: list[str] = []
    for name, value in config.items():
        if name not in rules and name not in NOTICES:
            found.append(f"{name!r} is no rule; {nearest(name, [*rules, *NOTICES])}")
        elif not isinstance(value, dict):
            found.append(f"{name}: {value!r} is not an object with {LEVEL} and the rule's keys")
        else:
            content = cast("dict[str, Any]", value)
            found.extend(_level_problems(name, content.get(LEVEL), rules.get(name)))
            options = rules[name].config if name in rules else NOTICES[name].config
            found.extend(_problems(name, options, content))
    return _shortened(found)


def _shortened(problems: list[str]) -> list[str]:
    """The same complaint about many rules, as ``all: remediate`` makes it, said once."""
    without = [problem for problem in problems if problem.endswith(_NO_REMEDY)]
    if len(without) <= _FEW:
        return problems
    can = ", ".join(rule.name for rule in registry.load().values() if rule.remedy)
    rest = [problem for problem in problems if problem not in without]
    return [*rest, f"'remediate' is set for {len(without)} rules without a remedy; {can} have one"]


def _level_problems(name: str, level: Any, rule: Rule | None) -> Iterator[str]:
    if level not in registry.LEVELS:
        allowed = ", ".join(registry.LEVELS)
        yield f"{name}.{LEVEL}: {level!r} is not one of {allowed}"
    elif level == "remediate" and rule is not None and rule.remedy is None:
        yield f"{name}.{LEVEL}: 'remediate' is not possible, {_NO_REMEDY}"


def _problems(name: str, options: Mapping[str, Option], config: Mapping[str, Any]) -> Iterator[str]:
    for key, value in config.items():
        if key == LEVEL:
            continue
        if key not in options:
            yield f"{name}: {key!r} is no key of this rule; {nearest(key, options)}"
        else:
            for problem in _misfits(value, options[key].schema):
                yield f"{name}.{key}: {problem}"


def _misfits(value: Any, schema: Mapping[str, Any]) -> Iterator[str]:
    """The part of JSON Schema that options use."""
    kinds: dict[str, bool] = {
        "integer": is_number(value) and float(value).is_integer(),
        "number": is_number(value),
        "string": isinstance(value, str),
        "boolean": isinstance(value, bool),
        "array": isinstance(value, list),
        "object": isinstance(value, dict),
    }
    kind = str(schema["type"])
    if not kinds[kind]:
        yield f"{value!r} is not of type {kind}"
        return
    yield from _out_of_bounds(value, schema)
    if "items" in schema:
        for item in cast("list[Any]", value):
            yield from _misfits(item, schema["items"])
    if "additionalProperties" in schema:
        for key, item in cast("dict[str, Any]", value).items():
            for problem in _misfits(item, schema["additionalProperties"]):
                yield f"{key}: {problem}"


def _out_of_bounds(value: Any, schema: Mapping[str, Any]) -> Iterator[str]:
    if "enum" in schema and value not in schema["enum"]:
        yield f"{value!r} is not one of {', '.join(map(str, schema['enum']))}"
    if "pattern" in schema and not re.fullmatch(schema["pattern"], value):
        yield f"{value!r} does not match {schema['pattern']}"
    if "minimum" in schema and value < schema["minimum"]:
        yield f"{value!r} is less than {schema['minimum']}"
    if "maximum" in schema and value > schema["maximum"]:
        yield f"{value!r} is more than {schema['maximum']}"


def load(file: Path) -> dict[str, Any]:
    """A configuration file's content.

    Raises:
        ConfigError: There is no such file, it is not a JSON object, or a key is there twice.
    """
    try:
        text = file.read_text(encoding="utf-8")
        content: Any = json.loads(text, object_pairs_hook=_without_repeats)
    except FileNotFoundError:
        raise ConfigError(f"{file.name} is missing; run: python -m policies.config write") from None
    except OSError as error:
        raise ConfigError(f"{file.name} cannot be read: {error.strerror}") from error
    except RecursionError:
        raise ConfigError(f"{file.name} is nested too deeply to be a configuration") from None
    # Not UTF-8, not JSON, or a key twice.
    except ValueError as error:
        raise ConfigError(f"{file.name} is not valid JSON: {error}") from error
    if not isinstance(content, dict):
        raise ConfigError(f"{file.name} is not a JSON object")
    return cast("dict[str, Any]", content)


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Of two equal keys JSON takes the last, and a reviewer sees the first."""
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {key!r} stands in one object twice; remove one")
        found[key] = value
    return found


def problems_in(file: Path, today: date) -> list[str]:
    """Everything wrong on a day with a shipped file, which has to name every rule."""
    try:
        config = load(file)
    except ConfigError as error:
        return [str(error)]
    missing = [name for name in registry.load() if name not in config]
    return (
        [f"{file.name}: {problem}" for problem in problems_of(config)]
        + [
            f"{file.name}: {name} is missing; name its {LEVEL}, 'disabled' to switch it off"
            for name in missing
        ]
        + _exemption_problems(config.get(EXEMPTIONS), today)
    )


def _exemption_problems(config: Any, today: date) -> list[str]:
    if not isinstance(config, dict) or problems_of({EXEMPTIONS: config}):
        return []
    options = cast("dict[str, Any]", config)
    try:
        if file := options.get("file"):
            exemption_file.read(ROOT / file, exemption_file.latest(today, options))
    except exemption_file.ExemptionError as error:
        return str(error).splitlines()
    return []


def check(today: date, directory: Path = DIRECTORY) -> None:
    """Check the files of all environments, and the exemptions that they name, on a day.

    Raises:
        ConfigError: With every problem of every file, one a line.
    """
    problems = [
        problem
        for environment in registry.ENVIRONMENTS
        for problem in problems_in(path(environment, directory), today)
    ]
    if problems:
        raise ConfigError("\n".join(problems))


def write(directory: Path = DIRECTORY) -> None:
    """Write the files of all environments as the registry says; local deviations are lost."""
    for environment in registry.ENVIRONMENTS:
        text = json.dumps(shipped(environment), indent=2) + "\n"
        path(environment, directory).write_text(text, encoding="utf-8")


def main(arguments: list[str]) -> int:
    """``check`` or ``write``; returns the process's exit code."""
    if arguments not in (["check"], ["write"]):
        sys.stderr.write("usage: python -m policies.config check|write\n")
        return 2
    if arguments == ["write"]:
        write()
        return 0
    try:
        check(datetime.now(UTC).date())
    except ConfigError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
