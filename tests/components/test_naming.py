"""Physical names fit where Azure puts them, and no two of them meet."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.naming import Names
from sandbox.azure import names as azure_names

WORDS = st.from_regex(r"[a-z][a-z0-9]{1,7}", fullmatch=True)
NAMES = st.builds(Names, prefix=WORDS, environment=WORDS, subscription_id=st.uuids().map(str))


@given(NAMES, st.sampled_from(["ws", "ct", "rg"]))
def test_a_storage_account_s_name_is_one_that_azure_takes(names: Names, role: str) -> None:
    pattern, _ = azure_names.NAME_RULES["azure-native:storage:StorageAccount"]
    assert re.fullmatch(pattern, names.globally_unique(role))


@given(NAMES, NAMES, st.sampled_from(["ws", "ct", "rg"]), st.sampled_from(["ws", "ct", "rg"]))
def test_global_names_meet_only_where_everything_they_are_made_of_does(
    one: Names, two: Names, role: str, other: str
) -> None:
    same = (one, role) == (two, other)
    assert (one.globally_unique(role) == two.globally_unique(other)) == same


@given(NAMES)
def test_the_workspace_s_name_is_one_that_azure_takes(names: Names) -> None:
    pattern, _ = azure_names.NAME_RULES["azure-native:databricks:Workspace"]
    assert re.fullmatch(pattern, names.of("workspace"))
    assert names.workspace_id.endswith(f"/workspaces/{names.of('workspace')}")


def test_a_role_too_long_for_a_global_name_is_refused_with_the_fix() -> None:
    names = Names(prefix="platform", environment="staging1", subscription_id="s")
    with pytest.raises(ValueError, match="use a shorter role than archive"):
        names.globally_unique("archive")
