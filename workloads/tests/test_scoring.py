"""The scoring model in this process: which version it says it is, and what it checks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from mlflow.pyfunc.model import PythonModelContext

from company_ml import serializer
from company_ml.problems import Problem
from company_ml.scoring.model import ARTIFACT, VERSION_VARIABLE, ScoringModel
from company_ml.train import core, example_data
from other_data import KEY, diabetes, messy, wine

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


@pytest.mark.parametrize("name", ["wine", "diabetes", "messy"])
def test_every_problem_type_answers_as_its_signature_says(tmp_path: Path, name: str) -> None:
    table, settings = {
        "wine": (wine(), core.TrainingSettings(label="cultivar", key=KEY)),
        "diabetes": (
            diabetes(),
            core.TrainingSettings(label="progression", key=KEY, problem=Problem.REGRESSION),
        ),
        "messy": (
            messy(),
            core.TrainingSettings(
                label="benign", key=KEY, positive="yes", categorical=("hospital", "ward")
            ),
        ),
    }[name]
    fitted = core.fit(table, replace(settings, estimator="linear"))
    kept = serializer.save(fitted.model, tmp_path / "model.json", "joblib")
    config = {
        "sha256": kept.sha256, "problem": str(fitted.problem), "classes": list(fitted.classes),
        "features": list(fitted.features), "categorical": list(fitted.categorical),
    }  # fmt: skip
    loaded, model = PythonModelContext({ARTIFACT: str(tmp_path)}, config), ScoringModel()
    model.load_context(loaded)
    answer = model.predict(loaded, table.drop(columns=[KEY, settings.label]))
    declared = [(column.name, column.type) for column in fitted.signature.outputs]
    kinds = {"int64": "long", "float64": "double", "object": "string"}
    assert [(key, kinds[str(kind)]) for key, kind in answer.dtypes.items()] == declared
    if fitted.problem is Problem.REGRESSION:
        assert abs(answer["prediction"].mean() - table["progression"].mean()) < 10
    else:
        assert (answer["prediction"] == table[settings.label]).mean() > 0.9
        shares = answer[[column for column, _ in declared if column.startswith("probability")]]
        assert shares.to_numpy().min() >= 0
        assert name == "messy" or shares.sum(axis=1).to_numpy() == pytest.approx(1)


def test_another_models_files_are_refused(context: PythonModelContext) -> None:
    context.model_config["sha256"] = "0" * 64
    with pytest.raises(serializer.IntegrityError, match="the caller says"):
        ScoringModel().load_context(context)
