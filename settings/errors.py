"""Turns what pydantic refuses into words a user can act on: key, value, what is allowed, fix."""

from __future__ import annotations

import difflib
import json
import re
from typing import TYPE_CHECKING, Any, cast

from settings.secrets import HIDDEN_NAME, has_secret_shape

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

_KEY = "[key]"
"""How pydantic ends the path to a key that is refused itself."""
_LONGEST = 300
"""Characters of a value that a message repeats."""
HIDDEN = "(not shown: it may be a secret)"

_ALLOWED = {
    # pydantic's words for a wrong type, in a stack file's terms
    "bool_type": "true or false",
    "finite_number": "a finite number",
    "int_type": "a whole number, without quotes",
    "int_from_float": "a whole number",
    "float_type": "a number, without quotes",
    "string_type": "text",
    "string_too_short": "text that is not empty",
    "tuple_type": "a list, for example [one, two]",
    "dict_type": "keys with values",
    "too_short": "at least {min_length} of them",
    "too_long": "at most {max_length} of them",
    "model_type": "keys with values",
    "model_attributes_type": "keys with values",
}


class SettingsError(Exception):
    """Settings that cannot be used. One line per problem, before anything is created."""

    def __init__(self, origin: str, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        title = f"{origin}: {count} setting{'s' if count != 1 else ''} cannot be used"
        super().__init__("\n".join([title, *(f"  - {problem}" for problem in self.problems)]))


def suggest(unknown: str, known: Collection[str]) -> str:
    """A fix for a misspelt name: the nearest known one, or all of them."""
    near = nearest(unknown, known)
    return (
        f"did you mean {near}?" if near else f"remove it, or use one of: {', '.join(sorted(known))}"
    )


def nearest(unknown: str, known: Collection[str], *, alike: float = 0.6) -> str | None:
    """The known name that a misspelt one was most likely meant to be, whatever its case.

    Args:
        unknown: The misspelt name.
        known: What is right.
        alike: How much of both has to be the same, from 0 to 1.
    """
    names = {name.casefold(): name for name in sorted(known, reverse=True)}
    near = difflib.get_close_matches(unknown.casefold(), sorted(names), n=1, cutoff=alike)
    return names[near[0]] if near else None


def describe(
    error: ValidationError, namespace: str, data: Mapping[str, Any], unread: Collection[str] = ()
) -> list[str]:
    """One sentence per problem of ``error``, with keys as they are spelt in the stack file.

    Args:
        error: What pydantic found.
        namespace: The project's, before each key.
        data: What was validated.
        unread: Groups that are there, but not in ``data``; they are not called missing.
    """
    details = error.errors(include_url=False)
    places = [detail["loc"] for detail in details]
    return [
        _sentence(detail, namespace, data)
        for detail in details
        if not (detail["type"] == "missing" and detail["loc"][0] in unread)
        # An item that is refused also makes its list too short: one problem, said once.
        and not (
            detail["type"] == "too_short"
            and any(p[: len(detail["loc"])] == detail["loc"] != p for p in places)
        )
    ]


def _sentence(  # noqa: PLR0911 - one return per kind of problem
    detail: ErrorDetails, namespace: str, data: Mapping[str, Any]
) -> str:
    path, value = _locate(detail["loc"], data)
    key = f"{namespace}:{path}"
    context = detail.get("ctx", {})
    if detail["loc"][-1:] == (_KEY,):
        return f"{key} holds the key {_shown('', value)}, which {context['error']}"
    match detail["type"]:
        case "json_invalid":
            return "the settings nest too deeply or hold what is no text; write plain values"
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
        case "union_tag_not_found" | "union_tag_invalid":
            tag = str(context["discriminator"]).strip("'")
            found = cast("dict[str, Any]", value).get(tag)
            given = "is missing" if found is None else f"= {_shown(tag, found)}"
            kinds = context.get("expected_tags") or ", ".join(map(repr, _tags_at(detail["loc"])))
            return f"{key}.{tag} {given}; it must be one of {kinds}"
        case _:
            rule = _ALLOWED.get(detail["type"], detail["msg"].removeprefix("Input should be "))
            allowed = rule.format_map(context)
            quoted = detail["type"] == "string_type" and isinstance(value, int | float)
            fix = "put quotes around it" if quoted else _fix(detail, value)
            return f"{key} = {_shown(path, value)} must be {allowed}; {fix}"


def _fix(detail: ErrorDetails, value: Any) -> str:
    """For one of few words the nearest of them; else that it has to be changed."""
    words = re.findall("'([^']*)'", str(detail.get("ctx", {}).get("expected", "")))
    near = nearest(value, words) if words and isinstance(value, str) else None
    return f"did you mean {near}?" if near else "change it"


def _locate(loc: tuple[int | str, ...], root: Mapping[str, Any]) -> tuple[str, Any]:
    """The path as written in the stack file, and the value there.

    pydantic adds the tag of a discriminated union to the path; it is no key and is left out.
    """
    path = ""
    data: Any = root
    for part in loc:
        if part == _KEY:
            path, _, data = path.rpartition(".")
        elif isinstance(data, dict) and isinstance(part, str):
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
    """The keys that are allowed at a place."""
    return list(_schema_at(path)["properties"])


def _tags_at(loc: tuple[int | str, ...]) -> list[str]:
    """The kinds that a place's union distinguishes."""
    return list(_schema_at([str(part) for part in loc])["discriminator"]["mapping"])


def _schema_at(path: list[str]) -> dict[str, Any]:
    """The models' own JSON schema at a place."""
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
    return resolve(node)


def shown(value: Any) -> str:
    """A value as a message may repeat it, unless it looks like a secret."""
    return _shown("", value)


def _shown(path: str, value: Any) -> str:
    if has_secret_shape(value):
        return HIDDEN
    if any(HIDDEN_NAME.search(part) for part in path.split(".")) or ".environment." in path:
        return HIDDEN
    if isinstance(value, dict):
        return "{…}"  # what is inside may be a secret
    if isinstance(value, list) and any(
        isinstance(i, dict | list) for i in cast("list[Any]", value)
    ):
        return "[…]"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
