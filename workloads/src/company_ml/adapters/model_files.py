"""A registered model's files, through MLflow."""

from __future__ import annotations

import hashlib
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import mlflow
from mlflow import artifacts
from mlflow.store.artifact.models_artifact_repo import REGISTERED_MODEL_META_FILE_NAME

if TYPE_CHECKING:
    from collections.abc import Mapping


class MlflowModelFiles:
    """ModelFiles port.

    MLflow's own calls for models work on process-wide addresses, which this sets.
    """

    def __init__(self, tracking_uri: str, registry_uri: str) -> None:
        mlflow.set_tracking_uri(tracking_uri)
        mlflow.set_registry_uri(registry_uri)

    def load(self, uri: str) -> None:
        """Load a model, or raise why that cannot be done."""
        import mlflow.pyfunc  # seconds to import

        mlflow.pyfunc.load_model(uri)

    def digests(self, uri: str) -> Mapping[str, str]:
        """SHA-256 of each file by its path; nothing of the model is run."""
        with TemporaryDirectory() as folder:
            root = Path(artifacts.download_artifacts(artifact_uri=uri, dst_path=folder))
            return {
                path.relative_to(root).as_posix(): _sha256(path)
                for path in root.rglob("*")
                # Made by the download: it names the version, which a copy does not share.
                if path.is_file() and path.name != REGISTERED_MODEL_META_FILE_NAME
            }


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
