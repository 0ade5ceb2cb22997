"""The workloads' environment document, from a stack's settings and outputs. Pure.

What the jobs read (``company_ml.environment``, schema in the wheel's ``schemas/environment.json``):
the program writes it as a file beside the wheel, so that no name in it is typed a second time. The
wheel's own ``configs/environment.<name>.yaml`` are held to the same by a test.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

WORKSPACE = "/Workspace"
"""Where jobs see the workspace's folders."""
ARTIFACTS_VOLUME = "mlflow_artifacts"
AUDIT_TABLE = "ml_audit"


def document(
    *,
    environment: str,
    experiment_folder: str,
    catalog: str,
    registry: Mapping[str, str],
    schema: str,
    workspace_url: str | None,
    secrets: Mapping[str, tuple[str, str]],
) -> dict[str, Any]:
    """The document of one environment.

    Args:
        environment: Its name.
        experiment_folder: The folder of its experiments, as the workspace's API names it.
        catalog: Its catalog.
        registry: Names of the registry: catalog, development, candidate, production, archived.
        schema: The catalog's schema that holds the artifacts volume and the audit table.
        workspace_url: The workspace's address; None leaves the jobs to the one they run in.
        secrets: Scope and key of each secret the jobs need, by what it is for.
    """
    return {
        "name": environment,
        "mlflow": {
            "tracking_uri": "databricks",
            "registry_uri": "databricks-uc",
            "experiment_path": f"{WORKSPACE}{experiment_folder}",
            # https://docs.databricks.com/aws/en/mlflow/experiments#create-experiment
            "artifact_location": f"dbfs:/Volumes/{catalog}/{schema}/{ARTIFACTS_VOLUME}",
            "rest_url": workspace_url,
        },
        "catalog": catalog,
        "registry_catalog": registry["catalog"],
        "registry_schemas": {key: name for key, name in registry.items() if key != "catalog"},
        "audit_table": f"{catalog}.{schema}.{AUDIT_TABLE}",
        "secrets": {use: {"scope": scope, "key": key} for use, (scope, key) in secrets.items()},
    }
