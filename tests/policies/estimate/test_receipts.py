"""More bills added up by hand: what shares compute, what loops, what is committed, what sleeps.

Prices of East US 2: D4ds_v5 0.226 USD and 1 DBU an hour, D8ds_v5 0.452 (spot 0.0588) and 2.
A DBU is 0.55 USD interactively, 0.30 in jobs, 0.38 in Pro pipelines, 0.50 in serverless jobs,
0.07 in serving; Photon takes 2.5 times the DBU of jobs and pipelines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from policies import tokens
from policies.model import UNKNOWN
from tests.policies.estimate.making import cents, make, priced

if TYPE_CHECKING:
    from policies.estimate.bill import Bill

HERE = {"location": "eastus2"}


def expected(bill: Bill) -> dict[str, float]:
    assert not bill.problems
    assert not bill.deferred
    return {name: cents(span.expected) for name, span in bill.by("meter").items()}


@pytest.mark.parametrize("reverse", [False, True])
def test_a_pipelines_update_runs_on_one_cluster_however_many_labels_describe_it(
    *, reverse: bool
) -> None:
    """30 h of a driver and 1 to 5 workers, 3 expected: what is for updates lies over the default.

    machines: 4 x 0.452 x 30 = 54.24; DBU: 4 x 2 x 2.5 x 0.38 x 30 = 228.00
    """
    labels: list[dict[str, Any]] = [
        {"label": "default", "nodeTypeId": "Standard_D8ds_v5", "numWorkers": 9},
        {"label": "updates", "autoscale": {"minWorkers": 1, "maxWorkers": 5}},
        {"label": "maintenance", "nodeTypeId": "Standard_D4ds_v5"},
    ]
    props = {"edition": "PRO", "photon": True, "clusters": labels[:: -1 if reverse else 1]}
    bill = priced(make(tokens.PIPELINE, props=props), pipeline_hours=30)
    assert expected(bill) == {"Virtual machines": 54.24, "DBU dlt-pro": 228.00}
    assert cents(bill.hour) == 14.11, "6 x 0.452 + 6 x 2 x 2.5 x 0.38"


def test_tasks_that_share_a_job_cluster_pay_it_once() -> None:
    """Daily, half an hour: 15.21875 h of five D4ds_v5 for three tasks.

    machines: 5 x 0.226 x 15.21875 = 17.20; DBU: 5 x 0.30 x 15.21875 = 22.83
    """
    spec = {"nodeTypeId": "Standard_D4ds_v5", "numWorkers": 4}
    props = {
        "jobClusters": [{"jobClusterKey": "main", "newCluster": spec}],
        "tasks": [{"taskKey": key, "jobClusterKey": "main"} for key in ("a", "b", "c")],
        "schedule": {"quartzCronExpression": "0 0 6 * * ?", "timezoneId": "UTC"},
    }
    bill = priced(make(tokens.JOB, props=props), job_minutes=30)
    assert expected(bill) == {"Virtual machines": 17.20, "DBU jobs": 22.83}


def loop(task: dict[str, Any], **props: Any) -> dict[str, Any]:
    return {"tasks": [{"taskKey": "all", "forEachTask": {"task": task, **props}}]}


@pytest.mark.parametrize(
    ("props", "at_once"),
    [
        ({"inputs": "[1, 2, 3, 4, 5, 6]"}, 1),
        ({"inputs": "[1, 2, 3, 4, 5, 6]", "concurrency": 4}, 4),
        ({"inputs": '["a", "b"]', "concurrency": 20}, 2),
        ({"inputs": "{{tasks.find.values.tables}}", "concurrency": 20}, 20),
        ({"inputs": "{{tasks.find.values.tables}}", "concurrency": 1e6}, 100),
    ],
)
def test_a_serverless_loop_is_paid_for_each_round_that_runs_at_once(
    props: dict[str, Any], at_once: int
) -> None:
    """10 runs of half an hour, 4 DBU at 0.50 for each round: 10.00 a month, 2.00 an hour."""
    job = loop({"taskKey": "one", "pythonWheelTask": {}}, **props)
    bill = priced(make(tokens.JOB, props=job), job_minutes=30, serverless_dbus=4)
    assert expected(bill) == {"DBU jobs serverless": 10.00 * at_once}
    assert cents(bill.hour) == 2.00 * at_once


def test_a_loop_on_clusters_of_its_own_and_on_a_shared_one() -> None:
    """5 h of two D4ds_v5, three at once: 3 x 2 x 0.226 x 5 = 6.78, 3 x 2 x 0.30 x 5 = 9.00."""
    spec = {"nodeTypeId": "Standard_D4ds_v5", "numWorkers": 1}
    many = {"inputs": "{{job.parameters.tables}}", "concurrency": 3}
    own = loop({"taskKey": "one", "newCluster": spec}, **many)
    assert expected(priced(make(tokens.JOB, props=own), job_minutes=30)) == {
        "Virtual machines": 6.78,
        "DBU jobs": 9.00,
    }
    shared = loop({"taskKey": "one", "jobClusterKey": "main"}, **many) | {
        "jobClusters": [{"jobClusterKey": "main", "newCluster": spec}]
    }
    assert expected(priced(make(tokens.JOB, props=shared), job_minutes=30)) == {
        "Virtual machines": 2.26,
        "DBU jobs": 3.00,
    }


def test_how_often_a_loop_runs_at_once_may_not_be_known_yet() -> None:
    job = loop({"taskKey": "one", "pythonWheelTask": {}}, inputs="[1]", concurrency=UNKNOWN)
    deferred = priced(make(tokens.JOB, props=job)).deferred
    assert [item.path for item in deferred] == ["tasks[0].forEachTask.concurrency"]


def test_a_job_that_grows_within_a_pool() -> None:
    """Two machines wait: 2 x 0.226 x 730 = 329.96. 5 h of a driver and 3 of 1 to 5 workers.

    machines: 4 x 0.226 x 5 = 4.52; DBU: 4 x 0.30 x 5 = 6.00
    """
    pool = {"nodeTypeId": "Standard_D4ds_v5", "minIdleInstances": 2, "maxCapacity": 8}
    spec = {"instancePoolId": "pool-1", "autoscale": {"minWorkers": 1, "maxWorkers": 5}}
    bill = priced(
        make(tokens.INSTANCE_POOL, "pool", pool, outputs={"id": "pool-1"}),
        make(tokens.JOB, "job", {"tasks": [{"taskKey": "only", "newCluster": spec}]}),
        job_minutes=30,
    )
    assert expected(bill) == {"Virtual machines": 334.48, "DBU jobs": 6.00}
    assert cents(bill.hour) == 3.61, "8 x 0.226 + 6 x 0.30"


def test_two_workers_beside_the_driver_are_on_demand_first() -> None:
    """20 h: 3 x 0.452 + 8 x 0.0588 = 1.8264 an hour; 11 x 2 x 0.55 x 20 = 242.00.

    Without spot capacity 11 x 0.452 x 20 = 99.44 for machines.
    """
    props = {
        "nodeTypeId": "Standard_D8ds_v5",
        "numWorkers": 10,
        "autoterminationMinutes": 20,
        "azureAttributes": {"availability": "SPOT_WITH_FALLBACK_AZURE", "firstOnDemand": 3},
    }
    bill = priced(make(tokens.CLUSTER, props=props), cluster_hours=20)
    assert expected(bill) == {"Virtual machines": 36.53, "DBU all-purpose": 242.00}
    assert cents(bill.by("meter")["Virtual machines"].high) == 99.44


@pytest.mark.parametrize("engine", ["PHOTON", "photon"])
def test_photon_on_machines_of_ones_own_beside_serverless(engine: str) -> None:
    """5 h each: 3 x 0.452 x 5 = 6.78 and 3 x 2 x 2.5 x 0.30 x 5 = 22.50; 4 x 0.50 x 5 = 10.00."""
    spec = {"nodeTypeId": "Standard_D8ds_v5", "numWorkers": 2, "runtimeEngine": engine}
    tasks: list[dict[str, Any]] = [
        {"taskKey": "a", "newCluster": spec},
        {"taskKey": "b", "notebookTask": {}},
    ]
    bill = priced(make(tokens.JOB, props={"tasks": tasks}), job_minutes=30, serverless_dbus=4)
    assert expected(bill) == {
        "Virtual machines": 6.78,
        "DBU jobs": 22.50,
        "DBU jobs serverless": 10.00,
    }


def test_provisioned_throughput_that_sleeps() -> None:
    """50 units at 6.857 DBU: 342.85 x 0.07 = 23.9995 an hour, 73 h of 730; 60 x 0.07 to start."""
    entity = {
        "entityName": "system.ai.llama_v3_3_70b_instruct",
        "provisionedModelUnits": 50,
        "scaleToZeroEnabled": True,
    }
    endpoint = make(tokens.PROVISIONED_THROUGHPUT, props={"config": {"servedEntities": [entity]}})
    bill = priced(endpoint, serving_awake_percent=10, serving_launches=60)
    assert expected(bill) == {"DBU model serving": 1751.96, "Model serving launches": 4.20}
    assert cents(bill.month.high) == 17523.84, "it may never sleep: 23.9995 x 730, and the starts"


def test_replicas_of_a_gpu_by_size() -> None:
    """Medium is 8 to 16 requests, 12 expected, 4 a replica: 3 x 78.6 x 0.07 x 730 = 12,049.38."""
    entity = {"workloadType": "GPU_LARGE", "workloadSize": "Medium"}
    endpoint = make(tokens.MODEL_SERVING, props={"config": {"servedEntities": [entity]}})
    bill = priced(endpoint)
    assert expected(bill) == {"DBU model serving": 12049.38}
    assert cents(bill.hour) == 22.01, "4 x 78.6 x 0.07"


def test_two_search_endpoints_of_either_name() -> None:
    """Two units each: 2 x 2 x 4 x 0.07 x 730 = 817.60."""
    bill = priced(
        make(tokens.VECTOR_SEARCH, "old", {"endpointType": "STANDARD"}),
        make(tokens.AI_SEARCH, "new", {"endpointType": "STANDARD"}),
        vector_search_units=2,
    )
    assert expected(bill) == {"DBU vector search": 817.60}


def test_an_egress_of_two_addresses_a_prefix_and_a_premium_firewall() -> None:
    standard = {**HERE, "sku": {"name": "Standard"}}
    bill = priced(
        make(tokens.NAT_GATEWAY, "nat", standard),
        make(tokens.PUBLIC_IP, "nat-ip-1", standard),
        make(tokens.PUBLIC_IP, "nat-ip-2", standard),
        make(tokens.PUBLIC_IP_PREFIX, "prefix", {**standard, "prefixLength": 30}),
        make(tokens.FIREWALL, "firewall", {**HERE, "sku": {"tier": "Premium"}}),
        *(make(tokens.PRIVATE_ENDPOINT, f"endpoint-{n}", HERE) for n in range(3)),
        nat_gb=800,
        firewall_gb=2000,
        endpoint_gb=1000,
    )
    assert expected(bill) == {
        "Azure Firewall": 1277.50,  # 1.75 x 730
        "Azure Firewall data": 32.00,  # 2,000 x 0.016
        "NAT gateway": 32.85,  # 0.045 x 730, however many addresses it has
        "NAT gateway data": 36.00,  # 800 x 0.045
        "Public addresses": 24.82,  # 2 x 0.005 x 730 + 4 x 0.006 x 730
        "Private endpoints": 21.90,  # 3 x 0.01 x 730
        "Private endpoint data": 30.00,  # 3,000 x 0.01
    }


def test_what_exceeds_a_log_commitment_is_billed_at_its_price() -> None:
    """2.30 x 0.8456 = 1.94488 a GB: 100 GB a day committed, 30 beyond, 365/12 days."""
    sku = {"name": "CapacityReservation", "capacityReservationLevel": 100}
    logs = make(tokens.LOG_ANALYTICS, props={**HERE, "sku": sku})
    assert expected(priced(logs, log_gb_per_day=130)) == {
        "Log Analytics commitment": 5915.68,  # 100 x 30.41667 x 1.94488
        "Log Analytics": 1774.70,  # 30 x 30.41667 x 1.94488
    }


@pytest.mark.parametrize(
    "token",
    [tokens.POSTGRES_PROJECT, tokens.POSTGRES_ENDPOINT, tokens.SCALE_SET, tokens.KUBERNETES],
)
def test_what_grows_by_itself_and_has_no_price_is_never_free(token: str) -> None:
    [problem] = priced(make(token, props=HERE)).problems
    assert f"resource/{token}" in problem.message
