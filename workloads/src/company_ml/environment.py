"""Where the jobs of an environment work: MLflow's addresses, catalogs, schemas, secrets' places.

Read from the wheel's ``configs/environment.<name>.yaml``, or from a JSON file that the Pulumi
program writes from the stack's outputs; both are held to ``schemas/environment.json``, which is
closed. No secret is in here, only where it is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from company_ml import documents
from company_ml.documents import DocumentError, validated

if TYPE_CHECKING:
    from collections.abc import Mapping


_CONFIGS = resources.files("company_ml") / "configs"


@dataclass(frozen=True, kw_only=True)
class SecretPlace:
    """Where a secret is: a scope backed by Key Vault, and its key there."""

    scope: str
    key: str


@dataclass(frozen=True, kw_only=True)
class MlflowSettings:
    """MLflow's addresses."""

    tracking_uri: str
    """``databricks``, or a server's URL."""
    registry_uri: str
    """``databricks-uc`` (Unity Catalog), or a server's URL."""
    experiment_path: str
    """The folder that holds the environment's experiments."""
    artifact_location: str | None
    """Where new experiments keep their files, as ``dbfs:/Volumes/…`` or ``abfss://…``; None leaves
    it to the server."""
    rest_url: str | None
    """The workspace's base URL for REST calls; None: the one that the job runs in."""


@dataclass(frozen=True, kw_only=True)
class RegistrySchemas:
    """The registry's schemas, one per step of a version's life."""

    development: str
    candidate: str
    production: str
    archived: str


@dataclass(frozen=True, kw_only=True)
class Environment:
    """Where the jobs of one environment work."""

    name: str
    mlflow: MlflowSettings
    catalog: str
    """The environment's own catalog: features, predictions, its audit table."""
    registry_catalog: str
    """The catalog of the model registry, which all environments share."""
    registry_schemas: RegistrySchemas
    audit_table: str
    """Three-part name of the Delta table that holds the jobs' audit records."""
    secrets: Mapping[str, SecretPlace]
    """What is kept where: ``teams_webhook``, ``tracking_token`` and so on."""

    def model(self, schema: str, name: str) -> str:
        """The three-part name of a model in one of the registry's schemas."""
        return f"{self.registry_catalog}.{schema}.{name}"


def packaged() -> list[str]:
    """Names of the environments that the wheel brings settings for."""
    names = (entry.name for entry in _CONFIGS.iterdir())
    return sorted(name.split(".")[1] for name in names if name.startswith("environment."))


def load(name_or_path: str) -> Environment:
    """The environment of that name, or of that JSON or YAML file.

    Raises:
        DocumentError: No such environment or file, or a wrong key or value: it says which.
    """
    if name_or_path in packaged():
        file = _CONFIGS / f"environment.{name_or_path}.yaml"
        return _environment(yaml.safe_load(file.read_text("utf-8")), file.name)
    path = Path(name_or_path)
    if not path.is_file():
        raise DocumentError(
            f"environment: '{name_or_path}' is neither a file nor one of {', '.join(packaged())}"
        )
    return _environment(documents.read(path), str(path))


def _environment(plain: Any, origin: str) -> Environment:
    values = validated(plain, "environment", origin)
    return Environment(
        name=values["name"],
        mlflow=MlflowSettings(**values["mlflow"]),
        catalog=values["catalog"],
        registry_catalog=values["registry_catalog"],
        registry_schemas=RegistrySchemas(**values["registry_schemas"]),
        audit_table=values["audit_table"],
        secrets={name: SecretPlace(**place) for name, place in values["secrets"].items()},
    )
