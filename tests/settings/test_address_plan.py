"""Any address plan is either sound, as Azure and Databricks need it, or refused."""

from __future__ import annotations

import json
from ipaddress import IPv4Network
from itertools import combinations

from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import ValidationError

from settings.network import NetworkSettings

SPACES = [IPv4Network(cidr) for cidr in ("10.4.0.0/16", "172.20.0.0/20", "192.168.8.0/22")]
KEYS = ("hostSubnet", "containerSubnet", "endpointSubnet")


def block(space: IPv4Network, prefix: int, index: int) -> IPv4Network:
    """The block of this length at this place, counted around the end of the address space."""
    size = 2 ** (32 - prefix)
    index %= space.num_addresses // size
    return IPv4Network((int(space.network_address) + index * size, prefix))


@st.composite
def plans(draw: st.DrawFn) -> tuple[IPv4Network, ...]:
    """Plans of which about half are sound."""
    space = draw(st.sampled_from(SPACES))
    host = draw(st.integers(space.prefixlen + 1, 28))
    container = draw(st.sampled_from([host, host, host, min(host + 1, 30)]))
    prefixes = (host, container, draw(st.integers(24, 30)))
    return (space, *(block(space, prefix, draw(st.integers(0, 15))) for prefix in prefixes))


def sound(space: IPv4Network, host: IPv4Network, container: IPv4Network, ends: IPv4Network) -> bool:
    """What the clouds need, written apart from the settings: blocks as sets of addresses."""
    return (
        len({host.num_addresses, container.num_addresses}) == 1
        and host.num_addresses >= 64
        and ends.num_addresses >= 16
        and all(
            int(a.broadcast_address) < int(b.network_address)
            or int(b.broadcast_address) < int(a.network_address)
            for a, b in combinations((host, container, ends), 2)
        )
        and all(block.subnet_of(space) for block in (host, container, ends))
    )


def accepted(space: IPv4Network, *subnets: IPv4Network) -> NetworkSettings | None:
    keys = {"addressSpace": str(space)} | dict(zip(KEYS, map(str, subnets), strict=True))
    try:
        return NetworkSettings.model_validate_json(json.dumps(keys))
    except ValidationError:
        return None


@given(plans())
def test_a_plan_is_accepted_exactly_when_it_is_sound(plan: tuple[IPv4Network, ...]) -> None:
    space, host, container, ends = plan
    assert (accepted(*plan) is not None) == sound(space, host, container, ends)


@given(st.sampled_from(SPACES), st.integers(18, 26))
def test_an_accepted_plan_holds_as_many_nodes_as_it_says(space: IPv4Network, prefix: int) -> None:
    assume(prefix >= space.prefixlen + 2)
    host, container, ends = list(space.subnets(new_prefix=prefix))[:3]
    plan = accepted(space, host, container, ends)
    assert plan is not None
    # Azure keeps five addresses of each subnet, and a node takes one of each.
    assert plan.node_capacity == 2 ** (32 - prefix) - 5


@given(st.sampled_from(SPACES), st.sampled_from(KEYS))
def test_a_block_outside_the_address_space_is_refused(space: IPv4Network, key: str) -> None:
    inside = list(space.subnets(new_prefix=26))[:3]
    subnets: dict[str, IPv4Network] = dict(zip(KEYS, inside, strict=True))
    subnets[key] = IPv4Network("10.200.0.0/26")
    assert accepted(space, *subnets.values()) is None
