"""The scoring model in this process: which version it says it is, and what it checks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from mlflow.pyfunc.model import PythonModelContext

from company_ml import serializer
from company_ml.scoring.model import ARTIFACT, VERSION_VARIABLE, ScoringModel
from company_ml.train import core, example_data

if TYPE_CHECKING:
    from pathlib import Path

FITTED = core.fit(
    example_data.patients(),
    core.TrainingSettings(label="progressed", key="patient_id", parameters={"max_iter": 5}),
)


@pytest.fixture
def context(tmp_path: Path) -> PythonModelContext:
    """A logged model's folder, as MLflow lays it out."""
    folder = tmp_path / "model" / "artifacts" / "files"
    kept = serializer.save(FITTED.model, folder / "model.json", "joblib")
    (tmp_path / "model" / "MLmodel").touch()
    (tmp_path / "registered_model_meta").write_text("model_version: '99'")
    return PythonModelContext(
        artifacts={ARTIFACT: str(folder)},
        model_config={
            "sha256": kept.sha256,
            "features": list(FITTED.features),
            "categorical": [],
            "problem": "binary",
            "classes": [0, 1],
        },
    )


def _version(context: PythonModelContext) -> str:
    model = ScoringModel()
    model.load_context(context)
    answer = model.predict(context, FITTED.input_example, {"threshold": 0.0})
    assert list(answer["prediction"]) == [1, 1, 1]
    assert [column.name for column in core.OUTPUTS] == list(answer.columns)
    return str(answer["model_version"][0])


def test_the_version_is_the_registrys_or_the_endpoints_and_never_a_guess(
    context: PythonModelContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _version(context) == "unregistered", "what lies outside of the model's folder is not its"
    (tmp_path / "model" / "registered_model_meta").write_text("model_version: '3'")
    assert _version(context) == "3"
    monkeypatch.setenv(VERSION_VARIABLE, "4")
    assert _version(context) == "4"


def test_another_models_files_are_refused(context: PythonModelContext) -> None:
    context.model_config["sha256"] = "0" * 64
    with pytest.raises(serializer.IntegrityError, match="the caller says"):
        ScoringModel().load_context(context)
