"""Every rule on the compliant stack, and on that stack with one thing wrong."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import pytest

from policies import registry
from policies.estimate.bill import BY_THE_HOUR
from tests.policies.cases import Case, load
from tests.policies.compliant import compliant
from tests.policies.deployed import deployed
from tests.policies.forbidden import forbidden
from tests.policies.harness import ABSENT, judge

if TYPE_CHECKING:
    from tests.policies.harness import Item, Outcome

# An option is never unknown; nor is it absent: it is off.
_OPTION_RULES = {"rel-01-protect-stateful", "rel-19-patient-timeouts"}
# COST-36 refuses these by their being there: the shipped price book has no price of them.
_NEVER_COMPLIANT = set(BY_THE_HOUR)
# They judge the sum of everything: what breaks another rule may be dear, or have no price, too.
_SUMS = {
    "cost-34-monthly-ceiling",
    "cost-35-hourly-burn",
    "cost-36-priced",
    "cost-37-monthly-growth",
}
# What is off in production is judged here all the same, as it is elsewhere.
_ON = {
    name: {"enforcementLevel": "advisory", **keys}
    for name, keys in (
        ("cost-25-schedule-paused", {}),
        ("cost-28-nothing-left-on", {"keptOn": ["search", "online"]}),
        ("cost-31-log-ingestion", {}),
    )
}
# These rules read the same JSON text, so its absence breaks all of them.
_READ_TOGETHER = {
    "cost-11-policy-dbu-ceiling",
    "cost-12-policy-bounds",
    "sec-53-governed-access-mode",
    "sec-54-supported-runtime",
}
# What account keys sign is judged only where they are allowed, which is a fault of its own.
_KEYS_ALLOWED = {"sec-16-storage-shared-key-off", "sec-22-storage-signatures-expire"}
# A default provider waits for nothing, and what is not there cannot be waited for.
_UNORDERED = {
    "ml-20-explicit-databricks-provider",
    "rel-20-made-in-order",
    "sec-52-ncc-bound",
    "sec-65-metastore-assigned",
}
# What is dear in a month is dearer than before.
_DEAR = {"cost-34-monthly-ceiling", "cost-35-hourly-burn", "cost-37-monthly-growth"}
# Money and reliability ask for the same, each to its own bound.
_BOTH_ASK = (
    {"cost-08-spot-capacity", "rel-10-driver-not-on-spot"},
    {"cost-24-job-bounded", "rel-12-job-tasks-retried"},
    {"cost-30-storage-redundancy", "rel-07-storage-redundant"},
    {"cost-17-serving-scale-to-zero", "rel-18-serving-ready"},
    # Concurrency or throughput of one's own has a most and a least.
    {"cost-18-serving-size", "rel-18-serving-ready"},
    # A table that has no name has no monitor either.
    {"ml-05-inference-table", "ml-08-inference-table-monitored"},
    # A flow log points at its network by name.
    {"ml-21-no-foreign-names", "sec-33-flow-logs"},
    # Without a namespace an account needs rules that clear its old blobs.
    {"sec-21-storage-no-side-doors", "cost-30-storage-redundancy"},
)


def broken_by(case: Case) -> set[str]:
    """The rules that a change breaks; nearly always the one it is for."""
    if case.rule in _READ_TOGETHER and case.kind != "absent":
        return {case.rule}
    groups = (_READ_TOGETHER, _KEYS_ALLOWED, _UNORDERED, _DEAR, *_BOTH_ASK)
    return {case.rule}.union(*(group for group in groups if case.rule in group))


def changed(case: Case) -> list[Item]:
    graph = compliant()
    never = forbidden()
    item = (graph | never)[case.resource]
    if case.path == "" and case.value is ABSENT:
        graph.pop(case.resource, None)
    elif case.path == "@declared":
        graph[case.resource] = item
    elif case.path.startswith("@"):
        graph[case.resource] = replace(item, **{case.path[1:]: case.value})
    else:
        graph[case.resource] = item.with_value(case.path, case.value)
    return list(graph.values())


def test_no_rule_goes_unjudged() -> None:
    off = {name for name, rule in registry.load().items() if rule.levels.prod == "disabled"}
    assert off == set(_ON)


@cache
def outcome_of(case: Case) -> Outcome:
    return judge(changed(case), settings=_ON | deployed())


def test_the_compliant_stack_breaks_no_rule_and_leaves_nothing_open() -> None:
    outcome = judge(compliant().values(), settings=_ON | deployed())
    assert outcome.rules == set(), outcome.messages
    assert outcome.deferred == 0


@pytest.mark.parametrize("case", load(), ids=str)
def test_one_change_concerns_exactly_one_rule(case: Case) -> None:
    outcome = outcome_of(case)
    broken = outcome.rules if case.rule in _SUMS else outcome.rules - _SUMS
    if case.expected == "fails":
        assert case.rule in broken
        assert broken <= broken_by(case)
    else:
        assert broken <= broken_by(case) - {case.rule}, outcome.messages
        only = judge(changed(case), rules=[registry.load()[case.rule]], settings=_ON | deployed())
        assert (only.deferred > 0) == (case.expected == "defers")


@pytest.mark.parametrize("name", registry.load())
def test_every_rule_has_failing_absent_and_unknown_cases(name: str) -> None:
    kinds = {case.kind for case in load() if case.rule == name}
    assert kinds == ({"fail"} if name in _OPTION_RULES else {"fail", "absent", "unknown"})


@pytest.mark.parametrize("rule", registry.load().values(), ids=lambda rule: rule.name)
def test_the_compliant_stack_holds_every_type_that_a_rule_judges(rule: registry.Rule) -> None:
    items = [*compliant().values(), *forbidden().values()]
    assert set(rule.types) - _NEVER_COMPLIANT <= {item.type for item in items}


@pytest.mark.parametrize("case", [c for c in load() if c.expected == "fails"], ids=str)
def test_a_violation_says_what_was_seen_and_what_to_do(case: Case) -> None:
    for diagnostic in outcome_of(case).diagnostics:
        title, _, message = diagnostic.message.partition("\n")
        assert title == registry.load()[diagnostic.policyName].title
        assert len(message.split()) > 5
        assert diagnostic.urn.startswith("urn:pulumi:")
