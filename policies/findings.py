"""What a rule answers, and the one comparison that most rules are made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from policies.model import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from policies.model import Resource


@dataclass(frozen=True)
class Violation:
    """The rule is broken. A stack rule names the resource, or none for the stack as a whole.

    ``advice`` is a warning even where the rule is mandatory: something comes near its limit.
    """

    message: str
    urn: str = ""
    advice: bool = False


@dataclass(frozen=True)
class Deferred:
    """The rule cannot judge yet, because this property is unknown: ``state`` says how so."""

    path: str
    urn: str = ""
    state: str = "is known only after the update"


@dataclass(frozen=True)
class NotApplicable:
    """The rule has nothing to say about this resource, for a reason worth telling."""

    reason: str


if TYPE_CHECKING:
    Finding = Violation | Deferred | NotApplicable
    Findings = Iterator[Finding]

_LONGEST_SHOWN = 80


def show(value: Any) -> str:
    """A value for a message: absent and unknown in words, structures by their kind only."""
    if value is None:
        return "not set"
    if value is UNKNOWN:
        return "not known yet"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"'{value[:_LONGEST_SHOWN]}'"
    if isinstance(value, (int, float)):
        return str(value)
    return "a list" if isinstance(value, list) else "an object"


def words(*safe: str) -> Callable[[Any], bool]:
    """Accepts these words in any letter case: Azure's APIs ignore it."""
    lower = {word.casefold() for word in safe}
    return lambda value: isinstance(value, str) and value.casefold() in lower


def is_true(value: Any) -> bool:
    """Accepts JSON's true only; not ``1`` and not ``"true"``."""
    return value is True


def is_false(value: Any) -> bool:
    """Accepts JSON's false only."""
    return value is False


def present(value: Any) -> bool:
    """Accepts any value that is set; an empty or blank string is not."""
    return value is not None and not (isinstance(value, str) and not value.strip())


def between(lowest: float, highest: float) -> Callable[[Any], bool]:
    """Accepts numbers within these bounds, both included."""
    return lambda value: is_number(value) and lowest <= value <= highest


def within(lowest: float, highest: float, unit: str = "") -> tuple[Callable[[Any], bool], str]:
    """:func:`between` and its fix, as :func:`require` takes them, so that both say one range."""
    fix = f"set it between {lowest} and {highest}"
    return between(lowest, highest), f"{fix} {unit}" if unit else fix


def is_number(value: Any) -> bool:
    """Whether a value is a number; JSON's true is not one, though Python's is."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def require(
    resource: Resource, path: str, safe: Callable[[Any], bool], fix: str, *, default: Any = None
) -> Findings:
    """Judge one property.

    Args:
        resource: The resource.
        path: Dotted wire name of the property.
        safe: Whether a known value is accepted. It is given ``default`` where the property is
            absent, so an absent property fails unless its effective value is named and safe.
        fix: What to set, and why it matters; the value seen is put before it.
        default: What the cloud assumes where the property is absent.
    """
    yield from require_value(resource.get(path), path, safe, fix, default=default)


def require_present(resource: Resource, path: str, fix: str) -> Findings:
    """Judge only that a property is set: a value that is not known yet is one, so it passes."""
    parent, _, _ = path.rpartition(".")
    if parent and resource.get(parent) is UNKNOWN:
        yield Deferred(path)
        return
    value = resource.get(path)
    if value is not UNKNOWN and not present(value):
        yield Violation(f"{path} is {show(value)}; {fix}")


def require_value(
    value: Any,
    path: str,
    safe: Callable[[Any], bool],
    fix: str,
    *,
    default: Any = None,
    urn: str = "",
) -> Findings:
    """Judge a value that a rule has already read; see :func:`require`."""
    if value is UNKNOWN:
        yield Deferred(path, urn)
    elif not safe(default if value is None else value):
        yield Violation(f"{path} is {show(value)}; {fix}", urn)


def elements(value: Any) -> list[Any]:
    """The elements of a list; a lone object counts as one, anything else as none."""
    if isinstance(value, list):
        return cast("list[Any]", value)
    return [value] if isinstance(value, dict) else []


def strings_in(value: Any) -> tuple[list[str], bool]:
    """The known texts of a list, and whether these are all of it."""
    if value is UNKNOWN:
        return [], False
    items = cast("list[Any]", value) if isinstance(value, list) else []
    return [item for item in items if isinstance(item, str)], UNKNOWN not in items
