"""Bills added up by hand from the list prices, as an invoice would have them; no call of our own.

Prices of East US 2: D4ds_v5 0.226 USD and 1 DBU an hour, D8ds_v5 0.452 (spot 0.0588) and 2,
DS3_v2 0.229 (spot 0.0298) and 0.75, D16ds_v5 0.904 and 4, D8ads_v5 0.412 (spot 0.0566) and 2.
A DBU is 0.55 USD interactively, 0.30 in jobs, 0.50 in serverless jobs, 0.07 in serving.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

import pytest

from policies import tokens
from policies.estimate.commitment import Commitment, settle
from policies.model import UNKNOWN
from tests.policies.estimate.making import cents, make, priced

if TYPE_CHECKING:
    from policies.estimate.bill import Bill


def clean(bill: Bill) -> Bill:
    assert not bill.problems
    assert not bill.deferred
    return bill


def expected(bill: Bill) -> dict[str, float]:
    return {name: cents(span.expected) for name, span in clean(bill).by("meter").items()}


def job(spec: dict[str, Any], **props: Any) -> dict[str, Any]:
    tasks = [{"taskKey": "only", "jobClusterKey": "main"}]
    return {
        "jobClusters": [{"jobClusterKey": "main", "newCluster": spec}],
        "tasks": tasks,
        **props,
    }


def cron(expression: str, **props: str) -> dict[str, Any]:
    return {"quartzCronExpression": expression, "timezoneId": "UTC", **props}


def test_a_photon_job_on_spot_machines_that_fall_back() -> None:
    """Every working day for 45 minutes: 21.741 runs, 16.3058 h of a driver and 6 workers.

    machines: 0.452 for the driver, 6 x 0.0588 for the workers: 0.8048 an hour
    DBU: 7 x 2 x 2.5 x 0.30 = 10.50 an hour
    without spot capacity: 7 x 0.452 = 3.164 an hour
    """
    spec = {
        "nodeTypeId": "Standard_D8ds_v5",
        "numWorkers": 6,
        "runtimeEngine": "PHOTON",
        "azureAttributes": {"availability": "SPOT_WITH_FALLBACK_AZURE", "firstOnDemand": 1},
    }
    bill = priced(
        make(tokens.JOB, props=job(spec, schedule=cron("0 0 6 ? * MON-FRI"))), job_minutes=45
    )
    assert expected(bill) == {"Virtual machines": 13.12, "DBU jobs": 171.21}
    assert cents(bill.month.high) == cents(16.3058 * (3.164 + 10.50))
    assert cents(bill.hour) == 13.66


def test_a_single_node_is_paid_once_however_it_is_written() -> None:
    """20 hours of one D4ds_v5: 20 x 0.226 = 4.52, 20 x 1 x 0.55 = 11.00."""
    node = {"nodeTypeId": "Standard_D4ds_v5", "autoterminationMinutes": 20}
    conf = {"spark.databricks.cluster.profile": "singleNode", "spark.master": "local[*]"}
    for single in ({"numWorkers": 0}, {"isSingleNode": True}, {"sparkConf": conf}, {}):
        bill = priced(make(tokens.CLUSTER, props={**node, **single}), cluster_hours=20)
        assert expected(bill) == {"Virtual machines": 4.52, "DBU all-purpose": 11.00}


def test_a_pool_keeps_machines_and_its_job_takes_them_from_there() -> None:
    """3 x 0.226 x 730 = 494.94 for idling; 10 runs of half an hour: 5 h x 3 x (0.226 + 0.30).

    The job names no machine: the pool does. 3.39 + 4.50 for it.
    """
    pool = make(
        tokens.INSTANCE_POOL,
        "pool",
        {"nodeTypeId": "Standard_D4ds_v5", "minIdleInstances": 3, "maxCapacity": 10},
        outputs={"id": "0123-pool"},
    )
    work = make(tokens.JOB, "job", job({"instancePoolId": "0123-pool", "numWorkers": 2}))
    bill = priced(pool, work)
    assert expected(bill) == {"Virtual machines": 498.33, "DBU jobs": 4.50}
    assert cents(bill.hour) == 3.16, "10 x 0.226, and 3 x 0.30 for the job's DBU"


@pytest.mark.parametrize(
    ("schedule", "runs", "usd"),
    [
        # Runs a month of half an hour, 4 DBU an hour at 0.50: 1.00 a run.
        (cron("0 0 6 * * ?"), 30.4375, 30.44),
        (cron("0 0 6 * * ?", timezoneId="America/New_York"), 30.4375, 30.44),
        (cron("0 0 6 ? * MON-FRI"), 21.741, 21.74),
        (cron("0 0 6 ? * TUE,THU"), 8.6964, 8.70),
        (cron("0 30 6,12,18 * * ?"), 91.3125, 91.31),
        (cron("0 0/15 8-17 ? * MON-FRI"), 869.64, 869.64),
        (cron("0 0 4 1 * ?"), 1, 1.00),
        (cron("0 0 4 1 1,4,7,10 ?"), 0.3333, 0.33),
        (cron("0 0 6 * * ?", pauseStatus="PAUSED"), 0, 0.00),
        (None, 10, 10.00),
    ],
)
def test_a_serverless_job_by_its_schedule(
    schedule: dict[str, Any] | None, runs: float, usd: float
) -> None:
    props: dict[str, Any] = {"tasks": [{"taskKey": "only", "pythonWheelTask": {}}]}
    if schedule is not None:
        props["schedule"] = schedule
    bill = priced(make(tokens.JOB, props=props), job_minutes=30, serverless_dbus=4)
    assert expected(bill) == {"DBU jobs serverless": usd}
    assert runs * 0.5 * 4 * 0.50 == pytest.approx(usd, abs=0.005)


def test_runs_that_would_overlap_are_skipped_unless_more_are_allowed() -> None:
    """Every 15 minutes for 30 minutes: one at a time is busy all 730 h, two make 1,461 h."""
    props: dict[str, Any] = {
        "tasks": [{"taskKey": "only", "pythonWheelTask": {}}],
        "schedule": cron("0 0/15 * * * ?"),
    }
    for most, hours in ((1, 730.0), (2, 1460.0), (3, 1461.0)):
        bill = priced(make(tokens.JOB, props={**props, "maxConcurrentRuns": most}))
        dbus = 8  # production's assumption, the default
        assert expected(bill) == {"DBU jobs serverless": cents(hours * dbus * 0.50)}


def test_a_continuous_job_is_always_there_and_a_paused_one_never() -> None:
    """730 h of three D4ds_v5: 3 x 0.226 x 730 = 494.94, 3 x 0.30 x 730 = 657.00."""
    spec = {"nodeTypeId": "Standard_D4ds_v5", "numWorkers": 2}
    running = priced(make(tokens.JOB, props=job(spec, continuous={"pauseStatus": "UNPAUSED"})))
    assert expected(running) == {"Virtual machines": 494.94, "DBU jobs": 657.00}
    assert running.fixed == running.month.expected
    paused = priced(make(tokens.JOB, props=job(spec, continuous={"pauseStatus": "PAUSED"})))
    assert paused.month.high == 0
    assert cents(paused.hour) == 1.58, "somebody may resume it: 3 x (0.226 + 0.30)"


def test_an_autoscaling_cluster_from_no_worker_to_ten() -> None:
    """60 h: least the driver alone, expected 5 workers, at most 10.

    0.229 + 0.75 x 0.55 = 0.6415 an hour and node: 38.49, 230.94, 423.39
    """
    props = {
        "nodeTypeId": "Standard_DS3_v2",
        "autoscale": {"minWorkers": 0, "maxWorkers": 10},
        "autoterminationMinutes": 20,
    }
    month = clean(priced(make(tokens.CLUSTER, props=props), cluster_hours=60)).month
    assert [cents(usd) for usd in (month.low, month.expected, month.high)] == [
        38.49,
        230.94,
        423.39,
    ]


def test_warehouses_by_type_and_by_whether_they_stop() -> None:
    """Serverless Medium for 100 h: 24 x 0.70 x 100 = 1,680.00.

    Pro 2X-Small that never stops: 4 x 0.55 x 730 = 1,606.00, and its two E8ds_v4 with a disk each:
    2 x (0.576 + 0.0645) x 730 = 935.13.
    """
    serverless = make(
        tokens.SQL_ENDPOINT,
        "serverless",
        {
            "clusterSize": "Medium",
            "warehouseType": "PRO",
            "enableServerlessCompute": True,
            "autoStopMins": 5,
        },
    )
    pro = make(
        tokens.SQL_ENDPOINT,
        "pro",
        {"clusterSize": "2X-Small", "warehouseType": "PRO", "autoStopMins": 0},
    )
    bill = priced(serverless, pro, warehouse_hours=100)
    assert expected(bill) == {
        "DBU SQL serverless": 1680.00,
        "DBU SQL pro": 1606.00,
        "Virtual machines": 935.13,
    }
    assert cents(bill.fixed) == 2541.13


@pytest.mark.parametrize(
    ("entity", "usd"),
    [
        # 4 x 0.07 x 730, and asleep for 90 % of it with 60 starts at 0.07
        ({"workloadSize": "Small"}, 204.40),
        ({"workloadSize": "Small", "scaleToZeroEnabled": True}, 24.64),
        # 8 to 16, so 12: 12 x 0.07 x 730; 16 to 64, so 40
        ({"workloadSize": "Medium"}, 613.20),
        ({"workloadSize": "Large"}, 2044.00),
        # a T4: 10.48 x 0.07 x 730 = 535.528, and a tenth of it with 60 starts
        ({"workloadType": "GPU_SMALL", "workloadSize": "Small"}, 535.53),
        (
            {"workloadType": "GPU_SMALL", "workloadSize": "Small", "scaleToZeroEnabled": True},
            57.75,
        ),
        # an A100: 78.6 x 0.07 x 730, and two in one machine
        ({"workloadType": "GPU_LARGE", "workloadSize": "Small"}, 4016.46),
        ({"workloadType": "GPU_LARGE_2", "workloadSize": "Small"}, 8032.92),
        # 4 to 20 of its own, so 12
        ({"minProvisionedConcurrency": 4, "maxProvisionedConcurrency": 20}, 613.20),
        # 50 model units at 6.857 DBU: 342.85 x 0.07 x 730
        (
            {"entityName": "system.ai.llama_v3_3_70b_instruct", "provisionedModelUnits": 50},
            17519.64,
        ),
    ],
)
def test_an_entity_of_a_serving_endpoint(entity: dict[str, Any], usd: float) -> None:
    endpoint = make(tokens.MODEL_SERVING, props={"config": {"servedEntities": [entity]}})
    bill = clean(priced(endpoint, serving_awake_percent=10, serving_launches=60))
    assert cents(bill.month.expected) == usd


def test_vector_search_of_both_kinds() -> None:
    """Three units: 3 x 4 x 0.07 x 730 = 613.20, and 3 x 18.29 x 0.07 x 730 = 2,803.86."""
    kinds = ("STANDARD", "STORAGE_OPTIMIZED")
    bill = priced(
        *(make(tokens.VECTOR_SEARCH, kind, {"endpointType": kind}) for kind in kinds),
        vector_search_units=3,
    )
    assert expected(bill) == {"DBU vector search": 3417.06}


def test_a_hub_with_its_endpoints_gateway_firewall_and_addresses() -> None:
    """Five endpoints with 200 GB each, a gateway with 1,500 GB, a standard firewall with 300 GB."""
    here = {"location": "eastus2"}
    standard = {**here, "sku": {"name": "Standard"}}
    resources = [
        *(make(tokens.PRIVATE_ENDPOINT, f"endpoint-{n}", here) for n in range(5)),
        make(tokens.NAT_GATEWAY, "nat", standard),
        make(tokens.PUBLIC_IP, "nat-ip", standard),
        make(tokens.FIREWALL, "firewall", {**here, "sku": {"tier": "Standard"}}),
        make(tokens.PUBLIC_IP, "firewall-ip", standard),
        make(tokens.NCC_ENDPOINT, "blob"),
        make(tokens.NCC_ENDPOINT, "dfs"),
    ]
    bill = priced(*resources, endpoint_gb=200, nat_gb=1500, firewall_gb=300)
    assert expected(bill) == {
        "Azure Firewall": 912.50,  # 1.25 x 730
        "Private endpoints": 36.50,  # 5 x 0.01 x 730
        "NAT gateway": 32.85,  # 0.045 x 730
        "NAT gateway data": 67.50,  # 1,500 x 0.045
        "Private endpoint data": 10.00,  # 1,000 x 0.01
        "Public addresses": 7.30,  # 2 x 0.005 x 730
        "Serverless private endpoints": 14.60,  # 2 x 0.01 x 730
        "Azure Firewall data": 4.80,  # 300 x 0.016
    }
    assert cents(bill.month.expected) == 1086.05


def test_logs_that_a_quota_caps_and_that_are_kept_for_a_year() -> None:
    """4 GB a day, 365/12 days: 121.667 x 2.30 = 279.83; 334 days beyond 31: 1,336 GB x 0.10.

    A quota of 1 GB a day leaves a quarter of either, and bounds the most.
    """
    logs = {"location": "eastus2", "retentionInDays": 365}
    free = priced(make(tokens.LOG_ANALYTICS, props=logs), log_gb_per_day=4)
    assert expected(free) == {"Log Analytics": 279.83, "Log Analytics retention": 133.60}
    quota = {**logs, "workspaceCapping": {"dailyQuotaGb": 1}}
    capped = priced(make(tokens.LOG_ANALYTICS, props=quota), log_gb_per_day=4)
    assert expected(capped) == {"Log Analytics": 69.96, "Log Analytics retention": 33.40}
    assert cents(capped.month.high) == 103.36


@pytest.mark.parametrize(
    ("sku", "tier", "usd"),
    [
        ("Standard_LRS", "Hot", 41.60),  # 2,000 GB x 0.0208
        ("Standard_LRS", "Cool", 30.40),  # x 0.0152
        ("Standard_ZRS", "Hot", 52.00),  # x 0.026
        ("Standard_GRS", "Hot", 91.60),  # x 0.0458
        ("Standard_GZRS", "Hot", 107.00),  # x 0.0535
        ("Premium_LRS", "Hot", 390.00),  # x 0.195
    ],
)
def test_a_lake_by_redundancy_and_tier(sku: str, tier: str, usd: float) -> None:
    props = {"location": "eastus2", "sku": {"name": sku}, "accessTier": tier}
    assert expected(priced(make(tokens.STORAGE_ACCOUNT, props=props), storage_gb=2000)) == {
        "Storage": usd
    }


def test_a_bill_says_what_its_resources_cost_beside() -> None:
    lake = make(tokens.STORAGE_ACCOUNT, props={"location": "eastus2"})
    endpoint = make(tokens.PRIVATE_ENDPOINT, props={"location": "eastus2"})
    assert "operations" in priced(lake, endpoint).uncounted[tokens.STORAGE_ACCOUNT]
    assert priced(endpoint).uncounted == {}


@pytest.mark.parametrize(
    ("token", "props"),
    [
        (tokens.STORAGE_ACCOUNT, {"sku": {"name": "Premium_LRS"}, "accessTier": "Cool"}),
        (tokens.STORAGE_ACCOUNT, {"sku": {"name": "Standard_LRS"}, "accessTier": "Cool"}),
        (tokens.NAT_GATEWAY, {"sku": {"name": "Standard"}}),
        (tokens.FIREWALL, {"sku": {"tier": "Premium"}}),
        (tokens.PUBLIC_IP, {"sku": {"name": "Standard", "tier": "Global"}}),
        (tokens.PUBLIC_IP, {"publicIPAddressVersion": "IPv6"}),
        (
            tokens.LOG_ANALYTICS,
            {"sku": {"name": "CapacityReservation", "capacityReservationLevel": 100}},
        ),
    ],
)
def test_azures_words_cost_the_same_in_any_letter_case(token: str, props: dict[str, Any]) -> None:
    def folded(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: folded(item) for key, item in cast("dict[str, Any]", value).items()}
        return value.casefold() if isinstance(value, str) else value

    assert expected(priced(make(token, props=folded(props)))) == expected(
        priced(make(token, props=props))
    )


def test_discounts_take_off_what_they_are_for() -> None:
    """100 h of 5 D8ds_v5: machines 226.00, DBU 550.00; 15 % off DBU, 40 % off machines.

    The worst hour is a limit and no forecast, at list price: 2.26 + 5.50.
    """
    props = {"nodeTypeId": "Standard_D8ds_v5", "numWorkers": 4, "autoterminationMinutes": 30}
    cluster = make(tokens.CLUSTER, props=props)
    bill = priced(cluster, cluster_hours=100, discount_percent=15, machine_discount_percent=40)
    assert expected(bill) == {"Virtual machines": 135.60, "DBU all-purpose": 467.50}
    assert cents(bill.hour) == 7.76


def test_reservations_cover_no_spot_machines() -> None:
    """100 h: the driver 0.452 less 40 %, four spot workers at 0.0588: 27.12 + 23.52.

    Fallen back to on demand, all five are reserved: 2.26 x 0.6 x 100 = 135.60.
    """
    props = {
        "nodeTypeId": "Standard_D8ds_v5",
        "numWorkers": 4,
        "azureAttributes": {"availability": "SPOT_WITH_FALLBACK_AZURE"},
    }
    bill = priced(make(tokens.CLUSTER, props=props), cluster_hours=100, machine_discount_percent=40)
    machines = clean(bill).by("meter")["Virtual machines"]
    assert cents(machines.expected) == 50.64
    assert cents(machines.high) == 135.60


def test_reserved_machines_of_every_kind() -> None:
    """A third off: 730 x 0.226 = 164.98 for a machine, twice that for a pool of two."""
    here = {"location": "eastus2"}
    machine = {**here, "hardwareProfile": {"vmSize": "Standard_D4ds_v5"}}
    pool = {"nodeTypeId": "Standard_D4ds_v5", "minIdleInstances": 2}
    bill = priced(
        make(tokens.VIRTUAL_MACHINE, "vm", machine),
        make(tokens.INSTANCE_POOL, "pool", pool),
        machine_discount_percent=100 / 3,
    )
    assert expected(bill) == {"Virtual machines": 329.96}
    assert cents(bill.hour) == 0.68


def test_a_commitment_is_paid_first_and_the_rest_at_its_own_discount() -> None:
    """36,000 DBCU over three years at 10 % off: 900 a month for 1,000 of DBU.

    1,400 of DBU at list price: 400 beyond, at 20 % off 320. 600 of DBU leave 400 unused.
    """
    bought = Commitment(dbcu=36_000, years=3, discount_percent=10)
    busy, quiet = settle(bought, 1400, 20), settle(bought, 600, 20)
    assert (busy.paid, busy.covered, busy.unused, busy.beyond) == (900, 1000, 0, 320)
    assert (quiet.paid, quiet.covered, quiet.unused, quiet.beyond) == (900, 600, 400, 0)
    assert busy.dbus == 1220


@pytest.mark.parametrize(
    ("bid", "machines"),
    [
        (None, 0.229 + 4 * 0.0298),
        (-1, 0.229 + 4 * 0.0298),
        (0.05, 0.229 + 4 * 0.0298),
        # below the spot price there is no machine, so that all are on demand
        (0.02, 5 * 0.229),
    ],
)
def test_a_bid_is_a_limit_and_not_a_price(bid: float | None, machines: float) -> None:
    spot: dict[str, Any] = {"availability": "SPOT_WITH_FALLBACK_AZURE"}
    if bid is not None:
        spot["spotBidMaxPrice"] = bid
    props = {"nodeTypeId": "Standard_DS3_v2", "numWorkers": 4, "azureAttributes": spot}
    bill = priced(make(tokens.CLUSTER, props=props), cluster_hours=1)
    assert clean(bill).by("meter")["Virtual machines"].expected == pytest.approx(machines)


def definition(**attributes: Any) -> str:
    fixed = {
        "cluster_type": {"type": "fixed", "value": "job"},
        "node_type_id": {"type": "fixed", "value": "Standard_D8ds_v5"},
        "runtime_engine": {"type": "fixed", "value": "PHOTON"},
        "num_workers": {"type": "range", "maxValue": 8, "defaultValue": 3},
        "autoscale.max_workers": {"type": "forbidden"},
        "dbus_per_hour": {"type": "range", "maxValue": 100},
    }
    return json.dumps(fixed | attributes)


def test_a_policys_ceiling_bounds_what_it_proposes() -> None:
    """Eight workers are proposed, 5 DBU an hour admit four: 5 x (0.226 + 0.55) = 3.88."""
    text = definition(
        cluster_type={"type": "fixed", "value": "all-purpose"},
        node_type_id={"type": "fixed", "value": "Standard_D4ds_v5"},
        runtime_engine={"type": "fixed", "value": "STANDARD"},
        dbus_per_hour={"type": "range", "maxValue": 5},
        num_workers={"type": "forbidden"},
        **{
            "autoscale.min_workers": {"type": "fixed", "value": 1},
            "autoscale.max_workers": {"type": "range", "maxValue": 8, "defaultValue": 8},
        },
    )
    bill = priced(make(tokens.CLUSTER_POLICY, props={"definition": text}), autoscale_percent=40)
    assert cents(clean(bill).hour) == 3.88


def under_policy(spec: dict[str, Any], text: Any, policy_id: Any = "ABC") -> Bill:
    """A job of 5 h under a policy that nobody else uses."""
    policy = make(tokens.CLUSTER_POLICY, "policy", {"definition": text}, outputs={"id": "ABC"})
    work = make(
        tokens.JOB,
        "job",
        job({"policyId": policy_id, **spec}),
        depends={"jobClusters": [policy.urn]},
    )
    return priced(policy, work, job_policy_hours=0)


@pytest.mark.parametrize("policy_id", ["ABC", UNKNOWN])
@pytest.mark.parametrize(
    ("spec", "machines", "dbu"),
    [
        # What is fixed always holds: 5 h x 2 x 0.452 and 5 h x 2 x 2 x 2.5 x 0.30
        ({"numWorkers": 1}, 4.52, 15.00),
        # Its own node type wins, as far as the policy lets it: 5 h x 2 x 0.226
        ({"numWorkers": 1, "nodeTypeId": "Standard_D4ds_v5"}, 2.26, 7.50),
        ({"numWorkers": 1, "runtimeEngine": "STANDARD"}, 4.52, 6.00),
        # A default holds on request: 3 workers, otherwise none
        ({"applyPolicyDefaultValues": True}, 9.04, 30.00),
        ({}, 2.26, 7.50),
    ],
)
def test_a_cluster_is_completed_by_its_policy(
    policy_id: Any, spec: dict[str, Any], machines: float, dbu: float
) -> None:
    bill = under_policy(spec, definition(), policy_id)
    assert expected(bill) == {"Virtual machines": machines, "DBU jobs": dbu}


def test_a_policy_that_fixes_spot_machines_and_a_single_node() -> None:
    """A driver that is on demand first, however many: 5 h x 0.412; on spot 5 h x 0.0566."""
    profile = {"type": "fixed", "value": "singleNode"}
    text = definition(
        node_type_id={"type": "fixed", "value": "Standard_D8ads_v5"},
        runtime_engine={"type": "fixed", "value": "STANDARD"},
        **{
            "spark_conf.spark.databricks.cluster.profile": profile,
            "azure_attributes.availability": {"type": "fixed", "value": "SPOT_AZURE"},
        },
    )
    assert expected(under_policy({"numWorkers": 4}, text))["Virtual machines"] == 2.06
    first = {"azureAttributes": {"firstOnDemand": 0}}
    assert expected(under_policy({"numWorkers": 4, **first}, text))["Virtual machines"] == 0.28


def test_a_policy_that_is_not_known_yet_is_said_and_what_is_declared_is_priced() -> None:
    named = under_policy({"numWorkers": 1, "nodeTypeId": "Standard_D4ds_v5"}, UNKNOWN)
    waits = {(item.urn.rpartition("::")[2], item.instead) for item in named.deferred}
    assert waits == {
        ("policy", "not priced"),
        ("job", "priced without what the policy adds"),
    }
    assert cents(named.month.expected) == cents(5 * 2 * (0.226 + 0.30))
    nameless = under_policy({"numWorkers": 1}, UNKNOWN)
    assert not nameless.lines
    assert {item.instead for item in nameless.deferred} == {"not priced"}


@pytest.mark.parametrize("unknown", ["runtimeEngine", "sparkVersion"])
def test_whether_it_is_photon_is_taken_to_be_where_it_is_not_known(unknown: str) -> None:
    """1 h of one D4ds_v5: 0.226 + 2 x 0.55."""
    props = {"nodeTypeId": "Standard_D4ds_v5", "numWorkers": 0, unknown: UNKNOWN}
    bill = priced(make(tokens.CLUSTER, props=props), cluster_hours=1)
    assert bill.month.expected == pytest.approx(1.326)
    assert [(item.path, item.instead) for item in bill.deferred] == [
        (unknown, "priced with Photon")
    ]
