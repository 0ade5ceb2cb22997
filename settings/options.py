"""What is wrong with the options that a job's step gives to its sub-command."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal, TypeAlias

from settings.commands import COMMANDS, ONE_OF
from settings.errors import shown, suggest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from settings.commands import Kind, Option

_Given: TypeAlias = "Literal[True] | str | tuple[str, ...]"

TABLE = re.compile(r"[^\W\d][\w-]*(\.[^\W\d][\w-]*){2}")
"""A three-part name in Unity Catalog."""
_VOLUME = re.compile(r"/Volumes/([^/{}$]+)/([^/{}$]+)/")
_FILLED_IN = re.compile(r"\{\{|\$\{")
"""Its value is known once the run starts, or once the workspace is there."""


def mistakes(command: str, given: Mapping[str, _Given]) -> Iterator[str]:
    """Each thing that would end the step before it does anything, as its command line is wrong."""
    known = COMMANDS[command]
    for name, values in given.items():
        if name == "environment":
            yield "has the argument environment, which the program gives itself; remove it"
        elif name not in known:
            yield f"has the argument {name}, which {command} does not take; {suggest(name, known)}"
        else:
            yield from _misused(name, known[name], values)
    for name in (name for name, option in known.items() if option.needed and name not in given):
        yield f"lacks the argument {name}, without which {command} does not start; add it"
    one_of = ONE_OF.get(command, ())
    if one_of and len(given.keys() & {*one_of}) != 1:
        yield f"has to have one of the arguments {' and '.join(one_of)}; give exactly one"


def place(option: Option, text: str) -> tuple[str, str] | None:
    """Catalog and schema of what an option names in Unity Catalog."""
    if option.kind in {"table", "model"} and TABLE.fullmatch(text):
        catalog, schema, _ = text.split(".")
        return catalog, schema
    found = _VOLUME.match(text)
    return (found[1], found[2]) if found else None


def _misused(name: str, option: Option, values: _Given) -> Iterator[str]:
    if option.kind == "flag":
        if values is not True:
            yield f"has a value for {name}, which is a switch; write {name}: true, or remove it"
    elif values is True:
        yield f"has no value for {name}; write {name}: VALUE, with {_allowed(option)}"
    elif not isinstance(values, str) and len(values) > 1 and not option.many:
        yield f"has a list for {name}, of which only the last would count; give one value"
    else:
        for text in (values,) if isinstance(values, str) else values:
            if not _FILLED_IN.search(text) and not _fits(text, option):
                yield f"has {name} = {shown(text)}, which must be {_allowed(option)}; change it"


def _fits(text: str, option: Option) -> bool:
    if option.choices:
        return text in option.choices
    shape, read = _SHAPES.get(option.kind), _READS.get(option.kind)
    return (shape is None or bool(shape.fullmatch(text))) and (read is None or _can(read, text))


_SHAPES: dict[Kind, re.Pattern[str]] = {
    "model": TABLE,
    # A path is what a laptop has, and Databricks' volumes.
    "table": re.compile(rf"{TABLE.pattern}|.*/.*"),
    "name": re.compile(r"[\w-]{1,255}"),
    "pair": re.compile(r"[^=]+=.*", re.DOTALL),
    "url": re.compile(r"https?://[^/\s]+/?"),
}
_READS: dict[Kind, Callable[[str], object]] = {
    "whole number": int,
    "number": float,
    "date": date.fromisoformat,
    "moment": datetime.fromisoformat,
}


def _can(read: Callable[[str], object], text: str) -> bool:
    try:
        read(text)
    except ValueError:
        return False
    return True


_ALLOWED: dict[Kind, str] = {
    "text": "text in quotes",
    "date": "a day, for example 2026-12-01",
    "moment": "a moment, for example 2026-12-01T08:00:00Z",
    "url": "an address, for example https://adb-1.1.azuredatabricks.net",
    "table": "a table's three-part name, catalog.schema.table, or a path",
    "model": "a model's three-part name, catalog.schema.model",
    "name": "a model's name without its catalog and schema, of letters, digits, _ and -",
    "pair": "NAME=VALUE",
    "number": "a number in quotes",
    "whole number": "a whole number in quotes",
}


def _allowed(option: Option) -> str:
    if option.choices:
        return " or ".join((", ".join(option.choices[:-1]), option.choices[-1]))
    return _ALLOWED[option.kind]
