"""Training, from a feature table to a registered version that serves."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
import requests
from mlflow.tracking import MlflowClient

from company_ml import cli, serializer
from company_ml.adapters.features import DeltaFeatures, ParquetFeatures, TooManyRowsError
from company_ml.adapters.mlflow_models import MlflowModels
from company_ml.adapters.mlflow_registry import MlflowRegistry
from company_ml.ports import NotFoundError
from company_ml.train import core, example_data
from environments import write_environment
from model_server import model_server

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Lake

SETTINGS = core.TrainingSettings(label=example_data.LABEL, key=example_data.KEY)


def test_the_example_is_learned_better_than_by_chance_and_the_same_each_time() -> None:
    first, again = (core.fit(example_data.patients(), SETTINGS) for _ in range(2))
    assert first.metrics["roc_auc"] > 0.7
    assert first.metrics == again.metrics
    assert "patient_id" not in first.features
    assert "progressed" not in first.features


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--model", "team.churn"], "--model 'team.churn': a model's name has letters, digits, _"),
        (["--model", "o'brien"], '--model "o\'brien"'),
        (["--model", ""], "--model ''"),
        (["--model", "churn", "--tag", "cost.centre=7"], "--tag: tag key 'cost.centre'"),
        (["--model", "churn", "--tag", "=7"], "--tag: tag key ''"),
        (["--model", "churn", "--tag", "owner= ana"], "--tag: tag owner: its value has 4"),
    ],
)
def test_a_name_that_no_registry_or_promotion_takes_is_refused_before_anything_is_trained(
    arguments: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nowhere = write_environment(tmp_path, "http://127.0.0.1:9")
    with pytest.raises(SystemExit) as ended:
        cli.main([
            "train", "--environment", str(nowhere), "--audit", str(tmp_path / "a.jsonl"),
            "--features", "nowhere.parquet", "--label", "y", "--key", "id", *arguments,
        ])  # fmt: skip
    assert ended.value.code == cli.ExitCode.FAILED
    assert message in capsys.readouterr().err


def test_a_subject_stays_on_its_side_as_the_table_grows() -> None:
    patients = example_data.patients()
    _, held_out = core.split(patients.head(200), SETTINGS)
    train, more = core.split(pd.concat([patients, patients]), SETTINGS)
    assert set(held_out["patient_id"]) <= set(more["patient_id"])
    assert not set(more["patient_id"]) & set(train["patient_id"])
    assert 0.15 < len(more) / (2 * len(patients)) < 0.35


@pytest.mark.parametrize(
    ("change", "settings", "message"),
    [
        ({}, {"label": "churned"}, "columns churned are not in the feature table, which has pati"),
        ({"city": "Oslo"}, {}, "columns city are not numbers; exclude them"),
        ({"progressed": 1}, {}, r"has the classes \[1\] in the training rows"),
        ({}, {"excluded": ["age", "sex", "bmi", "bp", *(f"s{i}" for i in range(1, 7))]},
         "no feature column is left"),
    ],
)  # fmt: skip
def test_rows_that_cannot_be_learned_from_are_refused_with_the_reason(
    change: dict[str, Any], settings: dict[str, Any], message: str
) -> None:
    with pytest.raises(core.TrainingError, match=message):
        core.fit(example_data.patients().assign(**change), replace(SETTINGS, **settings))


def test_a_parquet_files_version_is_its_content(tmp_path: Path) -> None:
    path = tmp_path / "f.parquet"
    example_data.patients().to_parquet(path)
    read = ParquetFeatures().read(str(path))
    assert ParquetFeatures().read(str(path), read.version).frame.equals(read.frame)
    example_data.patients().head(10).to_parquet(path)
    with pytest.raises(NotFoundError, match="is version"):
        ParquetFeatures().read(str(path), read.version)
    with pytest.raises(NotFoundError, match="does not exist"):
        ParquetFeatures().read(str(tmp_path / "gone.parquet"))


@pytest.mark.spark
def test_a_delta_table_is_read_as_of_its_version(lake: Lake) -> None:
    table, features = lake.table("patients"), DeltaFeatures(lake.spark, max_rows=3)
    for rows in (2, 1):
        frame = lake.spark.createDataFrame([(i, float(i)) for i in range(rows)], "id int, x double")
        frame.write.format("delta").mode("append").saveAsTable(table)
    newest = features.read(table)
    assert (newest.version, len(newest.frame)) == ("1", 3)
    assert len(features.read(table, "0").frame) == 2
    with pytest.raises(NotFoundError, match="version 7"):
        features.read(table, "7")
    with pytest.raises(NotFoundError, match="nowhere"):
        features.read(lake.table("nowhere"))
    lake.spark.sql("INSERT INTO IDENTIFIER(:table) VALUES (9, 9.0)", args={"table": table})
    with pytest.raises(TooManyRowsError, match="has 4 rows; at most 3"):
        features.read(table)


@pytest.fixture
def trained(
    mlflow_uri: str, tmp_path: Path, fresh: Callable[[str], str], capsys: pytest.CaptureFixture[str]
) -> dict[str, str]:
    """A version trained by the command line from a parquet file, twice with the same run key."""
    features, holdout = tmp_path / "f.parquet", tmp_path / "h.parquet"
    cli.main(["example-data", "--features", str(features), "--holdout", str(holdout)])
    answers: list[dict[str, str]] = []
    for _ in range(2):
        cli.main(
            ["train", "--environment", str(write_environment(tmp_path, mlflow_uri)),
             "--audit", str(tmp_path / "audit.jsonl"), "--model", fresh("progression"),
             "--features", str(features), "--label", "progressed", "--key", "patient_id",
             "--tag", "pii=false", "--tag", "gdpr=compliant", "--run-key", "job-1"]
        )  # fmt: skip
        answers.append(json.loads(capsys.readouterr().out.splitlines()[-1]))
    assert answers[0] == answers[1], "the same run key registers once"
    return answers[0]


@pytest.mark.mlflow
def test_only_unity_catalog_has_deployment_jobs(
    mlflow_uri: str, tmp_path: Path, fresh: Callable[[str], str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(
            ["train", "--environment", str(write_environment(tmp_path, mlflow_uri)),
             "--audit", str(tmp_path / "audit.jsonl"), "--model", fresh("progression"),
             "--features", "absent.parquet", "--label", "l", "--key", "k",
             "--deployment-job-id", "7"]
        )  # fmt: skip
    assert ended.value.code == cli.ExitCode.FAILED
    assert "--deployment-job-id 7: the registry is http" in capsys.readouterr().err


@pytest.mark.mlflow
@pytest.mark.serving
def test_a_trained_version_tells_its_whole_story_and_serves(
    mlflow_uri: str, tmp_path: Path, trained: dict[str, str]
) -> None:
    registry = MlflowRegistry(mlflow_uri, mlflow_uri)
    version = registry.version(trained["model_name"], trained["model_version"])
    assert version.name.startswith("ml_models_catalog.dev_models.progression")
    assert version.tags["pii"] == "false"
    assert (
        version.tags["data_version"] == ParquetFeatures().read(str(tmp_path / "f.parquet")).version
    )
    assert version.tags["code_version"].startswith("source+")

    run = MlflowClient(mlflow_uri).get_run(version.run_id)
    assert run.data.params["seed"] == "0"
    assert run.data.metrics["roc_auc"] > 0.7
    assert run.inputs.dataset_inputs[0].dataset.name == str(tmp_path / "f.parquet")

    models = MlflowModels(mlflow_uri, mlflow_uri)
    signature = models.signature(version)
    assert signature is not None
    assert signature.outputs == core.OUTPUTS
    assert [each.type for each in signature.inputs] == ["double"] * 10
    records = [json.loads(line) for line in (tmp_path / "audit.jsonl").read_text().splitlines()]
    assert [(each["action"], each["version"]) for each in records] == [("train.register", "1")]

    _serves(mlflow_uri, tmp_path, version.uri, version.tags["model_sha256"])


def _serves(server: str, folder: Path, uri: str, sha256: str) -> None:
    """A real scoring server answers with the version it serves, and checks types."""
    with model_server(server, folder, uri) as url:
        rows = example_data.patients().drop(columns=["patient_id", "progressed"]).head(2)
        body = {"dataframe_split": rows.to_dict(orient="split")}
        answer = requests.post(url, json=body, timeout=30)
        assert answer.status_code == 200, answer.text
        predictions = answer.json()["predictions"]
        assert [each["model_version"] for each in predictions] == ["1", "1"]
        assert {each["model_sha256"] for each in predictions} == {sha256}
        sure = requests.post(url, json=body | {"params": {"threshold": 0.0}}, timeout=30).json()[
            "predictions"
        ]
        assert [each["prediction"] for each in sure] == [1, 1]
        assert [each["probability"] for each in sure] == [
            each["probability"] for each in predictions
        ]
        body["dataframe_split"]["data"][0][0] = "old"
        assert requests.post(url, json=body, timeout=30).status_code == 400


@pytest.mark.mlflow
def test_an_altered_model_is_refused_when_it_is_loaded(
    tmp_path: Path, trained: dict[str, str]
) -> None:
    import mlflow.artifacts

    uri = f"models:/{trained['model_name']}/{trained['model_version']}"
    copy = mlflow.artifacts.download_artifacts(artifact_uri=uri, dst_path=str(tmp_path / "copy"))
    (data,) = (tmp_path / "copy" / "artifacts").rglob("model.*.joblib")
    content = bytearray(data.read_bytes())
    content[len(content) // 2] ^= 1
    data.write_bytes(content)
    with pytest.raises(serializer.IntegrityError, match="has SHA-256"):
        mlflow.pyfunc.load_model(copy)
