"""Protobuf structs to plain Python values and back, with Pulumi's marks for unknown and secret.

https://github.com/pulumi/pulumi/blob/master/sdk/go/common/resource/properties.go names the marks.
Decoding strips secret marks and says where they were; encoding puts them back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeGuard

from sandbox.rules import UNKNOWN, Unknown

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from google.protobuf.struct_pb2 import Struct, Value

Path = tuple["str | int", ...]
Steps = list["str | int"]  # the path to where a walk is, changed as it goes

SIGNATURE = "4dabf18193072939515e22adb298388d"
_SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - the public mark of a secret, not one
_OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
_RESOURCE = "5cf8f73096256a8f31e491e813e4eb8e"
_UNKNOWNS = frozenset(
    {
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9",  # string, and by convention any other kind
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # bool
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # number
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # array
        "030794c1-ac77-496b-92df-f27374a8bd58",  # asset
        "e48ece36-62e2-4504-bad9-02848725956a",  # archive
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # object
    }
)
_UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


def is_object(value: Any) -> TypeGuard[dict[str, Any]]:
    """Whether a plain value is an object."""
    return isinstance(value, dict)


def is_list(value: Any) -> TypeGuard[list[Any]]:
    """Whether a plain value is a list."""
    return isinstance(value, list)


def decode(struct: Struct) -> tuple[dict[str, Any], set[Path]]:
    """A struct as plain values (nulls dropped) and the paths at which it said "secret"."""
    secrets: set[Path] = set()
    return _decode_fields(struct.fields, [], secrets), secrets


def _decode_fields(fields: Mapping[str, Value], path: Steps, secrets: set[Path]) -> dict[str, Any]:
    plain: dict[str, Any] = {}
    for name, value in fields.items():
        path.append(name)
        decoded = _decode(value, path, secrets)
        path.pop()
        if decoded is not None:
            plain[name] = decoded
    return plain


def _decode(value: Value, path: Steps, secrets: set[Path]) -> Any:  # noqa: PLR0911 - a kind each
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        text = value.string_value
        return UNKNOWN if text in _UNKNOWNS else text
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() else number
    if kind == "bool_value":
        return value.bool_value
    if kind == "list_value":
        return _decode_list(value.list_value.values, path, secrets)
    if kind == "struct_value":
        fields = value.struct_value.fields
        if SIGNATURE in fields:
            return _decode_marked(fields, path, secrets)
        return _decode_fields(fields, path, secrets)
    return None


def _decode_list(values: Iterable[Value], path: Steps, secrets: set[Path]) -> list[Any]:
    plain: list[Any] = []
    for index, value in enumerate(values):
        path.append(index)
        plain.append(_decode(value, path, secrets))
        path.pop()
    return plain


def _decode_marked(fields: Mapping[str, Value], path: Steps, secrets: set[Path]) -> Any:
    mark = fields[SIGNATURE].string_value
    if mark == _SECRET:
        secrets.add(tuple(path))
        return _decode(fields["value"], path, secrets)
    if mark == _OUTPUT:
        if "secret" in fields and fields["secret"].bool_value:
            secrets.add(tuple(path))
        return _decode(fields["value"], path, secrets) if "value" in fields else UNKNOWN
    if mark == _RESOURCE:
        identity = fields.get("id")
        return _decode(identity, path, secrets) if identity is not None else UNKNOWN
    return _decode_fields(fields, path, secrets)  # an asset or archive travels as it is


def encode(values: Mapping[str, Any], into: Struct, secrets: Collection[Path] = ()) -> Struct:
    """Write plain values into a struct, marking :data:`UNKNOWN` and what lies at ``secrets``."""
    _encode_fields(values, into, [], frozenset(secrets))
    return into


def _encode_fields(
    values: Mapping[str, Any], into: Struct, path: Steps, secrets: frozenset[Path]
) -> None:
    fields = into.fields
    for name, value in values.items():
        path.append(name)
        _encode(value, fields[name], path, secrets)
        path.pop()


def _encode(value: Any, into: Value, path: Steps, secrets: frozenset[Path]) -> None:
    if secrets and tuple(path) in secrets:
        marked = into.struct_value.fields
        marked[SIGNATURE].string_value = _SECRET
        into = marked["value"]
    if isinstance(value, str):
        into.string_value = value
    elif isinstance(value, bool):
        into.bool_value = value
    elif isinstance(value, (int, float)):
        into.number_value = value
    elif value is None:
        into.null_value = 0  # pyright: ignore[reportAttributeAccessIssue] - the stub wants the enum
    elif isinstance(value, Unknown):
        into.string_value = _UNKNOWN
    elif is_object(value):
        into.struct_value.SetInParent()
        _encode_fields(value, into.struct_value, path, secrets)
    else:
        _encode_list(value, into, path, secrets)


def _encode_list(values: Iterable[Any], into: Value, path: Steps, secrets: frozenset[Path]) -> None:
    items = into.list_value
    items.SetInParent()
    for index, item in enumerate(values):
        path.append(index)
        _encode(item, items.values.add(), path, secrets)
        path.pop()
