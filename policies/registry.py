"""The single truth about every rule: policy objects, configuration and reference come from here.

A rule is registered by a decorator right above its function, in ``policies/rules/<topic>.py``; a
new module there is picked up by :func:`load`, nothing else has to be told.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final, Literal, TypeVar, cast

from policies.findings import Deferred, NotApplicable, Violation
from policies.model import Resource, Stack

Environment = Literal["dev", "test", "prod"]
Level = Literal["mandatory", "advisory", "remediate", "disabled"]
Severity = Literal["low", "medium", "high", "critical"]
Config = Mapping[str, Any]
Matrix = Mapping[str, Mapping[str, str]]
Finding = Violation | Deferred | NotApplicable
ResourceCheck = Callable[[Resource, Config], Iterable[Finding]]
StackCheck = Callable[[Stack, Config], Iterable[Finding]]
Check = TypeVar("Check", ResourceCheck, StackCheck)
# The inputs of a resource that breaks the rule, as the rule sees them, and the rule's options; what
# they should be instead, or None where the remedy has no answer. See policies/remedy.py.
Remedy = Callable[[Mapping[str, Any], Config], Mapping[str, Any] | None]

ENVIRONMENTS: Final[tuple[Environment, ...]] = ("dev", "test", "prod")
LEVELS: Final[tuple[Level, ...]] = ("mandatory", "advisory", "remediate", "disabled")
SEVERITIES: Final[tuple[Severity, ...]] = ("critical", "high", "medium", "low")
# A rule belongs to the pack of its number's prefix; "platform" is all of them in one process.
PACKS: Final[Mapping[str, tuple[str, ...]]] = {
    "platform": ("SEC", "COST", "REL", "ML"),
    "security": ("SEC",),
    "cost": ("COST",),
    "reliability": ("REL",),
    "mlops": ("ML",),
}
# The catalogues of :class:`Mappings` are about security; these topics they do not cover.
UNMAPPED: Final[Mapping[str, str]] = {
    "COST": "the security catalogues have no cost controls",
    "REL": "the security catalogues have no controls of recoverability in the deploying program",
    "ML": "no catalogue covers the operation of models",
}
_NAME = re.compile(r"^(sec|cost|rel|ml)-\d\d-[a-z0-9-]+$")


@dataclass(frozen=True)
class Option:
    """One configuration key of a rule.

    Attributes:
        description: Unit and meaning.
        default: The value where no configuration names one: the strictest environment's.
        schema: JSON Schema of the value (type, minimum, maximum, items, additionalProperties,
            enum, pattern).
        per_environment: Where an environment's shipped configuration differs from the default.
    """

    description: str
    default: Any
    schema: Mapping[str, Any]
    per_environment: Mapping[Environment, Any] = field(default_factory=dict[Environment, Any])

    def value(self, environment: Environment) -> Any:
        """The value that the environment's shipped configuration has."""
        return self.per_environment.get(environment, self.default)


def integer(
    description: str, *, dev: int, test: int, prod: int, strictest: int | None = None
) -> Option:
    """A whole number of at least 0 that differs between environments."""
    return Option(
        description,
        min(dev, test, prod) if strictest is None else strictest,
        {"type": "integer", "minimum": 0},
        {"dev": dev, "test": test, "prod": prod},
    )


def strings(description: str, *default: str) -> Option:
    """A list of strings, the same in all environments."""
    return Option(description, list(default), {"type": "array", "items": {"type": "string"}})


def matrix(
    description: str, *, dev: Matrix, test: Matrix, prod: Matrix, allowed: Iterable[str]
) -> Option:
    """A table of rows and columns with one of a few words in each cell."""
    cell = {"type": "string", "enum": list(allowed)}
    row = {"type": "object", "additionalProperties": cell}
    return Option(
        description,
        {key: dict(cells) for key, cells in prod.items()},
        {"type": "object", "additionalProperties": row},
        {"dev": dev, "test": test, "prod": prod},
    )


def day() -> Option:
    """The option that :class:`policies.evaluate.Evaluation` fills with the day of the run."""
    return Option(
        "The day to judge by, as YYYY-MM-DD; empty is the day of the run.",
        "",
        {"type": "string", "pattern": r"(\d{4}-\d\d-\d\d)?"},
    )


def texts(description: str) -> Option:
    """A text for each of some names; none as shipped."""
    schema = {"type": "object", "additionalProperties": {"type": "string"}}
    return Option(description, {}, schema)


@dataclass(frozen=True)
class Levels:
    """The enforcement level that each environment's shipped configuration has."""

    dev: Level
    test: Level
    prod: Level

    def of(self, environment: Environment) -> Level:
        """The level of one environment."""
        return cast("Level", getattr(self, environment))


EVERYWHERE: Final = Levels("mandatory", "mandatory", "mandatory")
ADVISED: Final = Levels("advisory", "advisory", "advisory")
ADVISED_IN_DEV: Final = Levels("advisory", "mandatory", "mandatory")
BINDING_IN_PROD: Final = Levels("advisory", "advisory", "mandatory")
OFF_ADVISED_BINDING: Final = Levels("disabled", "advisory", "mandatory")
OFF_ADVISED_ADVISED: Final = Levels("disabled", "advisory", "advisory")
ADVISED_IN_PROD: Final = Levels("disabled", "disabled", "advisory")
BINDING_IN_PROD_ONLY: Final = Levels("disabled", "disabled", "mandatory")
NOT_IN_DEV: Final = Levels("disabled", "mandatory", "mandatory")


@dataclass(frozen=True)
class Mappings:
    """The same demand in other catalogues.

    Attributes:
        sat: Databricks Security Analysis Tool.
            https://github.com/databricks-industry-solutions/security-analysis-tool/tree/main/configs
        cis: CIS Microsoft Azure Foundations Benchmark 6.0.0, recommendation numbers.
            https://github.com/prowler-cloud/prowler/blob/master/prowler/compliance/azure/cis_6.0_azure.json
        azp: Azure Policy built-in definitions, first eight hexadecimal digits.
        ckv: Checkov.
        azu: Trivy.
        kics: KICS, first eight hexadecimal digits.
        none: Why no catalogue makes this demand, for a rule whose topic they do cover.
    """

    sat: tuple[str, ...] = ()
    cis: tuple[str, ...] = ()
    azp: tuple[str, ...] = ()
    ckv: tuple[str, ...] = ()
    azu: tuple[str, ...] = ()
    kics: tuple[str, ...] = ()
    none: str = ""

    def catalogues(self) -> Mapping[str, tuple[str, ...]]:
        """The catalogues that make this demand, with its identifiers there."""
        named = {"sat": self.sat, "cis": self.cis, "azp": self.azp}
        named |= {"ckv": self.ckv, "azu": self.azu, "kics": self.kics}
        return {key: items for key, items in named.items() if items}

    def tags(self) -> list[str]:
        """All of them as ``catalogue:id``."""
        return [f"{key}:{item}" for key, items in self.catalogues().items() for item in items]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule with everything that is said about it anywhere.

    Attributes:
        name: Stable policy name, for example ``sec-03-no-public-ip``.
        title: What must hold, in one sentence; it heads every violation.
        severity: How bad a violation is, independent of where it is enforced.
        rationale: Why, for somebody who has never heard of it.
        remediation: What to set.
        types: Type tokens the rule judges; empty means every resource.
        levels: Enforcement per environment as shipped.
        config: Configuration keys.
        mappings: The same demand elsewhere.
        check: The function; a stack rule sees all resources of its types at once.
        scope: Whether the rule judges one resource or the whole stack.
        remedy: What level ``remediate`` does; rules without one cannot have that level.
        reads: Name of a rule whose options this one is given too; empty for none.
    """

    name: str
    title: str
    severity: Severity
    rationale: str
    remediation: str
    types: tuple[str, ...]
    levels: Levels
    config: Mapping[str, Option]
    mappings: Mappings
    check: ResourceCheck | StackCheck
    scope: Literal["resource", "stack"]
    remedy: Remedy | None = None
    reads: str = ""

    @property
    def id(self) -> str:
        """The control's number, for example ``SEC-03``."""
        prefix, number, *_ = self.name.split("-")
        return f"{prefix.upper()}-{number}"

    @property
    def unmapped(self) -> str:
        """Why no other catalogue makes this demand; empty where one does."""
        if self.mappings.catalogues():
            return ""
        return self.mappings.none or UNMAPPED.get(self.id.split("-")[0], "")

    def defaults(self) -> dict[str, Any]:
        """Every configuration key with its default."""
        return {key: option.default for key, option in self.config.items()}


_rules: dict[str, Rule] = {}


def rule(
    name: str,
    *,
    title: str,
    severity: Severity,
    rationale: str,
    remediation: str,
    types: Iterable[str],
    levels: Levels,
    config: Mapping[str, Option] | None = None,
    mappings: Mappings | None = None,
    scope: Literal["resource", "stack"] = "resource",
    remedy: Remedy | None = None,
    reads: str = "",
) -> Callable[[Check], Check]:
    """Register the function below it; see :class:`Rule` for the arguments.

    Raises:
        ValueError: The name has the wrong form, its number is taken, or a stack rule has a remedy.
    """

    def register(check: Check) -> Check:
        added = Rule(
            name=name,
            title=title,
            severity=severity,
            rationale=rationale,
            remediation=remediation,
            types=tuple(types),
            levels=levels,
            config=config or {},
            mappings=mappings or Mappings(),
            check=check,
            scope=scope,
            remedy=remedy,
            reads=reads,
        )
        if remedy is not None and scope == "stack":
            raise ValueError(f"{name!r} has a remedy: the engine offers stack rules none")
        if not _NAME.match(name):
            raise ValueError(f"rule name {name!r} is not <sec|cost|rel|ml>-<two digits>-<words>")
        if any(other.id == added.id for other in _rules.values()):
            raise ValueError(f"{added.id} is registered twice, the second time as {name!r}")
        _rules[name] = added
        return check

    return register


@lru_cache(maxsize=1)
def load() -> Mapping[str, Rule]:
    """Every rule by name, in the order of their numbers."""
    package = importlib.import_module("policies.rules")
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"policies.rules.{module.name}")
    return dict(sorted(_rules.items(), key=lambda item: (order(item[1].id), item[0])))


def order(number: str) -> tuple[int, int]:
    """Where a control stands among all: by the order of the packs, then by its digits."""
    prefix, digits = number.split("-")
    return PACKS["platform"].index(prefix), int(digits)


def pack(name: str) -> Iterator[Rule]:
    """The rules of one pack."""
    return (rule for rule in load().values() if rule.id.split("-")[0] in PACKS[name])
