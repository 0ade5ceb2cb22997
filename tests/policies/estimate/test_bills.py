"""Whole stacks of raw resources, billed by hand at the list prices of East US 2."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from policies import tokens
from tests.policies.estimate.making import cents, make, priced

if TYPE_CHECKING:
    from policies.estimate.bill import Bill


def month(bill: Bill) -> tuple[float, float, float]:
    assert not bill.problems
    assert not bill.deferred
    return cents(bill.month.low), cents(bill.month.expected), cents(bill.month.high)


def test_a_cluster_that_never_ends_itself() -> None:
    """730 h; 2 to 8 spot workers, 5 expected, an on-demand driver.

    least: (0.229 + 2 x 0.0298 + 3 x 0.75 x 0.55) x 730 = 1.5261 x 730
    expected: (0.229 + 5 x 0.0298 + 6 x 0.4125) x 730 = 2.853 x 730
    most: (9 x 0.229 + 9 x 0.4125) x 730 = 5.7735 x 730
    """
    cluster = make(
        tokens.CLUSTER,
        props={
            "nodeTypeId": "Standard_DS3_v2",
            "autoscale": {"minWorkers": 2, "maxWorkers": 8},
            "autoterminationMinutes": 0,
            "azureAttributes": {"availability": "SPOT_WITH_FALLBACK_AZURE", "firstOnDemand": 1},
        },
    )
    bill = priced(cluster)
    assert month(bill) == (1114.05, 2082.69, 4214.66)
    assert bill.fixed == bill.month.expected, "nobody has to do anything for it"


def test_a_nightly_job_with_photon() -> None:
    """365.25 nights a year, an hour each since its timeout is shorter than the 90 minutes assumed.

    9 x (0.904 + 4 x 2.5 x 0.30) = 35.136 an hour; 30.4375 h = 1,069.452
    every run failing once doubles it; two runs may overlap
    """
    job = make(
        tokens.JOB,
        props={
            "jobClusters": [
                {
                    "jobClusterKey": "main",
                    "newCluster": {
                        "nodeTypeId": "Standard_D16ds_v5",
                        "numWorkers": 8,
                        "runtimeEngine": "PHOTON",
                    },
                }
            ],
            "tasks": [
                {"taskKey": "a", "jobClusterKey": "main", "maxRetries": 1},
                {"taskKey": "b", "jobClusterKey": "main"},
                {"taskKey": "c", "sqlTask": {"warehouseId": "1"}},
            ],
            "schedule": {"quartzCronExpression": "0 0 2 * * ?", "timezoneId": "UTC"},
            "timeoutSeconds": 3600,
            "maxConcurrentRuns": 2,
        },
    )
    bill = priced(job, job_minutes=90)
    assert month(bill) == (1069.45, 1069.45, 2138.90)
    assert cents(bill.hour) == 70.27


def test_two_warehouses_one_of_them_on_machines_of_your_own() -> None:
    """Serverless X-Small, 1 to 3 clusters: 6 x 0.70 x 160 h = 672 each.

    Classic Small: (12 x 0.22 + 1.152 + 4 x 0.576 + 5 x 0.0645 for disks) x 160 h = 1,026.96
    """
    serverless = make(
        tokens.SQL_ENDPOINT,
        "serverless",
        {
            "clusterSize": "X-Small",
            "enableServerlessCompute": True,
            "maxNumClusters": 3,
            "autoStopMins": 10,
        },
    )
    classic = make(tokens.SQL_ENDPOINT, "classic", {"clusterSize": "Small"})
    bill = priced(serverless, classic, warehouse_hours=160)
    assert month(bill) == (672 + 1026.96, 1344 + 1026.96, 2016 + 1026.96)
    assert cents(bill.by("meter")["Virtual machines"].expected) == cents(160 * 3.7785)


def test_endpoints_awake_and_asleep() -> None:
    """A small one awake for 30 %: 4 x 0.07 x 219 h + 60 starts x 0.07 = 61.32 + 4.20.

    Two to four A100 always on: 78.6 x 3 x 0.07 x 730 = 12,049.38. Another firm's model: nothing.
    Two units of vector search: 2 x 4 x 0.07 x 730 = 408.80.
    """
    endpoint = make(
        tokens.MODEL_SERVING,
        props={
            "config": {
                "servedEntities": [
                    {"workloadSize": "Small", "scaleToZeroEnabled": True},
                    {"workloadSize": "Medium", "workloadType": "GPU_LARGE"},
                    {"externalModel": {"provider": "openai"}},
                ]
            }
        },
    )
    search = make(tokens.VECTOR_SEARCH, "search", {"endpointType": "STANDARD"})
    bill = priced(
        endpoint, search, serving_awake_percent=30, serving_launches=60, vector_search_units=2
    )
    low = 61.32 + 4.20 + 8032.92 + 408.80
    most = 4 * 0.07 * 730 + 4.20 + 16065.84 + 408.80
    assert month(bill) == (cents(low), 12523.70, cents(most))
    assert cents(bill.fixed) == 12458.18
    assert cents(bill.hour) == cents(0.28 + 22.008 + 0.56)


def test_a_perimeter_with_its_logs_and_its_lake() -> None:
    """Each line below is one meter."""
    by_hand = {
        "Private endpoints": 2 * 730 * 0.01,
        "Private endpoint data": 2 * 500 * 0.01,
        "NAT gateway": 730 * 0.045,
        "NAT gateway data": 1000 * 0.045,
        "Public addresses": 2 * 730 * 0.005 + 4 * 730 * 0.006,
        "Azure Firewall": 730 * 1.75,
        "Azure Firewall data": 200 * 0.016,
        "Private DNS zones": 3 * 0.50,
        "Storage": 1000 * 0.0208 + 1000 * 0.0458,
        "Key Vault": 20 * 0.03,
        # 2 GB a day, since the quota is below the 3 assumed; 90 days kept, of which 31 are free
        "Log Analytics": 2 * 365 / 12 * 2.30,
        "Log Analytics retention": 2 * 59 * 0.10,
        "Serverless private endpoints": 730 * 0.01,
        "Serverless public traffic": 100 * 0.045,
    }
    location = {"location": "East US 2"}
    resources = [
        make(tokens.PRIVATE_ENDPOINT, "blob", location),
        make(tokens.PRIVATE_ENDPOINT, "dfs", location),
        make(tokens.NAT_GATEWAY, "nat", {**location, "sku": {"name": "Standard"}}),
        make(tokens.PUBLIC_IP, "one", {**location, "sku": {"name": "Standard"}}),
        make(tokens.PUBLIC_IP, "two", {**location, "sku": {"name": "Standard"}}),
        make(tokens.PUBLIC_IP, "six", {**location, "publicIPAddressVersion": "IPv6"}),
        make(tokens.PUBLIC_IP_PREFIX, "prefix", {**location, "prefixLength": 30}),
        make(tokens.FIREWALL, "firewall", {**location, "sku": {"tier": "Premium"}}),
        *(make(tokens.PRIVATE_ZONE, f"zone-{n}", location) for n in range(3)),
        make(tokens.STORAGE_ACCOUNT, "lrs", {**location, "sku": {"name": "Standard_LRS"}}),
        make(tokens.STORAGE_ACCOUNT, "grs", {**location, "sku": {"name": "Standard_GRS"}}),
        make(tokens.VAULT, "vault", location),
        make(
            tokens.LOG_ANALYTICS,
            "logs",
            {**location, "retentionInDays": 90, "workspaceCapping": {"dailyQuotaGb": 2}},
        ),
        make(tokens.CONNECTIVITY, "ncc", {"region": "eastus2"}),
        make(tokens.NCC_ENDPOINT, "rule"),
        make(tokens.VNET, "vnet", location),
    ]
    bill = priced(
        *resources,
        endpoint_gb=500,
        nat_gb=1000,
        firewall_gb=200,
        storage_gb=1000,
        key_vault_operations=20,
        log_gb_per_day=3,
        serverless_egress_gb=100,
    )
    assert {name: cents(span.expected) for name, span in bill.by("meter").items()} == {
        name: cents(usd) for name, usd in by_hand.items()
    }
    assert cents(bill.month.expected) == cents(sum(by_hand.values()))
    assert bill.free == {tokens.VNET: 1}


def definition(**changes: Any) -> str:
    attributes: dict[str, Any] = {
        "cluster_type": {"type": "fixed", "value": "all-purpose"},
        "node_type_id": {"type": "allowlist", "values": ["Standard_D4ds_v5", "Standard_D8ds_v5"]},
        "runtime_engine": {"type": "fixed", "value": "STANDARD"},
        "autoscale.min_workers": {"type": "range", "minValue": 1, "defaultValue": 1},
        "autoscale.max_workers": {"type": "range", "maxValue": 4, "defaultValue": 3},
        "num_workers": {"type": "forbidden"},
        "dbus_per_hour": {"type": "range", "maxValue": 10},
    }
    return json.dumps(attributes | changes)


def test_what_people_start_under_a_policy() -> None:
    """Five people, 40 h each: 200 h of one to three D4ds_v5 workers, two expected.

    expected: 3 x (0.226 + 0.55) x 200 = 465.60
    worst cluster: D8ds_v5, a driver and 4 workers fit under 10 DBU exactly: 5 x (0.452 + 1.10)
    """
    policy = make(
        tokens.CLUSTER_POLICY, props={"definition": definition(), "maxClustersPerUser": 2}
    )
    bill = priced(policy, peak_users=4, interactive_users=5, interactive_hours=40)
    assert month(bill) == (310.40, 465.60, 1552.00)
    assert cents(bill.hour) == 4 * 2 * 7.76


def test_machines_of_a_pool_are_paid_once_in_the_worst_hour() -> None:
    """A pool of at most 6 D4ds_v5, one of them kept: 730 x 0.226 = 164.98.

    The policy's clusters take their machines from it: DBU only, 4 x 1 x 0.55 at most.
    """
    pool = make(
        tokens.INSTANCE_POOL,
        "pool",
        {"nodeTypeId": "Standard_D4ds_v5", "minIdleInstances": 1, "maxCapacity": 6},
        outputs={"id": "0123-pool"},
    )
    fixed = {"type": "fixed", "value": "0123-pool", "hidden": True}
    text = definition(
        instance_pool_id=fixed,
        node_type_id={"type": "forbidden"},
        **{"autoscale.max_workers": {"type": "range", "maxValue": 3, "defaultValue": 3}},
    )
    policy = make(tokens.CLUSTER_POLICY, "policy", {"definition": text})
    bill = priced(pool, policy, interactive_users=1, interactive_hours=10)
    expected = 730 * 0.226 + 10 * 3 * (0.226 + 0.55)
    assert bill.month.expected == pytest.approx(expected)
    assert bill.hour == pytest.approx(6 * 0.226 + 4 * 0.55)


def test_pipelines_an_app_and_a_machine_of_its_own() -> None:
    """30 h of 3 nodes at the advanced rate; 30 h serverless at 1.5 times; the rest all month."""
    by_hand = {
        "DBU dlt-advanced": 30 * 3 * 1.0 * 0.54,
        "Virtual machines": 30 * 3 * 0.226 + 730 * 0.226,
        "DBU jobs serverless": 30 * 4 * 1.5 * 0.50,
        "DBU interactive serverless": 730 * 0.5 * 0.95,
        "DDoS protection": 2944.0,
    }
    bill = priced(
        make(
            tokens.PIPELINE,
            "classic",
            {
                "clusters": [
                    {"label": "default", "nodeTypeId": "Standard_D4ds_v5", "numWorkers": 2},
                    {"label": "maintenance"},
                ]
            },
        ),
        make(tokens.PIPELINE, "serverless", {"serverless": True}),
        make(tokens.APP, "app"),
        make(tokens.VIRTUAL_MACHINE, "vm", {"hardwareProfile": {"vmSize": "Standard_D4ds_v5"}}),
        make(tokens.DDOS_PLAN, "ddos"),
        pipeline_hours=30,
        serverless_dbus=4,
    )
    assert {name: cents(span.expected) for name, span in bill.by("meter").items()} == {
        name: cents(usd) for name, usd in by_hand.items()
    }


def test_serverless_tasks_run_beside_what_runs_elsewhere() -> None:
    """10 runs of half an hour: two serverless tasks, 4 DBU at 0.50; the pipeline is not theirs."""
    job = make(
        tokens.JOB,
        props={
            "tasks": [
                {"taskKey": "a", "pythonWheelTask": {}, "environmentKey": "default"},
                {"taskKey": "b", "forEachTask": {"inputs": "[1]", "task": {"notebookTask": {}}}},
                {"taskKey": "c", "pipelineTask": {"pipelineId": "1"}},
                {"taskKey": "d", "existingClusterId": "2", "notebookTask": {}},
            ]
        },
    )
    bill = priced(job, unscheduled_runs=10, job_minutes=30, serverless_dbus=4)
    assert month(bill)[1] == cents(10 * 0.5 * 2 * 4 * 0.50)


def test_a_log_commitment_is_due_without_any_logs() -> None:
    logs = make(
        tokens.LOG_ANALYTICS,
        props={"sku": {"name": "CapacityReservation", "capacityReservationLevel": 100}},
    )
    bill = priced(logs, log_gb_per_day=0)
    assert cents(bill.fixed) == cents(100 * 365 / 12 * 2.30 * 0.8456)
