"""How the databricks provider behaves whatever the type: arguments, names, plans, secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import grpc
import pytest

from sandbox.rules import Record
from tests.sandbox.providers import UNKNOWN, error_of, started

if TYPE_CHECKING:
    from pathlib import Path

    from sandbox.state import Cloud
    from tests.sandbox.providers import Client

PROVIDER = "pulumi:providers:databricks"
GROUP = "databricks:index/group:Group"
SECRET = "databricks:index/secret:Secret"  # noqa: S105 - a type token
TOKEN = "databricks:index/token:Token"  # noqa: S105 - a type token
SCHEMA = "databricks:index/schema:Schema"
JOB = "databricks:index/job:Job"
MONITOR = "databricks:index/qualityMonitor:QualityMonitor"
ANSWERED = "dataClassificationConfig"
SCOPE = "databricks:index/secretScope:SecretScope"
AZURE_WORKSPACE = "azure-native:databricks:Workspace"
NCC = "databricks:index/mwsNetworkConnectivityConfig:MwsNetworkConnectivityConfig"
WORKSPACE = (
    "/subscriptions/5b1f0c6e-0d5e-4a53-9c2f-7c1a50000001/resourceGroups/rg"
    "/providers/Microsoft.Databricks/workspaces/absent"
)


def test_an_unknown_provider_argument_is_refused_with_the_way_around(databricks: Client) -> None:
    failures = databricks.check_config(PROVIDER, host=UNKNOWN)
    assert list(failures) == ["host"]
    assert "azure_workspace_resource_id" in failures["host"]
    assert "depends_on" in failures["host"]


def test_a_misspelt_provider_argument_is_refused(databricks: Client) -> None:
    failures = databricks.check_config(PROVIDER, hots="https://x")
    assert "Did you mean 'host'?" in failures["hots"]


def test_two_ways_to_sign_in_are_refused(databricks: Client) -> None:
    both = {"token": "t", "azureClientSecret": "s"}
    failures = databricks.check_config(PROVIDER, host="https://adb-1.1.azuredatabricks.net", **both)
    assert "more than one authorization method configured" in "".join(failures.values())


def test_an_account_host_beside_a_workspace_is_refused(databricks: Client) -> None:
    failures = databricks.check_config(
        PROVIDER, host="https://accounts.azuredatabricks.net", azureWorkspaceResourceId=WORKSPACE
    )
    assert "one provider has one of them" in failures["host"]


def test_arguments_arrive_as_json_text(databricks: Client) -> None:
    assert not databricks.check_config(PROVIDER, rateLimit="15", azureUseMsi="true")
    failures = databricks.check_config(PROVIDER, rateLimit="many")
    assert "'integer'" in failures["rateLimit"]


def test_a_missing_argument_is_reported_in_the_providers_words(databricks: Client) -> None:
    failures = databricks.check(NCC, "ncc", {"name": "ncc"}).failures
    assert 'The argument "region" is required' in failures["region"]


def test_a_missing_name_gets_a_suffix_that_stays(databricks: Client) -> None:
    first = databricks.check(SCHEMA, "raw", {"catalogName": "main"}).values
    assert first["name"].startswith("raw-")
    assert len(first["name"]) == len("raw-") + 7
    assert first["__defaults"] == ["name"]
    again = databricks.check(SCHEMA, "raw", {"catalogName": "main"}, first).values
    assert again == first


def test_a_plan_leaves_computed_values_unknown_and_unset_objects_out(databricks: Client) -> None:
    inputs = {"name": "raw", "catalogName": "main"}
    preview = databricks.create(SCHEMA, "raw", inputs, preview=True).values
    assert preview["name"] == "raw"
    assert preview["schemaId"] is UNKNOWN
    assert preview["owner"] is UNKNOWN
    assert "properties" not in preview


def test_a_named_object_is_deleted_before_its_replacement_takes_the_name(
    databricks: Client,
) -> None:
    inputs: dict[str, Any] = {"name": "raw", "catalogName": "main"}
    old = databricks.check(SCHEMA, "raw", inputs)
    moved = databricks.diff(SCHEMA, "raw", old, {**inputs, "catalogName": "other"})
    assert list(moved.replaces) == ["catalogName"]
    assert moved.deleteBeforeReplace
    renamed = databricks.diff(SCHEMA, "raw", old, {**inputs, "name": "cooked"})
    assert list(renamed.replaces) == ["name"]
    assert not renamed.deleteBeforeReplace


def test_tasks_out_of_the_order_of_their_keys_are_a_change_in_every_update(
    databricks: Client,
) -> None:
    needs = [{"taskKey": "approve"}, {"taskKey": "evaluate"}]
    ordered = [{"taskKey": "approve"}, {"taskKey": "evaluate"}, {"taskKey": "promote"}]
    said: dict[str, Any] = {"tasks": [*ordered[:2], {**ordered[2], "dependsOns": needs}]}
    assert not databricks.diff(JOB, "job", databricks.check(JOB, "job", said), said).diffs
    for tasks in (ordered[::-1], [*ordered[:2], {**ordered[2], "dependsOns": needs[::-1]}]):
        said = {"tasks": tasks}
        assert databricks.diff(JOB, "job", databricks.check(JOB, "job", said), said).diffs


def test_what_a_monitor_answers_unasked_is_a_change_until_it_is_ignored(
    databricks: Client,
) -> None:
    said: dict[str, Any] = {
        "tableName": "a.b.c",
        "assetsDir": "/d",
        "outputSchemaName": "a.b",
        "snapshot": {},
    }
    old = databricks.check(MONITOR, "monitor", said)
    assert list(databricks.diff(MONITOR, "monitor", old, said).diffs) == [ANSWERED]
    assert not databricks.diff(MONITOR, "monitor", old, said, ignored=[ANSWERED]).diffs


def test_what_the_provider_calls_secret_is_secret_even_if_given_in_plain(
    databricks: Client,
) -> None:
    inputs = {"key": "k", "scope": "s", "stringValue": "hush"}
    checked = databricks.check(SECRET, "secret", inputs)
    assert checked.secrets == {("stringValue",)}
    made = databricks.create(SECRET, "secret", inputs)
    assert made.secrets == {("stringValue",)}
    assert made.values["stringValue"] == "hush"


def test_an_update_keeps_what_only_the_cloud_knows(databricks: Client) -> None:
    old = databricks.create(GROUP, "team", {"displayName": "team"})
    news = {"displayName": "crew"}
    assert databricks.update(GROUP, "team", old, news, preview=True).values == {
        **old.values,
        "displayName": "crew",
    }
    assert databricks.update(GROUP, "team", old, news).id == old.id


def test_a_workspace_that_does_not_exist_is_reported(cloud_path: Path) -> None:
    assert not cloud_path.exists()
    with (
        started("databricks", azureWorkspaceResourceId=WORKSPACE) as provider,
        pytest.raises(grpc.RpcError) as caught,
    ):
        provider.create(SCHEMA, "raw", {"name": "raw", "catalogName": "main"})
    assert "'absent' was not found" in error_of(caught.value).replace(WORKSPACE, "absent")
    assert error_of(caught.value).startswith("cannot create schema:")


def test_an_account_level_provider_has_no_workspace_objects(databricks: Client) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        databricks.create(SCHEMA, "raw", {"name": "raw", "catalogName": "main"})
    assert "workspace-level provider" in error_of(caught.value)


def test_each_workspace_has_names_of_its_own(cloud: Cloud) -> None:
    arm = WORKSPACE.replace("absent", "{}").format
    for number, name in enumerate(("one", "two"), start=1):
        answered = {"workspaceId": str(number), "workspaceUrl": f"adb-{number}.1.net"}
        with cloud.transaction():
            record = Record(arm(name), AZURE_WORKSPACE, f"urn:{name}", {}, answered)
            cloud.put(record, "seed")
    with (
        started("databricks", azureWorkspaceResourceId=arm("one")) as first,
        started("databricks", azureWorkspaceResourceId=arm("two")) as second,
    ):
        made = first.create(SCOPE, "scope", {"name": "vault"})
        assert second.read(SCOPE, "scope", made.id, made).id == "", "another workspace's was found"
        other = second.create(SCOPE, "scope", {"name": "vault"})
        assert made.id == other.id == "vault"
        second.delete(SCOPE, "scope", other.id)
        assert first.read(SCOPE, "scope", made.id, made).id == "vault"
    assert [record.realm for record in cloud.all(SCOPE)] == ["1"]


def test_objects_without_a_unique_name_are_made_twice(databricks: Client, cloud: Cloud) -> None:
    """A create repeated after a crash makes a second one, as the real API does."""
    for _ in range(2):
        databricks.create(TOKEN, "token", {"comment": "for a job"})
    assert len({record.id for record in cloud.all(TOKEN)}) == 2
