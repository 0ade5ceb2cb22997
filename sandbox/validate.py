"""Holds inputs against the SDK's shapes, at any depth: names, types, what is required, enum values.

The words are the provider's where it has some, with the property path and a suggestion added: see
https://github.com/pulumi/pulumi-azure-native/blob/master/provider/pkg/provider/provider.go and
https://github.com/pulumi/pulumi-terraform-bridge/blob/main/pkg/tfbridge/provider.go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sandbox.rules import Unknown
from sandbox.wire import SIGNATURE, is_list, is_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sandbox.schema import Schema, Shape

_PYTHON = {"string": str, "boolean": bool, "integer": int, "number": (int, float)}


class Fault(NamedTuple):
    """One thing wrong with the inputs; ``path`` is dotted, with list indices in brackets."""

    path: str
    reason: str


def validate(schema: Schema, shape: Shape, values: Mapping[str, Any]) -> list[Fault]:
    """Everything wrong with a resource's or function's inputs, in the order of its properties."""
    return list(_object(schema, shape, values, ""))


def suggest(name: str, known: Iterable[str]) -> str:
    """`` Did you mean 'x'?`` for the closest known name, nothing when none is close."""
    from difflib import get_close_matches  # loaded only when something is wrong

    close = get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f" Did you mean '{close[0]}'?" if close else ""


def _object(schema: Schema, shape: Shape, values: Mapping[str, Any], path: str) -> Iterator[Fault]:
    prefix = f"{path}." if path else ""
    for name, prop in shape.inputs.items():
        if prop.get("required") and values.get(name) is None:
            yield Fault(prefix + name, _missing(schema.package, prefix + name))
    for name, value in values.items():
        prop = shape.inputs.get(name)
        if prop is not None:
            yield from _value(schema, prop["type"], value, prefix + name)
        elif not name.startswith("__") and (path or name != "azureApiVersion"):
            yield Fault(prefix + name, _unknown(prefix + name, name, shape))


def _missing(package: str, path: str) -> str:
    if package == "databricks":
        return (
            f'Missing required argument. The argument "{path}" is required, but no definition was '
            f"found. Examine values at '{path}'."
        )
    return f"missing required property '{path}'"


def _unknown(path: str, name: str, shape: Shape) -> str:
    known = sorted(shape.inputs)
    listed = suggest(name, known) or f" It takes: {', '.join(known) or 'nothing'}."
    return f"'{path}' is not a valid property.{listed}"


def _value(schema: Schema, kind: Any, value: Any, path: str) -> Iterator[Fault]:
    if value is None or isinstance(value, Unknown) or kind == "any":
        return
    if isinstance(kind, str):
        yield from _scalar(kind, value, path)
    elif "enum" in kind:
        yield from _enum(kind["enum"], value, path)
    elif "union" in kind:
        yield from _union(schema, kind["union"], value, path)
    elif "list" in kind:
        yield from _list(schema, kind["list"], value, path)
    elif not is_object(value):
        yield Fault(path, _wrong(path, next(iter(kind)), value))
    elif "object" in kind:
        nested = schema.nested(kind["object"])
        yield from _object(schema, nested, value, path)
    else:
        for key, item in value.items():
            yield from _value(schema, kind["map"], item, f"{path}.{key}")


def _list(schema: Schema, kind: Any, value: Any, path: str) -> Iterator[Fault]:
    if not is_list(value):
        yield Fault(path, _wrong(path, "array", value))
        return
    for index, item in enumerate(value):
        yield from _value(schema, kind, item, f"{path}[{index}]")


def _scalar(kind: str, value: Any, path: str) -> Iterator[Fault]:
    if kind == "asset":
        if not (is_object(value) and SIGNATURE in value):
            yield Fault(path, _wrong(path, "asset", value))
        return
    # A bool is an int to Python and to no API.
    right = isinstance(value, _PYTHON[kind]) and (kind == "boolean" or not isinstance(value, bool))
    if not right:
        yield Fault(path, _wrong(path, kind, value))


def _enum(allowed: list[Any], value: Any, path: str) -> Iterator[Fault]:
    if value not in allowed:
        close = suggest(value, map(str, allowed)) if isinstance(value, str) else ""
        listed = ", ".join(f"'{item}'" for item in allowed)
        yield Fault(path, f"'{path}' is '{value}', which is none of {listed}.{close}")


def _union(schema: Schema, kinds: list[Any], value: Any, path: str) -> Iterator[Fault]:
    complaints = [list(_value(schema, kind, value, path)) for kind in kinds]
    if all(complaints):
        yield from min(complaints, key=len)


def _wrong(path: str, expected: str, value: Any) -> str:
    names: dict[type[object], str] = {
        str: "a string", bool: "a boolean", int: "a number", float: "a number", list: "an array",
    }  # fmt: skip
    got = next((words for kind, words in names.items() if type(value) is kind), "an object")
    return f"'{path}' should be of type '{expected}' but got {got}"
