"""Running rules: none can crash a run, and nothing secret gets into a message."""

from __future__ import annotations

import traceback
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Literal, cast

from policies.findings import Deferred, NotApplicable, Violation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from policies.model import Resource, Stack
    from policies.registry import Finding, Level, ResourceCheck, Rule, StackCheck

_HIDDEN = "[secret]"
TODAY: Final = "today"
"""The option that holds the day a rule judges by; left empty it is the day of the run."""


@dataclass(frozen=True)
class Active:
    """A rule that is switched on, with the configuration of this run."""

    rule: Rule
    level: Literal["mandatory", "advisory"]
    config: Mapping[str, Any]


@dataclass(frozen=True)
class Result:
    """What one rule found on one resource; a stack rule's findings carry their own URNs."""

    active: Active
    finding: Finding


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
        today: date | None = None,
    ) -> None:
        day = (today or datetime.now(UTC).date()).isoformat()
        self._resource_rules: list[Active] = []
        self._stack_rules: list[Active] = []
        self._by_type: dict[str, Sequence[Active]] = {}
        for rule in rules:
            level: Level = (levels or {}).get(rule.name, "advisory")
            if level == "disabled":
                continue
            settings = rule.defaults() | dict((config or {}).get(rule.name, {}))
            if settings.get(TODAY) == "":
                settings[TODAY] = day
            active = Active(rule, level, settings)
            (self._stack_rules if rule.scope == "stack" else self._resource_rules).append(active)
        self.stack_types = frozenset(
            token for active in self._stack_rules for token in active.rule.types
        )

    def concerns(self, token: str) -> Sequence[Active]:
        """The resource rules that judge a type."""
        if token not in self._by_type:
            self._by_type[token] = [
                active
                for active in self._resource_rules
                if not active.rule.types or token in active.rule.types
            ]
        return self._by_type[token]

    def resource(self, resource: Resource) -> list[Result]:
        """What the resource rules find."""
        results: list[Result] = []
        for active in self.concerns(resource.type):
            check = cast("ResourceCheck", active.rule.check)
            results += _run(active, partial(check, resource, active.config), (resource,))
        return results

    def stack(self, stack: Stack) -> list[Result]:
        """What the stack rules find."""
        results: list[Result] = []
        for active in self._stack_rules:
            check = cast("StackCheck", active.rule.check)
            results += _run(active, partial(check, stack, active.config), stack.resources)
        return results


def _run(
    active: Active, check: Callable[[], Iterable[Finding]], judged: Sequence[Resource]
) -> list[Result]:
    """Collect a rule's findings; an exception becomes one, after those found before it."""
    results: list[Result] = []
    try:
        # One at a time, so that what was found before an exception is kept.
        results.extend(Result(active, _redacted(finding, judged)) for finding in check())
    except Exception as error:  # noqa: BLE001 - a rule's bug must not end everybody's preview
        # Not str(error): it may quote a property's value.
        place = traceback.extract_tb(error.__traceback__)[-1]
        results.append(
            Result(
                active,
                Violation(
                    f"the rule {active.rule.name} itself failed with {type(error).__name__} in "
                    f"{place.name} (line {place.lineno}); report it with this resource's type"
                ),
            )
        )
    return results


def _redacted(finding: Finding, judged: Sequence[Resource]) -> Finding:
    if not isinstance(finding, Violation):
        return finding
    message = finding.message
    for resource in judged:
        for secret in resource.secrets:
            message = message.replace(secret, _HIDDEN)
    return replace(finding, message=message)


def deferred(results: Iterable[Result]) -> int:
    """How many checks wait for a value that only the update knows."""
    return sum(isinstance(result.finding, Deferred) for result in results)


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
