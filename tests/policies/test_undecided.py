"""No control is forgotten: each has a rule, or a reason why it cannot have one."""

from __future__ import annotations

import pytest

from policies import reference, registry
from policies.undecided import UNDECIDED

WITH_RULE = {rule.id for rule in registry.load().values()}
WITHOUT_RULE = [control.id for control in UNDECIDED]
# The last number of each catalogue whose controls are all here.
CATALOGUES = {"SEC": 74, "COST": 33, "REL": 20, "ML": 23}


@pytest.mark.parametrize(("prefix", "last"), CATALOGUES.items())
def test_every_control_has_a_rule_or_a_reason(prefix: str, last: int) -> None:
    controls = {f"{prefix}-{number:02}" for number in range(1, last + 1)}
    assert controls - WITH_RULE - set(WITHOUT_RULE) == set()


def test_no_control_has_both() -> None:
    assert WITH_RULE & set(WITHOUT_RULE) == set()
    assert len(WITHOUT_RULE) == len(set(WITHOUT_RULE))


@pytest.mark.parametrize("control", UNDECIDED, ids=lambda control: control.id)
def test_a_reason_and_its_substitute_are_in_the_reference(control: object) -> None:
    row = " | ".join(vars(control).values())
    assert f"| {row} |" in reference.render()
    assert all(text.endswith(".") for text in (vars(control)["reason"], vars(control)["instead"]))
