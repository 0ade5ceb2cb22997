"""Which resource another one means."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies import tokens
from policies.model import UNKNOWN, Resource, Stack
from policies.references import Mentions, Names, below, has_id, has_name, refers, type_in
from policies.verdicts import both, some
from tests.policies.harness import urn

GROUP = "/subscriptions/0000/resourceGroups/rg"
ID = f"{GROUP}/providers/Microsoft.KeyVault/vaults/kv"
VAULT = Resource(urn(tokens.VAULT, "vault"), tokens.VAULT, "vault", {"vaultName": "kv"})
UNNAMED = Resource(urn(tokens.VAULT, "vault"), tokens.VAULT, "vault", {})
MADE = Resource(urn(tokens.VAULT, "vault"), tokens.VAULT, "vault", {}, outputs={"id": ID})


def source(*computed_from: str, **props: object) -> Resource:
    return Resource("urn", "a:b:C", "source", props, dependencies={"target": computed_from})


@pytest.mark.parametrize("target", [VAULT, MADE])
@given(flips=st.lists(st.booleans(), min_size=len(ID), max_size=len(ID)), slash=st.booleans())
def test_letter_case_and_a_last_slash_mean_nothing(
    target: Resource,
    flips: list[bool],
    slash: bool,  # noqa: FBT001 - hypothesis names it
) -> None:
    written = "".join(c.swapcase() if flip else c for c, flip in zip(ID, flips, strict=True))
    assert has_id(written + "/" * slash, source(), "target", target) is True


@pytest.mark.parametrize("target", [VAULT, MADE])
@given(tail=st.from_regex(r"[a-z0-9-]{1,8}", fullmatch=True))
def test_a_longer_name_is_another_resource(target: Resource, tail: str) -> None:
    assert has_id(ID + tail, source(), "target", target) is False
    assert has_id(f"{ID}/secrets/{tail}", source(), "target", target) is True


@pytest.mark.parametrize("value", [UNKNOWN, None])
@pytest.mark.parametrize(
    ("computed_from", "expected"),
    [
        ([VAULT.urn], True),
        ([urn(tokens.RESOURCE_GROUP, "rg"), VAULT.urn], True),
        # Of another vault, or of another kind of target: not this one.
        ([urn(tokens.VAULT, "other")], False),
        ([urn(tokens.STORAGE_ACCOUNT, "lake")], False),
        # Put together from a group's name, or from another stack's outputs: anybody's.
        ([urn(tokens.RESOURCE_GROUP, "rg")], None),
        ([], None),
    ],
)
def test_what_is_not_known_is_told_by_what_it_is_computed_from(
    value: object, computed_from: list[str], expected: object
) -> None:
    assert has_id(value, source(*computed_from), "target", VAULT) is expected


def test_an_id_of_something_without_a_known_name_is_left_open() -> None:
    assert has_id(ID, source(), "target", UNNAMED) is None
    assert has_id(ID, source(UNNAMED.urn), "target", UNNAMED) is True
    assert has_id(7, source(), "target", VAULT) is False


@pytest.mark.parametrize(
    ("value", "target", "expected"),
    [
        ("KV", VAULT, True),
        ("kv2", VAULT, False),
        (None, VAULT, False),
        (UNKNOWN, VAULT, None),
        ("kv", UNNAMED, None),
    ],
)
def test_names(value: object, target: Resource, expected: object) -> None:
    assert has_name(source(target=value), "target", target) is expected


def test_a_name_that_is_computed_from_the_resource_is_its_own() -> None:
    assert has_name(source(VAULT.urn, target=UNKNOWN), "target", VAULT) is True
    other = urn(tokens.VAULT, "other")
    assert has_name(source(other, target=UNKNOWN), "target", VAULT) is False


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (GROUP, True),
        (GROUP.upper() + "/", True),
        ("/subscriptions/0000", True),
        (ID, True),
        ("/subscriptions/000", False),
        (f"{GROUP}2", False),
        (f"{ID}/secrets/x", False),
        ("", False),
        ("/", False),
        (UNKNOWN, False),
    ],
)
def test_scopes(scope: object, expected: object) -> None:
    assert below(scope, ID) is expected


def test_the_type_in_a_urn_is_that_of_the_innermost_resource_without_its_version() -> None:
    nested = "urn:pulumi:dev::p::my:mod:Comp$azure-native:network/v20240501:Subnet::name"
    assert type_in(nested) == tokens.SUBNET
    assert type_in("nonsense") == ""


VERDICTS = st.lists(st.sampled_from([True, False, None]), max_size=6)


@given(VERDICTS)
def test_an_open_verdict_decides_only_where_no_other_does(verdicts: list[bool | None]) -> None:
    assert some(verdicts) is (True if True in verdicts else None if None in verdicts else False)
    assert both(*verdicts) is (False if False in verdicts else None if None in verdicts else True)


def test_order_follows_chains_and_survives_circles() -> None:
    a, b, c = (Resource(name, "t", name, {}) for name in "abc")
    stack = Stack([a, b, c], {"c": ["x"], "x": ["b", "c"], "b": ["a"], "a": []})
    assert stack.comes_after(c, a)
    assert not stack.comes_after(a, c)
    assert not stack.comes_after(a, a)


VALUES = st.sampled_from(
    [UNKNOWN, None, ID, ID.upper() + "/", f"{ID}/secrets/one", f"{ID}2", GROUP, "kv", "/", "", 7]
)
SOURCES = st.sets(
    st.sampled_from([VAULT.urn, urn(tokens.VAULT, "other"), urn(tokens.RESOURCE_GROUP, "rg")])
)


@given(st.lists(st.tuples(VALUES, SOURCES, st.sampled_from([True, False, None]))))
@pytest.mark.parametrize("target", [VAULT, UNNAMED, MADE])
def test_among_many_values_each_means_what_it_means_alone(
    target: Resource, many: list[tuple[object, set[str], bool | None]]
) -> None:
    mentions = Mentions((value, source(*urns), "target", fits) for value, urns, fits in many)
    alone = [
        both(has_id(value, source(*urns), "target", target), fits) for value, urns, fits in many
    ]
    assert mentions.verdict(target, lambda fits: fits) is some(alone)


@given(st.lists(st.tuples(VALUES, SOURCES, st.sampled_from([True, False, None]))))
@pytest.mark.parametrize("target", [VAULT, UNNAMED])
def test_among_many_names_each_means_what_it_means_alone(
    target: Resource, many: list[tuple[object, set[str], bool | None]]
) -> None:
    names = Names((value, source(*urns), "target", fits) for value, urns, fits in many)
    alone = [
        both(has_name(source(*urns, target=value), "target", target), fits)
        for value, urns, fits in many
    ]
    assert names.verdict(target, lambda fits: fits) is some(alone)


def test_what_is_found_by_a_resource_keeps_its_order() -> None:
    mentions = Mentions((value, source(), "target", value) for value in [UNKNOWN, ID, 7, ID + "/x"])
    surely, perhaps = mentions.of(MADE)
    assert surely == [ID, ID + "/x"]
    assert list(perhaps) == [UNKNOWN]


@pytest.mark.parametrize(
    ("computed_from", "expected"),
    [
        ([VAULT.urn], True),
        ([urn(tokens.VAULT, "other")], False),
        # A lookup or a generated name may be any vault's: no violation that the update disproves.
        ([urn(tokens.RESOURCE_GROUP, "rg")], None),
        ([], None),
    ],
)
def test_what_a_property_will_refer_to_is_told_by_resources_of_the_same_kind(
    computed_from: list[str], expected: object
) -> None:
    assert refers(source(*computed_from, target=UNKNOWN), "target", VAULT, "kv") is expected


def test_a_literal_refers_to_what_is_called_so() -> None:
    assert refers(source(target="KV"), "target", VAULT, UNKNOWN, "kv") is True
    assert refers(source(target=17), "target", VAULT, "17") is True
    assert refers(source(target="other"), "target", VAULT, "kv") is False
    assert refers(source(target="other"), "target", VAULT, UNKNOWN, "kv") is None
    assert refers(source(), "target", VAULT, "kv") is False
