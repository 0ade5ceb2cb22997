"""Whatever a resource says, a cost rule answers; and COST-12 lets no larger cluster through."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies import registry
from policies.evaluate import Evaluation
from policies.findings import Violation
from policies.model import UNKNOWN, Resource, Stack
from policies.rules import cluster_policy

SOURCES = Path(cluster_policy.__file__).parents[1]
COST = [rule for rule in registry.load().values() if rule.id.startswith("COST")]
# Every word that the rules' own source has in quotes: the names and values they look for.
WORDS = sorted(
    {
        word
        for path in [*SOURCES.glob("rules/*.py"), *SOURCES.glob("*.py")]
        for text in re.findall(r'"([\w./-]{2,40})"', path.read_text(encoding="utf-8"))
        for word in text.split(".")
        if word
    }
)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-2, 200_000)
    | st.floats(allow_nan=True)
    | st.sampled_from(WORDS)
    | st.text(max_size=4)
    | st.just(UNKNOWN)
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=4)
    ),
    max_leaves=12,
)


def paths(rule: registry.Rule) -> list[str]:
    """The top-level properties that a rule's module mentions."""
    source = Path(rule.check.__code__.co_filename).read_text(encoding="utf-8")
    words = (text.split(".")[0] for text in re.findall(r'"([\w.]{2,40})"', source))
    return sorted(set(words))


@pytest.mark.parametrize("rule", COST, ids=lambda rule: rule.name)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_no_rule_fails_on_what_it_did_not_expect(rule: registry.Rule, data: st.DataObject) -> None:
    props = st.dictionaries(st.sampled_from(paths(rule)), VALUES, max_size=5)
    tokens = rule.types or ("azure-native:storage:StorageAccount",)
    resources = [
        Resource(f"urn:{n}", data.draw(st.sampled_from(tokens)), str(n), data.draw(props))
        for n in range(2)
    ]
    evaluation = Evaluation([rule])
    results = [
        *(result for resource in resources for result in evaluation.resource(resource)),
        *evaluation.stack(Stack(resources)),
    ]
    for result in results:
        if isinstance(result.finding, Violation):
            assert "itself failed" not in result.finding.message


ATTRIBUTES = st.fixed_dictionaries(
    {"type": st.sampled_from(["fixed", "forbidden", "allowlist", "range", "unlimited", "regex"])},
    optional={
        "value": st.integers(-5, 40) | st.text(max_size=2),
        "values": st.lists(st.integers(-5, 40), max_size=3),
        "minValue": st.integers(-5, 40),
        "maxValue": st.integers(-5, 40) | st.text(max_size=2),
        "defaultValue": st.integers(-5, 40),
        "isOptional": st.booleans(),
    },
)


def admitted(attribute: dict[str, Any]) -> set[int]:
    """Which sizes from 0 to 40 a user could choose, read off the documentation of each type."""
    every = set(range(41))
    kind = attribute["type"]
    if kind == "forbidden":
        return set()
    if kind == "fixed":
        return {attribute["value"]} & every if isinstance(attribute.get("value"), int) else every
    if kind == "allowlist":
        return set(attribute["values"]) & every if attribute.get("values") else every
    if kind == "range":
        top = attribute.get("maxValue")
        low = attribute.get("minValue", 0)
        return {n for n in every if low <= n <= top} if isinstance(top, int) else every
    return every


@given(attribute=ATTRIBUTES)
def test_a_policy_that_passes_admits_no_cluster_larger_than_the_limit(
    attribute: dict[str, Any],
) -> None:
    rule = registry.load()["cost-12-policy-bounds"]
    config = {**rule.defaults(), "maximumWorkers": 16}
    definition = json.dumps({"num_workers": attribute})
    policy = Resource("urn", rule.types[0], "policy", {"definition": definition})
    messages = [getattr(finding, "message", "") for finding in rule.check(policy, config)]  # pyright: ignore[reportArgumentType] - a resource rule
    passes = not any(message.startswith("num_workers") for message in messages)
    if passes:
        assert max(admitted(attribute), default=0) <= 16


@given(attribute=ATTRIBUTES)
def test_a_policy_that_passes_admits_no_cluster_that_idles_longer_than_the_limit(
    attribute: dict[str, Any],
) -> None:
    rule = registry.load()["cost-12-policy-bounds"]
    config = {**rule.defaults(), "maximumMinutes": 20}
    policy = Resource(
        "urn", rule.types[0], "policy", {"definition": {"autotermination_minutes": attribute}}
    )
    messages = [getattr(finding, "message", "") for finding in rule.check(policy, config)]  # pyright: ignore[reportArgumentType] - a resource rule
    passes = not any(message.startswith("autotermination_minutes") for message in messages)
    if passes:
        assert attribute.get("isOptional") is not True
        assert admitted(attribute) <= set(range(1, 21))
