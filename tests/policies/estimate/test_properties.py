"""What holds for every bill, whatever the numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from policies import tokens
from tests.policies.estimate.making import make, priced

if TYPE_CHECKING:
    from policies.estimate.amounts import Span

NODES = ["Standard_DS3_v2", "Standard_D4ds_v5", "Standard_D8ds_v5", "Standard_E8ds_v5"]
WHOLE = st.integers(0, 40)


@st.composite
def clusters(draw: st.DrawFn) -> dict[str, Any]:
    low = draw(WHOLE)
    size: dict[str, Any] = (
        {"numWorkers": low}
        if draw(st.booleans())
        else {"autoscale": {"minWorkers": low, "maxWorkers": low + draw(WHOLE)}}
    )
    return {
        "nodeTypeId": draw(st.sampled_from(NODES)),
        "driverNodeTypeId": draw(st.sampled_from(NODES)),
        "runtimeEngine": draw(st.sampled_from(["STANDARD", "PHOTON"])),
        "autoterminationMinutes": draw(st.sampled_from([0, 20])),
        "azureAttributes": {
            "availability": draw(
                st.sampled_from(["ON_DEMAND_AZURE", "SPOT_AZURE", "SPOT_WITH_FALLBACK_AZURE"])
            ),
            "firstOnDemand": draw(st.integers(0, 10)),
        },
        **size,
    }


def cluster(props: dict[str, Any], name: str = "it", **assumed: float) -> Any:
    return priced(make(tokens.CLUSTER, name, props), **assumed)


def ordered(span: Span) -> bool:
    return span.low <= span.expected + 1e-9 and span.expected <= span.high + 1e-9


@given(clusters(), st.integers(0, 100))
def test_the_least_is_never_above_the_expected_nor_that_above_the_most(
    props: dict[str, Any], share: int
) -> None:
    bill = cluster(props, autoscale_percent=share)
    assert ordered(bill.month)
    assert all(ordered(line.charge.month) for line in bill.lines)


@given(clusters(), st.integers(1, 10))
def test_more_workers_never_cost_less(props: dict[str, Any], more: int) -> None:
    larger = dict(props)
    if "numWorkers" in props:
        larger["numWorkers"] = props["numWorkers"] + more
    else:
        scale = props["autoscale"]
        larger["autoscale"] = {**scale, "maxWorkers": scale["maxWorkers"] + more}
    before, after = cluster(props), cluster(larger)
    assert before.month.expected <= after.month.expected
    assert before.month.high < after.month.high
    assert before.hour < after.hour


@given(clusters(), st.integers(0, 700), st.integers(1, 30))
def test_more_hours_never_cost_less(props: dict[str, Any], hours: int, more: int) -> None:
    few, many = cluster(props, cluster_hours=hours), cluster(props, cluster_hours=hours + more)
    assert few.month.expected <= many.month.expected
    assert few.hour == many.hour, "the worst hour does not depend on how many there are"


@given(clusters())
def test_spot_is_never_dearer_than_on_demand(props: dict[str, Any]) -> None:
    spot = {"availability": "SPOT_AZURE", "firstOnDemand": 0}
    on_demand = {"availability": "ON_DEMAND_AZURE"}
    cheap = cluster({**props, "azureAttributes": spot})
    dear = cluster({**props, "azureAttributes": on_demand})
    assert cheap.month.expected <= dear.month.expected
    assert cheap.by("meter")["DBU all-purpose"] == dear.by("meter")["DBU all-purpose"]
    assert cheap.hour == dear.hour, "there may be no spot machine to be had"


@given(clusters(), clusters())
def test_a_stack_costs_what_its_resources_cost(one: dict[str, Any], two: dict[str, Any]) -> None:
    both = priced(make(tokens.CLUSTER, "one", one), make(tokens.CLUSTER, "two", two))
    apart = cluster(one, "one") + cluster(two, "two")
    assert both.month == apart.month
    assert both.hour == apart.hour
    assert both.by("meter") == apart.by("meter")


@given(clusters(), st.permutations(range(4)))
def test_the_order_of_resources_changes_nothing(props: dict[str, Any], order: list[int]) -> None:
    stack = [make(tokens.CLUSTER, f"c{n}", {**props, "numWorkers": n}) for n in range(4)]
    assert priced(*(stack[n] for n in order)).month == priced(*stack).month


@given(clusters(), st.integers(0, 100))
def test_a_discount_is_taken_off_dbu_alone(props: dict[str, Any], percent: int) -> None:
    full, less = cluster(props), cluster(props, discount_percent=percent)
    assert less.by("meter")["Virtual machines"] == full.by("meter")["Virtual machines"]
    wanted = full.by("meter")["DBU all-purpose"].expected * (1 - percent / 100)
    assert abs(less.by("meter")["DBU all-purpose"].expected - wanted) < 1e-6
    assert less.hour == full.hour, "a limit is no forecast"


@given(st.integers(0, 50_000), st.integers(1, 5))
def test_more_logs_storage_or_traffic_never_cost_less(gb: int, more: int) -> None:
    stack = [
        make(tokens.STORAGE_ACCOUNT, "lake", {"sku": {"name": "Standard_ZRS"}}),
        make(tokens.LOG_ANALYTICS, "logs", {"retentionInDays": 400}),
        make(tokens.NAT_GATEWAY, "nat"),
        make(tokens.PRIVATE_ENDPOINT, "endpoint"),
    ]
    names = ("storage_gb", "log_gb_per_day", "nat_gb", "endpoint_gb")
    before = priced(*stack, **dict.fromkeys(names, gb)).month
    after = priced(*stack, **dict.fromkeys(names, gb + more)).month
    assert before.expected < after.expected
    assert ordered(after)
