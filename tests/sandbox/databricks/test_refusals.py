"""Each rule of Databricks refuses its mistake, in the API's words, and the good estate passes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest

from sandbox.databricks import tokens
from sandbox.rules import FUNCTIONS, REGISTRY, UNKNOWN, Refusal, Request
from tests.sandbox.databricks.estate import BY_NAME, STEPS
from tests.sandbox.databricks.mistakes import (
    access,
    account,
    catalog,
    compute,
    observability,
    permissions,
    storage,
    workloads,
    workspace,
)
from tests.sandbox.databricks.parts.places import PROD, PROVIDERS
from tests.sandbox.databricks.world import Refused, World, estate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.sandbox.databricks.mistakes.actions import Mistake

FAMILIES = (
    account, storage, catalog, access, compute, permissions, workloads, workspace, observability,
)  # fmt: skip
CASES = [
    pytest.param(rule, code, mistake, id=f"{rule}-{number}")
    for family in FAMILIES
    for rule, rows in family.MISTAKES.items()
    for number, (code, mistake) in enumerate(rows)
]


def _rules() -> Iterator[tuple[str, str, str]]:
    """Every rule of this cloud: its name, its source, the type it judges."""
    for token, rules in REGISTRY.items():
        if "databricks" not in token or token.startswith("azure-native"):
            continue
        for rule, source in (*rules.checks, *rules.admits, *rules.releases, *rules.outputs):
            yield rule.__name__, source, token
        for rule, source in (*rules.remains, *rules.takes):
            yield rule.__name__, source, token
        yield from ((name, source, token) for name, source in rules.immutable.items())
        if rules.adopts:
            yield "adopts", rules.adopts, token


@pytest.mark.parametrize(("rule", "code", "mistake"), CASES)
def test_a_mistake_is_refused_by_the_rule_that_knows_it(
    rule: str, code: str, mistake: Mistake
) -> None:
    with pytest.raises(Refused) as refused:
        mistake.make(estate())
    assert (refused.value.rule, refused.value.refusal.code) == (rule, code)
    assert refused.value.refusal.message


def test_every_judging_rule_has_a_mistake_that_it_refuses() -> None:
    judging = {
        rule.__name__
        for token, rules in REGISTRY.items()
        if token.startswith("databricks:")
        for rule, _ in (*rules.checks, *rules.admits, *rules.releases)
    }
    tried = {rule for family in FAMILIES for rule in family.MISTAKES}
    assert judging == tried


@pytest.mark.parametrize("step", [step.name for step in STEPS])
def test_the_estate_can_be_updated_without_a_change(step: str) -> None:
    world = estate()
    before = world.made[step]
    after = world.update(step, before.inputs)
    assert after == before


def test_the_estate_is_dropped_in_reverse() -> None:
    world = estate()
    for step in reversed(STEPS):
        if step.name == "ncc":  # a configuration outlives the workspaces bound to it
            del world.records[tokens.AZURE_WORKSPACE, PROD]
        world.delete(step.name)
    assert not world.made


def test_two_ways_to_sign_in_are_refused_unless_one_is_chosen() -> None:
    inputs = {**PROVIDERS["workspace"], "token": "t", "azureClientSecret": "s"}
    rule = REGISTRY[tokens.PROVIDER].checks[0][0]
    request = Request("create", tokens.PROVIDER, "urn::p", inputs, inputs)
    with pytest.raises(Refusal, match="more than one authorization method"):
        rule(request)
    chosen = {**inputs, "authType": "azure-client-secret"}
    rule(Request("create", tokens.PROVIDER, "urn::p", chosen, chosen))


def _unknowns(value: object) -> Iterator[tuple[list[str | int], object]]:
    """Every place inside a value, outermost first."""
    if isinstance(value, dict):
        for key, inner in cast("dict[str, Any]", value).items():
            yield [key], inner
            yield from (([key, *path], deeper) for path, deeper in _unknowns(inner))
    elif isinstance(value, list):
        for number, inner in enumerate(cast("list[Any]", value)):
            yield [number], inner
            yield from (([number, *path], deeper) for path, deeper in _unknowns(inner))


@pytest.mark.parametrize("step", [step.name for step in STEPS])
def test_checks_let_unknown_values_pass(step: str) -> None:
    world = estate()
    token = BY_NAME[step].token
    for path, _ in _unknowns(world.inputs(step)):
        inputs = world.inputs(step)
        place: Any = inputs
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = UNKNOWN
        for rule, _ in REGISTRY[token].checks:
            rule(Request("create", token, "urn::x", inputs, PROVIDERS[BY_NAME[step].via]))
    everything = dict.fromkeys(world.inputs(step), UNKNOWN)
    for rule, _ in REGISTRY[token].checks:
        rule(Request("create", token, "urn::x", everything, PROVIDERS["workspace"]))


def test_every_rule_has_a_source() -> None:
    rules = list(_rules())
    assert len(rules) > 300  # the package was imported
    for name, source, token in rules:
        assert source.startswith("https://"), (name, token)
    for name, (_, source) in FUNCTIONS.items():
        assert source.startswith("https://"), name


@pytest.mark.parametrize("token", tokens.ALL)
def test_every_type_is_judged_and_has_an_id(token: str) -> None:
    rules = REGISTRY[token]
    assert rules.admits
    assert any(step.token == token for step in STEPS)
    world: World = estate()
    assert all(record.id and record.outputs["id"] == record.id for record in world.all(token))
    assert world.all(token)
