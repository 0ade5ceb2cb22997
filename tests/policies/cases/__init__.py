"""Every rule's failing, absent and unknown cases, as single changes to the compliant stack.

The passing case of every rule is the compliant stack itself. A module here holds the cases of the
module of rules that has its name; :func:`load` finds it.
"""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass
from typing import Any, Literal

from policies.model import UNKNOWN
from tests.policies.harness import ABSENT

Kind = Literal["fail", "absent", "unknown"]
Expected = Literal["fails", "passes", "defers"]


@dataclass(frozen=True, eq=False)  # told apart by identity: a value may be a list
class Case:
    """One change: a property's value, an option, or (with no path) the whole resource removed."""

    rule: str
    kind: Kind
    resource: str
    path: str
    value: Any
    expected: Expected

    def __str__(self) -> str:
        return f"{self.rule}: {self.resource} {self.path} {self.kind} {self.expected}"


CASES: list[Case] = []


class For:
    """Collects the cases of one rule."""

    def __init__(self, rule: str) -> None:
        self._rule = rule

    def _add(self, kind: Kind, expected: Expected, resource: str, path: str, value: Any) -> None:
        CASES.append(Case(self._rule, kind, resource, path, value, expected))

    def fails(self, resource: str, path: str, *values: Any) -> None:
        """Each of these values breaks the rule."""
        for value in values:
            self._add("fail", "fails", resource, path, value)

    def absent(self, expected: Expected, resource: str, *paths: str) -> None:
        """Without one of these properties the rule does what is expected."""
        for path in paths:
            self._add("absent", expected, resource, path, ABSENT)

    def unknown(self, expected: Expected, resource: str, *paths: str) -> None:
        """With one of these properties unknown the rule does what is expected."""
        for path in paths:
            self._add("unknown", expected, resource, path, UNKNOWN)

    def forbids(self, resource: str, prop: str) -> None:
        """The resource breaks the rule by being there, whatever its properties are."""
        self._add("fail", "fails", resource, "@declared", None)
        self._add("absent", "passes", resource, "", ABSENT)
        self._add("unknown", "fails", resource, prop, UNKNOWN)

    def other(self, kind: Kind, expected: Expected, resource: str, path: str, value: Any) -> None:
        """A case that none of the above describes."""
        self._add(kind, expected, resource, path, value)


def load() -> list[Case]:
    """The cases of all modules."""
    if not CASES:
        for module in pkgutil.iter_modules(__path__):
            importlib.import_module(f"{__name__}.{module.name}")
    return CASES
