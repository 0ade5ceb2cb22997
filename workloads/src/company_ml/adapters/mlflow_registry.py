"""The model registry through MLflow: Unity Catalog on Databricks, MLflow's own server elsewhere.

Names are three-part in both. Unity Catalog has catalogs and schemas; MLflow's own registry has not,
and keeps ``catalog.schema.model`` as one flat name (it forbids ``/`` and ``:`` alone), so the same
name means the same model in both, and a schema's models are those whose name begins with it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from mlflow.entities.model_registry.model_version_status import ModelVersionStatus
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import RESOURCE_DOES_NOT_EXIST, ErrorCode
from mlflow.tracking import MlflowClient

from company_ml.ports import ModelVersion, NotFoundError, checked_tag

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mlflow.entities.model_registry import ModelVersion as MlflowVersion

UNITY_CATALOG = "databricks-uc"
T = TypeVar("T")


class MlflowRegistry:
    """ModelRegistry port on an MLflow client."""

    def __init__(self, tracking_uri: str, registry_uri: str) -> None:
        self._client = MlflowClient(tracking_uri=tracking_uri, registry_uri=registry_uri)
        self._unity_catalog = registry_uri == UNITY_CATALOG

    def version(self, name: str, version: str) -> ModelVersion:
        """One version; NotFoundError when there is none."""
        found = _absent_is_none(lambda: self._client.get_model_version(name, version))
        if found is None:
            raise NotFoundError(f"model {name} has no version {version}")
        return _version(found)

    def versions(self, name: str) -> list[ModelVersion]:
        """All versions, the oldest first; empty when the model does not exist."""
        numbers: list[int] = []
        token: str | None = None
        while True:
            page = self._client.search_model_versions(f"name='{name}'", page_token=token)
            numbers += [int(each.version) for each in page]
            token = page.token
            if not token:
                break
        # Unity Catalog's search leaves out tags and aliases, so each version is read by itself.
        # https://github.com/mlflow/mlflow/blob/v3.0.1/mlflow/entities/model_registry/model_version_search.py
        return [self.version(name, str(number)) for number in sorted(numbers)]

    def by_alias(self, name: str, alias: str) -> ModelVersion | None:
        """The version an alias points to, if any."""
        try:
            return _version(self._client.get_model_version_by_alias(name, alias))
        except MlflowException as error:
            # MLflow's own server answers INVALID_PARAMETER_VALUE for an alias that does not exist,
            # Unity Catalog RESOURCE_DOES_NOT_EXIST.
            if _is_absent(error) or f"alias {alias} not found" in error.message:
                return None
            raise

    def models(self, schema: str) -> list[str]:
        """Names of the models in a ``catalog.schema``, sorted."""
        if self._unity_catalog:
            return _unity_catalog_models(schema)
        names: list[str] = []
        token: str | None = None
        while True:
            page = self._client.search_registered_models(
                f"name LIKE '{schema}.%'", page_token=token
            )
            names += [each.name for each in page]
            token = page.token
            if not token:
                return sorted(names)

    def copy(self, source: ModelVersion, name: str, tags: Mapping[str, str]) -> ModelVersion:
        """A new version of the model ``name`` from an existing one, its tags and lineage kept."""
        copied = self._client.copy_model_version(source.uri, name)
        for key, value in {**source.tags, **tags}.items():
            self.set_tag(name, str(copied.version), key, value)
        return self.version(name, str(copied.version))

    def set_tag(self, name: str, version: str, key: str, value: str) -> None:
        """Set a tag of a version."""
        self._client.set_model_version_tag(name, version, *checked_tag(key, value))

    def delete_tag(self, name: str, version: str, key: str) -> None:
        """Remove a tag of a version; nothing happens when it has none."""
        _absent_is_none(lambda: self._client.delete_model_version_tag(name, version, key))

    def set_alias(self, name: str, alias: str, version: str) -> None:
        """Point an alias to a version, away from where it pointed."""
        self._client.set_registered_model_alias(name, alias, version)

    def delete_alias(self, name: str, alias: str) -> None:
        """Remove an alias; nothing happens when there is none."""
        _absent_is_none(lambda: self._client.delete_registered_model_alias(name, alias))

    def delete_version(self, name: str, version: str) -> None:
        """Delete a version for good."""
        self._client.delete_model_version(name, version)


def _unity_catalog_models(schema: str) -> list[str]:
    """Unity Catalog refuses a filter in MLflow's search, and its own API lists a schema.

    https://docs.databricks.com/api/workspace/registeredmodels/list
    """
    from databricks.sdk import WorkspaceClient  # a second to import, on Databricks alone

    catalog, schema_name = schema.split(".")
    listed = WorkspaceClient().registered_models.list(catalog_name=catalog, schema_name=schema_name)
    return sorted(model.full_name for model in listed if model.full_name)


def _version(found: MlflowVersion) -> ModelVersion:
    return ModelVersion(
        name=found.name,
        version=str(found.version),
        created=datetime.fromtimestamp(found.creation_timestamp / 1000, UTC),
        run_id=found.run_id or "",
        source=found.source or "",
        description=found.description or "",
        tags=dict(found.tags),
        aliases=tuple(sorted(found.aliases)),
        user=found.user_id or "",
        # Unity Catalog copies the files after it made the version: a copy that was killed stays
        # PENDING_REGISTRATION, and cannot be loaded.
        ready=found.status == ModelVersionStatus.to_string(ModelVersionStatus.READY),
    )


def _absent_is_none(call: Callable[[], T]) -> T | None:
    try:
        return call()
    except MlflowException as error:
        if _is_absent(error):
            return None
        raise


def _is_absent(error: MlflowException) -> bool:
    return error.error_code == ErrorCode.Name(RESOURCE_DOES_NOT_EXIST)
