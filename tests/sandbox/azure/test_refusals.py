"""Each rule of Azure refuses its mistake, in the API's words, and the good environment passes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest

from sandbox.azure import ids
from sandbox.rules import REGISTRY, UNKNOWN
from tests.sandbox.azure.estate import ESTATE
from tests.sandbox.azure.mistakes import (
    common,
    governance,
    networks,
    private_link,
    storage,
    workspaces,
)
from tests.sandbox.azure.world import Refused, environment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.sandbox.azure.mistakes.actions import Mistake

FAMILIES = (common, networks, private_link, workspaces, storage, governance)
CASES = [
    (rule, code, mistake)
    for family in FAMILIES
    for rule, rows in family.MISTAKES.items()
    for code, mistake in rows
]


@pytest.mark.parametrize(("rule", "code", "mistake"), CASES)
def test_a_mistake_is_refused_by_the_rule_that_knows_it(
    rule: str, code: str, mistake: Mistake
) -> None:
    world = environment()
    with pytest.raises(Refused) as caught:
        mistake(world)
    assert (caught.value.rule, caught.value.refusal.code) == (rule, code)
    assert len(caught.value.refusal.message) > 20


def test_every_rule_that_refuses_is_seen_refusing() -> None:
    rules = {
        rule.__name__
        for token in ids.TYPES
        for kind in (REGISTRY[token].checks, REGISTRY[token].admits, REGISTRY[token].releases)
        for rule, _source in kind
        if rule.__module__.startswith("sandbox.azure")
    }
    assert rules - {rule for rule, _code, _mistake in CASES} == set()


def test_the_whole_environment_is_admitted_and_taken_down_in_reverse() -> None:
    world = environment()
    # A link keeps its zone and an identity its role, so that reverse order is the only one.
    for label in reversed(ESTATE):
        world.delete(label)
    left = [record.token for record in world.cloud.records.values()]
    assert left == [ids.DELETED_VAULT]


def test_writing_the_same_again_changes_nothing() -> None:
    world = environment()
    for label in ESTATE:
        before = world.record(label)
        assert world.change(label).outputs["id"] == before.id


def _paths(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if path:
        yield path
    if isinstance(value, dict):
        for key, inner in cast("dict[str, object]", value).items():
            yield from _paths(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(cast("list[object]", value)):
            yield from _paths(inner, (*path, index))


@pytest.mark.parametrize("label", ESTATE)
def test_a_preview_lets_unknown_values_pass_at_any_depth(label: str) -> None:
    world = environment()
    token = ESTATE[label][0]
    for path in _paths(ESTATE[label][1]):
        inputs: Any = world.inputs(label)
        place = inputs
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = UNKNOWN
        world.check(token, inputs)


@pytest.mark.parametrize("label", ESTATE)
def test_a_preview_lets_one_known_value_among_unknown_ones_pass(label: str) -> None:
    token, inputs = ESTATE[label]
    for name in inputs:
        unknown: dict[str, Any] = {**dict.fromkeys(inputs, UNKNOWN), name: inputs[name]}
        environment().check(token, unknown)
