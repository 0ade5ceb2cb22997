"""What the cloud answers: ids in the cloud's forms, stable outputs, and what functions say."""

from __future__ import annotations

import re
from typing import Any

import pytest

from sandbox.databricks import tokens
from sandbox.databricks.nodes import NODES
from sandbox.databricks.scope import DEPLOYER, DEPLOYER_ID, realm
from sandbox.rules import REGISTRY, Refusal, Request
from tests.sandbox.databricks.estate import BY_NAME, STEPS
from tests.sandbox.databricks.parts.places import ACCOUNT_ID, CI, PROVIDERS
from tests.sandbox.databricks.world import Refused, World, estate

_GUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
IDS = {
    "owners": r"\d{15}",
    "deployer_owns": rf"\d{{15}}\|{DEPLOYER_ID}",
    "ci": r"\d{15}",
    "metastore": _GUID,
    "assignment_prod": rf"1001\|{_GUID}",
    "ncc": rf"{ACCOUNT_ID}/{_GUID}",
    "ncc_binding": rf"1001/{_GUID}",
    "ncc_rule": rf"{_GUID}/{_GUID}",
    "scientists_in_prod": r"1001\|\d{15}",
    "system": rf"{_GUID}\|access",
    "ci_users": rf"accounts/{ACCOUNT_ID}/servicePrincipals/{CI}/ruleSets/default",
    "library": "/Volumes/ml_prod_catalog/models/files/settings.json",
    "secrets": "platform",
    "secrets_reader": rf"platform\|\|\|{CI}",
    "credential": "ml_storage",
    "location": "ml_storage",
    "catalog": "ml_prod_catalog",
    "binding": r"1002\|catalog\|ml_prod_catalog",
    "schema": r"ml_prod_catalog\.models",
    "volume": r"ml_prod_catalog\.models\.files",
    "model": r"ml_prod_catalog\.models\.churn",
    "metastore_grants": rf"metastore/{_GUID}",
    "catalog_grants": "catalog/ml_prod_catalog",
    "policy": r"[0-9A-F]{16}",
    "pool": r"\d{4}-\d{6}-pond\d\d-pool-[0-9a-f]{8}",
    "cluster": r"\d{4}-\d{6}-[0-9a-f]{8}",
    "warehouse": r"[0-9a-f]{16}",
    "job": r"\d{15}",
    "policy_users": r"/cluster-policies/[0-9A-F]{16}",
    "callers": r"/serving-endpoints/[0-9a-f]{32}",
    "endpoint": "churn",
    "experiment": r"\d{16}",
    "admins": "global",
    "conf": "_",
    "folder_users": r"/directories/\d{15}",
    "observers_grant": r"schema/system\.access/data_scientists",
    "monitor": r"ml_prod_catalog\.models\.customers",
    "dashboard": r"[0-9a-f]{32}",
    "alert": _GUID,
    "destination": _GUID,
}


@pytest.mark.parametrize(("step", "form"), IDS.items())
def test_ids_have_the_clouds_form(step: str, form: str) -> None:
    assert re.fullmatch(form, estate().id(step)), estate().id(step)


def test_what_the_cloud_computes_is_answered() -> None:
    world = estate()
    assert world.out("metastore", "globalMetastoreId") == f"azure:eastus2:{world.id('metastore')}"
    assert world.out("credential", "azureManagedIdentity")["credentialId"] == world.out(
        "credential", "storageCredentialId"
    )
    assert world.out("volume", "volumePath") == "/Volumes/ml_prod_catalog/models/files"
    assert "/__unitystorage/catalogs/" in world.out("catalog", "storageLocation")
    assert world.out("ncc_rule", "connectionState") == "PENDING"
    assert world.out("policy_users", "objectType") == "cluster-policy"
    assert world.id("folder_users") == f"/directories/{world.out('directory', 'objectId')}"
    assert world.out("cluster", "driverNodeTypeId") == "Standard_D4ds_v5"
    assert world.out("endpoint", "endpointUrl").endswith("/serving-endpoints/churn/invocations")
    assert world.out("catalog", "providerConfig") == {"workspaceId": "1001"}
    assert "providerConfig" not in world.made["metastore"].outputs


def test_ids_survive_an_update_under_another_name_of_the_resource() -> None:
    world = estate()
    old = world.made["policy"]
    for rule, _ in REGISTRY[tokens.CLUSTER_POLICY].outputs:
        renamed = Request(
            "update", old.token, "urn::new", old.inputs, PROVIDERS["workspace"], old, "00"
        )
        assert rule(renamed, world)["id"] == old.id


@pytest.mark.parametrize("step", [step.name for step in STEPS])
def test_every_id_is_unique_within_its_realm(step: str) -> None:
    world = estate()
    record = world.made[step]
    request = Request(
        "update", record.token, record.urn, record.inputs, PROVIDERS[BY_NAME[step].via], record
    )
    assert realm(request, world)


def _ask(token: str, via: str = "workspace", **args: Any) -> dict[str, Any]:
    return dict(estate().invoke(token, args, via))


def test_the_deployer_is_in_the_account_from_the_start() -> None:
    for via in ("account", "workspace"):
        found = _ask(tokens.GET_SERVICE_PRINCIPAL, via, applicationId=DEPLOYER)
        assert found["id"] == DEPLOYER_ID
        assert found["aclPrincipalId"] == f"servicePrincipals/{DEPLOYER}"


def test_service_principals_are_found_by_one_of_their_names() -> None:
    by_id = _ask(tokens.GET_SERVICE_PRINCIPAL, applicationId=CI)
    assert _ask(tokens.GET_SERVICE_PRINCIPAL, displayName="ci")["id"] == by_id["id"]
    assert _ask(tokens.GET_SERVICE_PRINCIPAL, scimId=by_id["id"])["applicationId"] == CI
    with pytest.raises(Refusal, match="cannot find SP with ID nobody"):
        _ask(tokens.GET_SERVICE_PRINCIPAL, applicationId="nobody")
    with pytest.raises(Refusal, match="cannot find SP with displayName nobody"):
        _ask(tokens.GET_SERVICE_PRINCIPAL, displayName="nobody")
    with pytest.raises(Refusal, match="only one of"):
        _ask(tokens.GET_SERVICE_PRINCIPAL)


def test_a_workspace_knows_its_own_groups_and_those_assigned_to_it() -> None:
    assert _ask(tokens.GET_GROUP, displayName="locals")["groups"] == []
    assert len(_ask(tokens.GET_GROUP, displayName="data_scientists")["servicePrincipals"]) == 1
    with pytest.raises(Refusal, match="cannot find group: platform_owners"):
        _ask(tokens.GET_GROUP, displayName="platform_owners")
    owners = _ask(tokens.GET_GROUP, "account", displayName="platform_owners")
    assert owners["members"] == [DEPLOYER_ID]
    with pytest.raises(Refusal, match="cannot find group: locals"):
        _ask(tokens.GET_GROUP, "account", displayName="locals")


def test_model_versions_are_listed_and_a_model_that_is_not_there_is_not_found() -> None:
    name = "ml_prod_catalog.models.churn"
    found = _ask(tokens.GET_MODEL_VERSIONS, fullName=name)["modelVersions"]
    assert [(v["version"], v["status"]) for v in found] == [(1, "READY")]
    with pytest.raises(Refusal, match=r"Routine or Model 'a\.b\.c' does not exist") as absent:
        _ask(tokens.GET_MODEL_VERSIONS, fullName="a.b.c")
    assert (absent.value.code, absent.value.status) == ("RESOURCE_DOES_NOT_EXIST", 404)


def test_serving_endpoints_are_listed_for_the_workspace_asked() -> None:
    (endpoint,) = _ask(tokens.GET_SERVING_ENDPOINTS)["endpoints"]
    assert endpoint["name"] == "churn"


def test_a_table_is_found_by_its_full_name_in_any_case() -> None:
    found = _ask(tokens.GET_TABLE, name="ml_prod_catalog.models.CUSTOMERS")["tableInfo"]
    assert (found["schemaName"], found["name"]) == ("models", "customers")
    with pytest.raises(Refusal, match=r"Table 'a\.b\.c' does not exist") as absent:
        _ask(tokens.GET_TABLE, name="a.b.c")
    assert (absent.value.code, absent.value.status) == ("TABLE_DOES_NOT_EXIST", 404)


def test_a_grant_to_one_principal_counts_beside_the_authoritative_ones() -> None:
    world = estate()
    world.edit("table", owner="data_scientists")
    step = BY_NAME["monitor"]
    world.drop("monitor")
    with pytest.raises(Refused, match="does not have SELECT"):
        world.create(step, step.inputs(world))
    given = {"table": "ml_prod_catalog.models.customers", "privileges": ["SELECT"]}
    world.create(BY_NAME["observers_grant"], {**given, "principal": DEPLOYER}, label="own")
    assert world.create(step, step.inputs(world)).outputs["profileMetricsTableName"] == (
        "ml_prod_catalog.models.customers_profile_metrics"
    )


@pytest.mark.parametrize(
    ("args", "key"),
    [
        ({"longTermSupport": True, "ml": True}, "18.x-cpu-ml-scala2.13"),
        ({"longTermSupport": True, "ml": True, "gpu": True}, "18.x-gpu-ml-scala2.13"),
        ({"sparkVersion": "4.0"}, "17.3.x-scala2.13"),
        ({"scala": "2.12"}, "16.4.x-scala2.12"),
        ({"photon": True}, "18.x-photon-scala2.13"),
    ],
)
def test_runtimes_are_chosen_by_what_they_are(args: dict[str, Any], key: str) -> None:
    assert _ask(tokens.GET_SPARK_VERSION, **args)["id"] == key


def test_a_runtime_must_be_one() -> None:
    with pytest.raises(Refusal, match="returned no results"):
        _ask(tokens.GET_SPARK_VERSION, genomics=True)
    with pytest.raises(Refusal, match="multiple results"):
        _ask(tokens.GET_SPARK_VERSION, latest=False)


@pytest.mark.parametrize(
    ("args", "name"),
    [
        ({}, "Standard_F4s_v2"),
        ({"minCores": 16, "gbPerCore": 8}, "Standard_E16s_v5"),
        ({"localDisk": True, "category": "General Purpose"}, "Standard_D4s_v3"),
        ({"minGpus": 1}, "Standard_NC4as_T4_v3"),
        ({"arm": True}, "Standard_D4pds_v6"),
    ],
)
def test_node_types_are_the_smallest_that_fit(args: dict[str, Any], name: str) -> None:
    found = _ask(tokens.GET_NODE_TYPE, **args)["id"]
    assert found == name
    assert not NODES[found].retiring


def test_no_node_type_is_an_error() -> None:
    with pytest.raises(Refusal, match="cannot determine smallest node type"):
        _ask(tokens.GET_NODE_TYPE, minCores=1000)


def test_metastores_are_the_accounts_to_list_and_a_workspaces_to_have() -> None:
    world = estate()
    key = world.id("metastore")
    assert world.invoke(tokens.GET_METASTORES, {}, "account")["ids"] == {"company": key}
    with pytest.raises(Refusal, match="not an account host"):
        world.invoke(tokens.GET_METASTORES, {})
    current = world.invoke(tokens.GET_CURRENT_METASTORE, {})
    assert (current["id"], current["metastoreInfo"]["name"]) == (key, "company")
    with pytest.raises(Refusal, match="No metastore assigned for the current workspace"):
        world.invoke(tokens.GET_CURRENT_METASTORE, {}, "far")
    with pytest.raises(Refusal, match="host is not a workspace host"):
        world.invoke(tokens.GET_CURRENT_METASTORE, {}, "account")


def test_a_workspace_is_reached_by_host_or_through_the_account_too() -> None:
    world = estate()
    host = {"host": "https://adb-1001.1.azuredatabricks.net"}
    pool = BY_NAME["pool"]
    inputs = {**world.inputs("pool"), "instancePoolName": "second"}
    assert world.create(pool, inputs, label="a", provider=host).outputs["providerConfig"]
    through = {**inputs, "instancePoolName": "third", "providerConfig": {"workspaceId": "1001"}}
    made: World = world
    third = made.create(pool, through, label="b", provider=PROVIDERS["account"])
    assert third.outputs["providerConfig"] == {"workspaceId": "1001"}
