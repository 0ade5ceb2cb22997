"""The workloads' environment document, from a stack's settings and outputs. Pure.

What the jobs read (``company_ml.environment``, schema in the wheel's ``schemas/environment.json``):
the program writes it as a file beside the wheel, so that no name in it is typed a second time. The
wheel's own ``configs/environment.<name>.yaml`` are held to the same by a test.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from settings.catalog import CatalogSettings
    from settings.estate import RegistrySettings

EXPERIMENTS = "/Workspace/ml_experiments"
"""Workspace folder above each environment's experiments."""
ARTIFACTS_VOLUME = "mlflow_artifacts"
AUDIT_TABLE = "ml_audit"


def document(
    *,
    environment: str,
    catalog: CatalogSettings,
    registry: RegistrySettings,
    schema: str,
    workspace_url: str | None,
    secrets: Mapping[str, tuple[str, str]],
) -> dict[str, Any]:
    """The document of one environment.

    Args:
        environment: Its name.
        catalog: Its catalog's settings.
        registry: The shared registry's settings.
        schema: The catalog's schema that holds the artifacts volume and the audit table.
        workspace_url: The workspace's host name, as Azure gives it, without a scheme; None leaves
            the jobs to the workspace they run in.
        secrets: Scope and key of each secret the jobs need, by what it is for.

    Raises:
        ValueError: The catalog has no such schema.
    """
    if schema not in catalog.schemas:
        raise ValueError(
            f"schema {schema!r} of the workloads is not in catalog {catalog.name}; it has "
            f"{', '.join(catalog.schemas)}"
        )
    return {
        "name": environment,
        "mlflow": {
            "tracking_uri": "databricks",
            "registry_uri": "databricks-uc",
            "experiment_path": f"{EXPERIMENTS}/{environment}",
            # https://docs.databricks.com/aws/en/mlflow/experiments#create-experiment
            "artifact_location": f"dbfs:/Volumes/{catalog.name}/{schema}/{ARTIFACTS_VOLUME}",
            "rest_url": None if workspace_url is None else f"https://{workspace_url}",
        },
        "catalog": catalog.name,
        "registry_catalog": registry.name,
        "registry_schemas": {
            "development": registry.development_schema,
            "candidate": registry.candidate_schema,
            "production": registry.production_schema,
            "archived": registry.archive_schema,
        },
        "audit_table": f"{catalog.name}.{schema}.{AUDIT_TABLE}",
        "secrets": {use: {"scope": scope, "key": key} for use, (scope, key) in secrets.items()},
    }
