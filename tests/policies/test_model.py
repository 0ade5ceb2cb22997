"""What a rule sees of a resource."""

from __future__ import annotations

import pytest
from pulumi_policy import proxy

from policies import model
from policies.findings import show
from policies.model import UNKNOWN, Resource, Stack, dig, normalise, plain


@pytest.mark.parametrize(
    "token",
    [
        "azure-native:network:Subnet",
        "azure-native:network/v20240501:Subnet",
        "azure-native:network/v20240501preview:Subnet",
        "azure-native_network_v20240501:network:Subnet",
    ],
)
def test_every_api_version_of_a_type_is_the_same_type(token: str) -> None:
    assert normalise(token) == "azure-native:network:Subnet"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("azure-native:insights:DiagnosticSetting", "azure-native:monitor:DiagnosticSetting"),
        ("azure-native:network/v20200601:PrivateZone", "azure-native:privatedns:PrivateZone"),
    ],
)
def test_a_type_that_moved_is_found_where_it_is_now(old: str, new: str) -> None:
    assert normalise(old) == new


@pytest.mark.parametrize(
    "token", ["databricks:index/catalog:Catalog", "pulumi:pulumi:Stack", "mlops:net:Net", ""]
)
def test_other_providers_tokens_stay_as_they_are(token: str) -> None:
    assert normalise(token) == token


def test_the_markers_of_unknown_values_are_those_of_the_policy_sdk() -> None:
    known = {value for key, value in vars(proxy).items() if key.startswith("UNKNOWN_")}
    assert known == model.UNKNOWN_MARKERS


def test_unknown_values_are_told_apart_at_any_depth() -> None:
    marker = proxy.UNKNOWN_OBJECT_VALUE
    assert plain({"a": [{"b": marker}], "c": marker}) == {"a": [{"b": UNKNOWN}], "c": UNKNOWN}


def test_whole_numbers_lose_their_point_and_others_keep_it() -> None:
    values = plain({"workers": 4.0, "bid": 0.5, "on": True, "none": None})
    assert values == {"workers": 4, "bid": 0.5, "on": True, "none": None}
    assert type(values["workers"]) is int
    assert values["on"] is True


def test_secrets_are_unwrapped_and_remembered() -> None:
    secrets: set[str] = set()
    wrapped = {model.SIGNATURE: model.SECRET_SIGNATURE, "value": {"inner": "hush-hush"}}
    value = plain({"key": wrapped, "clientSecret": "geheim-geheim"}, secrets)
    assert value == {"key": {"inner": "hush-hush"}, "clientSecret": "geheim-geheim"}
    assert secrets == {"hush-hush", "geheim-geheim"}


def test_a_switch_under_a_suspicious_name_is_no_secret() -> None:
    secrets: set[str] = set()
    plain({"enableTokensConfig": "false"}, secrets)
    assert secrets == set()


def test_an_unknown_value_has_no_truth() -> None:
    with pytest.raises(TypeError, match="neither true nor false"):
        bool(UNKNOWN)


@pytest.mark.parametrize(
    ("path", "expected"),
    [("a.b", 1), ("a.c", None), ("x", None), ("a.b.c", None), ("u", UNKNOWN), ("u.v.w", UNKNOWN)],
)
def test_a_path_reads_values_absence_and_ignorance(path: str, expected: object) -> None:
    assert dig({"a": {"b": 1}, "u": UNKNOWN}, path) == expected


def test_a_resource_reads_its_own_properties() -> None:
    resource = Resource("urn", "type", "name", {"sku": {"name": "premium"}})
    assert resource.get("sku.name") == "premium"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "not set"),
        (UNKNOWN, "not known yet"),
        (True, "true"),
        (4, "4"),
        ("Enabled", "'Enabled'"),
        (["x"], "a list"),
        ({"x": 1}, "an object"),
    ],
)
def test_messages_show_scalars_and_name_the_kind_of_the_rest(value: object, shown: str) -> None:
    assert show(value) == shown


def test_what_comes_after_is_told_over_any_number_of_steps() -> None:
    a, b, c = (Resource(urn, "type", urn, {}) for urn in "abc")
    stack = Stack([a, c], {"c": ["b"], "b": ["a", "provider"]})
    assert stack.comes_after(c, a)
    assert stack.comes_after(c, b)
    assert not stack.comes_after(a, c)
    assert not stack.comes_after(a, a)


def test_a_circle_ends_the_search() -> None:
    a, b, c = (Resource(urn, "type", urn, {}) for urn in "abc")
    stack = Stack([a, b], {"a": ["b"], "b": ["a"]})
    assert stack.comes_after(a, b)
    assert stack.comes_after(b, a)
    assert not stack.comes_after(a, c)
    assert not stack.comes_after(a, a)


def test_what_rules_share_is_made_once_and_given_up_after_the_last_rule() -> None:
    resource = Resource("urn", "type", "name", {"a": "B"})
    made: list[Resource] = []

    def view(of: Resource) -> int:
        made.append(of)
        return len(made)

    assert [resource.once(view), resource.once(view)] == [1, 1]
    resource.forget()
    assert resource.once(view) == 2
    assert resource == Resource("urn", "type", "name", {"a": "B"})


def test_what_a_resource_says_stands_in_it_written_out() -> None:
    resource = Resource("urn", "type", "name", {"tasks": [{"path": "DBFS:/a"}, UNKNOWN]})
    assert "dbfs:/a" in resource.written()
    assert "unknown" in resource.written()
