"""The monitoring jobs' limits: packaged defaults, or a file of the team's own, schema-checked."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from company_ml import documents
from company_ml.documents import DocumentError, validated


def load(job: str, path: str | None = None) -> dict[str, Any]:
    """The limits of a monitoring job, checked against ``schemas/<job>.json``.

    Args:
        job: ``drift``, ``performance``, ``quality``, ``cost``, ``retention`` or ``retraining``.
        path: A YAML file instead of the packaged ``configs/monitoring/<job>.yaml``.

    Raises:
        DocumentError: No such file, or a wrong key or value: it says which.
    """
    if path is None:
        packaged = resources.files("company_ml") / "configs" / "monitoring" / f"{job}.yaml"
        return validated(
            yaml.safe_load(packaged.read_text("utf-8")), job, f"configs/monitoring/{job}.yaml"
        )
    file = Path(path)
    if not file.is_file():
        raise DocumentError(f"limits: {path!r} is no file; leave it out for the packaged limits")
    return validated(documents.read(file), job, path)
