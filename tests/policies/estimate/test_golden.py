"""Prices of single things that were worked out by hand from the published list."""

from __future__ import annotations

from typing import Any

import pytest

from policies import tokens
from tests.policies.estimate.making import cents, make, priced

DS3 = {"nodeTypeId": "Standard_DS3_v2", "numWorkers": 4}
DS5 = {"nodeTypeId": "Standard_DS5_v2", "numWorkers": 16}
D8 = {"nodeTypeId": "Standard_D8ds_v5", "numWorkers": 4}


def job(spec: dict[str, Any]) -> dict[str, Any]:
    return {"jobClusters": [{"jobClusterKey": "k", "newCluster": spec}]}


def entity(**props: Any) -> dict[str, Any]:
    return {"config": {"servedEntities": [props]}}


@pytest.mark.parametrize(
    ("token", "props", "usd"),
    [
        # 5 x (0.229 + 0.75 x 0.55): the driver counts
        (tokens.CLUSTER, DS3, 3.21),
        # 17 x (0.916 + 3 x 0.30)
        (tokens.JOB, job(DS5), 30.87),
        # 17 x (0.916 + 7.5 x 0.30)
        (tokens.JOB, job({**DS5, "runtimeEngine": "PHOTON"}), 53.82),
        (tokens.JOB, job({**DS5, "sparkVersion": "15.4.x-photon-scala2.12"}), 53.82),
        # 5 x (0.452 + 2 x 0.30)
        (tokens.JOB, job(D8), 5.26),
        # 5 x (0.452 + 2 x 2.0 x 0.55): Photon doubles interactive DBU only
        (tokens.CLUSTER, {**D8, "runtimeEngine": "PHOTON"}, 13.26),
        # one node is one node
        (tokens.CLUSTER, {"nodeTypeId": "Standard_D8ds_v5", "numWorkers": 0}, 1.55),
        (tokens.CLUSTER, {"nodeTypeId": "Standard_D8ds_v5", "isSingleNode": True}, 1.55),
        (
            tokens.CLUSTER,
            {
                "nodeTypeId": "Standard_D8ds_v5",
                "numWorkers": 1,
                "sparkConf": {"spark.databricks.cluster.profile": "singleNode"},
            },
            1.55,
        ),
        # 0.226 + 1 x 0.55 for the driver, 4 x (0.452 + 2 x 0.55)
        (tokens.CLUSTER, {**D8, "driverNodeTypeId": "Standard_D4ds_v5"}, 6.98),
        # 4 x 0.07
        (tokens.MODEL_SERVING, entity(workloadSize="Small", scaleToZeroEnabled=False), 0.28),
        (tokens.MODEL_SERVING, entity(entityName="m"), 0.28),
        # 10.48 x 0.07
        (tokens.MODEL_SERVING, entity(workloadType="GPU_SMALL"), 0.73),
        # 16 x 0.07
        (
            tokens.MODEL_SERVING,
            entity(minProvisionedConcurrency=8, maxProvisionedConcurrency=16),
            1.12,
        ),
        # 6 x 0.70
        (tokens.SQL_ENDPOINT, {"clusterSize": "X-Small", "enableServerlessCompute": True}, 4.20),
        # 4 x 0.07 a unit
        (tokens.VECTOR_SEARCH, {"endpointType": "STANDARD"}, 0.28),
    ],
)
def test_an_hour_costs_to_the_cent_what_the_list_says(
    token: str, props: dict[str, Any], usd: float
) -> None:
    bill = priced(make(token, props=props))
    assert not bill.problems
    assert cents(bill.hour) == usd


def test_a_forgotten_session_wastes_what_the_idle_time_costs() -> None:
    """120 minutes instead of 20 until a cluster ends itself are 100 minutes of it."""
    hour = priced(make(tokens.CLUSTER, props=DS3)).hour
    assert cents((120 - 20) / 60 * cents(hour)) == 5.35


def test_a_spot_driver_is_on_demand_unless_none_is() -> None:
    dbu = 5 * 0.75 * 0.55
    for first, machines in (
        ({}, 0.229 + 4 * 0.0298),
        ({"firstOnDemand": 2}, 2 * 0.229 + 3 * 0.0298),
        ({"firstOnDemand": 0}, 5 * 0.0298),
    ):
        spot = {"availability": "SPOT_WITH_FALLBACK_AZURE", **first}
        props = {**DS3, "azureAttributes": spot}
        month = priced(make(tokens.CLUSTER, props=props), cluster_hours=1).month
        assert month.expected == pytest.approx(machines + dbu)
        assert month.high == pytest.approx(5 * 0.229 + dbu), "all of it falls back to on demand"


def test_the_dearest_alternate_machine_decides_the_worst_hour_and_not_the_expected() -> None:
    props = {**DS3, "workerNodeTypeFlexibility": {"alternateNodeTypeIds": ["Standard_DS4_v2"]}}
    bill = priced(make(tokens.CLUSTER, props=props), cluster_hours=1)
    assert cents(bill.month.expected) == 3.21
    assert bill.hour == pytest.approx(0.229 + 0.75 * 0.55 + 4 * (0.458 + 1.5 * 0.55))


def test_a_pool_of_spot_machines_makes_the_driver_one_too() -> None:
    pool = make(
        tokens.INSTANCE_POOL,
        "pool",
        {"nodeTypeId": "Standard_DS3_v2", "azureAttributes": {"availability": "SPOT_AZURE"}},
        outputs={"id": "0123-pool"},
    )
    cluster = make(tokens.CLUSTER, props={"instancePoolId": "0123-pool", "numWorkers": 4})
    month = priced(pool, cluster, cluster_hours=1).by("meter")["Virtual machines"]
    assert month.expected == pytest.approx(5 * 0.0298)
    assert month.high == pytest.approx(5 * 0.229)
