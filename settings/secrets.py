"""Secrets that stand in plain text where settings are expected: found by name and by shape.

No setting is a secret, so each one found was put there by mistake; its value is never repeated.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Iterator

REFERENCE = re.compile(r"\{\{secrets/[A-Za-z0-9._@-]+/[A-Za-z0-9._@-]+\}\}")
HIDDEN_NAME = re.compile(
    r"(?i)secret|password|passwd|token$|credential|api[_-]?key|access[_-]?key|sas$"
)
"""A name whose value is not shown."""
_SECRET_NAME = re.compile(
    r"(?i)(secret|password|passwd|pwd|token|credentials?|(api|access|account|private)[_-]?key|sas)$"
)
_SECRET_SHAPE = re.compile(
    # https://docs.github.com/code-security/reference/secret-security/supported-secret-scanning-patterns
    r"""
      \b(dapi|dose)[0-9a-f]{32}                              # Databricks: token, OAuth secret
    | \b(gh[pousr]_|github_pat_)[A-Za-z0-9_]{20,}
    | \bAKIA[0-9A-Z]{16}\b
    | \bxox[abeprs]-[A-Za-z0-9-]{10,} | \bhf_[A-Za-z0-9]{30,} | \bsk-[A-Za-z0-9_-]{20,}
    | (?<![A-Za-z0-9+/])[A-Za-z0-9+/]{86}==                  # a key of Azure Storage
    | (?i:\bBearer\s+[A-Za-z0-9._~+/-]{16,})
    | //hooks\.slack\.com/|\.webhook\.office\.com/          # whoever knows the address may post
    | [A-Za-z0-9_~.-]{3}8Q~[A-Za-z0-9_~.-]{31,34}            # Microsoft Entra, of an application
    | (?i:(Account|SharedAccess)Key=|SharedAccessSignature=|[?&]sig=|\bpassword=)
    | \beyJ[A-Za-z0-9_-]{8,}\.eyJ                           # JSON web token
    | -----BEGIN[ ][A-Z ]*PRIVATE[ ]KEY
    | ://[^/\s:@]+:[^/\s@]+@                                # a URL with a password
    | (?i:https?://(?=[\w.~-]*\d)[\w.~-]{20,}@)              # or with a token alone
    """,
    re.VERBOSE,
)


def has_secret_shape(value: object) -> bool:
    """Whether a text, or one of a list, is or holds what only a secret looks like."""
    if isinstance(value, list):
        return any(map(has_secret_shape, cast("list[Any]", value)))
    return isinstance(value, str) and bool(_SECRET_SHAPE.search(value))


def in_plain_text(key: str, value: Any, name: str = "") -> Iterator[str]:
    """The dotted keys below ``key`` that hold a secret in plain text."""
    if isinstance(value, dict):
        for part, inner in cast("dict[str, Any]", value).items():
            yield from in_plain_text(f"{key}.{part}", inner, str(part))
    elif isinstance(value, list):
        for index, inner in enumerate(cast("list[Any]", value)):
            yield from in_plain_text(f"{key}[{index}]", inner, name)
    elif has_secret_shape(value) or (_SECRET_NAME.search(name) and _is_plain(value)):
        yield key


def _is_plain(value: object) -> bool:
    return isinstance(value, str) and value != "" and not REFERENCE.fullmatch(value)


def is_encrypted(value: Any) -> bool:
    """Whether a value of a stack file is encrypted, or holds one that is."""
    if isinstance(value, dict):
        mapping = cast("dict[str, Any]", value)
        return set(mapping) == {"secure"} or any(map(is_encrypted, mapping.values()))
    return isinstance(value, list) and any(map(is_encrypted, cast("list[Any]", value)))
