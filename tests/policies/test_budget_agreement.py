"""What a stack may cost is said twice, to the clouds and to the rules: both times the same."""

from __future__ import annotations

import json

import pytest

from policies import config
from policies.registry import ENVIRONMENTS, Environment
from settings.load import load_stack_files


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_the_ceiling_of_the_rules_is_the_budget_of_the_stack(environment: Environment) -> None:
    rules = json.loads(config.path(environment).read_text())
    ceiling = rules["cost-34-monthly-ceiling"]["maximumMonthlyUsd"]
    assert ceiling == load_stack_files()[environment].budget.monthly_usd
