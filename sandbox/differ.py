"""What changed between old and new inputs, property by property, and what of it replaces."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from sandbox.wire import is_list, is_object

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

Kind = Literal["add", "delete", "update"]
_INDEX = r"\[[^\]]*\]"


class Change(NamedTuple):
    """One changed property; ``path`` is in the engine's form, ``a.b[0].c``."""

    path: str
    kind: Kind
    replaces: bool


def changes(
    old: Mapping[str, Any], new: Mapping[str, Any], replacing: Collection[str]
) -> list[Change]:
    """The changes from old to new inputs.

    Args:
        old: The inputs of the last update.
        new: The inputs now; a value not yet known counts as changed, as in the providers.
        replacing: Properties whose change replaces, dotted, without list indices.
    """
    return [
        Change(path, kind, replaces=_replaces(path, replacing))
        for path, kind in _object(old, new, "")
    ]


def root(path: str) -> str:
    """The property that a path begins with."""
    return re.split(r"[.\[]", path, maxsplit=1)[0]


def _replaces(path: str, replacing: Collection[str]) -> bool:
    parts = re.sub(_INDEX, "", path).split(".")
    return any(".".join(parts[:length]) in replacing for length in range(1, len(parts) + 1))


def _object(
    old: Mapping[str, Any], new: Mapping[str, Any], path: str
) -> Iterator[tuple[str, Kind]]:
    for name in dict.fromkeys([*old, *new]):
        if name.startswith("__"):  # the providers' own marks
            continue
        where = f"{path}.{name}" if path else name
        if '"' in name or "." in name:  # a map's key, such as a tag, may hold a dot
            where = f'{path}["{name}"]'
        if name not in new:
            yield where, "delete"
        elif name not in old:
            yield where, "add"
        else:
            yield from _value(old[name], new[name], where)


def _value(old: Any, new: Any, path: str) -> Iterator[tuple[str, Kind]]:
    if path == "location" and isinstance(old, str) and isinstance(new, str):
        # ``East US 2`` and ``eastus2`` are one place to the provider (its diff.go).
        old, new = (text.replace(" ", "").lower() for text in (old, new))
    if is_object(old) and is_object(new):
        yield from _object(old, new, path)
    elif is_list(old) and is_list(new):
        for index in range(max(len(old), len(new))):
            where = f"{path}[{index}]"
            if index >= len(new):
                yield where, "delete"
            elif index >= len(old):
                yield where, "add"
            else:
                yield from _value(old[index], new[index], where)
    elif old != new or isinstance(old, bool) != isinstance(new, bool):
        yield path, "update"


def carry_over(
    inputs: Mapping[str, Any],
    before: Mapping[str, Any],
    now: Mapping[str, Any],
    settable: Collection[str],
) -> dict[str, Any]:
    """Inputs after a refresh: what the cloud changed since the last look is taken into them.

    Defaults that the cloud fills in are outputs before and now, so they never enter the inputs.

    Args:
        inputs: The inputs of the last update.
        before: The outputs of the last look.
        now: The outputs of this look.
        settable: The properties a program can set.
    """
    merged = dict(inputs)
    for name in settable:
        if before.get(name) == now.get(name):
            continue
        if name not in now:
            merged.pop(name, None)
        elif is_object(held := merged.get(name)) and is_object(found := now[name]):
            earlier = before.get(name)
            known: dict[str, Any] = earlier if is_object(earlier) else {}
            merged[name] = carry_over(held, known, found, {*held, *known, *found})
        else:
            merged[name] = now[name]
    return merged
