"""Whatever the limits, the compiled policies admit what is within them and nothing beyond.

Judged by the sandbox's reading of the policy language, which knows nothing of the compiler.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.cluster_rules import interactive_definition, jobs_definition
from sandbox.databricks import policy_language
from settings.compute import ComputeSettings

TAGS = {"env": "dev", "owner": "platform"}


@st.composite
def limits(draw: st.DrawFn) -> ComputeSettings:
    least = draw(st.integers(1, 500))
    return ComputeSettings.model_validate(
        {
            "nodeType": draw(st.sampled_from(["Standard_D4ds_v5", "Standard_D16ds_v5"])),
            "minWorkers": least,
            "maxWorkers": draw(st.integers(least, 500)),
            "autoterminationMinutes": draw(st.integers(10, 10_000)),
            "maxDbusPerHour": draw(st.integers(1, 10_000)),
            "spot": draw(st.booleans()),
            "photon": draw(st.booleans()),
        }
    )


def definitions(settings: ComputeSettings) -> list[dict[str, Any]]:
    return [
        interactive_definition(settings, TAGS),
        interactive_definition(settings, TAGS, pool_id="pool-1"),
        jobs_definition(settings, TAGS),
    ]


def refused(definition: dict[str, Any], attribute: str, value: object) -> bool:
    return bool(policy_language.forbids(definition.get(attribute, {}), value))


@given(limits())
def test_the_policies_api_accepts_every_definition(settings: ComputeSettings) -> None:
    for definition in definitions(settings):
        policy_language.validate(json.dumps(definition))


@given(limits(), st.integers(1, 600), st.integers(1, 12_000))
def test_workers_and_units_are_admitted_exactly_up_to_the_limit(
    settings: ComputeSettings, workers: int, units: int
) -> None:
    for definition in definitions(settings):
        for attribute in ("autoscale.max_workers", "num_workers"):
            beyond = workers > settings.max_workers
            assert refused(definition, attribute, workers) == beyond
        assert refused(definition, "dbus_per_hour", units) == (units > settings.max_dbus_per_hour)


@given(limits(), st.integers(0, 12_000))
def test_an_all_purpose_cluster_always_stops_within_the_limit(
    settings: ComputeSettings, minutes: int
) -> None:
    for definition in definitions(settings)[:2]:
        allowed = 10 <= minutes <= settings.autotermination_minutes  # 0 is never
        assert refused(definition, "autotermination_minutes", minutes) == (not allowed)


@given(limits(), st.sampled_from(["Standard_E64ds_v5", "Standard_NC24ads_A100_v4"]))
def test_no_attribute_brings_in_another_node_type(settings: ComputeSettings, other: str) -> None:
    for definition in definitions(settings):
        for attribute in (
            "node_type_id",
            "driver_node_type_id",
            "worker_node_type_flexibility.alternate_node_type_ids",
            "driver_node_type_flexibility.alternate_node_type_ids",
        ):
            pooled = "value" in definition["instance_pool_id"] and "flexibility" in attribute
            assert pooled or refused(definition, attribute, other)


@given(limits())
def test_a_default_leaves_nobody_to_fill_in_what_the_platform_decides(
    settings: ComputeSettings,
) -> None:
    for definition in definitions(settings):
        open_ = [path for path, rule in definition.items() if policy_language.requires(rule)]
        assert open_ == ["dbus_per_hour"], "a virtual attribute, which no cluster states"


@pytest.mark.parametrize("spot", [True, False])
@given(settings=limits())
def test_the_first_node_is_never_on_spot_capacity(*, spot: bool, settings: ComputeSettings) -> None:
    changed = settings.model_copy(update={"spot": spot})
    for definition in (interactive_definition(changed, TAGS), jobs_definition(changed, TAGS)):
        assert definition["azure_attributes.first_on_demand"] == {"type": "fixed", "value": 1}
        wanted = "SPOT_WITH_FALLBACK_AZURE" if spot else "ON_DEMAND_AZURE"
        assert not refused(definition, "azure_attributes.availability", wanted)
        assert refused(definition, "azure_attributes.availability", "SPOT_AZURE")
