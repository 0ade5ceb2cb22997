"""The parsers behind the Databricks rules, on whatever somebody may write."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.requirements import InvalidRequirement, Requirement

from policies import tokens
from policies.findings import Deferred, Violation
from policies.literals import FORMS, is_reference, looks_secret, texts
from policies.model import UNKNOWN, Resource
from policies.policy_language import UNITY_CATALOG_MODES, bounded, definition_of
from policies.privileges import held, privilege
from policies.registry import load
from policies.requirements import is_pinned, is_pinned_maven
from policies.runtimes import RUNTIMES, problem_with, version_of
from policies.undecided import PARTLY_UNDECIDED, UNDECIDED

if TYPE_CHECKING:
    import re

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    # JSON has neither NaN nor infinity.
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)
MODE = "data_security_mode"


def policy(definition: Any) -> Resource:
    return Resource("urn", tokens.CLUSTER_POLICY, "policy", {"definition": definition})


def governed(value: Any) -> bool:
    return value in UNITY_CATALOG_MODES


# Cluster policies.
@given(st.text() | JSON.map(json.dumps) | JSON)
def test_any_definition_is_read_or_refused_and_never_breaks_the_reader(definition: Any) -> None:
    found = definition_of(policy(definition))
    assert isinstance(found, (dict, Violation, Deferred))


@given(JSON)
def test_no_limitation_but_fixed_and_listed_bounds_a_word(limitation: Any) -> None:
    found = definition_of(policy(json.dumps({MODE: limitation})))
    assert isinstance(found, dict)
    if bounded(found, MODE, governed):
        assert limitation["type"] in ("fixed", "allowlist")
        admitted = limitation["values"] if "values" in limitation else [limitation["value"]]
        assert all(map(governed, admitted))


@given(st.lists(st.sampled_from([*UNITY_CATALOG_MODES, "NONE", "", None]), max_size=4))
def test_a_list_is_as_safe_as_its_least_safe_value(values: list[Any]) -> None:
    found = definition_of(policy(json.dumps({MODE: {"type": "allowlist", "values": values}})))
    assert isinstance(found, dict)
    assert bounded(found, MODE, governed) == (bool(values) and all(map(governed, values)))


# Runtimes.
VARIANTS = ("scala2.12", "scala2.13", "cpu-ml-scala2.13", "gpu-ml-scala2.12", "photon-scala2.12")


@given(st.sampled_from(sorted(RUNTIMES)), st.sampled_from(VARIANTS), st.dates())
def test_a_runtime_passes_until_its_last_day_when_it_is_long_term(
    version: str, variant: str, today: date
) -> None:
    key = f"{version}.x-{variant}"
    runtime = RUNTIMES[version]
    assert version_of(key) == version
    supported = runtime.lts and runtime.ends is not None and today <= runtime.ends
    assert (problem_with(key, today) is None) == supported


@given(st.text() | JSON)
def test_nothing_but_a_runtime_s_key_or_alias_passes(key: Any) -> None:
    if problem_with(key, date.min) is None:
        assert key.startswith("auto:") or RUNTIMES[str(version_of(key))].lts


def test_a_long_term_runtime_has_a_last_day() -> None:
    assert all(runtime.ends for runtime in RUNTIMES.values() if runtime.lts)


@pytest.mark.parametrize(
    ("alias", "passes"),
    [
        ("auto:latest-lts-ml", True),
        ("auto:latest-lts", True),
        ("auto:prev-lts-ml-gpu", True),
        ("auto:latest", False),
        ("auto:latest-ml", False),
        ("auto:prev-major", False),
        ("auto:latest-lts-ml ", False),
        ("AUTO:LATEST-LTS", False),
    ],
)
def test_an_alias_passes_when_it_is_a_long_term_one(alias: str, *, passes: bool) -> None:
    assert (problem_with(alias, date(2026, 11, 1)) is None) == passes


# Privileges.
@given(st.lists(st.sampled_from(["ALL", "PRIVILEGES", "USE", "CATALOG"]), min_size=1, max_size=3))
def test_a_privilege_has_one_spelling_whatever_its_case_and_spaces(parts: list[str]) -> None:
    expected = "_".join(parts)
    for spelling in (" ".join(parts), "_".join(parts).lower(), "  ".join(parts).title()):
        assert privilege(spelling) == expected


@given(st.lists(st.sampled_from(["SELECT", "use schema", UNKNOWN, None, 1])))
def test_what_is_held_is_complete_only_without_an_unknown(listed: list[Any]) -> None:
    known, complete = held({"privileges": listed})
    assert complete == (UNKNOWN not in listed)
    assert known <= {"SELECT", "USE_SCHEMA"}


# Requirements.
NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9._-]{0,8}[A-Za-z0-9]", fullmatch=True)
VERSIONS = st.from_regex(r"[0-9]{1,2}(\.[0-9]{1,2}){0,2}(rc1|\.post1|\+cpu)?", fullmatch=True)
OPERATORS = st.sampled_from(["==", "===", ">=", "<=", "~=", "!=", "<", ">"])


@given(NAMES, OPERATORS, VERSIONS, st.sampled_from(["", "[extra]"]), st.sampled_from(["", ".*"]))
def test_a_requirement_is_pinned_exactly_by_equality(
    name: str, operator: str, version: str, extra: str, wildcard: str
) -> None:
    line = f"{name}{extra}{operator}{version}{wildcard}"
    try:
        parsed = Requirement(line)
    except InvalidRequirement:
        return
    operators = [item.operator for item in parsed.specifier]
    exact = operators in (["=="], ["==="]) and not wildcard
    assert is_pinned(line) == exact


@given(st.text())
def test_a_line_that_is_no_requirement_never_breaks_the_reader(line: str) -> None:
    assert is_pinned(line) in (True, False)
    assert is_pinned_maven(line) in (True, False)


@pytest.mark.parametrize(
    "line",
    [
        "scikit-learn == 1.7.2",
        "pandas==2.3.3 ; python_version >= '3.11'",
        "pandas==2.3.3 --hash=sha256:abc --hash=sha256:def",
        "/Volumes/c/s/v/churn-1.0.0-py3-none-any.whl",
        "./dist/churn-1.0.0-py3-none-any.whl",
        "${workspace.file_path}/dist/churn-1.0.0-py3-none-any.whl",
        "-r /Workspace/platform/requirements.txt",
        "git+https://github.com/a/b@" + "0" * 40,
        "churn @ https://example.com/churn.whl#sha256=" + "0" * 64,
    ],
)
def test_every_way_of_pinning_is_accepted(line: str) -> None:
    assert is_pinned(line)


# Literals.
@given(JSON)
def test_every_text_of_a_structure_is_seen_once(value: Any) -> None:
    def count(item: Any) -> int:
        if isinstance(item, dict):
            return sum(map(count, item.values()))  # pyright: ignore[reportUnknownArgumentType,reportUnknownVariableType] - any JSON
        if isinstance(item, list):
            return sum(map(count, item))  # pyright: ignore[reportUnknownArgumentType,reportUnknownVariableType] - any JSON
        return isinstance(item, str)

    assert len(list(texts(value))) == count(value)


@given(st.text(), st.text())
def test_only_a_whole_reference_is_one(before: str, after: str) -> None:
    reference = "{{secrets/vault/key}}"
    assert is_reference(before + reference + after) == (not before and not after)


@given(st.text())
def test_no_value_is_secret_under_a_plain_name_unless_by_its_form(value: str) -> None:
    assert looks_secret("stage", value) == looks_secret("region", value)


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@settings(max_examples=10)  # each is made from the form itself
@given(st.data())
def test_whatever_has_the_form_of_a_secret_is_one(
    form: re.Pattern[str], data: st.DataObject
) -> None:
    assert looks_secret("stage", data.draw(st.from_regex(form, fullmatch=True)))


# What no rule decides.
def test_every_databricks_control_has_a_rule_or_a_reason() -> None:
    ruled = {rule.id for rule in load().values()}
    controls = {f"SEC-{number}" for number in range(40, 75)}
    controls |= {f"ML-{number:02}" for number in range(1, 24)}
    assert controls - ruled == {item.id for item in UNDECIDED if item.id in controls}
    assert {item.id for item in PARTLY_UNDECIDED} <= ruled
