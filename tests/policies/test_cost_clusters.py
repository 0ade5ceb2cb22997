"""Clusters, machines and jobs: the ways around the cost rules, and what only looks like one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from policies import tokens
from policies.model import UNKNOWN, Resource
from policies.registry import load
from policies.rules.job_cost import run_in_standard_mode
from tests.policies.compliant import compliant
from tests.policies.harness import Item, Outcome, judge

if TYPE_CHECKING:
    from policies.registry import Environment


def judged(rule: str, token: str, environment: Environment = "prod", **props: Any) -> Outcome:
    """One rule on one resource that nothing else is said of."""
    item = Item(token, "it", props)
    return judge([item], rules=[load()[rule]], environment=environment)


def cluster(rule: str, environment: Environment = "prod", **props: Any) -> Outcome:
    return judged(rule, tokens.CLUSTER, environment, **props)


@pytest.mark.parametrize(
    "props",
    [
        {"isSingleNode": True},
        {"isSingleNode": True, "numWorkers": 0},
        {"numWorkers": 0, "sparkConf": {"spark.databricks.cluster.profile": "singleNode"}},
    ],
)
def test_a_single_node_cluster_says_so_in_either_way(props: dict[str, Any]) -> None:
    assert cluster("cost-05-cluster-size", **props).rules == set()


@pytest.mark.parametrize(
    ("props", "word"),
    [
        ({"numWorkers": 0}, "isSingleNode"),
        ({"numWorkers": 4}, "autoscale is not set"),
        ({"numWorkers": 400, "autoscale": {"minWorkers": 1, "maxWorkers": 4}}, "numWorkers is 400"),
        ({"isSingleNode": True, "autoscale": {"minWorkers": 1, "maxWorkers": 99}}, "is 99"),
        ({"autoscale": {"minWorkers": 4, "maxWorkers": 4}}, "below maxWorkers"),
        ({"autoscale": [{"minWorkers": 1, "maxWorkers": 4}]}, "maxWorkers is not set"),
    ],
)
def test_a_size_that_only_looks_bounded_is_refused(props: dict[str, Any], word: str) -> None:
    assert word in cluster("cost-05-cluster-size", **props).messages


def test_every_cluster_of_a_job_is_measured_and_a_maintenance_cluster_is_not() -> None:
    large = {"newCluster": {"numWorkers": 99}}
    outcome = judged(
        "cost-05-cluster-size",
        tokens.JOB,
        jobClusters=[large],
        tasks=[large, {"forEachTask": {"task": large}}],
        newCluster=large["newCluster"],
    )
    assert len(outcome.diagnostics) == 4
    maintenance = [{"label": "maintenance", "numWorkers": 99}]
    assert judged("cost-05-cluster-size", tokens.PIPELINE, clusters=maintenance).rules == set()


def test_a_cluster_from_a_pool_names_no_machine_and_its_pool_is_judged() -> None:
    assert cluster("cost-06-node-types", instancePoolId=UNKNOWN).rules == set()
    pool = judged("cost-06-node-types", tokens.INSTANCE_POOL, nodeTypeId="Standard_E64ds_v5")
    assert "nodeTypeId is 'Standard_E64ds_v5'" in pool.messages
    both = cluster("cost-06-node-types", instancePoolId="pool", nodeTypeId="Standard_E64ds_v5")
    assert both.rules


def test_the_tag_that_approves_gpus_approves_nothing_else() -> None:
    tags = {"gpu-approved": "platform_owners"}
    gpu, large = "Standard_NC24ads_A100_v4", "Standard_E64ds_v5"
    rule = "cost-06-node-types"
    assert cluster(rule, nodeTypeId=gpu, customTags=tags).rules == set()
    assert cluster(rule, nodeTypeId=gpu, customTags={"gpu-approved": ""}).rules
    assert cluster(rule, nodeTypeId=large, customTags=tags).rules


@pytest.mark.parametrize(
    "name",
    [
        "Standard_DS3_v2", "Standard_DS14_v2", "Standard_D13_v2", "Standard_F8s",
        "Standard_F16s_v2", "Standard_L8s_v2", "Standard_L8s", "Standard_NC6s_v3",
        "Standard_NC24rs_v3", "Standard_NC12", "Standard_ND40rs", "Standard_NV12s_v3",
        "Standard_A4_v2", "Standard_GS5", "Standard_DS12",
    ],
)  # fmt: skip
def test_generations_that_end_are_known(name: str) -> None:
    assert cluster("cost-07-node-generation", nodeTypeId=name).rules, name


@pytest.mark.parametrize(
    "name",
    [
        "Standard_D4ds_v5", "Standard_D16ads_v5", "Standard_D4ds_v6", "Standard_E8ds_v5",
        "Standard_L8s_v3", "Standard_F4as_v6", "Standard_FX4mds", "Standard_NC4as_T4_v3",
        "Standard_NC16as_T4_v3", "Standard_NC24ads_A100_v4", "Standard_NV36ads_A10_v5",
        "Standard_ND96isr_H100_v5", "Standard_DC4ads_v5",
    ],
)  # fmt: skip
def test_generations_of_today_pass(name: str) -> None:
    assert cluster("cost-07-node-generation", nodeTypeId=name).rules == set(), name


@pytest.mark.parametrize(
    ("attributes", "fault"),
    [
        ({"availability": "SPOT_WITH_FALLBACK_AZURE", "firstOnDemand": 1}, ""),
        (
            {
                "availability": "SPOT_WITH_FALLBACK_AZURE",
                "firstOnDemand": 1,
                "spotBidMaxPrice": -1,
            },
            "",
        ),
        ({"availability": "SPOT_WITH_FALLBACK_AZURE"}, "firstOnDemand is not set"),
        (
            {"availability": "SPOT_WITH_FALLBACK_AZURE", "firstOnDemand": 0},
            "firstOnDemand is 0",
        ),
        ({"availability": "SPOT_AZURE", "firstOnDemand": 1}, "availability is 'SPOT_AZURE'"),
        ({}, "availability is not set"),
    ],
)
def test_a_spot_cluster_keeps_its_driver(attributes: dict[str, Any], fault: str) -> None:
    outcome = cluster("cost-08-spot-capacity", "dev", azureAttributes=attributes)
    assert (fault in outcome.messages) if fault else outcome.rules == set()


def test_a_pool_has_no_fallback_and_a_cluster_takes_its_pools_capacity() -> None:
    rule = "cost-08-spot-capacity"
    spot = {"availability": "SPOT_AZURE"}
    assert judged(rule, tokens.INSTANCE_POOL, "dev", azureAttributes=spot).rules == set()
    assert cluster(rule, "dev", instancePoolId=UNKNOWN).rules == set()


def test_photon_needs_a_reason_and_in_development_there_is_none() -> None:
    rule, reason = "cost-09-photon-justified", {"photon-reason": "joins, 3x faster"}
    photon: dict[str, Any] = {"runtimeEngine": "PHOTON", "customTags": reason}
    assert cluster(rule, **photon).rules == set()
    assert cluster(rule, "dev", **photon).rules
    assert cluster(rule, runtimeEngine="STANDARD", sparkVersion="15.4.x-photon-x").rules == set()
    assert cluster(rule, sparkVersion="15.4.x-photon-scala2.12").rules
    assert judged(rule, tokens.PIPELINE, photon=True, serverless=True).rules == set()


@pytest.mark.parametrize(
    ("task", "serverless"),
    [
        ({"notebookTask": {}}, True),
        ({"pythonWheelTask": {}, "environmentKey": "e"}, True),
        ({"forEachTask": {"task": {"sparkPythonTask": {}}}}, True),
        ({"notebookTask": {}, "jobClusterKey": "main"}, False),
        ({"notebookTask": {}, "newCluster": {}}, False),
        ({"notebookTask": {}, "existingClusterId": UNKNOWN}, False),
        ({"sqlTask": {}}, False),
        ({"runJobTask": {}}, False),
        ({"pipelineTask": {}}, False),
    ],
)
def test_only_tasks_on_serverless_compute_need_a_usage_policy(
    task: dict[str, Any], *, serverless: bool
) -> None:
    outcome = judged("cost-20-serverless-usage-policy", tokens.JOB, tasks=[task])
    assert bool(outcome.rules) == serverless


def test_the_remedy_of_a_slow_job_is_what_its_rule_asks_for() -> None:
    rule = load()["cost-26-serverless-job-standard"]
    props: dict[str, Any] = {"tasks": [{"notebookTask": {}}], "name": "nightly"}
    job = Resource("urn", tokens.JOB, "job", run_in_standard_mode(props, rule.defaults()))
    assert [*rule.check(job, rule.defaults())] == []  # pyright: ignore[reportArgumentType] - a resource rule
    assert job.props["name"] == "nightly"
    assert "performanceTarget" not in props


def test_a_pipeline_is_serverless_or_describes_its_clusters() -> None:
    rule = "cost-27-pipeline-bounded"
    assert judged(rule, tokens.PIPELINE, serverless=True).rules == set()
    assert "clusters is not set" in judged(rule, tokens.PIPELINE, serverless=False).messages
    dear = judged(rule, tokens.PIPELINE, "dev", clusters=[{}], development=True)
    assert "edition is not set; use CORE or PRO" in dear.messages


def test_an_endpoint_may_be_sized_by_concurrency_and_is_sized_once() -> None:
    rule, entity = "cost-18-serving-size", {"name": "blue"}

    def endpoint(tags: Any = None, **fields: Any) -> Outcome:
        config = {"servedEntities": [{**entity, **fields}]}
        return judged(rule, tokens.MODEL_SERVING, config=config, tags=tags)

    assert endpoint(maxProvisionedConcurrency=16).rules == set()
    assert endpoint(maxProvisionedConcurrency=16, workloadSize="Large").rules
    assert endpoint(externalModel={"name": "gpt"}).rules == set()
    approved = [{"key": "gpu-approved", "value": "platform_owners"}]
    gpu = {"workloadSize": "Small", "workloadType": "GPU_LARGE"}
    assert endpoint(**gpu).rules
    assert endpoint(approved, **gpu).rules == set()


def test_the_old_name_of_served_entities_hides_nothing() -> None:
    config = {"servedModels": [{"workloadSize": "Large"}]}
    outcome = judged("cost-18-serving-size", tokens.MODEL_SERVING, config=config)
    assert "config.servedModels[0].workloadSize is 'Large'" in outcome.messages


def test_development_keeps_nothing_on_that_is_not_named() -> None:
    graph = compliant()
    items = [graph[name] for name in ("search", "database", "app", "online")]
    rule = "cost-28-nothing-left-on"
    outcome = judge(items, rules=[load()[rule]], environment="dev")
    assert sorted(item.urn.rsplit("::")[-1] for item in outcome.diagnostics) == [
        "online", "online", "search",
    ]  # fmt: skip
    kept = {rule: {"keptOn": ["search", "online"], "largestCapacity": "CU_2"}}
    assert judge(items, rules=[load()[rule]], environment="dev", settings=kept).rules == set()
