"""Settings and gates that people write: checked against the wheel's JSON schemas before use."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, cast

import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

if TYPE_CHECKING:
    from pathlib import Path

    from jsonschema.exceptions import ValidationError


class DocumentError(ValueError):
    """A document does not follow its schema; the message names key, value, what is allowed, fix."""


def read(path: Path) -> Any:
    """What a file says, not yet held to a schema: JSON where its name says so, else YAML.

    Raises:
        DocumentError: It is neither, or nested beyond reason.
    """
    try:
        text = path.read_text("utf-8")
        return json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)
    except (ValueError, yaml.YAMLError) as error:
        kind = "JSON" if path.suffix == ".json" else "YAML"
        raise DocumentError(f"{path} is no {kind}: {' '.join(str(error).split())}") from error
    except RecursionError:
        raise DocumentError(f"{path} is nested too deeply to be read") from None


def validated(plain: Any, schema: str, origin: str) -> dict[str, Any]:
    """The document itself, when it follows ``schemas/<schema>.json``.

    Args:
        plain: What the YAML or JSON file says.
        schema: The schema's name.
        origin: Where the document comes from, for the message.

    Raises:
        DocumentError: The first thing that is wrong.
    """
    error = best_match(_validator(schema).iter_errors(plain))
    if error is not None:
        raise DocumentError(
            f"{origin}: {_sentence(error)} (schema: company_ml/schemas/{schema}.json)"
        )
    return plain


@cache
def _validator(schema: str) -> Draft202012Validator:
    text = (resources.files("company_ml") / "schemas" / f"{schema}.json").read_text("utf-8")
    return Draft202012Validator(
        json.loads(text), format_checker=Draft202012Validator.FORMAT_CHECKER
    )


def _sentence(error: ValidationError) -> str:
    key = ".".join(map(str, error.absolute_path)) or "the document"
    rule, wanted = error.validator, error.validator_value
    part = cast("dict[str, Any]", error.schema)
    if rule == "required":
        return f"{key} lacks a key: {error.message}"
    if rule == "additionalProperties":
        allowed = ", ".join(sorted(part.get("properties", {})))
        return f"{key}: {error.message}; allowed keys: {allowed}"
    if rule == "enum":
        return f"{key} is {error.instance!r}; allowed: {', '.join(map(str, part['enum']))}"
    if rule == "pattern":
        return f"{key} is {error.instance!r}; wanted is {part.get('description', wanted)}"
    return f"{key}: {error.message}"
