"""What remedies change, and what they leave alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from google.protobuf import json_format
from hypothesis import given
from hypothesis import strategies as st

from policies import registry
from policies.evaluate import Active
from policies.model import SECRET_SIGNATURE, SIGNATURE, UNKNOWN, Resource, plain
from policies.registry import EVERYWHERE, rule
from policies.remedy import correct
from tests.policies.compliant import compliant
from tests.policies.harness import (
    ABSENT,
    CONTEXT,
    UNKNOWN_STRING,
    Item,
    Secret,
    analyze_request,
    configure_request,
    on_the_wire,
    platform,
)
from tests.policies.test_adapter import one_rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from policies.findings import Violation

TLS = "sec-14-storage-encrypted-transport"
BLOBS = "sec-15-storage-no-anonymous-blobs"
TAGS = "cost-01-azure-tags"
REMEDIABLE = {
    TLS: {"enforcementLevel": "remediate"},
    BLOBS: {"enforcementLevel": "remediate"},
    TAGS: {
        "enforcementLevel": "remediate",
        "remedyTags": {"owner": "platform", "env": "prod", "unasked": "x"},
    },
}


def remediate(item: Item, settings: Mapping[str, Any] = REMEDIABLE) -> list[tuple[str, Any]]:
    """The rules that corrected a resource, each with the inputs it sent back."""
    analyzer = platform()
    analyzer.Configure(configure_request(settings), CONTEXT)
    answer = analyzer.Remediate(analyze_request(item), CONTEXT)
    return [
        (entry.policyName, json_format.MessageToDict(entry.properties))
        for entry in answer.remediations
    ]


def lake(**changes: Any) -> Item:
    item = compliant()["lake"]
    for path, value in changes.items():
        item = item.with_value(path, value)
    return item


@pytest.mark.parametrize("value", ["TLS1_0", "TLS1_1", ABSENT])
def test_a_weak_transport_is_raised_to_the_least_that_is_accepted(value: Any) -> None:
    ((name, props),) = remediate(lake(minimumTlsVersion=value, enableHttpsTrafficOnly=False))
    assert name == TLS
    assert props["minimumTlsVersion"] == "TLS1_2"
    assert props["enableHttpsTrafficOnly"] is True
    assert props["accountName"] == "mlopsprodlake"


def test_a_newer_transport_is_not_lowered() -> None:
    ((_, props),) = remediate(lake(minimumTlsVersion="TLS1_3", enableHttpsTrafficOnly=False))
    assert props["minimumTlsVersion"] == "TLS1_3"


def test_anonymous_reading_is_switched_off_on_accounts_and_containers() -> None:
    container = compliant()["lake-data"].with_value("publicAccess", "Blob")
    assert remediate(container) == [(BLOBS, {"publicAccess": "None"})]
    ((_, props),) = remediate(lake(allowBlobPublicAccess=True))
    assert props["allowBlobPublicAccess"] is False


def test_missing_tags_get_the_configured_values_and_others_stay() -> None:
    tags = {"owner": "mine", "cost-center": "1", "project": "p", "data-class": "internal"}
    ((name, props),) = remediate(lake(tags=tags))
    assert name == TAGS
    assert props["tags"] == {**tags, "env": "prod"}


def test_each_remedy_sees_what_the_one_before_it_has_made() -> None:
    (first, once), (second, twice) = remediate(
        lake(minimumTlsVersion="TLS1_0", allowBlobPublicAccess=True)
    )
    assert (first, second) == (TLS, BLOBS)
    assert once["allowBlobPublicAccess"] is True
    assert (twice["minimumTlsVersion"], twice["allowBlobPublicAccess"]) == ("TLS1_2", False)


@pytest.mark.parametrize("level", ["mandatory", "advisory", "disabled"])
def test_at_any_other_level_nothing_is_changed(level: str) -> None:
    settings = {TLS: {"enforcementLevel": level}}
    assert remediate(lake(minimumTlsVersion="TLS1_0"), settings) == []


def test_a_kept_rule_changes_nothing() -> None:
    assert remediate(lake()) == []


def test_an_unknown_value_is_left_alone() -> None:
    assert remediate(lake(minimumTlsVersion=UNKNOWN)) == []
    ((_, props),) = remediate(lake(minimumTlsVersion=UNKNOWN, enableHttpsTrafficOnly=False))
    assert props["minimumTlsVersion"] == UNKNOWN_STRING


def test_a_secret_beside_the_change_stays_wrapped() -> None:
    item = lake(tags={"owner": Secret("hush"), "cost-center": "1", "project": Secret("p")})
    ((_, props),) = remediate(item)
    secret = {SIGNATURE: SECRET_SIGNATURE, "value": "hush"}
    assert props["tags"]["owner"] == secret
    assert props["tags"]["env"] == "prod"


def test_a_secret_mapping_stays_a_secret_with_the_change_inside() -> None:
    ((_, props),) = remediate(lake(tags=Secret({"owner": "me"})))
    assert props["tags"][SIGNATURE] == SECRET_SIGNATURE
    assert props["tags"]["value"] == {"owner": "me", "env": "prod"}


def test_what_a_remedy_leaves_is_a_mandatory_violation() -> None:
    analyzer = platform()
    analyzer.Configure(configure_request({TAGS: {"enforcementLevel": "remediate"}}), CONTEXT)
    found = analyzer.Analyze(analyze_request(lake(tags={})), CONTEXT).diagnostics
    assert [item.enforcementLevel for item in found if item.policyName == TAGS] == [1]


def test_a_failing_remedy_is_reported_without_the_values_it_read() -> None:
    def broken(resource: Resource, _config: object) -> Iterator[Violation]:
        yield from registry.load()[TLS].check(resource, {})  # pyright: ignore[reportArgumentType,reportReturnType] - a resource rule

    def crash(props: Mapping[str, Any], _config: object) -> Mapping[str, Any]:
        raise KeyError(props["minimumTlsVersion"])

    resource = Resource("urn", "t", "n", {"minimumTlsVersion": "dapi0123456789"})
    active = Active(one_rule(broken, remedy=crash), "remediate", {})
    correction = correct(active, resource, {"minimumTlsVersion": "dapi0123456789"})
    assert correction is not None
    assert "the remedy of sec-99-of-a-test itself failed with KeyError in crash" in (
        correction.failure
    )
    assert "dapi" not in correction.failure


def test_a_stack_rule_cannot_have_a_remedy() -> None:
    with pytest.raises(ValueError, match="the engine offers stack rules none"):
        rule(
            "sec-98-of-a-test", title="T", severity="low", rationale=".", remediation=".",
            types=[], levels=EVERYWHERE, scope="stack", remedy=lambda props, _: props,
        )(lambda _stack, _config: iter(()))  # fmt: skip


@pytest.mark.parametrize("name", [n for n, r in registry.load().items() if r.remedy])
def test_every_remedy_satisfies_its_own_rule(name: str) -> None:
    """Whatever a case of the rule breaks is whole afterwards, or the remedy had no answer."""
    from tests.policies.cases import load
    from tests.policies.test_rules import changed

    settings: dict[str, dict[str, Any]] = {name: {"enforcementLevel": "remediate"}}
    if name == TAGS:
        wanted = registry.load()[name].defaults()["required"]
        settings[name] |= {"remedyTags": dict.fromkeys(wanted, "x")}
    corrected = 0
    for case in load():
        if case.rule != name or case.expected != "fails":
            continue
        item = next(each for each in changed(case) if each.name == case.resource)
        answers = remediate(item, settings)
        corrected += len(answers)
        for _, props in answers:
            analyzer = platform([registry.load()[name]])
            fixed = Item(item.type, item.name, props)
            assert list(analyzer.Analyze(analyze_request(fixed), CONTEXT).diagnostics) == []
            assert remediate(fixed, settings) == []
    assert corrected > 0


LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(-9, 9), st.text("xyz", max_size=3), st.just(UNKNOWN)
)
VALUES = st.recursive(
    st.one_of(LEAVES, LEAVES.map(Secret)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
    ),
    max_leaves=8,
)
PROPS = st.dictionaries(st.sampled_from("abcd"), VALUES, max_size=4)


def corrected_by(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any] | None:
    from policies.findings import Violation

    def always(_resource: Resource, _config: object) -> Iterator[Violation]:
        yield Violation("broken")

    wire = on_the_wire(before)
    secrets: set[str] = set()
    resource = Resource("urn", "t", "n", plain(wire, secrets), secrets=frozenset(secrets))

    def remedy(_props: Mapping[str, Any], _config: object) -> Mapping[str, Any]:
        return after

    active = Active(one_rule(always, remedy=remedy), "remediate", {})
    correction = correct(active, resource, wire)
    return None if correction is None else correction.wire


@given(PROPS)
def test_a_remedy_that_changes_nothing_sends_nothing(before: dict[str, Any]) -> None:
    assert corrected_by(before, plain(on_the_wire(before))) is None


@given(PROPS, st.text("xyz", max_size=3))
def test_a_change_of_one_property_leaves_every_other_as_it_was(
    before: dict[str, Any], value: str
) -> None:
    wanted = {**plain(on_the_wire(before)), "changed": value}
    wire = corrected_by(before, wanted)
    assert wire == {**on_the_wire(before), "changed": value}


@given(PROPS, PROPS)
def test_no_unknown_value_is_ever_replaced(before: dict[str, Any], after: dict[str, Any]) -> None:
    plain_before, plain_after = plain(on_the_wire(before)), plain(on_the_wire(after))
    wire = corrected_by(before, plain_after)
    seen = plain_before if wire is None else plain(wire)
    for key, value in plain_before.items():
        if value is UNKNOWN:
            assert seen[key] is UNKNOWN
