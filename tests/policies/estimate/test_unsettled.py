"""What is not known, not named or not in the book is said, and never counts as nothing."""

from __future__ import annotations

import json
import re
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies import tokens
from policies.estimate.bill import BY_THE_HOUR, PRICED
from policies.model import UNKNOWN
from tests.policies.compliant import compliant
from tests.policies.estimate.making import make, priced
from tests.policies.harness import Item, urn

D4 = {"nodeTypeId": "Standard_D4ds_v5", "numWorkers": 1}


UNPRICEABLE: list[tuple[str, dict[str, Any], str]] = [
    (tokens.CLUSTER, {**D4, "nodeTypeId": "Standard_D4ds_v9"}, "did you mean vm/Standard_D4ds"),
    (tokens.CLUSTER, {**D4, "driverNodeTypeId": "Standard_D4ds_v9"}, "Standard_D4ds_v9"),
    # the machine has a price, its DBU has none
    (tokens.CLUSTER, {**D4, "nodeTypeId": "Standard_D8pds_v5"}, "dbu/Standard_D8pds_v5"),
    (
        tokens.CLUSTER,
        {**D4, "workerNodeTypeFlexibility": {"alternateNodeTypeIds": ["Standard_X"]}},
        "vm/Standard_X",
    ),
    (tokens.CLUSTER, {"numWorkers": 1}, "nodeTypeId is not set"),
    (tokens.CLUSTER, {"instancePoolId": "elsewhere"}, "outside of this stack"),
    (tokens.INSTANCE_POOL, {"nodeTypeId": "Standard_X"}, "vm/Standard_X"),
    (tokens.JOB, {"tasks": [{"newCluster": {}}]}, r"tasks\[0\].newCluster.nodeTypeId"),
    (tokens.JOB, {"tasks": [{"jobClusterKey": "gone"}]}, "'gone'"),
    (tokens.JOB, {"tasks": [{"genAiComputeTask": {}}]}, "serverless GPUs"),
    (tokens.JOB, {"tasks": [{"compute": {"hardwareAccelerator": "GPU_1xA10"}}]}, "serverless GPUs"),
    (tokens.JOB, {"schedule": {"quartzCronExpression": "0 0 * * *"}}, "six or seven"),
    (tokens.PIPELINE, {}, "clusters is not set"),
    (tokens.SQL_ENDPOINT, {"clusterSize": "Mega"}, "'Mega'"),
    (tokens.SQL_ENDPOINT, {"warehouseType": "TURBO"}, "'turbo'"),
    (tokens.APP, {"computeSize": "HUGE"}, "app/HUGE"),
    (tokens.VECTOR_SEARCH, {"endpointType": "OTHER"}, "vector-search/OTHER"),
    (tokens.NAT_GATEWAY, {"sku": {"name": "StandardV2"}}, "'StandardV2'"),
    (tokens.FIREWALL, {"sku": {"tier": "Ultra"}}, "firewall/Ultra"),
    (tokens.PUBLIC_IP, {}, "public-ip/Basic"),
    (tokens.PUBLIC_IP_PREFIX, {"prefixLength": 64}, "64"),
    (tokens.STORAGE_ACCOUNT, {"sku": {"name": "Standard_X"}}, "storage/Standard_X/Hot"),
    (tokens.STORAGE_ACCOUNT, {"location": "atlantis"}, "in atlantis, only in eastus2"),
    *((token, {}, "resource/") for token in BY_THE_HOUR),
]


@pytest.mark.parametrize(("token", "props", "says"), UNPRICEABLE)
def test_what_cannot_be_priced_is_named_and_not_free(
    token: str, props: dict[str, Any], says: str
) -> None:
    bill = priced(make(token, props=props))
    (problem,) = bill.problems
    assert problem.urn == urn(token, "it")
    assert re.search(says, problem.message), problem.message
    assert not bill.lines


@pytest.mark.parametrize("kind", ["workloadSize", "workloadType"])
def test_an_unknown_size_of_an_endpoint_is_named(kind: str) -> None:
    entity = {"config": {"servedEntities": [{kind: "Gigantic"}]}}
    (problem,) = priced(make(tokens.MODEL_SERVING, props=entity)).problems
    assert "Gigantic" in problem.message


def test_provisioned_throughput_needs_a_price_of_its_model() -> None:
    entity = {"entityName": "system.ai.llama", "maxProvisionedThroughput": 9000}
    props = {"config": {"servedEntities": [entity]}}
    (problem,) = priced(make(tokens.MODEL_SERVING, props=props)).problems
    assert problem.message == "no price of provisioned-tokens/system.ai.llama"


@pytest.mark.parametrize(
    ("token", "props", "path"),
    [
        (tokens.CLUSTER, {"nodeTypeId": UNKNOWN}, "nodeTypeId"),
        (tokens.CLUSTER, {**D4, "numWorkers": UNKNOWN}, "numWorkers"),
        (tokens.CLUSTER, {**D4, "autoscale": UNKNOWN}, "autoscale"),
        (tokens.JOB, {"tasks": UNKNOWN}, "tasks"),
        (tokens.JOB, {"jobClusters": UNKNOWN}, "jobClusters"),
        (tokens.JOB, {"schedule": UNKNOWN}, "schedule"),
        (tokens.MODEL_SERVING, {"config": UNKNOWN}, "config"),
        (tokens.CLUSTER_POLICY, {"definition": UNKNOWN}, "definition"),
    ],
)
def test_what_only_the_update_knows_and_nothing_bounds_is_not_priced_and_said(
    token: str, props: dict[str, Any], path: str
) -> None:
    bill = priced(make(token, props=props))
    assert [(item.path, item.instead) for item in bill.deferred] == [(path, "not priced")]
    assert not bill.lines
    assert not bill.problems


@pytest.mark.parametrize(
    ("token", "known", "path", "dearest"),
    [
        (tokens.CLUSTER, D4, "autoterminationMinutes", 0),
        (tokens.FIREWALL, {}, "sku", {"tier": "Premium"}),
        (tokens.SQL_ENDPOINT, {}, "clusterSize", "4X-Large"),
        (tokens.SQL_ENDPOINT, {}, "autoStopMins", 0),
        (tokens.SQL_ENDPOINT, {}, "warehouseType", "PRO"),
        (tokens.LOG_ANALYTICS, {}, "retentionInDays", 730),
        (tokens.STORAGE_ACCOUNT, {}, "sku", {"name": "Standard_RAGZRS"}),
        (tokens.VECTOR_SEARCH, {}, "endpointType", "STORAGE_OPTIMIZED"),
    ],
)
def test_what_only_the_update_knows_and_something_bounds_is_priced_at_its_dearest(
    token: str, known: dict[str, Any], path: str, dearest: Any
) -> None:
    unknown = priced(make(token, props={**known, path: UNKNOWN}))
    assert unknown.deferred
    assert unknown.month == priced(make(token, props={**known, path: dearest})).month


def test_a_pool_of_the_same_update_is_found_by_what_its_id_is_computed_from() -> None:
    pool = make(tokens.INSTANCE_POOL, "pool", {"nodeTypeId": "Standard_D8ds_v5", "maxCapacity": 9})
    cluster = make(
        tokens.CLUSTER,
        "cluster",
        {"instancePoolId": UNKNOWN, "numWorkers": 2},
        depends={"instancePoolId": [pool.urn]},
    )
    bill = priced(pool, cluster, cluster_hours=1)
    assert not bill.problems
    assert bill.month.expected == pytest.approx(3 * (0.452 + 2 * 0.55))


@pytest.mark.parametrize(
    "definition",
    [
        "{",
        "[]",
        json.dumps({"node_type_id": {"type": "unlimited", "defaultValue": "Standard_D4ds_v5"}}),
        json.dumps({"node_type_id": {"type": "fixed", "value": "Standard_D4ds_v5"}}),
    ],
)
def test_a_policy_without_bounds_has_no_worst_hour_and_that_is_said(definition: str) -> None:
    bill = priced(make(tokens.CLUSTER_POLICY, props={"definition": definition}))
    (problem,) = bill.problems
    assert problem.judged, "COST-11 and COST-12 refuse such a policy"
    assert not bill.lines


def test_a_price_of_another_region_is_not_taken() -> None:
    """Brazil's serverless rates are in the book, its machines are not."""
    here = {"location": "brazilsouth"}
    workspace = make(tokens.WORKSPACE, "workspace", here)
    serverless = {"clusterSize": "Small", "enableServerlessCompute": True}
    bill = priced(workspace, make(tokens.SQL_ENDPOINT, props=serverless))
    assert bill.hour == pytest.approx(12 * 1.09)
    (problem,) = priced(workspace, make(tokens.CLUSTER, props=D4)).problems
    assert "in brazilsouth, only in eastus2" in problem.message


WRONG: list[Any] = [UNKNOWN, None, "", "x", -1, 0, 1e9, True, [], {}, [{}], [UNKNOWN]]
JUNK = st.sampled_from(WRONG)
WAREHOUSE: dict[str, Any] = {
    "clusterSize": "Small",
    "warehouseType": "PRO",
    "minNumClusters": 1,
    "maxNumClusters": 2,
    "autoStopMins": 10,
}
JOB: dict[str, Any] = {
    "trigger": {"periodic": {"interval": 1, "unit": "DAYS"}},
    "continuous": {"pauseStatus": "PAUSED"},
    "tasks": [{"newCluster": {**D4, "autoscale": {"minWorkers": 1, "maxWorkers": 2}}}],
}
ENDPOINT: dict[str, Any] = {
    "config": {
        "servedEntities": [
            {"workloadSize": "Small", "workloadType": "CPU", "minProvisionedConcurrency": 4}
        ]
    }
}


@settings(max_examples=300)
@given(st.data())
def test_nothing_that_stands_in_a_resource_stops_the_estimate(data: st.DataObject) -> None:
    """Any property of any priced resource, at any depth, replaced by something else."""
    items = [item for item in compliant().values() if item.type in PRICED and item.props]
    items += [Item(tokens.SQL_ENDPOINT, "full", WAREHOUSE), Item(tokens.JOB, "full", JOB)]
    items += [Item(tokens.MODEL_SERVING, "full", ENDPOINT)]
    item = data.draw(st.sampled_from(items), label="resource")
    key = data.draw(st.sampled_from(sorted(item.props)))
    props = {**item.props, key: _with_junk(item.props[key], data)}
    bill = priced(make(item.type, props=props), *(make(i.type, i.name, i.props) for i in items))
    assert 0 < bill.month.low <= bill.month.expected + 1e-6


@given(st.data())
def test_nothing_that_stands_in_a_policy_stops_the_estimate(data: st.DataObject) -> None:
    definition: dict[str, Any] = json.loads(compliant()["policy"].props["definition"])
    key = data.draw(st.sampled_from(sorted(definition)))
    wrong = [value for value in WRONG if value is not UNKNOWN and value != [UNKNOWN]]
    for kind in data.draw(st.sets(st.sampled_from(["type", "value", "values", "maxValue"]))):
        definition[key][kind] = data.draw(st.sampled_from(wrong))
    priced(make(tokens.CLUSTER_POLICY, props={"definition": json.dumps(definition)}))


def _with_junk(value: Any, data: st.DataObject) -> Any:
    if isinstance(value, dict) and value and data.draw(st.booleans()):
        mapping = cast("dict[str, Any]", value)
        key = data.draw(st.sampled_from(sorted(mapping)))
        return {**mapping, key: _with_junk(mapping[key], data)}
    if isinstance(value, list) and value and data.draw(st.booleans()):
        elements = cast("list[Any]", value)
        return [_with_junk(elements[0], data), *elements[1:]]
    return data.draw(JUNK)
