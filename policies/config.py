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
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from policies import registry
from policies.findings import is_number

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from policies.registry import Environment, Rule

DIRECTORY: Final = Path(__file__).parent / "config"
ALL: Final = "all"  # the engine's own name for every rule of a pack
_LEVEL: Final = "enforcementLevel"


class ConfigError(ValueError):
    """A configuration names what does not exist, or misses a rule."""


def path(environment: Environment, directory: Path = DIRECTORY) -> Path:
    """The configuration file of one environment."""
    return directory / f"{environment}.json"


def shipped(environment: Environment) -> dict[str, dict[str, Any]]:
    """What the registry says an environment's file contains."""
    return {
        rule.name: {
            _LEVEL: rule.levels.of(environment),
            **{key: option.value(environment) for key, option in rule.config.items()},
        }
        for rule in registry.load().values()
    }


def problems_of(config: Mapping[str, Any]) -> list[str]:
    """Everything wrong with a configuration; rules that it does not name are fine."""
    rules = registry.load()
    found: list[str] = []
    for name, value in config.items():
        if name not in rules:
            found.append(f"{name!r} is no rule; {_nearest(name, rules)}")
        elif not isinstance(value, dict):
            found.append(f"{name}: {value!r} is not an object with {_LEVEL} and the rule's keys")
        else:
            found.extend(_problems(rules[name], cast("dict[str, Any]", value)))
    return found


def _problems(rule: Rule, config: Mapping[str, Any]) -> Iterator[str]:
    level = config.get(_LEVEL)
    if level not in registry.LEVELS:
        allowed = ", ".join(registry.LEVELS)
        yield f"{rule.name}.{_LEVEL}: {level!r} is not one of {allowed}"
    for key, value in config.items():
        if key == _LEVEL:
            continue
        if key not in rule.config:
            yield f"{rule.name}: {key!r} is no key of this rule; {_nearest(key, rule.config)}"
        else:
            for problem in _misfits(value, rule.config[key].schema):
                yield f"{rule.name}.{key}: {problem}"


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


def _nearest(name: str, known: Mapping[str, Any]) -> str:
    # Imported here: only a wrong configuration needs it, and a pack starts in every preview.
    from difflib import get_close_matches

    close = get_close_matches(name, known, n=1)
    if close:
        return f"did you mean {close[0]!r}?"
    return f"known are {', '.join(known)}" if known else "it has none"


def problems_in(file: Path) -> list[str]:
    """Everything wrong with a shipped file, which has to name every rule."""
    try:
        content: Any = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return [f"{file.name} is missing; run: python -m policies.config write"]
    except json.JSONDecodeError as error:
        return [f"{file.name} is not valid JSON: {error}"]
    if not isinstance(content, dict):
        return [f"{file.name} is not a JSON object"]
    config = cast("dict[str, Any]", content)
    missing = [name for name in registry.load() if name not in config]
    return [f"{file.name}: {problem}" for problem in problems_of(config)] + [
        f"{file.name}: {name} is missing; name its {_LEVEL}, 'disabled' to switch it off"
        for name in missing
    ]


def check(directory: Path = DIRECTORY) -> None:
    """Check the files of all environments.

    Raises:
        ConfigError: With every problem of every file, one a line.
    """
    problems = [
        problem
        for environment in registry.ENVIRONMENTS
        for problem in problems_in(path(environment, directory))
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
        check()
    except ConfigError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
