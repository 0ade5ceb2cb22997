"""Realistic mistakes in Databricks' half, in the places where teams make them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from policies import tokens
from policies.registry import load
from tests.policies.harness import Item, judge

RULES = {rule.id: rule for rule in load().values()}
CONNECTED = {"issuer": "https://token.actions.githubusercontent.com", "audiences": ["x"]}
OUTSIDE = {"externalModel": {"provider": "openai", "name": "g", "task": "llm/v1/chat"}}
CHECK = "spark.databricks.delta.retentionDurationCheck.enabled"


def one(kind: str, **props: Any) -> Item:
    return Item(kind, "it", props)


def job(**props: Any) -> Item:
    return one(tokens.JOB, **props)


def task(**props: Any) -> Item:
    return job(tasks=[{"taskKey": "a", **props}])


def machine(**props: Any) -> Item:
    return task(newCluster=props)


def pipeline(**cluster: Any) -> Item:
    return one(tokens.PIPELINE, clusters=[{"label": "updates", **cluster}])


def policy(**definition: Any) -> Item:
    return one(tokens.CLUSTER_POLICY, definition=json.dumps(definition))


def serving(entity: dict[str, Any], **gateway: Any) -> Item:
    return one(tokens.MODEL_SERVING, config={"servedEntities": [entity]}, aiGateway=gateway)


def model(**entity: Any) -> Item:
    return serving({"entityName": "ml_prod_catalog.a.b", "entityVersion": "1", **entity})


def given(target: str, **control: str) -> Item:
    other = {"groupName": "admins", "permissionLevel": "CAN_VIEW"}
    return one(tokens.PERMISSIONS, **{target: "x", "accessControls": [other, control]})


def loop(**props: Any) -> Item:
    return task(forEachTask={"inputs": "[1]", "task": {"taskKey": "b", **props}})


PLANTED: list[tuple[str, Item]] = [
    ("SEC-42", one(tokens.OBO_TOKEN, applicationId="a", lifetimeSeconds=0)),
    ("SEC-43", given("authorization", groupName="Users", permissionLevel="CAN_USE")),
    ("SEC-44", one(tokens.PRINCIPAL_SECRET, lifetime="63072000s")),
    ("SEC-44", one(tokens.FEDERATION_POLICY, oidcPolicy=CONNECTED)),
    ("SEC-53", machine(dataSecurityMode="LEGACY_SINGLE_USER_STANDARD")),
    ("SEC-53", loop(newCluster={"kind": "CLASSIC_PREVIEW", "isSingleNode": True})),
    ("SEC-54", machine(sparkVersion="16.2.x-photon-scala2.12")),
    ("SEC-54", one(tokens.PIPELINE, channel="preview")),
    ("SEC-54", one(tokens.SQL_ENDPOINT, channel={"name": "CHANNEL_NAME_PREVIEW"})),
    ("SEC-56", machine(initScripts=[{"workspace": {"destination": "/Users/a@b.c/i.sh"}}])),
    ("SEC-56", pipeline(initScripts=[{"dbfs": {"destination": "dbfs:/i.sh"}}])),
    ("SEC-57", one(tokens.PIPELINE, storage="dbfs:/pipelines/x")),
    ("SEC-57", job(parameters=[{"name": "path", "default": "/mnt/lake/raw"}])),
    ("SEC-57", job(trigger={"fileArrival": {"url": "dbfs:/mnt/x/"}})),
    ("SEC-57", task(sqlTask={"file": {"path": "/dbfs/x.sql"}})),
    ("SEC-58", machine(sparkEnvVars={"PGPASSWORD": "hunter22"})),
    ("SEC-58", task(runJobTask={"jobParameters": {"db_password": "v3rys"}})),
    ("SEC-58", task(sqlTask={"parameters": {"api_key": "v3rys"}})),
    ("SEC-58", task(dbtTask={"commands": ['dbt run --vars \'{"password": "hunter22"}\'']})),
    ("SEC-58", model(environmentVars={"OPENAI_API_KEY": "sk-" + "a" * 24})),
    (
        "SEC-58",
        serving(
            {
                "externalModel": {
                    "provider": "custom",
                    "customProviderConfig": {"bearerTokenAuth": {"tokenPlaintext": "abcdefg"}},
                }
            }
        ),
    ),
    ("SEC-59", one(tokens.SECRET_SCOPE, name="s", backendType="DATABRICKS")),
    ("SEC-60", one(tokens.STORAGE_CREDENTIAL, azureServicePrincipal={"clientSecret": "s"})),
    ("SEC-61", one(tokens.EXTERNAL_LOCATION, url="wasbs://c@a.blob.core.windows.net/")),
    ("SEC-62", one(tokens.CATALOG, name="ml_prod_catalog", isolationMode="OPEN")),
    ("SEC-63", one(tokens.METASTORE, owner="someone@example.com", deltaSharingScope="INTERNAL")),
    ("SEC-64", one(tokens.RECIPIENT, authenticationType="TOKEN")),
    ("SEC-67", one(tokens.GRANT, metastore="m", principal="a", privileges=["create recipient"])),
    ("SEC-68", given("servingEndpointId", groupName="account users", permissionLevel="CAN_QUERY")),
    ("SEC-69", one(tokens.ENTITLEMENTS, groupId="1", allowClusterCreate=True)),
    ("SEC-70", one(tokens.ENTITLEMENTS, userId="1", databricksSqlAccess=True)),
    ("SEC-70", one(tokens.USER_ROLE, userId="1", role="account_admin")),
    ("SEC-70", given("jobId", userName="a@example.com", permissionLevel="CAN_VIEW")),
    ("SEC-71", given("instancePoolId", groupName="analysts", permissionLevel="CAN_MANAGE")),
    ("SEC-73", loop(sparkSubmitTask={"parameters": ["x"]})),
    ("SEC-74", one(tokens.PIPELINE, environment={"dependencies": ["pandas>=2"]})),
    ("SEC-74", machine(dockerImage={"url": "contoso.azurecr.io/ml:latest"})),
    ("COST-02", one(tokens.MODEL_SERVING, tags=[{"key": "env"}])),
    ("COST-03", one(tokens.CLUSTER, autoterminationMinutes=0)),
    ("COST-04", loop(existingClusterId="1-2-x")),
    ("COST-05", machine(autoscale={"minWorkers": 4, "maxWorkers": 4})),
    ("COST-05", pipeline(autoscale={"minWorkers": 1, "maxWorkers": 100, "mode": "ENHANCED"})),
    ("COST-06", pipeline(nodeTypeId="Standard_E96s_v5")),
    (
        "COST-06",
        one(
            tokens.INSTANCE_POOL,
            nodeTypeId="Standard_D4ds_v5",
            nodeTypeFlexibility={"alternateNodeTypeIds": ["Standard_M128s"]},
        ),
    ),
    ("COST-07", one(tokens.INSTANCE_POOL, nodeTypeId="Standard_F8s_v2")),
    ("COST-08", pipeline(azureAttributes={"availability": "SPOT_WITH_FALLBACK_AZURE"})),
    ("COST-09", machine(sparkVersion="16.4.x-photon-scala2.12")),
    ("COST-10", machine(policyId=" ")),
    ("COST-11", policy(dbus_per_hour={"type": "range", "maxValue": "100"})),
    ("COST-11", one(tokens.CLUSTER_POLICY, policyFamilyId="personal-vm")),
    ("COST-12", policy(num_workers={"type": "unlimited"})),
    ("COST-14", one(tokens.INSTANCE_POOL, idleInstanceAutoterminationMinutes=15)),
    ("COST-15", one(tokens.SQL_ENDPOINT, clusterSize="Small")),
    ("COST-16", one(tokens.SQL_ENDPOINT, clusterSize="Small", maxNumClusters=40)),
    ("COST-18", model(workloadSize="Small", workloadType="GPU_LARGE")),
    ("COST-18", model(minProvisionedConcurrency=4, maxProvisionedConcurrency=512)),
    ("COST-19", serving(OUTSIDE, rateLimits=[])),
    ("COST-20", loop(pythonWheelTask={"packageName": "a"})),
    ("COST-24", task(maxRetries=-1)),
    ("COST-27", one(tokens.PIPELINE, serverless=True, continuous=True)),
    ("COST-29", job(alwaysRunning=True)),
    ("REL-03", one(tokens.SCHEMA, forceDestroy=True)),
    ("REL-09", one(tokens.PIPELINE, configuration={CHECK: "False"})),
    ("REL-10", machine(azureAttributes={"availability": "SPOT_AZURE", "firstOnDemand": 0})),
    ("REL-11", job(trigger={"tableUpdate": {"tableNames": ["a"]}})),
    ("REL-12", loop(timeoutSeconds=60)),
    ("REL-13", job(runAs={"userName": "a@example.com"})),
    ("REL-14", job(gitSource={"url": "https://github.com/a/b", "branch": "main"})),
    ("ML-02", one(tokens.REGISTERED_MODEL, aliases=[{"aliasName": "Production"}])),
    ("ML-03", model(entityVersion="champion")),
    ("ML-03", model(entityName="models:/ml_prod_catalog.a.b@champion")),
    ("ML-05", serving({}, inferenceTableConfig={"enabled": True})),
    ("ML-07", serving(OUTSIDE, guardrails={"input": {"safety": True}})),
    (
        "ML-10",
        one(
            tokens.GRANT,
            table="ml_prod_catalog.g.x",
            principal="data_scientists",
            privileges=["MODIFY"],
        ),
    ),
    (
        "ML-11",
        one(tokens.GRANT, schema="a.b", principal="ml_engineers", privileges=["all privileges"]),
    ),
    ("ML-13", one(tokens.SCHEMA, name="x", owner="a@example.com")),
    ("ML-17", one(tokens.MLFLOW_EXPERIMENT, artifactLocation="dbfs:/databricks/mlflow")),
    ("ML-20", Item(tokens.JOB, "it", {}, provider="default_1_2_3")),
    ("ML-21", task(notebookTask={"baseParameters": {"catalog": "ml_dev_catalog"}})),
]


@pytest.mark.parametrize(("number", "item"), PLANTED)
def test_a_planted_fault_is_found(number: str, item: Item) -> None:
    outcome = judge([item], rules=[RULES[number]])
    assert outcome.rules == {RULES[number].name}
    assert "itself failed" not in outcome.messages
