"""Where clusters and tasks are found."""

from __future__ import annotations

from typing import Any

from policies import tokens
from policies.clusters import clusters, tasks
from policies.model import UNKNOWN, Resource


def resource(token: str, **props: Any) -> Resource:
    return Resource("urn:pulumi:prod::mlops::x::y", token, "y", props)


def test_a_cluster_is_its_own_block() -> None:
    (block,) = clusters(resource(tokens.CLUSTER, sparkVersion="x"))
    assert (block.kind, block.get("sparkVersion")) == ("all-purpose", "x")
    assert block.at("sparkVersion") == "sparkVersion"


def test_a_jobs_clusters_are_found_in_all_four_places() -> None:
    job = resource(
        tokens.JOB,
        newCluster={"numWorkers": 1},
        jobClusters=[{"jobClusterKey": "main", "newCluster": {"numWorkers": 2}}],
        tasks=[
            {"newCluster": {"numWorkers": 3}},
            {"forEachTask": {"task": {"newCluster": {"numWorkers": 4}}}},
            {"environmentKey": "serverless"},
        ],
    )
    assert {block.at("numWorkers"): block.get("numWorkers") for block in clusters(job)} == {
        "newCluster.numWorkers": 1,
        "jobClusters[0].newCluster.numWorkers": 2,
        "tasks[0].newCluster.numWorkers": 3,
        "tasks[1].forEachTask.task.newCluster.numWorkers": 4,
    }


def test_a_pipelines_clusters_are_found() -> None:
    found = clusters(resource(tokens.PIPELINE, clusters=[{"label": "default"}]))
    assert [(block.path, block.kind) for block in found] == [("clusters[0]", "pipeline")]


def test_what_is_not_known_yet_stands_for_a_cluster_that_is_not_known_yet() -> None:
    for job in (
        resource(tokens.JOB, tasks=UNKNOWN),
        resource(tokens.JOB, tasks=[UNKNOWN]),
        resource(tokens.JOB, tasks=[{"newCluster": UNKNOWN}]),
        resource(tokens.JOB, tasks=[{"forEachTask": UNKNOWN}]),
        resource(tokens.JOB, jobClusters=UNKNOWN),
    ):
        (block,) = clusters(job)
        assert block.get("sparkVersion") is UNKNOWN
    (block,) = clusters(resource(tokens.PIPELINE, clusters=UNKNOWN))
    assert block.get("sparkConf") is UNKNOWN


def test_other_types_describe_no_cluster() -> None:
    assert list(clusters(resource(tokens.INSTANCE_POOL, nodeTypeId="x"))) == []
    assert list(tasks(resource(tokens.CLUSTER))) == []


def test_a_job_without_a_list_of_tasks_is_its_own_task() -> None:
    (task,) = tasks(resource(tokens.JOB, sparkSubmitTask={"parameters": []}))
    assert task.at("sparkSubmitTask") == "sparkSubmitTask"
    assert task.get("sparkSubmitTask") is not None
