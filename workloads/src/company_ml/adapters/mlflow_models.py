"""Models through MLflow: publishing one as a scoring pyfunc, and asking registered ones."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import mlflow
from mlflow.data.pandas_dataset import from_pandas
from mlflow.models import ModelSignature, get_model_info
from mlflow.types import ColSpec, ParamSchema, ParamSpec, Schema
from mlflow.types.schema import DataType

import company_ml
from company_ml.adapters import mlflow_answers
from company_ml.adapters.mlflow_registry import MlflowRegistry
from company_ml.adapters.mlflow_tracking import MlflowTracking
from company_ml.ports import Column, ModelVersion, Signature
from company_ml.problems import Problem

if TYPE_CHECKING:
    import pandas as pd
    from mlflow.pyfunc import PyFuncModel

    from company_ml.ports import TrainedModel

_PACKAGE = Path(company_ml.__file__).parent
_REQUIREMENTS = (
    *("mlflow", "scikit-learn", "pandas", "numpy", "cloudpickle", "joblib", "PyYAML"),
    *("fastapi", "starlette"),
)
"""What the scoring model imports and its classifier was fitted with; and what serves it, whose
newer versions MLflow 3.0.1 cannot start with."""


class MlflowModels:
    """Models and ModelPublisher ports.

    MLflow's own calls for models work on process-wide addresses, which this sets.
    """

    def __init__(
        self, tracking_uri: str, registry_uri: str, artifact_location: str | None = None
    ) -> None:
        mlflow.set_tracking_uri(tracking_uri)
        mlflow.set_registry_uri(registry_uri)
        self._registry = MlflowRegistry(tracking_uri, registry_uri)
        self._tracking = MlflowTracking(tracking_uri, artifact_location)

    def publish(
        self, model: TrainedModel, *, experiment: str, run_name: str, name: str
    ) -> ModelVersion:
        """Log a run with the model in it, and register it under a three-part name."""
        experiment_id = self._tracking.experiment(experiment)
        with mlflow.start_run(
            experiment_id=experiment_id, run_name=run_name, tags=dict(model.tags)
        ):
            mlflow.log_params(dict(model.parameters))
            mlflow.log_metrics(dict(model.metrics))
            mlflow.log_input(
                from_pandas(
                    model.features.frame, name=model.features.source,
                    digest=model.features.version[:36],  # MLflow's limit
                ),
                context="training",
            )  # fmt: skip
            logged = mlflow.pyfunc.log_model(
                name="model",
                python_model=str(_PACKAGE / "scoring" / "model.py"),
                artifacts={"classifier": str(model.folder)},
                code_paths=[str(_PACKAGE)],
                model_config={
                    "sha256": model.sha256,
                    "problem": str(model.problem),
                    "classes": list(model.classes),
                    "features": [column.name for column in model.signature.inputs],
                    "categorical": list(model.categorical),
                },
                signature=_to_mlflow(model.signature, model.problem),
                input_example=model.input_example,
                pip_requirements=_pinned(),
            )
        registered = mlflow.register_model(logged.model_uri, name, tags=dict(model.tags))
        return self._registry.version(name, str(registered.version))

    def signature(self, version: ModelVersion) -> Signature | None:
        """What the version declares; None when it declares nothing."""
        declared = get_model_info(version.uri).signature
        if declared is None or declared.inputs is None or declared.outputs is None:
            return None
        return Signature(inputs=_columns(declared.inputs), outputs=_columns(declared.outputs))

    def predict(self, version: ModelVersion, frame: pd.DataFrame) -> pd.DataFrame:
        """The version's answer to each row; columns it does not take are left out."""
        return mlflow_answers.answer(_loaded(version.uri), version.uri, frame)


@lru_cache(maxsize=4)
def _loaded(uri: str) -> PyFuncModel:
    return mlflow.pyfunc.load_model(uri)


def _to_mlflow(signature: Signature, problem: Problem) -> ModelSignature:
    inputs, outputs = _schema(signature.inputs), _schema(signature.outputs)
    if problem is not Problem.BINARY:
        return ModelSignature(inputs=inputs, outputs=outputs)
    threshold = ParamSchema([ParamSpec("threshold", DataType.double, 0.5)])
    return ModelSignature(inputs=inputs, outputs=outputs, params=threshold)


def _schema(columns: tuple[Column, ...]) -> Schema:
    return Schema([ColSpec(column.type, column.name, column.required) for column in columns])


def _columns(schema: Schema) -> tuple[Column, ...]:
    found = map(mlflow_answers.columns_of, schema.inputs)
    return tuple(Column(name=name, type=kind, required=required) for name, kind, required in found)


def _pinned() -> list[str]:
    """Exact versions of what is installed here: the endpoint's image then has the same."""
    from importlib.metadata import version

    return [f"{name}=={version(name)}" for name in _REQUIREMENTS]
