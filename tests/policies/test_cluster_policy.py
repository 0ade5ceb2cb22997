"""Cluster policies: the shapes that bound a cluster, and the ways around them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from policies import registry
from policies.model import UNKNOWN
from policies.registry import load
from tests.policies.compliant import compliant
from tests.policies.compliant.compute import policy_definition
from tests.policies.harness import ABSENT, Outcome, judge

# The estimate reads policies too; what it makes of them is tested with it.
ESTIMATE = {"cost-34-monthly-ceiling", "cost-35-hourly-burn", "cost-36-priced"}


def judged(definition: Any, *, overrides: Any = ABSENT) -> Outcome:
    policy = compliant()["policy"].with_value("definition", definition)
    if overrides is not ABSENT:
        policy = policy.with_value("policyFamilyDefinitionOverrides", overrides)
    return judge(
        [policy], rules=[rule for name, rule in registry.load().items() if name not in ESTIMATE]
    )


PIPELINES = {
    "cluster_type": {"type": "fixed", "value": "dlt"},
    "autotermination_minutes": None,
    "spark_version": None,
    "data_security_mode": None,
}


def test_pipelines_choose_runtime_and_mode_by_themselves() -> None:
    assert judged(policy_definition(**PIPELINES)).rules == set()


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"spark_version": {"type": "unlimited"}}, "sec-54-supported-runtime"),
        ({"data_security_mode": {"type": "fixed", "value": "NONE"}}, "sec-53-governed-access-mode"),
        (
            {"cluster_type": {"type": "allowlist", "values": ["dlt", "job"]}},
            "sec-54-supported-runtime",
        ),
    ],
)
def test_a_policy_for_pipelines_and_others_or_with_a_bad_mode_does_not(
    changes: dict[str, Any], rule: str
) -> None:
    assert rule in judged(policy_definition(**(PIPELINES | changes))).rules


@pytest.mark.parametrize(
    "changes",
    [
        {"num_workers": {"type": "range", "maxValue": 16, "isOptional": True}},
        {"autoscale.max_workers": {"type": "forbidden"}},
        {
            "node_type_id": {"type": "forbidden"},
            "driver_node_type_id": {"type": "forbidden"},
            "instance_pool_id": {"type": "fixed", "value": "pool", "hidden": True},
            "custom_tags.env": None,
        },
        {
            "cluster_type": {"type": "fixed", "value": "job"},
            "autotermination_minutes": None,
        },
        {"autotermination_minutes": {"type": "fixed", "value": 20}},
        {"data_security_mode": {"type": "fixed", "value": "DATA_SECURITY_MODE_DEDICATED"}},
    ],
)
def test_every_way_of_bounding_an_attribute_is_accepted(changes: dict[str, Any]) -> None:
    outcome = judged(policy_definition(**changes))
    assert outcome.rules == set(), outcome.messages


@pytest.mark.parametrize(
    ("changes", "attribute"),
    [
        ({"dbus_per_hour": {"type": "forbidden"}}, "dbus_per_hour"),
        ({"dbus_per_hour": {"type": "range", "maxValue": True}}, "dbus_per_hour"),
        ({"node_type_id": {"type": "forbidden"}}, "node_type_id"),
        ({"node_type_id": {"type": "regex", "pattern": ".*"}}, "node_type_id"),
        ({"autotermination_minutes": {"type": "fixed", "value": 0}}, "autotermination_minutes"),
        (
            {"autotermination_minutes": {"type": "range", "minValue": 0, "maxValue": 30}},
            "autotermination_minutes",
        ),
        ({"cluster_type": {"type": "fixed", "value": "job", "isOptional": True}}, "cluster_type"),
        (
            {
                "cluster_type": {
                    "type": "allowlist",
                    "values": ["job", "all-purpose"],
                    "value": "job",
                },
                "autotermination_minutes": None,
            },
            "autotermination_minutes",
        ),
        (
            {"autotermination_minutes": {"type": "fixed", "value": 20, "isOptional": "true"}},
            "autotermination_minutes",
        ),
        ({"num_workers": {"type": "range", "maxValue": "16"}}, "num_workers"),
        ({"num_workers": {"type": "unlimited", "maxValue": 4}}, "num_workers"),
        ({"driver_instance_pool_id": {"type": "unlimited"}}, "driver_instance_pool_id"),
    ],
)
def test_what_only_looks_like_a_bound_is_refused(changes: dict[str, Any], attribute: str) -> None:
    outcome = judged(policy_definition(**changes))
    assert f"\n{attribute} " in outcome.messages


def test_an_attribute_that_stands_twice_is_refused_since_the_last_one_wins() -> None:
    strict = policy_definition()
    loose = '"dbus_per_hour": {"type": "range", "maxValue": 9000}'
    outcome = judged(f"{strict[:-1]}, {loose}}}")
    assert "the key 'dbus_per_hour' stands in it twice" in outcome.messages


@pytest.mark.parametrize("text", ["{", "[]", "null", ""])
def test_a_definition_that_is_no_json_object_is_refused(text: str) -> None:
    assert "JSON object" in judged(text).messages


def test_overrides_of_a_family_count_and_win() -> None:
    half = {"dbus_per_hour": {"type": "range", "maxValue": 9000}}
    assert "dbus_per_hour" in judged(policy_definition(), overrides=json.dumps(half)).messages
    assert judged(ABSENT, overrides=policy_definition()).rules == set()


@pytest.mark.parametrize(
    "rule",
    [
        "cost-11-policy-dbu-ceiling",
        "cost-12-policy-bounds",
        "sec-53-governed-access-mode",
        "sec-54-supported-runtime",
        "sec-56-init-scripts-governed",
        "sec-58-no-literal-secrets",
        "sec-73-images-and-submit",
    ],
)
def test_overrides_that_are_not_known_defer_every_rule_that_reads_them(rule: str) -> None:
    item = compliant()["policy"].with_value("policyFamilyDefinitionOverrides", UNKNOWN)
    outcome = judge([item], rules=[load()[rule]])
    assert (outcome.rules, outcome.deferred) == (set(), 1)
