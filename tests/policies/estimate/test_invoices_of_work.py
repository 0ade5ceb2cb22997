"""More bills added up by hand: pipelines, loops, shared clusters, spot machines, sleeping models.

Prices of East US 2: D4ds_v5 0.226 USD and 1 DBU an hour, D8ds_v5 0.452 (spot 0.0588) and 2. A DBU
is 0.55 USD interactively, 0.30 in jobs, 0.38 in pro pipelines, 0.50 serverless, 0.07 in serving.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from policies import tokens
from policies.model import UNKNOWN
from tests.policies.estimate.making import cents, make, priced

if TYPE_CHECKING:
    from policies.estimate.bill import Bill

SMALL: dict[str, Any] = {"nodeTypeId": "Standard_D4ds_v5"}
LARGE: dict[str, Any] = {"nodeTypeId": "Standard_D8ds_v5"}


def expected(bill: Bill) -> dict[str, float]:
    assert not bill.problems
    assert not bill.deferred
    return {name: cents(span.expected) for name, span in bill.by("meter").items()}


def looped(task: dict[str, Any], **loop: Any) -> Bill:
    """Ten runs of half an hour, so 5 h, of a job that is one loop."""
    props = {
        "jobClusters": [{"jobClusterKey": "main", "newCluster": {**SMALL, "numWorkers": 0}}],
        "tasks": [{"taskKey": "each", "forEachTask": {"task": task, **loop}}],
    }
    if task.get("jobClusterKey") is None:
        del props["jobClusters"]
    return priced(make(tokens.JOB, props=props), job_minutes=30, serverless_dbus=4)


def test_a_pipeline_has_one_cluster_for_its_updates_however_many_labels_describe_it() -> None:
    """30 h of a driver and, of one to five workers, three: 0.226 + 3 x 0.452 = 1.582 an hour.

    DBU: (1 + 3 x 2) x 2.5 x 0.38 = 6.65 an hour. In the worst hour five workers:
    0.226 + 5 x 0.452 = 2.486 and 11 x 2.5 x 0.38 = 10.45.
    """
    labels = [
        {"label": "updates", "autoscale": {"minWorkers": 1, "maxWorkers": 5}},
        {"label": "default", **LARGE, "driverNodeTypeId": "Standard_D4ds_v5", "numWorkers": 9},
        {"label": "maintenance", **LARGE, "numWorkers": 9},
    ]
    props = {"edition": "PRO", "photon": True, "clusters": labels}
    bill = priced(make(tokens.PIPELINE, props=props), pipeline_hours=30)
    assert expected(bill) == {"Virtual machines": 47.46, "DBU dlt-pro": 199.50}
    assert cents(bill.hour) == 12.94


def test_a_pipeline_whose_labels_are_not_known_yet_waits() -> None:
    for clusters in ([UNKNOWN], [{**SMALL, "label": UNKNOWN}]):
        bill = priced(make(tokens.PIPELINE, props={"clusters": clusters}))
        assert [item.path for item in bill.deferred] == ["clusters[0]"]


def test_a_serverless_pipeline_that_never_stops() -> None:
    """4 DBU, half as much again with advanced features: 6 x 0.50 x 730 = 2,190.00."""
    props = {"serverless": True, "continuous": True, "edition": "ADVANCED"}
    bill = priced(make(tokens.PIPELINE, props=props), serverless_dbus=4)
    assert expected(bill) == {"DBU jobs serverless": 2190.00}
    assert cents(bill.fixed) == 2190.00


def test_tasks_that_share_a_cluster_pay_for_it_once() -> None:
    """Daily for 20 minutes: 30.4375 / 3 = 10.1458 h.

    machines: 3 x 0.226 shared by three tasks, 0.452 for the fourth's own: 1.13 an hour
    DBU: (3 x 1 + 2) x 0.30 = 1.50 an hour
    """
    props = {
        "jobClusters": [{"jobClusterKey": "main", "newCluster": {**SMALL, "numWorkers": 2}}],
        "tasks": [
            *({"taskKey": key, "jobClusterKey": "main"} for key in ("a", "b", "c")),
            {"taskKey": "d", "newCluster": {**LARGE, "numWorkers": 0}},
            {"taskKey": "e", "sqlTask": {"warehouseId": "w"}},
        ],
        "schedule": {"quartzCronExpression": "0 0 6 * * ?", "timezoneId": "UTC"},
    }
    bill = priced(make(tokens.JOB, props=props), job_minutes=20)
    assert expected(bill) == {"Virtual machines": 11.46, "DBU jobs": 15.22}


@pytest.mark.parametrize(
    ("loop", "lanes"),
    [
        ({"inputs": "[1, 2, 3]"}, 1),
        ({"inputs": "[1, 2, 3]", "concurrency": 2}, 2),
        # Three elements fill no more than three of eight places.
        ({"inputs": "[1, 2, 3]", "concurrency": 8}, 3),
        ({"inputs": "[]", "concurrency": 8}, 1),
        ({"inputs": "{{tasks.list.values.tables}}", "concurrency": 8}, 8),
        ({"inputs": UNKNOWN, "concurrency": 8}, 8),
        ({"inputs": "[" * 100_000, "concurrency": 8}, 8),
    ],
)
def test_a_loop_pays_for_every_iteration_that_runs_at_once(
    loop: dict[str, Any], lanes: int
) -> None:
    """Each for 5 h: 4 DBU at 0.50 are 10.00 serverless; 0.226 and 0.30 an hour on machines."""
    serverless = looped({"taskKey": "one", "notebookTask": {}}, **loop)
    assert expected(serverless) == {"DBU jobs serverless": lanes * 10.00}
    assert cents(serverless.hour) == lanes * 2.00
    own = looped({"taskKey": "one", "newCluster": {**SMALL, "numWorkers": 0}}, **loop)
    assert expected(own) == {"Virtual machines": cents(lanes * 1.13), "DBU jobs": lanes * 1.50}
    shared = looped({"taskKey": "one", "jobClusterKey": "main"}, **loop)
    assert expected(shared) == {"Virtual machines": 1.13, "DBU jobs": 1.50}


def test_a_loop_whose_width_is_not_known_yet_waits() -> None:
    bill = looped({"taskKey": "one", "notebookTask": {}}, concurrency=UNKNOWN)
    assert [item.path for item in bill.deferred] == ["tasks[0].forEachTask.concurrency"]


@pytest.mark.parametrize(
    ("first", "machines"),
    [
        # All six on spot: 6 x 0.0588; the driver and two workers on demand: 3 x 0.452 + 3 x 0.0588
        (0, 35.28),
        (1, 74.60),
        (3, 153.24),
        # As many as there are, and more: 6 x 0.452
        (6, 271.20),
        (10, 271.20),
    ],
)
def test_the_first_machines_are_on_demand_and_the_others_spot(first: int, machines: float) -> None:
    """100 h; DBU are the same on both: 6 x 2 x 0.55 x 100 = 660.00."""
    spot = {"availability": "SPOT_WITH_FALLBACK_AZURE", "firstOnDemand": first}
    props = {**LARGE, "numWorkers": 5, "azureAttributes": spot}
    bill = priced(make(tokens.CLUSTER, props=props), cluster_hours=100)
    assert expected(bill) == {"Virtual machines": machines, "DBU all-purpose": 660.00}
    assert cents(bill.by("meter")["Virtual machines"].high) == 271.20


def test_provisioned_throughput_that_sleeps() -> None:
    """50 model units at 6.857 DBU: 342.85 x 0.07 = 23.9995 an hour, a tenth of 730 h.

    73 x 23.9995 = 1,751.96, and 60 starts at 0.07. Never asleep: 730 x 23.9995 = 17,519.64.
    """
    entity = {
        "entityName": "system.ai.llama_v3_3_70b_instruct",
        "provisionedModelUnits": 50,
        "scaleToZeroEnabled": True,
    }
    endpoint = make(tokens.MODEL_SERVING, props={"config": {"servedEntities": [entity]}})
    bill = priced(endpoint, serving_awake_percent=10, serving_launches=60)
    assert expected(bill) == {"DBU model serving": 1751.96, "Model serving launches": 4.20}
    assert cents(bill.month.high) == 17523.84
    assert cents(bill.hour) == 24.00


def test_a_gateway_with_two_addresses_and_a_prefix() -> None:
    """2 TB leave by one gateway; how many addresses it has changes what they cost only."""
    here = {"location": "East US 2", "sku": {"name": "Standard"}}
    gateway = {**here, "publicIpAddresses": [{"id": UNKNOWN}, {"id": UNKNOWN}]}
    bill = priced(
        make(tokens.NAT_GATEWAY, "nat", gateway),
        make(tokens.PUBLIC_IP, "a", here),
        make(tokens.PUBLIC_IP, "b", here),
        make(tokens.PUBLIC_IP_PREFIX, "more", {**here, "prefixLength": 31}),
        nat_gb=2000,
    )
    assert expected(bill) == {
        "NAT gateway": 32.85,  # 0.045 x 730
        "NAT gateway data": 90.00,  # 2,000 x 0.045
        "Public addresses": 16.06,  # 2 x 0.005 x 730, and 2 x 0.006 x 730 of the prefix
    }
