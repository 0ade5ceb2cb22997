"""Ways around the rules of reliability, and what only looks like one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from policies import tokens
from policies.model import UNKNOWN
from tests.policies.alone import changed, judged
from tests.policies.compliant import compliant
from tests.policies.harness import Item, urn

LAKE = urn(tokens.STORAGE_ACCOUNT, "lake")


def test_a_lock_on_the_group_covers_the_account_and_its_own_container_s_does_not() -> None:
    rule = "rel-08-data-locked"
    account = compliant()["lake"]
    for scope, broken in (
        ("/subscriptions/0000/", False),
        ("/subscriptions/0000/RESOURCEGROUPS/mlops-prod-RG", False),
        ("/subscriptions/0000/resourceGroups/mlops-prod-rg-2", True),
    ):
        lock = changed("lake-lock", scope=scope)
        assert (judged(rule, account, lock).rules == {rule}) is broken, scope


def test_a_lock_covers_the_account_by_the_id_that_the_cloud_gave() -> None:
    rule = "rel-08-data-locked"
    own_id = "/subscriptions/1/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/renamed"
    account = replace(compliant()["lake"], outputs={"id": own_id})
    assert judged(rule, account, compliant()["lake-lock"]).rules == {rule}
    assert judged(rule, account, changed("lake-lock", scope=own_id.upper())).rules == set()


def test_at_preview_a_lock_on_the_account_s_group_is_told_by_dependency() -> None:
    rule = "rel-08-data-locked"
    group = urn(tokens.RESOURCE_GROUP, "rg")
    account = changed("lake", resourceGroupName=UNKNOWN).with_dependency("resourceGroupName", group)
    lock = changed("lake-lock", scope=UNKNOWN)
    assert judged(rule, account, lock.with_dependency("scope", group)).deferred == 0
    assert judged(rule, account, lock.with_dependency("scope", LAKE)).rules == set()
    # Put together from the group and something else: known only in the update.
    both = replace(lock, dependencies={"scope": [group, urn("random:index:RandomId", "r")]})
    assert judged(rule, account, both).deferred == 1
    vault = urn(tokens.VAULT, "vault")
    assert judged(rule, account, lock.with_dependency("scope", vault)).rules == {rule}


def test_a_loop_s_inner_task_and_the_old_cluster_of_a_job_are_judged() -> None:
    spark = {"spark.databricks.delta.retentionDurationCheck.enabled": "false"}
    inner = {"forEachTask": {"task": {"newCluster": {"sparkConf": spark}}}}
    for job in ({"tasks": [inner]}, {"newCluster": {"sparkConf": spark}}):
        outcome = judged("rel-09-delta-retention-check", Item(tokens.JOB, "job", job))
        assert outcome.rules != set(), job
    retries = {"forEachTask": {"task": {"maxRetries": 0, "timeoutSeconds": 1}}}
    outcome = judged("rel-12-job-tasks-retried", Item(tokens.JOB, "job", {"tasks": [retries]}))
    assert "tasks[0].forEachTask.task.maxRetries is 0" in outcome.messages


@pytest.mark.parametrize("name", ["definition", "policyFamilyDefinitionOverrides"])
def test_a_cluster_policy_cannot_switch_the_check_off_for_others(name: str) -> None:
    limit = '{"spark_conf.spark.databricks.delta.retentionDurationCheck.enabled": %s}'
    off = limit % '{"type": "fixed", "value": "false", "hidden": true}'
    policy = Item(tokens.CLUSTER_POLICY, "policy", {name: off})
    assert judged("rel-09-delta-retention-check", policy).rules != set()
    on = Item(tokens.CLUSTER_POLICY, "policy", {name: limit % '{"type": "forbidden"}'})
    assert judged("rel-09-delta-retention-check", on).rules == set()


def test_dbfs_is_no_place_for_logs_but_a_volume_behind_it_is() -> None:
    rule = "rel-15-cluster-logs-delivered"
    for place, broken in (("DBFS:/logs", True), ("dbfs:/Volumes/a/b/c", False)):
        cluster = changed("cluster", clusterLogConf={"dbfs": {"destination": place}})
        assert (judged(rule, cluster).rules == {rule}) is broken, place


def test_a_reader_of_the_shared_estate_declares_no_metastore() -> None:
    rule = "rel-16-one-metastore"
    assert judged(rule, compliant()["metastore"], owner=False).rules == {rule}
    assert judged(rule, compliant()["metastore"], owner=True).rules == set()


def test_an_update_in_time_says_how_long_it_was_given() -> None:
    late = Item(tokens.PRIVATE_ENDPOINT, "late", {}, create_seconds=600)
    assert "create is 10 minutes" in judged("rel-19-patient-timeouts", late).messages


def test_order_is_seen_through_the_provider_and_through_types_that_no_rule_judges() -> None:
    rule = "rel-20-made-in-order"
    graph = compliant()
    assignment = urn(tokens.METASTORE_ASSIGNMENT, "assignment")
    between = Item("random:index:RandomId", "between", {}, after=[assignment])
    schema = Item(
        tokens.SCHEMA, "s", {}, provider="", after=[urn("random:index:RandomId", "between")]
    )
    assert judged(rule, graph["assignment"], between, schema).rules == set()
    early = Item(tokens.SCHEMA, "s", {}, provider="")
    assert "the MetastoreAssignment" in judged(rule, graph["assignment"], early).messages
