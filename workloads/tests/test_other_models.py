"""Models that a team logged itself, with plain MLflow: evaluated, promoted, served all the same."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import mlflow
import numpy as np
import pandas as pd
import pytest
import requests
import yaml
from mlflow.models import infer_signature
from mlflow.pyfunc import PythonModel
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from company_ml import cli
from company_ml.adapters import mlflow_answers
from company_ml.adapters.audit_files import JsonLinesAudit
from company_ml.adapters.mlflow_models import MlflowModels
from company_ml.adapters.mlflow_registry import MlflowRegistry
from company_ml.ports import AnswerError, Column
from environments import write_environment
from model_server import model_server
from other_data import KEY, diabetes, messy, tumours, wine

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mlflow.pyfunc import PyFuncModel


def _features(table: pd.DataFrame, label: str) -> pd.DataFrame:
    return table.drop(columns=[KEY, label])


def _scaled(estimator: Any, table: pd.DataFrame, label: str) -> Any:
    return make_pipeline(StandardScaler(), estimator).fit(_features(table, label), table[label])


def _loaded(folder: Path, model: Any, signature: Any, **options: Any) -> PyFuncModel:
    mlflow.sklearn.save_model(model, str(folder), signature=signature, **options)
    return mlflow.pyfunc.load_model(str(folder))


def test_a_plain_classifier_answers_classes_and_how_sure_it_is(tmp_path: Path) -> None:
    table = wine()
    model = _scaled(LogisticRegression(), table, "cultivar")
    features = _features(table, "cultivar")
    signature = infer_signature(features, model.predict(features))
    expected = model.predict_proba(features)
    for name, options in (("classes", {}), ("shares", {"pyfunc_predict_fn": "predict_proba"})):
        loaded = _loaded(tmp_path / name, model, signature, **options)
        answer = mlflow_answers.answer(loaded, "models:/m/1", table.sample(frac=1, random_state=1))
        assert len(answer) == len(table)
        answer = mlflow_answers.answer(loaded, "models:/m/1", table)
        assert list(answer["prediction"]) == list(model.predict(features))
        shares = [f"probability_{cultivar}" for cultivar in model.classes_]
        assert answer[shares].to_numpy() == pytest.approx(expected)


def test_a_plain_regressor_answers_amounts(tmp_path: Path) -> None:
    table = diabetes()
    model = _scaled(Ridge(), table, "progression")
    features = _features(table, "progression")
    loaded = _loaded(tmp_path / "m", model, infer_signature(features, model.predict(features)))
    answer = mlflow_answers.answer(loaded, "models:/m/1", table)
    assert list(answer.columns) == ["prediction"]
    assert answer["prediction"].to_numpy() == pytest.approx(model.predict(features))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.drop(columns="alcohol"), "m/1 takes columns alcohol, which the rows lack"),
        (lambda t: t.assign(alcohol="strong"), "column alcohol of the rows holds no numbers"),
        (
            lambda t: t.assign(proline=0.5),
            "column proline of the rows holds numbers with fractions",
        ),
        (lambda t: t.assign(proline=None), "or missing ones (its type is object)"),
        (lambda t: t.assign(alcohol=2**60), "holds whole numbers beyond 2**53"),
        (lambda t: t.assign(hospital=5), "column hospital of the rows holds no text"),
        (lambda t: t.assign(alcohol=np.inf), "m/1 fails on the rows: Input X contains infinity"),
    ],
)
def test_rows_of_other_types_than_the_model_was_trained_on_are_refused_by_column(
    tmp_path: Path, change: Callable[[pd.DataFrame], pd.DataFrame], message: str
) -> None:
    table = wine().assign(hospital="north")
    table["proline"] = table["proline"].astype(int)
    features = table[["alcohol", "proline", "hospital"]]
    model = RandomForestClassifier(2).fit(features[["alcohol", "proline"]], table["cultivar"])
    kept = make_pipeline("passthrough", _Choosing(), model)
    loaded = _loaded(tmp_path / "m", kept, infer_signature(features, table["cultivar"]))
    assert len(mlflow_answers.answer(loaded, "models:/m/1", table)) == len(table)
    with pytest.raises(AnswerError) as refused:
        mlflow_answers.answer(loaded, "models:/m/1", change(table))
    assert message in str(refused.value)


class _Choosing:
    """A pipeline's step that leaves text out."""

    def fit(self, *_: Any) -> _Choosing:
        return self

    def transform(self, table: pd.DataFrame) -> pd.DataFrame:
        return table[["alcohol", "proline"]]


def test_whole_numbers_and_decimals_are_taken_where_a_model_declares_double(
    tmp_path: Path,
) -> None:
    table = wine()
    model = _scaled(LogisticRegression(), table, "cultivar")
    features = _features(table, "cultivar")
    loaded = _loaded(tmp_path / "m", model, infer_signature(features, model.predict(features)))
    whole = table.assign(
        proline=table["proline"].astype(int), alcohol=table["alcohol"].astype("Float64")
    )
    assert mlflow_answers.answer(loaded, "u", whole).equals(
        mlflow_answers.answer(loaded, "u", table)
    )


def test_a_model_without_a_usable_signature_is_told_how_to_get_one(tmp_path: Path) -> None:
    table = wine()
    model = _scaled(LogisticRegression(), table, "cultivar")
    features = _features(table, "cultivar")
    signature = infer_signature(features.to_numpy(), model.predict(features))
    tensor = _loaded(tmp_path / "tensor", model, signature)
    with pytest.raises(AnswerError, match="declares a tensor, which does not say which columns"):
        mlflow_answers.answer(tensor, "u", table)
    with pytest.raises(AnswerError, match="declares no signature, so it was given all columns"):
        mlflow_answers.answer(_loaded(tmp_path / "none", model, None), "u", table)


class Estate:
    """A server, the command line over it, and a model that several teams register."""

    def __init__(
        self, server: str, folder: Path, model: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.server, self.folder, self.model, self._capsys = server, folder, model, capsys
        self.environment = write_environment(folder, server, "prod")
        self.registry = MlflowRegistry(server, server)

    def name(self, schema: str) -> str:
        return f"ml_models_catalog.{schema}_models.{self.model}"

    def write(self, name: str, table: pd.DataFrame) -> str:
        path = str(self.folder / f"{name}.parquet")
        table.to_parquet(path, index=False)
        return path

    def run(self, job: str, *arguments: str) -> int:
        try:
            cli.main([job, "--environment", str(self.environment),
                      "--audit", str(self.folder / "audit.jsonl"), *arguments])  # fmt: skip
            code = 0
        except SystemExit as ended:
            code = int(str(ended.code))
        output = self._capsys.readouterr()
        self.output, self.error = output.out, output.err
        return code

    def gates(self, metrics: dict[str, Any], **parts: Any) -> str:
        path = self.folder / "gates.yaml"
        plain = {"required_tags": {}, "metrics": metrics, "slices": {}, "signature": "compatible"}
        path.write_text(yaml.safe_dump(plain | parts))
        return str(path)

    def promote(self, schema: str, version: str, holdout: str, gates: str) -> int:
        return self.run(
            "promote", "--model-name", self.name(schema), "--model-version", version,
            "--holdout", holdout, "--gates", gates,
        )  # fmt: skip

    def register(self, signature: Any, flavour: Any, **model: Any) -> str:
        """What a team does: plain MLflow."""
        mlflow.set_experiment(self.model)
        with mlflow.start_run():
            logged = flavour.log_model(
                name="theirs", signature=signature, pip_requirements=[], **model
            )
        return str(mlflow.register_model(logged.model_uri, self.name("dev")).version)


@pytest.fixture
def estate(
    mlflow_uri: str, tmp_path: Path, fresh: Callable[[str], str],
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
) -> Estate:  # fmt: skip
    monkeypatch.setenv("LOGNAME", "release-job")
    return Estate(mlflow_uri, tmp_path, fresh("theirs"), capsys)


@pytest.mark.mlflow
@pytest.mark.serving
def test_several_classes_go_from_a_plain_log_to_production_and_serve(
    estate: Estate, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    table = wine()
    train, holdout = table[table[KEY] % 3 > 0], table[table[KEY] % 3 == 0]
    model = _scaled(LogisticRegression(), train, "cultivar")
    features = _features(train, "cultivar")
    signature = infer_signature(features, model.predict(features))
    version = estate.register(signature, mlflow.sklearn, sk_model=model)
    rows = estate.write("holdout", holdout)
    gates = estate.gates(
        {
            "balanced_accuracy": {"at_least": 0.9},
            "log_loss": {"at_most": 0.5, "worse_than_champion_by_at_most": 0.1},
        },
        holdout={"label": "cultivar", "minimum_rows": 30},
    )
    assert estate.promote("dev", version, rows, gates) == cli.ExitCode.DONE, estate.error
    assert estate.promote("candidate", "1", rows, gates) == cli.ExitCode.WAITING, estate.error
    monkeypatch.setenv("LOGNAME", "reviewer")
    decided = ("--decision", "Approved", "--reason", "good")
    version_of = ("--model-name", estate.name("candidate"), "--model-version", "1")
    assert estate.run("approve", *version_of, *decided) == cli.ExitCode.DONE, estate.error
    monkeypatch.setenv("LOGNAME", "release-job")
    assert estate.promote("candidate", "1", rows, gates) == cli.ExitCode.DONE, estate.error
    champion = estate.registry.by_alias(estate.name("production"), "champion")
    assert champion is not None
    declared = MlflowModels(estate.server, estate.server).signature(champion)
    assert declared is not None
    assert declared.outputs == (Column(name="prediction", type="string"),)

    # The platform's own training challenges it, and is refused for nothing but what is worse.
    blind = ("train", "--model", estate.model, "--features", estate.write("train", train),
             "--label", "cultivar", "--key", KEY)  # fmt: skip
    few = [part for name in features.columns if name != "ash" for part in ("--exclude", name)]
    assert estate.run(*blind, "--estimator", "linear") == cli.ExitCode.DONE, estate.error
    assert estate.run(*blind, *few) == cli.ExitCode.DONE, estate.error
    assert estate.promote("dev", "3", rows, gates) == cli.ExitCode.REFUSED, estate.error
    assert estate.promote("dev", "2", rows, gates) == cli.ExitCode.DONE, estate.error

    with model_server(estate.server, tmp_path, champion.uri) as url:
        body = {"dataframe_split": _features(holdout, "cultivar").head(3).to_dict("split")}
        answer = requests.post(url, json=body, timeout=30)
        assert answer.json()["predictions"] == list(
            model.predict(_features(holdout, "cultivar").head(3))
        )


class Amounts(PythonModel):
    """A team's own pyfunc: columns with names of its own."""

    def __init__(self, model: Any) -> None:
        self.model = model

    def predict(  # pyright: ignore[reportIncompatibleMethodOverride] - the base has no return type
        self, context: Any, model_input: pd.DataFrame, params: Any = None
    ) -> pd.DataFrame:
        del context, params
        amount = self.model.predict(model_input)
        return pd.DataFrame({"amount": amount, "currency": "EUR"})


@pytest.mark.mlflow
def test_a_teams_own_pyfunc_is_judged_by_the_column_that_its_gates_name(estate: Estate) -> None:
    table = diabetes()
    train, holdout = table[table[KEY] % 3 > 0], table[table[KEY] % 3 == 0]
    features = _features(train, "progression")
    model = Amounts(_scaled(Ridge(), train, "progression"))
    signature = infer_signature(features, model.predict(None, features))
    version = estate.register(signature, mlflow.pyfunc, python_model=model)
    rows = estate.write("holdout", holdout)
    metrics = {"mae": {"at_most": 50}, "rmse": {"worse_than_champion_by_at_most": 1}}
    judged = {"label": "progression", "problem": "regression", "minimum_rows": 100}
    unnamed = estate.gates(metrics, holdout=judged)
    assert estate.promote("dev", version, rows, unnamed) == cli.ExitCode.FAILED
    assert "no column prediction; it has amount, currency. Name the right one" in estate.error
    named = estate.gates(metrics, holdout=judged, answer={"prediction": "amount"})
    assert estate.promote("dev", version, rows, named) == cli.ExitCode.DONE, estate.error
    (record, *_) = JsonLinesAudit(estate.folder / "audit.jsonl").records()
    found = mlflow.get_run(record.details["run"]).data
    assert found.params["problem"] == "regression"
    assert 0 < found.metrics["candidate_mae"] < 50


@pytest.mark.mlflow
def test_a_plain_binary_model_passes_the_same_gates_and_a_wrong_table_says_what_to_do(
    estate: Estate,
) -> None:
    table = tumours()
    train, holdout = table[table[KEY] % 3 > 0], table[table[KEY] % 3 == 0]
    model = _scaled(LogisticRegression(), train, "benign")
    features = _features(train, "benign")
    signature = infer_signature(features, model.predict(features))
    version = estate.register(signature, mlflow.sklearn, sk_model=model)
    gates = estate.gates(
        {"roc_auc": {"at_least": 0.9}, "selection_rate": {"at_most": 0.9}},
        holdout={"label": "benign", "minimum_rows": 30},
    )
    for change, message in (
        (holdout.head(0), "the held-out table has no rows"),
        (holdout.drop(columns="mean area"), "takes columns mean area, which the rows lack"),
        (holdout.assign(**{"mean area": "large"}), "column mean area of the rows holds no numbers"),
        (holdout.drop(columns="benign"), "no column benign, the label"),
    ):
        wrong = estate.write("wrong", change)
        assert estate.promote("dev", version, wrong, gates) == cli.ExitCode.FAILED
        assert message in estate.error
        assert "Traceback" not in estate.error
    rows = estate.write("holdout", holdout)
    assert estate.promote("dev", version, rows, gates) == cli.ExitCode.DONE, estate.error


@pytest.mark.mlflow
@pytest.mark.serving
def test_text_classes_categories_and_missing_values_train_promote_and_serve(
    estate: Estate, tmp_path: Path
) -> None:
    table = messy()
    features = estate.write("features", table)
    arguments = ("train", "--model", estate.model, "--features", features, "--label", "benign",
                 "--key", KEY, "--estimator", "random_forest", "--parameter", "n_estimators=20",
                 "--parameter", "max_features=None")  # fmt: skip
    for extra, message in (
        ((), "columns hospital are not numbers; exclude them (--exclude), say that their values"),
        (("--categorical", "hospital"), "--positive is not set, and label benign has the classes"),
        (("--parameter", "depth"), "--parameter 'depth' is not KEY=VALUE, as max_depth=5"),
    ):
        assert estate.run(*arguments, *extra) == cli.ExitCode.FAILED
        assert message in estate.error
    categories = ("--categorical", "hospital", "--categorical", "ward", "--positive", "yes")
    assert estate.run(*arguments, *categories) == cli.ExitCode.DONE, estate.error
    version = json.loads(estate.output.splitlines()[-1])["model_version"]
    trained = estate.registry.version(estate.name("dev"), version)
    parameters = mlflow.get_run(trained.run_id).data.params
    assert (parameters["n_estimators"], parameters["problem"]) == ("20", "binary")
    assert parameters["max_features"] == "None"

    gates = estate.gates(
        {"roc_auc": {"at_least": 0.9}, "balanced_accuracy": {"at_least": 0.8}},
        holdout={"label": "benign", "problem": "binary", "positive": "yes", "minimum_rows": 100},
        slices={"hospital": {"metric": "recall", "gap_at_most": 0.3, "minimum_rows": 20}},
    )
    assert estate.promote("dev", version, features, gates) == cli.ExitCode.DONE, estate.error

    rows = _features(table, "benign").head(20)
    with model_server(estate.server, tmp_path, trained.uri) as url:
        split = json.loads(rows.to_json(orient="split", index=False))
        answer = requests.post(url, json={"dataframe_split": split}, timeout=30)
        assert answer.status_code == 200, answer.text
        predictions = answer.json()["predictions"]
    assert {each["prediction"] for each in predictions} <= {"yes", "no"}
    assert [each["prediction"] == "yes" for each in predictions] == [
        each["probability"] >= 0.5 for each in predictions
    ]
    assert {each["model_version"] for each in predictions} == {version}
