"""An environment on a laptop, as a file: what the jobs' command line is tested with."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def write_environment(folder: Path, server: str, name: str = "dev") -> Path:
    """A JSON file as the Pulumi program writes one, pointing at a local MLflow server."""
    path = folder / f"{name}.json"
    path.write_text(
        json.dumps(
            {
                "name": name,
                "mlflow": {
                    "tracking_uri": server, "registry_uri": server,
                    "experiment_path": f"/Workspace/ml_experiments/{name}",
                    "artifact_location": None, "rest_url": None,
                },
                "catalog": f"ml_{name}_catalog",
                "registry_catalog": "ml_models_catalog",
                "registry_schemas": {
                    "development": "dev_models", "candidate": "candidate_models",
                    "production": "production_models", "archived": "archived_models",
                },
                "audit_table": f"ml_{name}_catalog.experiments.ml_audit",
                "secrets": {"teams_webhook": {"scope": "mlops", "key": "teams-webhook"}},
            }
        )
    )  # fmt: skip
    return path
