"""Turns what pydantic refuses into words a user can act on: key, value, what is allowed, fix."""

from __future__ import annotations

import difflib
import json
import re
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

SECRET_KEY = re.compile(r"(?i)secret|password|passwd|token$|credential|api_?key|access_?key|sas$")
HIDDEN = "(not shown: it may be a secret)"


class SettingsError(Exception):
    """Settings that cannot be used. One line per problem, before anything is created."""

    def __init__(self, origin: str, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        title = f"{origin}: {count} setting{'s' if count != 1 else ''} cannot be used"
        super().__init__("\n".join([title, *(f"  - {problem}" for problem in self.problems)]))


def suggest(unknown: str, known: Iterable[str]) -> str:
    """A fix for a misspelt name: the nearest known ones, or all of them."""
    names = sorted(known)
    near = difflib.get_close_matches(unknown, names, n=1, cutoff=0.6)
    if near:
        return f"did you mean {near[0]}?"
    return f"remove it, or use one of: {', '.join(names)}"


def describe(error: ValidationError, namespace: str, data: Mapping[str, Any]) -> list[str]:
    """One sentence per problem of ``error``, with keys as they are spelt in the stack file."""
    details = error.errors(include_url=False)
    places = [detail["loc"] for detail in details]
    return [
        _sentence(detail, namespace, data)
        for detail in details
        # An item that is refused also makes its list too short: one problem, said once.
        if not (
            detail["type"] == "too_short"
            and any(p[: len(detail["loc"])] == detail["loc"] != p for p in places)
        )
    ]


def _sentence(detail: ErrorDetails, namespace: str, data: Mapping[str, Any]) -> str:
    path, value = _locate(detail["loc"], data)
    key = f"{namespace}:{path}"
    context = detail.get("ctx", {})
    match detail["type"]:
        case "missing":
            return f"{key} is missing; add it to the stack file"
        case "extra_forbidden":
            *parents, unknown = (str(part) for part in detail["loc"])
            advice = suggest(unknown, _settings_at(parents))
            return f"{key} = {_shown(path, value)} is not a setting; {advice}"
        case "value_error":
            message = str(context["error"])
            # A model's own check names its keys and values; a field's check needs them added.
            if not path:
                return message
            if isinstance(value, dict):
                return f"{key}: {message}"
            return f"{key} = {_shown(path, value)} {message}"
        case _:
            allowed = detail["msg"].removeprefix("Input should be ").removeprefix("a valid ")
            return f"{key} = {_shown(path, value)} must be {allowed}; change it"


def _locate(loc: tuple[int | str, ...], root: Mapping[str, Any]) -> tuple[str, Any]:
    """The path as written in the stack file, and the value there.

    pydantic adds the tag of a discriminated union to the path; it is no key and is left out.
    """
    path = ""
    data: Any = root
    for part in loc:
        if isinstance(data, dict) and isinstance(part, str):
            mapping = cast("dict[str, Any]", data)
            if part not in mapping and part in mapping.values():
                continue
            data = mapping.get(part)
            path += f".{part}" if path else part
        elif isinstance(data, list) and isinstance(part, int):
            data = cast("list[Any]", data)[part]
            path += f"[{part}]"
        else:
            path += f".{part}" if path else str(part)
            data = None
    return path, cast("Any", data)


def _settings_at(path: list[str]) -> list[str]:
    """The keys that are allowed at a place, from the models' own JSON schema."""
    from settings.platform import PlatformSettings  # a cycle: the loader joins models and errors

    schema = PlatformSettings.model_json_schema(by_alias=True)

    def resolve(node: dict[str, Any]) -> dict[str, Any]:
        if "anyOf" in node:
            node = next(option for option in node["anyOf"] if "$ref" in option)
        return schema["$defs"][node["$ref"].rsplit("/", 1)[1]] if "$ref" in node else node

    node: dict[str, Any] = schema
    for part in path:
        node = resolve(node)
        if "discriminator" in node:  # pydantic puts the union's tag into the path
            node = {"$ref": node["discriminator"]["mapping"][part]}
        elif part.isdigit():
            node = node["items"]
        else:
            node = node["properties"][part]
    return list(resolve(node)["properties"])


def _shown(path: str, value: Any) -> str:
    if any(SECRET_KEY.search(part) for part in path.split(".")) or ".environment." in path:
        return HIDDEN
    if isinstance(value, dict):
        return "{…}"  # what is inside may be a secret
    if isinstance(value, list) and any(
        isinstance(i, dict | list) for i in cast("list[Any]", value)
    ):
        return "[…]"
    return json.dumps(value, ensure_ascii=False)
