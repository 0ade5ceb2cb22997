"""Every type the platform uses has rules, and every rule says where it comes from."""

from __future__ import annotations

import pytest

from sandbox.azure import ids
from sandbox.rules import FUNCTIONS, REGISTRY
from tests.sandbox.azure.estate import ESTATE
from tests.sandbox.azure.world import environment


def test_the_environment_has_every_type() -> None:
    assert {token for token, _inputs in ESTATE.values()} == set(ids.TYPES)


@pytest.mark.parametrize("token", ids.TYPES)
def test_every_type_has_rules_with_sources(token: str) -> None:
    rules = REGISTRY[token]
    parts = (rules.checks, rules.admits, rules.releases, rules.outputs, rules.exclusives)
    sources = [source for part in parts for _rule, source in part] + [*rules.immutable.values()]
    assert rules.checks
    assert rules.admits
    assert all(source.startswith("https://") for source in sources)


@pytest.mark.parametrize("label", ESTATE)
def test_every_answer_has_an_id_a_name_and_a_type(label: str) -> None:
    record = environment().record(label)
    arm = ids.TYPES[record.token]
    assert record.id == ids.compose(
        record.token, record.inputs, {"subscriptionId": record.id.split("/")[2]}
    )
    assert record.outputs["type"] == arm.type
    assert record.outputs["name"] == record.inputs[arm.name]


@pytest.mark.parametrize("token", ids.TYPES)
def test_the_parts_of_an_id_replace_when_they_change(token: str) -> None:
    arm = ids.TYPES[token]
    path = {part for part in arm.names if not part.startswith("=")}
    assert path | {arm.scope or "resourceGroupName"} <= set(REGISTRY[token].immutable)


def test_functions_have_sources() -> None:
    ours = {
        token: source for token, (_rule, source) in FUNCTIONS.items() if "azure-native" in token
    }
    assert set(ours) == {
        "azure-native:authorization:getClientConfig",
        "azure-native:databricks:getWorkspace",
    }
    assert all(source.startswith("https://") for source in ours.values())
