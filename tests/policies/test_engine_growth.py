"""How much dearer a change makes what is deployed, as the real engine judges it in a preview."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.policies.project import Project

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.engine

RULE = "cost-37-monthly-growth"
ADDRESS = 3.65  # USD a month
PROGRAM = """
import pulumi_azure_native as azure

group = azure.resources.ResourceGroup("group", resource_group_name="g", location="eastus2")
for name in {names!r}:
    azure.network.PublicIPAddress(
        name,
        public_ip_address_name=name,
        resource_group_name=group.name,
        location="eastus2",
        sku=azure.network.PublicIPAddressSkuArgs(name="Standard"),
        public_ip_allocation_method="Static",
    )
"""


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """One address is deployed and exported, and the program now declares three."""
    project = Project(tmp_path_factory.mktemp("growth"))
    project.make(PROGRAM.format(names=["first"]))
    project.pulumi("up", "--yes", "--skip-preview", "--stack", "prod")
    project.pulumi("stack", "export", "--stack", "prod", "--file", str(_deployed(project)))
    (project.folder / "__main__.py").write_text(PROGRAM.format(names=["first", "second", "third"]))
    return project


def _deployed(project: Project) -> Path:
    return project.folder / "deployed.json"


def preview(project: Project, *, expected: int | None = 0, **limits: float) -> str:
    """Preview with limits that nothing is above but those given."""
    generous = {
        f"{verdict}Above{unit}": 1_000
        for verdict in ("fail", "warn")
        for unit in ("Percent", "Usd")
    }
    options = {
        "enforcementLevel": "mandatory",
        "deployedState": str(_deployed(project)),
        "ignoredUsd": 0,
    }
    judged = project.judged({RULE: options | generous | limits})
    return project.pulumi("preview", "--stack", "prod", *judged, expected=expected)


def test_a_month_that_grows_above_the_limit_is_refused(grown: Project) -> None:
    printed = preview(grown, failAbovePercent=150, expected=None)
    assert f"[mandatory] [severity: high]  {RULE}" in printed
    assert f"the month rises from {ADDRESS:.2f} to {3 * ADDRESS:.2f} USD" in printed
    assert "200.0 % more is above 150 %" in printed
    assert "error: preview failed" in printed


def test_a_month_that_grows_above_the_lower_limit_is_warned_of(grown: Project) -> None:
    printed = preview(grown, warnAboveUsd=7)
    assert f"[advisory] [severity: high]  {RULE}" in printed
    assert f"{2 * ADDRESS:.2f} USD a month more is above 7.00" in printed


def test_a_month_that_grows_within_the_limits_passes_in_silence(grown: Project) -> None:
    assert RULE not in preview(grown)
