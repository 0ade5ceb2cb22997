"""The configuration reference, from the settings models."""

from __future__ import annotations

import ast
import enum
import inspect
import textwrap
import types
from ipaddress import IPv4Address, IPv4Network
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, cast, get_args, get_origin

from pydantic import BaseModel

from settings.platform import PlatformSettings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic.fields import FieldInfo

WORDS: dict[Any, str] = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "`true` or `false`",
    IPv4Network: "CIDR",
    IPv4Address: "IPv4 address",
}
INTRODUCTION = """\
# Configuration reference

Generated from `settings/` by `make docs`.

One stack file per environment (`Pulumi.<stack>.yaml`) holds everything that differs between
environments. Keys are closed: one that is not listed here is refused, with the nearest known key
named. No setting is a secret; secrets live in the Key Vault.
"""


def render() -> str:
    """The whole page, as Markdown."""
    sections = [section(title, model) for title, model in _models(PlatformSettings, "mlops:")]
    return "\n".join([INTRODUCTION, *sections])


def _models(model: type[BaseModel], path: str) -> Iterator[tuple[str, type[BaseModel]]]:
    for name, field in model.model_fields.items():
        key = field.alias or name
        for inner, suffix in _nested(field.annotation):
            title = f"{path}{key}{suffix}"
            yield title, inner
            yield from _models(inner, f"{title}.")


def _nested(annotation: Any) -> Iterator[tuple[type[BaseModel], str]]:
    """The models within a type, each with what it adds to the path."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        tag = annotation.model_fields.get("kind") or annotation.model_fields.get("role")
        literal = get_args(tag.annotation) if tag else ()
        yield annotation, f" ({literal[0]})" if len(literal) == 1 else ""
        return
    origin = get_origin(annotation)
    suffix = "[]" if origin is tuple else ""
    for argument in get_args(annotation):
        for model, inner in _nested(argument):
            yield model, suffix + inner


def section(title: str, model: type[BaseModel]) -> str:
    """The part of the page on one group.

    Raises:
        LookupError: Nothing below a setting says what it means.
    """
    described = _attribute_docstrings(model)
    rows = [
        f"| `{field.alias or name}` | {_type(field.annotation, field)} | {_default(field)} "
        f"| {_sentence(name, field, described.get(name))} |"
        for name, field in model.model_fields.items()
    ]
    heading = "\n".join(
        ["| key | type | default | meaning |", "| --- | --- | --- | --- |", *rows],
    )
    purpose = " ".join((model.__doc__ or "").split())
    return f"## `{title}`\n\n{purpose}\n\n{heading}\n"


def _type(annotation: Any, field: FieldInfo | None = None) -> str:  # noqa: PLR0911 - a table
    origin = get_origin(annotation)
    arguments = [a for a in get_args(annotation) if a is not Ellipsis]
    if origin is Annotated:
        return _type(arguments[0])
    if origin is Literal:
        return " or ".join(f"`{'true' if value is True else value}`" for value in arguments)
    if origin in (Union, types.UnionType):
        return " or ".join(dict.fromkeys(_type(a) for a in arguments if a is not types.NoneType))
    if origin is tuple:
        return f"list of {_type(arguments[0])}"
    if origin is dict:
        return f"map of {_type(arguments[1])}"
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return "object"
    if isinstance(annotation, type) and issubclass(annotation, enum.Enum):
        return " or ".join(f"`{member.value}`" for member in annotation)
    return f"{WORDS[annotation]}{_bounds(field)}"


def _bounds(field: FieldInfo | None) -> str:
    limits = {type(item).__name__: item for item in (field.metadata if field else ())}
    low = getattr(limits.get("Ge"), "ge", None)
    high = getattr(limits.get("Le"), "le", None)
    return f", {low} to {high}" if low is not None and high is not None else ""


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True)
    if value is None or value in ((), {}):
        return "none"
    if isinstance(value, BaseModel):
        return "see below"
    if isinstance(value, tuple):
        return ", ".join(f"`{item}`" for item in cast("tuple[Any, ...]", value))
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _attribute_docstrings(model: type[BaseModel]) -> dict[str, str]:
    """The text below each field: pydantic could read it too, at the cost of every deployment."""
    found: dict[str, str] = {}
    for cls in reversed(model.__mro__[: model.__mro__.index(BaseModel)]):
        source = ast.parse(textwrap.dedent(inspect.getsource(cls)))
        body = cast("ast.ClassDef", source.body[0]).body
        for field, text in pairwise(body):
            match field, text:
                case (
                    ast.AnnAssign(target=ast.Name(id=name)),
                    ast.Expr(value=ast.Constant(value=str(sentence))),
                ):
                    found[name] = inspect.cleandoc(sentence)
                case _:
                    pass
    return found


def _is_tag(annotation: Any) -> bool:
    """Whether only one value is allowed: it tells one kind of a group from the others."""
    return get_origin(annotation) is Literal and len(get_args(annotation)) == 1


def _sentence(name: str, field: FieldInfo, described: str | None) -> str:
    groups = [model for model, _ in _nested(field.annotation)]
    if not described and groups:
        described = groups[0].__doc__
    if not described and _is_tag(field.annotation):
        described = "Tells the kinds apart."
    if not described:
        raise LookupError(f"the setting {name} has no text below it that says what it means")
    return " ".join(described.split()).replace("|", "\\|")
