"""Reads a ``Pulumi.<stack>.yaml`` and refuses what YAML would guess."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, ClassVar, cast

import yaml

from settings.errors import SettingsError, suggest

if TYPE_CHECKING:
    from pathlib import Path

_TAG = "tag:yaml.org,2002:"
_PARTS = {"config", "encryptionsalt", "encryptedkey", "secretsprovider", "environment"}
"""https://www.pulumi.com/docs/iac/concepts/projects/stack-settings-file/"""
_UNREADABLE = (
    "it nests too deeply, holds itself through an anchor, or has a number or a character that "
    "cannot be read; write plain values"
)
_TYPES = ("str", "int", "float", "bool", "null", "seq", "map")
_PLAIN = {
    # What unquoted text may mean: the core schema, https://yaml.org/spec/1.2.2/#1032-tag-resolution
    # YAML 1.1, PyYAML's, also reads dates, yes and no, 010 as 8 and 1:10 as 70. Here these stay
    # text, for the model to refuse in its own words: the engine reads some of them otherwise.
    "bool": ("tTfF", r"true|True|TRUE|false|False|FALSE"),
    "int": ("-+0123456789", r"[-+]?(?:0|[1-9][0-9]*)"),
    "float": (
        "-+.0123456789",
        r"[-+]?(?:0|[1-9][0-9]*)(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.nan",
    ),
    "null": ("~nN\0", r"~|null|Null|NULL|"),
    "merge": ("<", r"<<"),
}


def read(path: Path) -> dict[str, Any]:
    """The configuration in a stack file, by full key.

    Raises:
        SettingsError: It is no YAML, or not of a stack file's shape.
    """
    try:
        content: Any = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - a SafeLoader
        json.dumps(content, ensure_ascii=False).encode()
    except UnicodeDecodeError as error:
        raise SettingsError(
            path.name, [f"byte {error.start} is no UTF-8; save the file in that encoding"]
        ) from error
    except yaml.MarkedYAMLError as error:
        raise SettingsError(path.name, [_syntax(error)]) from error
    except (ValueError, RecursionError) as error:
        raise SettingsError(path.name, [_UNREADABLE]) from error
    except yaml.YAMLError as error:  # its message can hold what stands in the file
        raise SettingsError(
            path.name, ["it holds a character that YAML does not allow; remove it"]
        ) from error
    top = _mapping(path, "the file", content)
    for key in sorted(top.keys() - _PARTS):
        raise SettingsError(
            path.name, [f"{key} is no part of a stack file; {suggest(key, _PARTS)}"]
        )
    return _mapping(path, "config", top.get("config"))


def _mapping(path: Path, what: str, value: Any) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        kind = type(value).__name__
        raise SettingsError(path.name, [f"{what} must hold keys with values, not a {kind}"])
    keys = cast("dict[Any, Any]", value)
    for key in keys:
        if not isinstance(key, str):
            raise SettingsError(
                path.name, [f"{what} holds the key {key!r}, which is not text; remove it"]
            )
    return cast("dict[str, Any]", value)


class _RefusedError(yaml.constructor.ConstructorError):
    """A key that the loader below does not take, though YAML does."""


def _syntax(error: yaml.MarkedYAMLError) -> str:
    """The parser's complaint with its line; never the line itself, which may hold a secret."""
    mark = error.problem_mark or error.context_mark
    where = f"line {mark.line + 1}: " if mark else ""
    problem = error.problem or error.context or "it cannot be read"
    if isinstance(error, _RefusedError):
        return where + problem
    if "'\\t'" in problem:
        return f"{where}a tab stands where spaces indent; replace it by spaces"
    return f"{where}{problem}; correct the YAML of that line or of the one before it"


class _Loader(yaml.SafeLoader):
    """Reads plain values, and refuses a repeated key, which YAML resolves silently to the last."""

    yaml_constructors: ClassVar[dict[Any, Any]] = {  # pyright: ignore[reportIncompatibleVariableOverride] - the stubs call a class variable an instance's
        tag: make
        for tag, make in yaml.SafeLoader.yaml_constructors.items()
        if tag is None or tag.removeprefix(_TAG) in _TYPES
    }
    yaml_implicit_resolvers: ClassVar[dict[str, list[tuple[str, re.Pattern[str]]]]] = {}  # pyright: ignore[reportIncompatibleVariableOverride] - the stubs call a class variable an instance's

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002 - yaml's signature
        seen: set[Any] = set()
        for key_node, _ in node.value:
            if key_node.tag == f"{_TAG}merge":
                continue
            mark = key_node.start_mark
            if not isinstance(key_node, yaml.ScalarNode):
                raise _RefusedError(None, None, "a key is no plain text; write key: value", mark)
            key: Any = self.construct_object(key_node, deep=True)  # pyright: ignore[reportUnknownMemberType] - yaml is partly typed
            if key in seen:
                raise _RefusedError(None, None, f"{key} stands twice; remove one of them", mark)
            seen.add(key)
        return super().construct_mapping(node, deep=deep)


for _name, (_first, _pattern) in _PLAIN.items():
    _Loader.add_implicit_resolver(  # pyright: ignore[reportUnknownMemberType] - yaml is partly typed
        f"{_TAG}{_name}", re.compile(f"(?:{_pattern})\\Z"), [c.replace("\0", "") for c in _first]
    )
