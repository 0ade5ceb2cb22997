"""The scoring model itself. MLflow logs this file as the model's code, and runs it to load one.

https://mlflow.org/docs/3.0.1/model/models-from-code
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import mlflow
import numpy as np
import pandas as pd
import yaml
from mlflow.pyfunc import PythonModel

from company_ml import serializer
from company_ml.ports import ANSWERED_BY, VERSION_VARIABLE
from company_ml.problems import Problem
from company_ml.train import columns

if TYPE_CHECKING:
    import numpy.typing as npt
    from mlflow.pyfunc import PythonModelContext

ARTIFACT = "classifier"
"""The folder of the serializer's files inside the model."""
METADATA = "model.json"
DEFAULT_THRESHOLD = 0.5


class ScoringModel(PythonModel):
    """Answers each row with a prediction, its probability, and which model said so."""

    def load_context(self, context: PythonModelContext) -> None:
        """Load the estimator, after its hash was found to be the one that was logged."""
        folder = Path(context.artifacts[ARTIFACT])
        config: dict[str, Any] = context.model_config or {}
        self._sha256 = str(config["sha256"])
        self._estimator = serializer.load(folder / METADATA, expected_sha256=self._sha256)
        self._problem = Problem(config["problem"])
        self._classes: list[str | int] = list(config["classes"])
        self._features = list(config["features"])
        self._categorical = list(config["categorical"])
        self._version = _registered_version(folder)

    def predict(  # pyright: ignore[reportIncompatibleMethodOverride] - the base has no return type
        self,
        context: PythonModelContext,
        model_input: pd.DataFrame,
        params: dict[str, Any] | None = None,
    ) -> pd.DataFrame:
        """A row of answers for each row of features; a binary model's threshold is a parameter."""
        del context
        numeric = [name for name in self._features if name not in self._categorical]
        table = columns.table(model_input, numeric, self._categorical)[self._features]
        answer = self._answer(table, float((params or {}).get("threshold", DEFAULT_THRESHOLD)))
        return answer.assign(**dict(zip(ANSWERED_BY, (self._version, self._sha256), strict=True)))

    def _answer(self, table: pd.DataFrame, threshold: float) -> pd.DataFrame:
        if self._problem is Problem.REGRESSION:
            return pd.DataFrame({"prediction": np.asarray(self._estimator.predict(table), float)})
        said = np.asarray(self._estimator.predict_proba(table))
        if self._problem is Problem.BINARY:
            positive = said[:, 1]
            chosen = (positive >= threshold).astype(int)
            return pd.DataFrame({"prediction": self._named(chosen), "probability": positive})
        shares = {f"probability_{name}": said[:, at] for at, name in enumerate(self._classes)}
        return pd.DataFrame({"prediction": self._named(np.argmax(said, axis=1)), **shares})

    def _named(self, chosen: npt.NDArray[np.int64]) -> npt.NDArray[Any]:
        text = any(isinstance(each, str) for each in self._classes)
        return np.array(self._classes, dtype=object if text else "int64")[chosen]


def _registered_version(folder: Path) -> str:
    """The version as the registry counts it.

    From the served entity's environment; else from the file that MLflow adds when it downloads a
    registered version; else unknown, as for a model straight out of a run.
    https://github.com/mlflow/mlflow/blob/v3.0.1/mlflow/store/artifact/models_artifact_repo.py
    """
    named = os.environ.get(VERSION_VARIABLE)
    if named:
        return named
    for parent in folder.parents:
        meta = parent / "registered_model_meta"
        if meta.is_file():
            return str(yaml.safe_load(meta.read_text())["model_version"])
        if (parent / "MLmodel").is_file():
            break
    return "unregistered"


mlflow.models.set_model(ScoringModel())
