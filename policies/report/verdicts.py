"""Judges a snapshot: each rule on each resource is a check, and each check has one outcome."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from policies.evaluate import judge
from policies.exemptions import Exempt, label, used
from policies.findings import Deferred, NotApplicable, Violation
from policies.model import Stack
from policies.registry import SEVERITIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from policies.evaluate import Active, Result
    from policies.exemptions import Exemption
    from policies.registry import Level, Severity
    from policies.settings import Settings
    from policies.snapshot import Snapshot

Outcome = Literal["pass", "fail", "exempt", "not applicable", "deferred"]
OUTCOMES: Final[tuple[Outcome, ...]] = ("pass", "fail", "exempt", "not applicable", "deferred")
WEIGHTS: Final[Mapping[Severity, int]] = {"low": 1, "medium": 2, "high": 4, "critical": 8}


@dataclass(frozen=True)
class Verdict:
    """A check that did not simply pass.

    Attributes:
        active: The rule with its level.
        urn: The resource, or the stack.
        outcome: Never ``pass``.
        messages: What the rule says; why it is exempt, does not apply or waits.
        exemption: Who answers for it, where somebody does.
        place: File and line of the declaration, where the engine says so.
        binding: Whether it stops the update.
    """

    active: Active
    urn: str
    outcome: Outcome
    messages: tuple[str, ...]
    exemption: Exemption | None = None
    place: tuple[str, int] = ("", 0)
    binding: bool = False

    @property
    def subject(self) -> str:
        """``type::name``, as an exemption names it."""
        return label(self.urn)


@dataclass(frozen=True)
class Judged:
    """All verdicts on one stack.

    Attributes:
        snapshot: What was judged.
        environment: Whose configuration was used.
        rules: The rules that were switched on.
        verdicts: The worst first.
        passed: How many checks of each rule passed, by its name.
        expired: What to say of exemptions whose last day is over.
        unused: What to say of exemptions that nothing needed.
        expired_level: How bad an expired exemption is.
    """

    snapshot: Snapshot
    environment: str
    rules: Sequence[Active]
    verdicts: Sequence[Verdict]
    passed: Mapping[str, int]
    expired: Sequence[str] = ()
    unused: Sequence[str] = ()
    expired_level: Level = "mandatory"
    counts: Mapping[Outcome, int] = field(init=False)

    def __post_init__(self) -> None:
        counts: Counter[Outcome] = Counter(verdict.outcome for verdict in self.verdicts)
        counts["pass"] = sum(self.passed.values())
        object.__setattr__(self, "counts", {outcome: counts[outcome] for outcome in OUTCOMES})

    @property
    def binding(self) -> int:
        """How many findings stop the update; an expired exemption is one."""
        stale = len(self.expired) if self.expired_level == "mandatory" else 0
        return sum(verdict.binding for verdict in self.verdicts) + stale

    def of(self, *outcomes: Outcome) -> list[Verdict]:
        """The verdicts with these outcomes."""
        return [verdict for verdict in self.verdicts if verdict.outcome in outcomes]

    @property
    def idle(self) -> list[str]:
        """Rules that found nothing to judge."""
        judged = {verdict.active.rule.name for verdict in self.verdicts} | set(self.passed)
        return [active.rule.name for active in self.rules if active.rule.name not in judged]

    @property
    def score(self) -> float | None:
        """How much of what was demanded holds, 0 to 100; ``None`` where nothing could be judged.

        Each rule counts with its severity's weight and the share of its checks that passed. An
        exempt check has not passed: the risk is there, though somebody answers for it. What is
        deferred or not applicable counts neither way, and so does a rule that is disabled.
        """
        lost: Counter[str] = Counter(item.active.rule.name for item in self.of("fail", "exempt"))
        weight = reached = 0.0
        for active in self.rules:
            name = active.rule.name
            passed = self.passed.get(name, 0)
            if checks := passed + lost[name]:
                weight += WEIGHTS[active.rule.severity]
                reached += WEIGHTS[active.rule.severity] * passed / checks
        # Cut, not rounded: 100 means that nothing is open.
        return int(1000 * reached / weight + 1e-9) / 10 if weight else None


def judged(snapshot: Snapshot, settings: Settings, environment: str) -> Judged:
    """Judge all resources of a snapshot, then the stack as a whole."""
    evaluation, exemptions = settings.evaluation, settings.exemptions
    whole = snapshot.urn
    passed: Counter[str] = Counter()
    verdicts: list[Verdict] = []
    needed: set[Exemption] = set()
    places = {item.resource.urn: item.place for item in snapshot.resources}
    for item in snapshot.resources:
        if item.external:
            continue
        for active, found in evaluation.checks(item.resource):
            if not found:
                passed[active.rule.name] += 1
                continue
            results = exemptions.apply(found, item.resource.urn)
            needed.update(used(results))
            verdicts.append(_verdict(active, item.resource.urn, results, places))
    stack = Stack(
        [
            item.in_stack()
            for item in snapshot.resources
            if item.resource.type in evaluation.stack_types
        ],
        {item.resource.urn: item.waits_for for item in snapshot.resources},
    )
    for active in evaluation.stack_rules:
        results = exemptions.apply(judge(active, stack), whole)
        needed.update(used(results))
        by_urn: dict[str, list[Result]] = {}
        for result in results:
            urn: str = getattr(result.finding, "urn", "") or whole
            by_urn.setdefault(urn, []).append(result)
        verdicts += [_verdict(active, urn, found, places) for urn, found in by_urn.items()]
        if not results and any(stack.all(*active.rule.types)):
            passed[active.rule.name] += 1
    return Judged(
        snapshot=snapshot,
        environment=environment,
        rules=evaluation.rules,
        verdicts=sorted(verdicts, key=_worst_first),
        passed=passed,
        expired=exemptions.expired(),
        unused=exemptions.unused(needed),
        expired_level=settings.expired,
    )


def _verdict(
    active: Active, urn: str, results: Iterable[Result], places: Mapping[str, tuple[str, int]]
) -> Verdict:
    """One check's verdict: the worst of what the rule found decides."""
    findings = [result.finding for result in results]
    place = places.get(urn, ("", 0))
    broken = [item for item in findings if isinstance(item, Violation)]
    if broken:
        messages = tuple(item.message for item in broken)
        return Verdict(active, urn, "fail", messages, None, place, any(map(active.stops, broken)))
    exempt = [item for item in findings if isinstance(item, Exempt)]
    if exempt:
        messages = tuple(item.message for item in exempt)
        return Verdict(active, urn, "exempt", messages, exempt[0].exemption, place)
    waiting = tuple(f"{item.path} {item.state}" for item in findings if isinstance(item, Deferred))
    if waiting:
        return Verdict(active, urn, "deferred", waiting, None, place)
    reasons = tuple(item.reason for item in findings if isinstance(item, NotApplicable))
    return Verdict(active, urn, "not applicable", reasons, None, place)


def _worst_first(verdict: Verdict) -> tuple[int, bool, int, str, str]:
    rule = verdict.active.rule
    return (
        OUTCOMES.index(verdict.outcome),
        not verdict.binding,
        SEVERITIES.index(rule.severity),
        rule.name,
        verdict.urn,
    )
