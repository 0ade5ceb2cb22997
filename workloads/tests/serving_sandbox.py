"""The sandbox's serving router as a process of its own, and an endpoint in it."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import requests
from databricks.sdk import WorkspaceClient

if TYPE_CHECKING:
    from collections.abc import Generator

REPOSITORY = Path(__file__).parents[2]
CATALOG, SCHEMA = "ml_prod_catalog", "serving"


@contextmanager
def router(registry_uri: str, folder: Path) -> Generator[str]:
    """The base URL of a router that serves an MLflow registry's versions; its tables in a folder.

    Every version is a real ``mlflow models serve`` process, which ends with the router.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "sandbox.serving_router", "--registry-uri", registry_uri,
         "--port", "0", "--folder", folder, "--python", sys.executable],
        cwd=REPOSITORY, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        yield process.stdout.readline().rsplit(" ", 1)[-1].strip()
    finally:
        process.terminate()
        process.wait(60)
        if process.stdout is not None:
            process.stdout.close()


def client(url: str) -> WorkspaceClient:
    """A workspace client of the router."""
    return WorkspaceClient(host=url, token="none", auth_type="pat")  # noqa: S106 - the router takes any


def create_endpoint(url: str, name: str, model: str, version: str) -> None:
    """An endpoint as the Pulumi program declares it, with one version; returns when it is ready."""
    body = {
        "name": name,
        "config": {
            "served_entities": [
                {
                    "name": "champion", "entity_name": model, "entity_version": version,
                    "workload_size": "Small", "scale_to_zero_enabled": False,
                    "environment_vars": {"MODE": "plain"},
                }
            ]
        },
        "ai_gateway": {
            "inference_table_config": {
                "enabled": True, "catalog_name": CATALOG, "schema_name": SCHEMA,
                "table_name_prefix": f"inference_logs_{name}",
            },
            "usage_tracking_config": {"enabled": True},
        },
    }  # fmt: skip
    created = requests.post(f"{url}/api/2.0/serving-endpoints", json=body, timeout=10)
    assert created.ok, created.text
    client(url).serving_endpoints.wait_get_serving_endpoint_not_updating(name)


def log_table(endpoint: str) -> str:
    """Name of an endpoint's inference table."""
    return f"{CATALOG}.{SCHEMA}.inference_logs_{endpoint}_payload"
