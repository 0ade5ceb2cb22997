"""A cloud of its own for each test, and provider processes that live in it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from sandbox import schema
from sandbox.state import Cloud
from tests.sandbox.providers import GROUP, Answer, Client, started

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path


@pytest.fixture(scope="session", autouse=True)
def schema_cache() -> None:
    """Set-up makes it; a test session that comes first makes it too."""
    for package in schema.PACKAGES:
        schema.build(package)


@pytest.fixture
def cloud_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where this test's cloud is kept, for every process the test starts."""
    path = tmp_path / "cloud.db"
    monkeypatch.setitem(os.environ, "SANDBOX_STATE", str(path))
    return path


@pytest.fixture
def cloud(cloud_path: Path) -> Generator[Cloud]:
    """The test's cloud, looked at from outside the providers."""
    opened = Cloud(cloud_path)
    yield opened
    opened.close()


@pytest.fixture
def azure(cloud_path: Path) -> Generator[Client]:
    """A running azure-native provider."""
    del cloud_path
    with started("azure-native") as client:
        yield client


@pytest.fixture
def databricks(cloud_path: Path) -> Generator[Client]:
    """A running account-level databricks provider."""
    del cloud_path
    with started(
        "databricks", host="https://accounts.azuredatabricks.net", accountId="a-1"
    ) as client:
        yield client


@pytest.fixture
def group(azure: Client) -> Answer:
    """A resource group in eastus2."""
    return azure.create(GROUP, "rg", {"resourceGroupName": "rg", "location": "eastus2"})
