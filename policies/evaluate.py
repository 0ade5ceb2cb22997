"""Running rules: none can crash a run, and nothing secret gets into a message."""

from __future__ import annotations

import traceback
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from policies.findings import Deferred, NotApplicable, Violation
from policies.references import ours

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from policies.exemptions import Exempt
    from policies.model import Resource, Stack
    from policies.registry import Finding, Level, Rule

_HIDDEN = "[secret]"
TODAY: Final = "today"
"""The option that holds the day a rule judges by; left empty it is the day of the run."""


@dataclass(frozen=True)
class Active:
    """A rule that is switched on, with the configuration of this run."""

    rule: Rule
    level: Level
    config: Mapping[str, Any]

    @property
    def binding(self) -> bool:
        """Whether a violation stops the update; one that its remedy has left over does."""
        return self.level in {"mandatory", "remediate"}

    def stops(self, violation: Violation) -> bool:
        """Whether this violation stops the update: advice never does."""
        return self.binding and not violation.advice


@dataclass(frozen=True)
class Result:
    """What one rule found on one resource; a stack rule's findings carry their own URNs."""

    active: Active
    finding: Finding | Exempt


class Evaluation:
    """The rules of one run, looked up by resource type.

    Args:
        rules: The rules of the pack.
        levels: Enforcement level by rule name; rules without one run as advice.
        config: Configuration by rule name; absent keys have the registry's defaults.
        today: The day that rules judge by, unless their configuration names one.
    """

    def __init__(
        self,
        rules: Iterable[Rule],
        levels: Mapping[str, Level] | None = None,
        config: Mapping[str, Mapping[str, Any]] | None = None,
        *,
        today: date,
    ) -> None:
        self._resource_rules: list[Active] = []
        self.stack_rules: list[Active] = []
        self._by_type: dict[str, Sequence[Active]] = {}
        for rule in rules:
            level: Level = (levels or {}).get(rule.name, "advisory")
            if level == "disabled":
                continue
            given = config or {}
            shared = given.get(rule.reads, {})
            settings = {**shared, **rule.defaults(), **given.get(rule.name, {})}
            if settings.get(TODAY) == "":
                settings[TODAY] = today.isoformat()
            active = Active(rule, level, settings)
            (self.stack_rules if rule.scope == "stack" else self._resource_rules).append(active)
        self.stack_types = frozenset(
            token for active in self.stack_rules for token in active.rule.types
        )

    @property
    def rules(self) -> list[Active]:
        """All rules that are switched on."""
        return [*self._resource_rules, *self.stack_rules]

    def concerns(self, token: str) -> Sequence[Active]:
        """The resource rules that judge a type."""
        if token not in self._by_type:
            self._by_type[token] = [
                active
                for active in self._resource_rules
                if not active.rule.types or token in active.rule.types
            ]
        return self._by_type[token]

    def remedies(self, token: str) -> Sequence[Active]:
        """The rules that correct a type's inputs, in the order of their numbers."""
        return [active for active in self.concerns(token) if active.level == "remediate"]

    def resource(self, resource: Resource) -> list[Result]:
        """What the resource rules find."""
        return [result for _, found in self.checks(resource) for result in found]

    def checks(self, resource: Resource) -> Iterator[tuple[Active, list[Result]]]:
        """What each resource rule finds that judges the resource, nothing where it holds."""
        for active in self.concerns(resource.type):
            yield active, judge(active, resource)
        resource.forget()

    def stack(self, stack: Stack) -> list[Result]:
        """What the stack rules find."""
        results: list[Result] = []
        stack = replace(stack, resources=ours(stack.resources))
        for active in self.stack_rules:
            results += judge(active, stack)
        return results


def judge(active: Active, subject: Resource | Stack) -> list[Result]:
    """One rule's findings; an exception becomes one, after those found before it."""
    results: list[Result] = []
    try:
        # One at a time, so that what was found before an exception is kept.
        for finding in active.rule.check(subject, active.config):  # pyright: ignore[reportArgumentType] - a rule's scope says which of the two it takes
            results.append(Result(active, _redacted(finding, subject)))  # noqa: PERF401 - see above
    except Exception as error:  # noqa: BLE001 - a rule's bug must not end everybody's preview
        message = f"the rule {active.rule.name} itself failed with {place(error)}"
        results.append(Result(active, Violation(message)))
    return results


def place(error: Exception) -> str:
    """What went wrong where in a rule; not the error's text, which may quote a property's value."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{frame.name} (line {frame.lineno})"
    return f"{type(error).__name__} in {where}; report it with this resource's type"


def _redacted(finding: Finding, subject: Resource | Stack) -> Finding:
    if not isinstance(finding, Violation) or not subject.secrets:
        return finding
    message = finding.message
    # The longest first: what is left of a secret that contains another would be readable.
    for secret in sorted(subject.secrets, key=len, reverse=True):
        message = message.replace(secret, _HIDDEN)
    return replace(finding, message=message)


def deferred(results: Iterable[Result]) -> list[str]:
    """The number of a rule, for each check that waits for a value which only the update knows."""
    return [result.active.rule.id for result in results if isinstance(result.finding, Deferred)]


def violations(results: Iterable[Result]) -> list[tuple[Active, Violation]]:
    """The violations among results."""
    return [
        (result.active, result.finding)
        for result in results
        if isinstance(result.finding, Violation)
    ]


def not_applicable(results: Iterable[Result]) -> list[tuple[Active, NotApplicable]]:
    """The rules that said why they do not apply."""
    return [
        (result.active, result.finding)
        for result in results
        if isinstance(result.finding, NotApplicable)
    ]
