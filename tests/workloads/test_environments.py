"""The environments that the wheel brings, and the documents that the program writes for it."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from components import workload_environment
from components.workloads import SECRETS
from engine import paths
from settings.estate import OwnedEstate
from settings.load import load_stack_files

STACKS = load_stack_files()
PACKAGED = paths.ROOT / "workloads" / "src" / "company_ml" / "configs"


def _registry() -> dict[str, str]:
    (owned,) = (
        each.shared_estate
        for each in STACKS.values()
        if isinstance(each.shared_estate, OwnedEstate)
    )
    return owned.registry.names


@pytest.mark.parametrize("stack", sorted(STACKS))
def test_what_the_wheel_brings_is_what_the_stacks_settings_say(stack: str) -> None:
    packaged: Any = yaml.safe_load((PACKAGED / f"environment.{stack}.yaml").read_text())
    settings = STACKS[stack]
    name = settings.environment.name
    scope = f"{settings.environment.prefix}-{name}"
    assert packaged == workload_environment.document(
        environment=name,
        experiment_folder=f"{settings.workloads.experiment_folder}/{name}",
        catalog=settings.catalog.name,
        registry=_registry(),
        schema=settings.workloads.schema_name,
        workspace_url=None,
        secrets={use: (scope, key) for use, key in SECRETS.items()},
    )


def test_the_workspaces_address_is_the_base_of_rest_calls() -> None:
    document = workload_environment.document(
        environment="dev",
        experiment_folder="/ml_experiments/dev",
        catalog="ml_dev_catalog",
        registry=_registry(),
        schema="experiments",
        workspace_url="https://adb-1.2.azuredatabricks.net",
        secrets={},
    )
    assert document["mlflow"]["rest_url"] == "https://adb-1.2.azuredatabricks.net"
