"""Prefixes, service tags and port ranges, however they are written."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.addresses import all_ports, capacity, internet_in, several
from policies.model import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable

ALL = ipaddress.ip_network("0.0.0.0/0")
PRIVATE = [ipaddress.ip_network(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")]


@st.composite
def partitions(draw: Callable[[st.SearchStrategy[int]], int]) -> list[str]:
    """The whole of IPv4, cut into pieces that each may look harmless."""
    pieces = [ALL]
    for _ in range(draw(st.integers(0, 40))):
        index = draw(st.integers(0, len(pieces) - 1))
        if pieces[index].prefixlen < 32:
            pieces[index : index + 1] = list(pieces[index].subnets())
    return [str(piece) for piece in pieces]


@given(partitions())
def test_the_internet_in_pieces_is_the_internet(pieces: list[str]) -> None:
    assert internet_in(pieces) is not None


def test_the_internet_in_small_pieces_is_the_internet() -> None:
    eighths = [str(piece) for piece in ALL.subnets(new_prefix=8)]
    assert internet_in(eighths) is not None
    assert internet_in([piece for piece in eighths if not piece.startswith("10.")]) is not None


def test_the_newer_internet_in_pieces_is_the_internet_too() -> None:
    pieces = list(ipaddress.ip_network("2000::/8").subnets(new_prefix=16))
    assert internet_in([str(piece) for piece in pieces[:17]]) is not None
    assert internet_in([str(piece) for piece in pieces[:2]]) is None


@given(st.lists(st.sampled_from(PRIVATE).flatmap(
    lambda net: st.integers(net.prefixlen, 32).map(lambda length: f"{net.network_address}/{length}")
), max_size=20))  # fmt: skip
def test_an_organisation_s_own_networks_are_not(prefixes: list[str]) -> None:
    assert internet_in(prefixes) is None


@pytest.mark.parametrize("word", ["*", "Internet", "INTERNET", "any", " * ", "::/0", "::/1"])
def test_words_for_the_internet(word: str) -> None:
    assert internet_in(["VirtualNetwork", word]) == word


@pytest.mark.parametrize("word", ["VirtualNetwork", "Storage.EastUS2", "203.0.113.7", "fd00::/8"])
def test_words_for_something_else(word: str) -> None:
    assert internet_in([word, UNKNOWN]) is None


@given(st.lists(st.integers(1, 65_534), unique=True, max_size=12), st.booleans(), st.randoms())
def test_all_ports_in_pieces_are_all_ports(cuts: list[int], joined: bool, random: object) -> None:  # noqa: FBT001 - hypothesis draws it
    starts = [0, *sorted(cuts)]
    ends = [*(cut - 1 for cut in sorted(cuts)), 65_535]
    ranges = [f"{first}-{last}" for first, last in zip(starts, ends, strict=True)]
    getattr(random, "shuffle")(ranges)  # noqa: B009 - hypothesis has no public type for it
    assert all_ports([",".join(ranges)] if joined else ranges) is True
    assert all_ports(ranges[1:]) is False or ranges[0] == "0-0"


@pytest.mark.parametrize(
    ("ranges", "expected"),
    [
        (["*"], True),
        (["0-65535"], True),
        (["1-65535"], True),
        ([" 0 - 65535 "], True),
        (["0-1023", "1024-65535"], True),
        (["443", "*"], True),
        (["443"], False),
        (["0-65534"], False),
        (["2-65535"], False),
        (["20-25", "80, 443"], False),
        ([], False),
        (["https"], False),
        ([UNKNOWN], None),
        (["443", UNKNOWN], None),
        (["*", UNKNOWN], True),
    ],
)
def test_port_ranges(ranges: list[object], expected: object) -> None:
    assert all_ports(ranges) is expected


@given(st.integers(0, 29), st.integers(0, 2**32 - 1))
def test_a_subnet_has_room_for_all_but_five(length: int, address: int) -> None:
    assert capacity([f"{ipaddress.ip_address(address)}/{length}"]) == max(0, 2 ** (32 - length) - 5)


def test_prefixes_of_both_versions_count_once_as_ipv4() -> None:
    assert capacity(["10.0.0.0/26", "fd00::/64"]) == 59


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"port": "1"}, ["1"]),
        ({"ports": ["1", "2"], "port": "3"}, ["3", "1", "2"]),
        ({"ports": UNKNOWN}, [UNKNOWN]),
        (UNKNOWN, [UNKNOWN, UNKNOWN]),
        ({}, []),
    ],
)
def test_singular_and_plural_are_read_together(rule: object, expected: list[object]) -> None:
    assert several(rule, "port") == expected
