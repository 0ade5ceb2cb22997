"""Reading wire values, where anything may be absent or not known yet, and minting stable ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from sandbox.naming import digest
from sandbox.rules import UNKNOWN, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sandbox.rules import Record

_FIRST_MOMENT = 1_767_225_600_000  # 2026-01-01T00:00:00Z in milliseconds
_SPREAD = 86_400_000


def at(value: object, *steps: str) -> Any:
    """The value down a path; ``None`` where a step is absent, UNKNOWN where one is unknown."""
    for step in steps:
        if value is UNKNOWN:
            return UNKNOWN
        if not isinstance(value, Mapping):
            return None
        value = cast("Mapping[str, Any]", value).get(step)
    return value


def text(value: object) -> str:
    """The text itself; empty for anything else, so also for an unknown value."""
    return value if isinstance(value, str) else ""


def number(value: object) -> float | None:
    """The number itself; ``None`` for anything else, a boolean included."""
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def fields(value: object) -> dict[str, Any]:
    """The properties of an object; of anything else, none."""
    return dict(cast("Mapping[str, Any]", value)) if isinstance(value, Mapping) else {}


def items(value: object) -> list[dict[str, Any]]:
    """The objects in a list; unknown elements and an unknown list give none."""
    if not isinstance(value, (list, tuple)):
        return []
    return [
        cast("dict[str, Any]", element)
        for element in cast("list[Any]", value)
        if isinstance(element, Mapping)
    ]


def texts(value: object) -> list[str]:
    """The texts in a list."""
    if not isinstance(value, (list, tuple)):
        return []
    return [element for element in cast("list[Any]", value) if isinstance(element, str)]


def given(value: object) -> bool:
    """Whether a value is known and not empty, which is what the provider calls set."""
    return value is not UNKNOWN and value not in (None, "", [], {})


def given_of(values: Mapping[str, Any], names: Iterable[str]) -> list[str]:
    """Those of the properties that are set."""
    return [name for name in names if given(values.get(name))]


def prop(record: Record, name: str) -> Any:
    """A property as the cloud answers it: computed if it is, echoed otherwise."""
    value = record.outputs.get(name)
    return record.inputs.get(name) if value is None else value


def same(left: object, right: object) -> bool:
    """Whether two texts are one name: Unity Catalog and ARM do not tell case apart."""
    return isinstance(left, str) and isinstance(right, str) and left.casefold() == right.casefold()


def one_of(value: object, allowed: Iterable[str], name: str) -> None:
    """Refuse a text outside an enumeration, in the provider's own words."""
    choices = list(allowed)
    if isinstance(value, str) and value not in choices:
        listed = " ".join(f'"{choice}"' for choice in choices)
        raise Refusal(
            "INVALID_INPUT", f"expected {name} to be one of [{listed}], got {value}", prop=name
        )


def between(value: object, low: float, high: float, name: str) -> None:
    """Refuse a number outside a closed range, in the provider's own words."""
    seen = number(value)
    if seen is not None and not low <= seen <= high:
        raise Refusal(
            "INVALID_INPUT",
            f"expected {name} to be in the range ({low:g} - {high:g}), got {seen:g}",
            prop=name,
        )


def conflicts(values: Mapping[str, Any], names: Iterable[str]) -> None:
    """Refuse more than one of the properties, in the provider's own words."""
    seen = given_of(values, names)
    if len(seen) > 1:
        raise Refusal(
            "CONFLICTING_PROPERTIES",
            f'"{seen[0]}": conflicts with {seen[1]}. Set only one of the two.',
            prop=seen[0],
        )


def guid(*parts: str) -> str:
    """A stable UUID."""
    import uuid  # asks for the platform first; a preview needs none

    return str(uuid.UUID(digest(*parts)[:32], version=4))


def digits(length: int, *parts: str) -> str:
    """A stable number of that many digits, as text."""
    low = 10 ** (length - 1)
    return str(low + int(digest(*parts), 16) % (9 * low))


def moment(*parts: str) -> int:
    """A stable point in time, in milliseconds."""
    return _FIRST_MOMENT + int(digest(*parts)[:12], 16) % _SPREAD
