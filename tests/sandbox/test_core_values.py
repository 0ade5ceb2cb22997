"""Values on their way through the wire, and the comparison of old with new ones."""

from __future__ import annotations

from typing import Any

from google.protobuf.struct_pb2 import Struct
from hypothesis import given
from hypothesis import strategies as st

from sandbox import wire
from sandbox.differ import carry_over, changes
from sandbox.rules import UNKNOWN

scalars = (
    st.text()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.just(UNKNOWN)
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20
)
objects = st.dictionaries(st.text(), values)


def paths(value: Any, path: wire.Path = ()) -> list[wire.Path]:
    found = [path] if path else []
    if wire.is_object(value):
        for key, item in value.items():
            found += paths(item, (*path, key))
    if wire.is_list(value):
        for index, item in enumerate(value):
            found += paths(item, (*path, index))
    return found


@given(objects, st.data())
def test_values_and_their_secrets_come_back_as_they_went(plain: Any, data: st.DataObject) -> None:
    known = paths(plain)
    secrets = set(data.draw(st.lists(st.sampled_from(known)))) if known else set[wire.Path]()
    decoded, marked = wire.decode(wire.encode(plain, Struct(), secrets))
    assert decoded == plain
    assert marked == secrets


@given(objects)
def test_equal_values_are_no_change(plain: Any) -> None:
    assert not changes(plain, plain, ())


def test_a_null_is_an_absent_property() -> None:
    struct = Struct()
    struct.update({"a": None, "b": 1})
    assert wire.decode(struct)[0] == {"b": 1}


def changed(old: Any, new: Any, *replacing: str) -> list[tuple[str, str, bool]]:
    return [(change.path, change.kind, change.replaces) for change in changes(old, new, replacing)]


def test_changes_are_named_down_to_the_value() -> None:
    old = {"a": {"b": [1, 2]}, "gone": 1}
    new = {"a": {"b": [1, 3, 4]}, "came": 1}
    assert changed(old, new) == [
        ("a.b[1]", "update", False),
        ("a.b[2]", "add", False),
        ("gone", "delete", False),
        ("came", "add", False),
    ]


def test_a_property_inside_a_replacing_one_replaces() -> None:
    assert changed({"a": {"b": 1}}, {"a": {"b": 2}}, "a") == [("a.b", "update", True)]


def test_a_property_beside_a_replacing_one_does_not_replace() -> None:
    old, new = {"a": {"b": 1, "c": 1}}, {"a": {"b": 2, "c": 2}}
    assert changed(old, new, "a.b") == [("a.b", "update", True), ("a.c", "update", False)]


def test_a_list_element_is_found_without_its_index() -> None:
    assert changed({"a": [{"b": 1}]}, {"a": [{"b": 2}]}, "a.b") == [("a[0].b", "update", True)]


def test_true_is_not_one() -> None:
    assert changed({"a": True}, {"a": 1}) == [("a", "update", False)]


def test_the_providers_own_marks_are_no_change() -> None:
    assert not changed({"__defaults": []}, {"__defaults": ["name"]})


def test_what_the_cloud_filled_in_before_does_not_enter_the_inputs() -> None:
    inputs = {"name": "x", "nested": {"a": 1}}
    before = {"name": "x", "nested": {"a": 1, "filled": 2}, "filled": 3}
    settable = ("name", "nested", "filled")
    assert carry_over(inputs, before, before, settable) == inputs
    now = {"name": "x", "nested": {"a": 5, "filled": 2}, "filled": 4}
    assert carry_over(inputs, before, now, settable) == {
        "name": "x",
        "nested": {"a": 5},
        "filled": 4,
    }


def test_what_the_cloud_lost_leaves_the_inputs() -> None:
    assert carry_over({"a": 1, "b": 2}, {"a": 1, "b": 2}, {"a": 1}, ("a", "b")) == {"a": 1}
