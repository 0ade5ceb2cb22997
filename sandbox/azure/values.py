"""Reading wire values at any depth, where anything may be absent or not known yet."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

from sandbox.azure import ids
from sandbox.rules import UNKNOWN, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sandbox.rules import Cloud, Record

GUID = r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"


def at(value: object, path: str) -> Any:
    """The value at a dotted path; ``None`` where a step is absent, UNKNOWN where one is unknown."""
    for step in path.split("."):
        if value is UNKNOWN:
            return UNKNOWN
        if not isinstance(value, dict):
            return None
        value = cast("dict[str, Any]", value).get(step)
    return value


def items(value: object) -> list[Any]:
    """The elements of a list; of nothing or of an unknown list, none."""
    return cast("list[Any]", list(value)) if isinstance(value, (list, tuple)) else []  # pyright: ignore[reportUnknownArgumentType]  # plain wire data


def fields(value: object) -> dict[str, Any]:
    """The properties of an object; of nothing or of an unknown one, none."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def texts(*values: object) -> Iterator[str]:
    """Those of the values that are known texts."""
    for value in values:
        if isinstance(value, str):
            yield value


def one_of(
    value: object, allowed: Iterable[str], *, prop: str, code: str = "InvalidParameter"
) -> None:
    """Refuse a text outside the allowed ones; case does not matter to ARM."""
    choices = list(allowed)
    if isinstance(value, str) and value.lower() not in {choice.lower() for choice in choices}:
        raise Refusal(
            code,
            f"The value '{value}' is not allowed for '{prop}'. Allowed: {', '.join(choices)}.",
            prop=prop,
        )


def between(
    value: object, low: float, high: float, *, prop: str, code: str, unit: str = ""
) -> None:
    """Refuse a number outside a closed range."""
    if isinstance(value, (int, float)) and not low <= value <= high:
        raise Refusal(
            code,
            f"The value {value} of '{prop}' is out of range: {low} to {high}{unit}.",
            prop=prop,
        )


def matches(value: object, pattern: str, *, prop: str, code: str, rule: str) -> None:
    """Refuse a text that does not match; ``rule`` says in words what is allowed."""
    if isinstance(value, str) and not re.fullmatch(pattern, value):
        raise Refusal(code, f"The name '{value}' is not valid: {rule}.", prop=prop)


def need_id(inputs: Mapping[str, Any], prop: str, arm_type: str, what: str) -> None:
    """Refuse a reference ``{id: ...}`` that is not the id of a resource of the ARM type."""
    target = at(inputs, f"{prop}.id")
    if ids.known(inputs.get(prop)) and not ids.is_type(target, arm_type):
        raise Refusal(
            "LinkedInvalidPropertyId",
            f"Property id '{target}' at path 'properties.{prop}.id' is invalid. Expect the id of a "
            f"{what}.",
            prop=f"{prop}.id",
        )


def referenced(
    cloud: Cloud, resource_id: object, *, prop: str, code: str = "InvalidResourceReference"
) -> Record | None:
    """The record that an id points to; refuse an id of nothing. ``None`` for no or unknown id."""
    if not isinstance(resource_id, str):
        return None
    record = cloud.get(resource_id)
    if record is None:
        raise Refusal(
            code,
            f"Resource {resource_id} referenced by '{prop}' was not found. Make sure that the "
            "referenced resource exists and that both resources are in the same region.",
            prop=prop,
        )
    return record


def output(record: Record, name: str) -> Any:
    """A property as the cloud answers it: computed if it is, echoed otherwise."""
    return record.outputs.get(name, record.inputs.get(name))


def flag(value: Mapping[str, Any], path: str) -> bool:
    """Whether the value at the path is literally true."""
    return at(value, path) is True
