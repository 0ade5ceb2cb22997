"""Ways around the rules of permissions, jobs and machines that a second look finds."""

from __future__ import annotations

import json
from typing import Any

import pytest

from policies import tokens
from policies.permissions import OPERATED
from tests.policies.alone import judged
from tests.policies.harness import Item

MANAGERS = "sec-71-managers-named"
BIG = "Standard_E64s_v5"


@pytest.mark.parametrize(
    "control",
    [
        {"groupName": "admins", "userName": "bob@example.com", "permissionLevel": "CAN_MANAGE"},
        {
            "servicePrincipalName": "sp",
            "userName": "bob@example.com",
            "permissionLevel": "IS_OWNER",
        },
        {"permissionLevel": "CAN_MANAGE"},
        {"groupName": "users", "permissionLevel": "can_manage"},
    ],
)
def test_an_entry_is_judged_by_everybody_in_it(control: dict[str, str]) -> None:
    item = Item(tokens.PERMISSIONS, "p", {"jobId": "1", "accessControls": [control]})
    assert judged(MANAGERS, item).rules == {MANAGERS}


@pytest.mark.parametrize("target", OPERATED)
def test_whatever_runs_has_managers_that_are_named(target: str) -> None:
    control = {"groupName": "analysts", "permissionLevel": "CAN_MANAGE"}
    item = Item(tokens.PERMISSIONS, "p", {target: "1", "accessControls": [control]})
    assert judged(MANAGERS, item).rules == {MANAGERS}


def test_an_address_that_is_empty_hears_nothing() -> None:
    rule = "rel-11-job-failure-heard"
    job: dict[str, Any] = {
        "schedule": {"quartzCronExpression": "0 0 2 * * ?"},
        "health": {"rules": [{"metric": "RUN_DURATION_SECONDS"}]},
        "emailNotifications": {"onFailures": ["", " "]},
    }
    assert judged(rule, Item(tokens.JOB, "j", job)).rules == {rule}
    job["emailNotifications"] = {"onFailures": ["ml@example.com"]}
    assert judged(rule, Item(tokens.JOB, "j", job)).rules == set()


def test_a_blank_tag_pins_nothing() -> None:
    rule = "rel-14-job-code-pinned"
    source = {"url": "https://example.com/code", "tag": " "}
    assert judged(rule, Item(tokens.JOB, "j", {"gitSource": source})).rules == {rule}


def test_a_pipeline_does_not_run_as_a_person() -> None:
    rule = "rel-13-job-runs-as-service-principal"
    person = Item(tokens.PIPELINE, "p", {"runAs": {"userName": "bob@example.com"}})
    assert judged(rule, person).rules == {rule}
    assert judged(rule, Item(tokens.PIPELINE, "p", {})).rules == set()


@pytest.mark.parametrize(
    ("attribute", "limit"),
    [
        ("node_type_id", {"type": "unlimited", "defaultValue": BIG}),
        ("driver_node_type_id", {"type": "allowlist", "values": ["Standard_D4ds_v5", BIG]}),
        (
            "worker_node_type_flexibility.alternate_node_type_ids",
            {"type": "fixed", "value": [BIG]},
        ),
        (
            "driver_node_type_flexibility.alternate_node_type_ids.0",
            {"type": "fixed", "value": BIG},
        ),
        (
            "worker_node_type_flexibility.alternate_node_type_ids.*",
            {"type": "allowlist", "values": [BIG]},
        ),
    ],
)
def test_a_policy_names_no_machine_in_passing(attribute: str, limit: dict[str, Any]) -> None:
    rule = "cost-06-node-types"
    policy = Item(tokens.CLUSTER_POLICY, "p", {"definition": json.dumps({attribute: limit})})
    assert judged(rule, policy).rules == {rule}


def test_a_machine_on_a_block_list_is_not_named() -> None:
    blocked = json.dumps({"node_type_id": {"type": "blocklist", "values": [BIG]}})
    policy = Item(tokens.CLUSTER_POLICY, "p", {"definition": blocked})
    assert judged("cost-06-node-types", policy).rules == set()


def test_photon_is_photon_in_any_letter_case() -> None:
    rule = "cost-09-photon-justified"
    assert judged(rule, Item(tokens.CLUSTER, "c", {"runtimeEngine": "photon"})).rules == {rule}


def test_a_path_that_leaves_the_volumes_is_in_the_root() -> None:
    rule = "sec-57-no-dbfs"
    for path, broken in (
        ("dbfs:/Volumes/../tmp/x", {rule}),
        ("/Volumes/a/b/c/../../../../tmp", {rule}),
        ("/Volumes/a/b/c/file..txt", set[str]()),
    ):
        cluster = Item(tokens.CLUSTER, "c", {"sparkEnvVars": {"DATA": path}})
        assert judged(rule, cluster).rules == broken, path


@pytest.mark.parametrize(
    ("token", "props"),
    [
        (tokens.INSTANCE_POOL, {"customTags": {"hint": "dapi" + "0123456789abcdef" * 2}}),
        (
            tokens.SQL_ENDPOINT,
            {"tags": {"customTags": [{"key": "api-key", "value": "geheim12"}]}},
        ),
        (
            tokens.PROVISIONED_THROUGHPUT,
            {"config": {"servedEntities": [{"environmentVars": {"API_KEY": "geheim12"}}]}},
        ),
    ],
    ids=["pool", "warehouse", "throughput"],
)
def test_no_compute_shows_a_secret(token: str, props: dict[str, Any]) -> None:
    rule = "sec-58-no-literal-secrets"
    assert judged(rule, Item(token, "x", props)).rules == {rule}


@pytest.mark.parametrize("token", [tokens.CREDENTIAL, tokens.METASTORE_ACCESS])
def test_no_credential_takes_its_locations_with_it(token: str) -> None:
    rule = "rel-03-no-force-destroy"
    assert judged(rule, Item(token, "x", {"forceDestroy": True})).rules == {rule}
