"""The environments that the wheel brings, and the documents that the program writes for it."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from components import workload_environment
from engine import paths
from settings.estate import OwnedEstate
from settings.load import load_stack_files

STACKS = load_stack_files()
PACKAGED = paths.ROOT / "workloads" / "src" / "company_ml" / "configs"


def _registry() -> Any:
    (owned,) = (
        each.shared_estate
        for each in STACKS.values()
        if isinstance(each.shared_estate, OwnedEstate)
    )
    return owned.registry


@pytest.mark.parametrize("stack", sorted(STACKS))
def test_what_the_wheel_brings_is_what_the_stacks_settings_say(stack: str) -> None:
    packaged: Any = yaml.safe_load((PACKAGED / f"environment.{stack}.yaml").read_text())
    settings = STACKS[stack]
    secrets = {use: (place["scope"], place["key"]) for use, place in packaged["secrets"].items()}
    assert packaged == workload_environment.document(
        environment=settings.environment.name, catalog=settings.catalog, registry=_registry(),
        schema=packaged["audit_table"].split(".")[1], workspace_url=None, secrets=secrets,
    )  # fmt: skip


def test_the_workspaces_address_becomes_the_base_of_rest_calls() -> None:
    document = workload_environment.document(
        environment="dev", catalog=STACKS["dev"].catalog, registry=_registry(),
        schema="experiments", workspace_url="adb-1.2.azuredatabricks.net", secrets={},
    )  # fmt: skip
    assert document["mlflow"]["rest_url"] == "https://adb-1.2.azuredatabricks.net"


def test_a_schema_that_the_catalog_lacks_is_refused() -> None:
    with pytest.raises(ValueError, match=re.escape("'models' of the workloads is not in catalog")):
        workload_environment.document(
            environment="dev", catalog=STACKS["dev"].catalog, registry=_registry(),
            schema="models", workspace_url=None, secrets={},
        )  # fmt: skip
