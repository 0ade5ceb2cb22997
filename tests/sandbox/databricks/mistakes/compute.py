"""Mistakes with policies, pools, clusters, jobs and warehouses."""

from __future__ import annotations

import json
from typing import Any

from tests.sandbox.databricks.mistakes.actions import REMOVED, Mistake, another, instead
from tests.sandbox.databricks.parts.places import STRANGER

_FORMS = "INVALID_PARAMETER_VALUE"
_CLUSTER = "jobClusters.0.newCluster"


def _definition(path: str, **rule: Any) -> tuple[str, Mistake]:
    return _FORMS, instead("policy", {"definition": json.dumps({path: rule})})


MISTAKES: dict[str, list[tuple[str, Mistake]]] = {
    "policy_has_one_origin": [
        ("CONFLICTING_PROPERTIES", instead("policy", {"policyFamilyId": "job-cluster"})),
        ("INVALID_INPUT", instead("policy", {"maxClustersPerUser": 0})),
    ],
    "policy_name_is_free": [
        ("RESOURCE_ALREADY_EXISTS", another("policy")),
        (_FORMS, instead("policy", {"name": "p" * 101})),
    ],
    "definition_is_understood": [
        (_FORMS, instead("policy", {"definition": "{not json"})),
        (_FORMS, instead("policy", {"definition": "[]"})),
        (_FORMS, instead("policy", {"definition": '{"num_workers": 3}'})),
        (_FORMS, instead("policy", {"definition": REMOVED})),
        (_FORMS, instead("policy", {"definition": REMOVED, "policyFamilyId": "unheard-of"})),
        _definition("numWorkers", type="fixed", value=1),
        _definition("num_workers", type="exactly", value=1),
        _definition("num_workers", type="fixed"),
        _definition("num_workers", type="fixed", value=1, minValue=1),
        _definition("num_workers", type="range"),
        _definition("num_workers", type="range", minValue=3, maxValue=1),
        _definition("num_workers", type="range", minValue="one"),
        _definition("num_workers", type="range", maxValue=3, defaultValue=4),
        _definition("num_workers", type="unlimited", isOptional="yes"),
        _definition("num_workers", type="unlimited", hidden="yes"),
        _definition("node_type_id", type="allowlist", values=[]),
        _definition("node_type_id", type="allowlist", values=["i3.xlarge"]),
        _definition(
            "node_type_id",
            type="allowlist",
            values=["Standard_D4ds_v5"],
            defaultValue="Standard_D8ds_v5",
        ),
        _definition("cluster_name", type="regex", pattern="("),
        _definition("cluster_name", type="range", maxValue=3),
        _definition("spark_version", type="fixed", value="auto:newest"),
        _definition("spark_version", type="fixed", value="17.2.x-ml-scala2.12"),
        _definition("data_security_mode", type="fixed", value="SHARED"),
        _definition("azure_attributes.availability", type="fixed", value="SPOT"),
        _definition("dbus_per_hour", type="fixed", value=3),
    ],
    "pool_is_well_formed": [
        ("INVALID_INPUT", instead("pool", {"azureAttributes.availability": "SPOT"})),
        (
            "CONFLICTING_PROPERTIES",
            instead("pool", {"awsAttributes": {"availability": "SPOT"}}),
        ),
        ("INVALID_INPUT", instead("pool", {"idleInstanceAutoterminationMinutes": 10_001})),
    ],
    "pool_name_is_free": [
        ("RESOURCE_ALREADY_EXISTS", another("pool")),
        (_FORMS, instead("pool", {"instancePoolName": "p" * 100})),
    ],
    "pool_has_a_node_type": [
        (_FORMS, instead("pool", {"nodeTypeId": REMOVED})),
        (_FORMS, instead("pool", {"nodeTypeId": "m5.large"})),
        (
            _FORMS,
            instead(
                "pool", {"azureAttributes": REMOVED, "awsAttributes": {"zoneId": "us-east-1a"}}
            ),
        ),
    ],
    "pool_numbers_agree": [
        (_FORMS, instead("pool", {"minIdleInstances": 5})),
        (_FORMS, instead("pool", {"preloadedSparkVersions": ["17.2.x-scala2.12"]})),
        (_FORMS, instead("pool", {"customTags": {f"t{n}": "v" for n in range(44)}})),
    ],
    "cluster_is_well_formed": [
        ("CONFLICTING_PROPERTIES", instead("cluster", {"instancePoolId": "pool"})),
        (
            "CONFLICTING_PROPERTIES",
            instead(
                "cluster",
                {"azureAttributes": {"firstOnDemand": 1}, "awsAttributes": {"firstOnDemand": 1}},
            ),
        ),
        ("INVALID_INPUT", instead("cluster", {"runtimeEngine": "TURBO"})),
        ("INVALID_INPUT", instead("cluster", {"numWorkers": -1})),
        ("INVALID_INPUT", instead("cluster", {"sshPublicKeys": ["k"] * 11})),
    ],
    "cluster_can_start": [
        (_FORMS, instead("cluster", {"policyId": REMOVED, "autoscale": REMOVED, "numWorkers": 0})),
        (_FORMS, instead("cluster", {"sparkVersion": "auto:latest-lts-ml"})),
        (_FORMS, instead("cluster", {"sparkVersion": "17.3.x-cpu-ml-scala2.13"})),
        (_FORMS, instead("cluster", {"dataSecurityMode": "SHARED"})),
        (_FORMS, instead("cluster", {"nodeTypeId": "Standard_Fantasy"})),
        (_FORMS, instead("cluster", {"autoscale": {"minWorkers": 5, "maxWorkers": 4}})),
        (_FORMS, instead("cluster", {"autoterminationMinutes": 5})),
        ("RESOURCE_DOES_NOT_EXIST", instead("cluster", {"policyId": "0123456789ABCDEF"})),
        (
            "RESOURCE_DOES_NOT_EXIST",
            instead("cluster", {"nodeTypeId": REMOVED, "instancePoolId": "absent"}),
        ),
        (_FORMS, instead("cluster", {"autoscale.maxWorkers": 5})),
        (_FORMS, instead("cluster", {"nodeTypeId": "Standard_D16ds_v5"})),
        (_FORMS, instead("cluster", {"dataSecurityMode": "NONE"})),
        (_FORMS, instead("cluster", {"clusterName": "mine"})),
        (_FORMS, instead("cluster", {"customTags.env": "dev"})),
        (_FORMS, instead("cluster", {"clusterName": REMOVED})),
        (
            _FORMS,
            instead("cluster", lambda w: {"nodeTypeId": REMOVED, "instancePoolId": w.id("pool")}),
        ),
        (_FORMS, instead("cluster", {"policyId": REMOVED, "nodeTypeId": REMOVED})),
    ],
    "single_user_is_in_the_workspace": [
        (_FORMS, instead("cluster", {"singleUserName": STRANGER})),
    ],
    "warehouse_is_well_formed": [
        ("INVALID_INPUT", instead("warehouse", {"clusterSize": "Mega"})),
        ("INVALID_INPUT", instead("warehouse", {"warehouseType": "FAST"})),
        ("INVALID_INPUT", instead("warehouse", {"maxNumClusters": 31})),
    ],
    "warehouse_adds_up": [
        ("RESOURCE_ALREADY_EXISTS", another("warehouse")),
        (_FORMS, instead("warehouse", {"minNumClusters": 3})),
        (_FORMS, instead("warehouse", {"autoStopMins": 5})),
        (
            _FORMS,
            instead("warehouse", {"enableServerlessCompute": True, "warehouseType": "CLASSIC"}),
        ),
        (_FORMS, instead("warehouse", {"name": ""})),
    ],
    "job_is_well_formed": [
        ("CONFLICTING_PROPERTIES", instead("job", {"continuous": {"pauseStatus": "PAUSED"}})),
        ("INVALID_INPUT", instead("job", {"schedule.pauseStatus": "OFF"})),
        ("CONFLICTING_PROPERTIES", instead("job", {"runAs.userName": "someone@example.org"})),
        ("CONFLICTING_PROPERTIES", instead("job", {"gitSource.tag": "v1"})),
        ("INVALID_INPUT", instead("job", {"gitSource.url": "git@github.com:example/ml"})),
    ],
    "provider_drives_one_run": [
        (
            "CONFLICTING_PROPERTIES",
            instead("job", {"alwaysRunning": True, "controlRunState": True}),
        ),
        ("INVALID_INPUT", instead("job", {"alwaysRunning": True, "maxConcurrentRuns": 2})),
        ("INVALID_INPUT", instead("job", {"controlRunState": True})),
    ],
    "job_clusters_are_well_formed": [
        ("CONFLICTING_PROPERTIES", instead("job", {f"{_CLUSTER}.instancePoolId": "pool"})),
    ],
    "job_is_within_limits": [
        (_FORMS, instead("job", {"maxConcurrentRuns": 1001})),
        (_FORMS, instead("job", {"tags": {f"t{n}": "v" for n in range(26)}})),
        (_FORMS, instead("job", {"name": "j" * 4097})),
        (_FORMS, instead("job", {"performanceTarget": "FAST"})),
    ],
    "schedule_can_be_read": [
        (_FORMS, instead("job", {"schedule.quartzCronExpression": "0 6 * * *"})),
        (_FORMS, instead("job", {"schedule.quartzCronExpression": "0 0 6 * * *"})),
        (_FORMS, instead("job", {"schedule.timezoneId": "Mars/Olympus"})),
    ],
    "job_runs_as_somebody": [
        (_FORMS, instead("job", {"runAs.servicePrincipalName": STRANGER})),
        (_FORMS, instead("job", {"runAs.servicePrincipalName": "ci"})),
    ],
    "git_source_names_a_revision": [(_FORMS, instead("job", {"gitSource.branch": REMOVED}))],
    "job_clusters_can_start": [
        (_FORMS, instead("job", {"jobClusters": []})),
        (_FORMS, instead("job", {f"{_CLUSTER}.numWorkers": 0})),
        (_FORMS, instead("job", {f"{_CLUSTER}.sparkVersion": "17.2.x-ml-scala2.12"})),
        (
            _FORMS,
            instead(
                "job",
                lambda w: {"jobClusters": w.inputs("job")["jobClusters"] * 2},
            ),
        ),
    ],
    "task_keys_are_unique": [
        (_FORMS, instead("job", {"tasks.2.taskKey": "train"})),
        (_FORMS, instead("job", {"tasks.2.taskKey": "no spaces"})),
    ],
    "dependencies_lead_somewhere": [
        (_FORMS, instead("job", {"tasks.1.dependsOns": [{"taskKey": "absent"}]})),
        (_FORMS, instead("job", {"tasks.0.dependsOns": [{"taskKey": "report"}]})),
    ],
    "tasks_do_one_thing": [
        (_FORMS, instead("job", {"tasks.0.notebookTask": REMOVED})),
        (_FORMS, instead("job", {"tasks.0.sparkJarTask": {"mainClassName": "X"}})),
        (_FORMS, instead("job", {"tasks.2.runIf": "SOMETIMES"})),
    ],
    "tasks_have_one_compute": [
        (_FORMS, instead("job", {"tasks.0.existingClusterId": "0101-x"})),
        (_FORMS, instead("job", {"tasks.0.jobClusterKey": "absent"})),
        (_FORMS, instead("job", {"tasks.1.environmentKey": "absent"})),
        (_FORMS, instead("job", {"tasks.1.environmentKey": REMOVED})),
        (
            "RESOURCE_DOES_NOT_EXIST",
            instead("job", {"tasks.0.jobClusterKey": REMOVED, "tasks.0.existingClusterId": "x"}),
        ),
        (
            _FORMS,
            instead(
                "job",
                {
                    "tasks.0.jobClusterKey": REMOVED,
                    "tasks.0.newCluster": {"sparkVersion": "17.3.x-scala2.13", "numWorkers": 1},
                },
            ),
        ),
    ],
    "notebooks_have_a_path": [
        (_FORMS, instead("job", {"tasks.0.notebookTask.notebookPath": "/absolute/in/git"})),
        (_FORMS, instead("job", {"gitSource": REMOVED})),
    ],
    "tasks_use_what_exists": [
        ("RESOURCE_DOES_NOT_EXIST", instead("job", {"tasks.2.sqlTask.warehouseId": "absent"})),
        (
            "RESOURCE_DOES_NOT_EXIST",
            instead("job", {"tasks.2.sqlTask": REMOVED, "tasks.2.runJobTask": {"jobId": 404}}),
        ),
    ],
}
