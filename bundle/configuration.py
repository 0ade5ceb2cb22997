"""``databricks.yml``: targets and variables of the bundle. Pure.

Keys: https://docs.databricks.com/aws/en/dev-tools/bundles/reference. What is the same everywhere
are the template's own files; here is what the stacks decide.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bundle.outputs import Outputs

DEVELOPMENT = "dev"
"""The target where everybody works in copies of their own; it is the default."""

DESCRIPTIONS = {
    "environment": "Name of the environment",
    "catalog": "The environment's catalog",
    "registry_catalog": "The model registry's catalog",
    "development_schema": "Registry schema of models in development",
    "candidate_schema": "Registry schema of candidates",
    "production_schema": "Registry schema of production models",
    "jobs_policy_id": "Cluster policy that job clusters must have",
    "warehouse_id": "SQL warehouse for queries",
    "experiment_folder": "Workspace folder of the experiments",
    "library": "The platform's wheel, in a volume",
    "environment_file": "The environment's settings for the platform's jobs, in a volume",
    "contact": "Who hears of a failed run",
}


def configuration(name: str, stacks: Mapping[str, Outputs]) -> dict[str, Any]:
    """The bundle's main file.

    Args:
        name: The bundle's name.
        stacks: Outputs by target, in the order the targets are listed.
    """
    return {
        "bundle": {"name": name},
        "include": ["resources/*.yml"],
        "variables": {key: {"description": text} for key, text in DESCRIPTIONS.items()},
        "targets": {target: _target(target, found) for target, found in stacks.items()},
    }


def _target(target: str, found: Outputs) -> dict[str, Any]:
    shared = {"variables": _variables(found)}
    if target == DEVELOPMENT:
        # Each deployer's resources carry the deployer's name and lie in the deployer's home.
        return {
            "mode": "development",
            "default": True,
            "workspace": {"host": found.host},
            **shared,
        }
    return {
        "mode": "production",
        "workspace": {
            "host": found.host,
            # One place for all who deploy: a folder that the platform lets the operators write.
            "root_path": f"/Workspace{found.experiment_folder}/.bundle/${{bundle.name}}",
        },
        "run_as": {"service_principal_name": found.job_identity},
        "permissions": [{"group_name": group, "level": "CAN_MANAGE"} for group in found.operators],
        **shared,
    }


def _variables(found: Outputs) -> dict[str, str]:
    return {
        "environment": found.environment,
        "catalog": found.catalog,
        "registry_catalog": found.registry["catalog"],
        "development_schema": found.registry["development"],
        "candidate_schema": found.registry["candidate"],
        "production_schema": found.registry["production"],
        "jobs_policy_id": found.jobs_policy_id,
        "warehouse_id": found.warehouse_id,
        "experiment_folder": found.experiment_folder,
        "library": found.library_path,
        "environment_file": found.environment_path,
        "contact": found.contacts[0],
    }
