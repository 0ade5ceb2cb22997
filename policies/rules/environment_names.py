"""No environment knows another one's names."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from policies.findings import Violation
from policies.literals import texts_of
from policies.registry import NOT_IN_DEV, Option, rule

if TYPE_CHECKING:
    from policies.findings import Findings
    from policies.model import Resource
    from policies.registry import Config

# A stack reference names the stack that owns the shared estate, which is how it is meant.
_ENGINE = "pulumi:pulumi:"
# Text for people says where something came from.
_FREE_TEXT = frozenset(
    {"comment", "customDescription", "customSummary", "description", "displayName", "title"}
)
_NAMES = {
    environment: [
        f"ml_{environment}_catalog",
        f"mlops-{environment}",
        f"ml_experiments/{environment}",
    ]
    for environment in ("dev", "test", "prod")
}


@rule(
    "ml-21-no-foreign-names",
    title="Nothing in an environment refers to another environment's catalog, workspace or folder",
    severity="high",
    rationale="A copied line that still says dev reads experiments into production, or writes "
    "production from a test.",
    remediation="Refer to the environment's own names, best by a resource's output.",
    types=[],
    levels=NOT_IN_DEV,
    config={
        "foreignNames": Option(
            "Names, or beginnings of names, that only other environments have.",
            [*_NAMES["dev"], *_NAMES["test"]],
            {"type": "array", "items": {"type": "string"}},
            {
                "dev": [*_NAMES["test"], *_NAMES["prod"]],
                "test": [*_NAMES["dev"], *_NAMES["prod"]],
            },
        )
    },
)
def no_foreign_names(resource: Resource, config: Config) -> Findings:
    """Also what continues a name with a dash, dot or underscore; a web address is not one."""
    names = tuple(config["foreignNames"])
    if (
        not names
        or resource.type.startswith(_ENGINE)
        or not _hint(names).search(resource.written())
    ):
        return
    pattern = _pattern(names)
    for text in texts_of(resource):
        if not isinstance(text.value, str) or not _FREE_TEXT.isdisjoint(text.path.split(".")):
            continue
        if text.value.startswith(("https://", "http://")):
            continue
        match = pattern.search(text.value)
        if match:
            yield Violation(
                f"{text.path} refers to '{match[0]}' of another environment; use this "
                "environment's own"
            )


@lru_cache(maxsize=8)
def _hint(names: tuple[str, ...]) -> re.Pattern[str]:
    """Finds a name in a resource written out; a name that is escaped there may be anywhere."""
    escaped = any(repr(name) != f"'{name}'" for name in names)
    return re.compile("" if escaped else "|".join(re.escape(name.casefold()) for name in names))


@lru_cache(maxsize=8)
def _pattern(names: tuple[str, ...]) -> re.Pattern[str]:
    joined = "|".join(map(re.escape, names))
    return re.compile(rf"(?<![A-Za-z0-9])(?:{joined})(?![A-Za-z0-9])", re.IGNORECASE)
