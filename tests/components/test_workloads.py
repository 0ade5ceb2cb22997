"""What the jobs of an environment are made of."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from components.cluster_rules import JOBS_RUNTIME
from settings.load import PROJECT
from settings.workloads import WorkloadSettings
from tests.components.build import Builder
from tests.components.harness import Graph, deploy

JOB = "databricks:index/job:Job"
FILE = "databricks:index/file:File"
VERSION = {"model-name": "{{job.parameters.model_name}}", "model-version": "3"}
GATES = {**VERSION, "holdout": "catalog.schema.holdout"}
DRIFT = {"reference-table": "catalog.schema.then", "current-table": "catalog.schema.now"}
TRAIN = {"model": "churn", "features": "catalog.schema.rows", "label": "left", "key": "id"}
GIVEN: dict[str, Any] = {
    "schema": "experiments",
    "identityGroups": ["ml_engineers"],
    "contacts": ["ml-platform@example.com"],
    "jobs": [
        {
            "name": "promote",
            "steps": [
                {"command": "evaluate", "arguments": GATES},
                {
                    "command": "train",
                    "arguments": {**TRAIN, "tag": ["pii=false", "gdpr=compliant"]},
                },
                {
                    "command": "compliance",
                    "name": "write-report",
                    "arguments": {"folder": "/Volumes/a/b/c", "fail-on-gaps": True},
                    "always": True,
                },
            ],
            "inputs": {"model_name": ""},
        },
        {
            "name": "drift",
            "steps": [{"command": "drift", "arguments": DRIFT}],
            "schedule": "0 0 6 ? * MON",
            "timezone": "Europe/Berlin",
            "paused": True,
            "compute": "cluster",
            "timeoutMinutes": 60,
        },
    ],
}


def workloads(**changes: Any) -> Graph:
    settings = WorkloadSettings.model_validate_json(json.dumps({**GIVEN, **changes}))
    return deploy(lambda: Builder("dev").workloads(settings=settings))


def test_a_job_runs_the_wheel_s_commands_as_the_jobs_identity() -> None:
    job = workloads().one(JOB, "work-promote").inputs
    evaluate, train, report = (task["pythonWheelTask"] for task in job["tasks"])
    assert (train["packageName"], train["entryPoint"]) == (
        "company_ml_framework",
        "company_ml_task",
    )
    environment = "--environment=/Volumes/catalog/schema/volume/dev.json"
    assert evaluate["parameters"] == [
        "evaluate",
        environment,
        "--holdout=catalog.schema.holdout",
        "--model-name={{job.parameters.model_name}}",
        "--model-version=3",
    ]
    assert train["parameters"][:2] == ["train", environment]
    assert train["parameters"][-2:] == ["--tag=pii=false", "--tag=gdpr=compliant"]
    assert report["parameters"] == ["compliance", "--fail-on-gaps", "--folder=/Volumes/a/b/c"]
    assert job["runAs"] == {"servicePrincipalName": "application"}
    assert job["parameters"] == [{"name": "model_name", "default": ""}]


def test_options_can_refer_to_the_workspace_and_to_jobs_above() -> None:
    jobs = [
        {"name": "train", "steps": [{"command": "train", "arguments": TRAIN}]},
        {"name": "watch", "steps": [
            {"command": "retrain", "arguments": {
                "model": "catalog.schema.churn", "claims": "catalog.schema.claims",
                "training-job-id": "${jobs.train.id}",
            }},
            {"command": "retention", "arguments": {
                "apply": True, "correlation": "x",
                "workspace-url": ["${workspace.url}", "https://other"],
            }},
        ]},
    ]  # fmt: skip
    graph = workloads(jobs=jobs)
    retention, retrain = graph.one(JOB, "work-watch").inputs["tasks"]
    assert retrain["pythonWheelTask"]["parameters"][-1] == "--training-job-id=work-train-id"
    assert retention["pythonWheelTask"]["parameters"] == [
        "retention", "--apply", "--correlation=x",
        "--environment=/Volumes/catalog/schema/volume/dev.json",
        "--workspace-url=https://adb-1.azure.test", "--workspace-url=https://other",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["jobs.watch.id", "jobs.later.id", "workspace.id"])
def test_what_is_not_there_yet_cannot_be_referred_to(name: str) -> None:
    watch = {"model": "a.b.c", "claims": "a.b.d", "training-job-id": f"${{{name}}}"}
    jobs = [
        {"name": "watch", "steps": [{"command": "retrain", "arguments": watch}]},
        {"name": "later", "steps": [{"command": "train", "arguments": TRAIN}]},
    ]
    with pytest.raises(ValidationError, match=r"job watch refers to \$\{" + name):
        workloads(jobs=jobs)


def test_steps_run_one_after_another_and_some_whatever_happened_before() -> None:
    tasks = workloads().one(JOB, "work-promote").inputs["tasks"]
    after = {task["taskKey"]: task.get("dependsOns", []) for task in tasks}
    assert after == {
        "evaluate": [],
        "train": [{"taskKey": "evaluate"}],
        "write-report": [{"taskKey": "train"}],
    }
    assert [task["runIf"] for task in tasks] == ["ALL_SUCCESS", "ALL_SUCCESS", "ALL_DONE"]


def test_tasks_are_declared_in_the_order_in_which_the_provider_keeps_them() -> None:
    given = {"folder": "/Volumes/a/b/c"}
    steps = [
        {"command": "compliance", "name": name, "arguments": given}
        for name in ("load", "check", "write")
    ]
    jobs = [{"name": "reports", "steps": steps}]
    tasks = workloads(jobs=jobs).one(JOB, "work-reports").inputs["tasks"]
    assert [task["taskKey"] for task in tasks] == ["check", "load", "write"]
    assert tasks[0]["dependsOns"] == [{"taskKey": "load"}]


def test_a_job_on_demand_has_no_schedule_and_a_resting_one_is_paused() -> None:
    graph = workloads()
    assert "schedule" not in graph.one(JOB, "work-promote").inputs
    assert graph.one(JOB, "work-drift").inputs["schedule"] == {
        "quartzCronExpression": "0 0 6 ? * MON",
        "timezoneId": "Europe/Berlin",
        "pauseStatus": "PAUSED",
    }


def test_a_serverless_job_installs_the_wheel_from_the_volume() -> None:
    job = workloads().one(JOB, "work-promote").inputs
    (environment,) = job["environments"]
    dependency, *pinned = environment["spec"]["dependencies"]
    assert pinned == ["mlflow==3.0.1", "evidently==0.7.23"]
    assert dependency.startswith("/Volumes/")
    assert dependency.endswith("company_ml_framework-1.0.0+abc-py3-none-any.whl")
    assert job["queue"] == {"enabled": True}
    assert job["performanceTarget"] == "STANDARD"
    assert "jobClusters" not in job


def test_the_schedule_of_a_job_that_waits_rests() -> None:
    settings = WorkloadSettings.model_validate_json(
        json.dumps({**GIVEN, "jobs": [{**GIVEN["jobs"][1], "paused": False}]})
    )
    states = {
        str(waiting): deploy(
            lambda waiting=waiting: Builder("dev").workloads(settings=settings, waiting=waiting)
        ).one(JOB, "work-drift").inputs["schedule"]["pauseStatus"]
        for waiting in ({}, {"drift": "table a.b.c"}, {"quality": "table a.b.c"})
    }  # fmt: skip
    assert [*states.values()] == ["UNPAUSED", "PAUSED", "UNPAUSED"]


def test_a_job_on_a_cluster_is_bound_to_the_jobs_policy() -> None:
    job = workloads().one(JOB, "work-drift").inputs
    (cluster,) = job["jobClusters"]
    assert cluster["newCluster"]["policyId"] == "policy"
    assert cluster["newCluster"]["sparkVersion"] == JOBS_RUNTIME
    assert "environments" not in job
    library, reports = job["tasks"][0]["libraries"]
    assert library["whl"].endswith(".whl")
    assert reports["pypi"]["package"] == "evidently==0.7.23", "the runtime has all else"


def test_every_job_ends_is_repeated_and_reports_its_failure() -> None:
    for name in ("work-promote", "work-drift"):
        job = workloads().one(JOB, name).inputs
        assert job["timeoutSeconds"] > 0
        assert job["maxConcurrentRuns"] == 1
        assert job["emailNotifications"]["onFailures"] == ["ml-platform@example.com"]
        assert job["tasks"][0]["maxRetries"] == 1
        serverless = "environments" in job
        assert job["tasks"][0].get("disableAutoOptimization") is (True if serverless else None)


def test_the_environment_file_is_what_the_wheel_reads() -> None:
    uploaded = workloads().one(FILE, "work-environment").inputs
    content = json.loads(base64.b64decode(uploaded["contentBase64"]))
    schema = json.loads(
        (PROJECT / "workloads/src/company_ml/schemas/environment.json").read_text("utf-8")
    )
    Draft202012Validator(schema).validate(content)  # pyright: ignore[reportUnknownMemberType] - typed in part


def test_secrets_are_read_through_the_vault_only_where_its_reader_is_named() -> None:
    scope = "databricks:index/secretScope:SecretScope"
    assert not workloads().all(scope)
    reader = "11111111-2222-3333-4444-555555555555"
    graph = workloads(keyVaultReader=reader)
    assert graph.one(scope, "work-secrets").inputs["keyvaultMetadata"]["resourceId"] == "/vaults/kv"
    role = graph.one("azure-native:authorization:RoleAssignment", "work-secrets-role").inputs
    assert role["principalId"] == reader
    assert role["roleDefinitionId"].endswith("4633458b-17de-408a-b874-0445c86b69e6")
    reading = graph.one("databricks:index/secretAcl:SecretAcl", "work-secrets-reader").inputs
    assert reading["permission"] == "READ"
    content = graph.one(FILE, "work-environment").inputs["contentBase64"]
    assert json.loads(base64.b64decode(content))["secrets"] == {
        "teams_webhook": {"scope": "mlops-dev", "key": "teams-webhook"}
    }
