"""Which stacks there are and in which order they are deployed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine import progress, stacks

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three stacks, of which the last by name owns the shared estate."""
    for name, role in (("alpha", "reader"), ("beta", "reader"), ("omega", "owner")):
        text = f"config:\n  mlops:sharedEstate: {{role: {role}}}\n"
        (tmp_path / f"Pulumi.{name}.yaml").write_text(text)
    (tmp_path / "Pulumi.yaml").write_text("name: x\n")
    return tmp_path


def test_the_owner_of_the_shared_estate_comes_first_whatever_its_name(folder: Path) -> None:
    assert stacks.chosen([], folder) == ["omega", "alpha", "beta"]


def test_named_stacks_keep_the_order_of_deployment(folder: Path) -> None:
    assert stacks.chosen(["beta", "omega"], folder) == ["omega", "beta"]


def test_an_unknown_stack_is_refused_with_those_there_are(folder: Path) -> None:
    with pytest.raises(progress.SetupError, match=r"no stack 'prod'.*omega, alpha, beta"):
        stacks.chosen(["prod"], folder)


@pytest.mark.parametrize("text", ["", "config: [", "config: {}\n", "config: 3\n", "[" * 5000])
def test_a_stack_file_that_cannot_be_read_is_no_owners(folder: Path, text: str) -> None:
    (folder / "Pulumi.omega.yaml").write_text(text)

    assert stacks.all_stacks(folder) == ["alpha", "beta", "omega"]


def test_every_stack_of_the_project_is_judged_by_all_rules() -> None:
    for name in stacks.all_stacks():
        arguments = stacks.policy_arguments(name)
        assert arguments[0] == "--policy-pack"
        assert arguments[1].endswith("policies/platform")
        assert arguments[3].endswith(f"policies/config/{name}.json")


def test_a_stack_without_policy_configuration_is_not_deployed(folder: Path) -> None:
    with pytest.raises(progress.SetupError, match=r"no policy configuration.*alpha\.json"):
        stacks.policy_arguments("alpha", folder)
