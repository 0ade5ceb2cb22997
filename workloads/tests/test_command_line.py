"""Jobs from their command line to what they leave behind: real Spark, Delta, MLflow and HTTP."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from mlflow.tracking import MlflowClient
from tests.compliance import system_tables
from tests.cost.test_statement import billing_tables, price, used

from company_ml import alerts, cli, environment, monitoring
from company_ml.adapters.audit_files import JsonLinesAudit
from company_ml.adapters.clock import SystemClock
from company_ml.adapters.mlflow_registry import MlflowRegistry
from company_ml.adapters.mlflow_tracking import MlflowTracking
from company_ml.adapters.sqlite_online import SqliteOnlineStore
from company_ml.cli import ExitCode
from environments import write_environment
from local_http import Answer, Request, answering

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Lake

NOWHERE = "http://127.0.0.1:1"


@dataclass
class Shell:
    """The command line, in a folder of its own."""

    folder: Path
    capsys: pytest.CaptureFixture[str]
    output: str = ""
    error: str = ""

    def __call__(self, job: str, *arguments: str | Path) -> int:
        """A job's exit code; what it said stays in ``output`` and ``error``."""
        self.capsys.readouterr()
        try:
            cli.main([job, *map(str, arguments)])
            code = 0
        except SystemExit as ended:
            code = int(str(ended.code))
        captured = self.capsys.readouterr()
        self.output, self.error = captured.out, captured.err
        return code

    def report(self) -> dict[str, Any]:
        """The JSON that the last job printed, after the line that MLflow prints of a run."""
        return json.loads(self.output[self.output.index("{") :])

    def watching(self, server: str = NOWHERE) -> list[str]:
        """The arguments of every job that watches."""
        file = write_environment(self.folder, server)
        return ["--environment", str(file), "--notify", "stderr"]


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(tmp_path, capsys)


def _requests(lake: Lake, label: str, prediction: str) -> tuple[str, ...]:
    """1,000 requests of ten days ago in two regions, all labelled since; arguments of the job."""
    predictions, labels = lake.table("predictions"), lake.table("labels")
    lake.spark.sql(
        f"CREATE TABLE {predictions} USING DELTA AS SELECT concat('r', id) AS request_id, "  # noqa: S608 - a test's own names
        f"current_timestamp() - INTERVAL 10 DAYS AS request_time, {prediction} AS prediction, "
        "IF(id % 2 = 0, 'north', 'south') AS region FROM range(1000)"
    )
    lake.spark.sql(
        f"CREATE TABLE {labels} USING DELTA AS SELECT concat('r', id) AS request_id, "  # noqa: S608 - the same
        f"{label} AS label, current_timestamp() - INTERVAL 1 DAY AS labelled_at FROM range(1000)"
    )
    return "--predictions", predictions, "--labels", labels, "--group-column", "region"


@pytest.mark.spark
@pytest.mark.mlflow
def test_performance_judges_a_binary_model_whose_labels_came_as_doubles(
    lake: Lake, mlflow_uri: str, shell: Shell, fresh: Callable[[str], str]
) -> None:
    tables = _requests(
        lake, "CAST(id % 4 < 2 AS DOUBLE)", "IF(id % 20 < 2, 0, CAST(id % 4 < 2 AS INT))"
    )
    name = f"ml_models_catalog.production_models.{fresh('churn')}"
    arguments = ("performance", *shell.watching(mlflow_uri), *tables, "--model", name)
    assert shell(*arguments) == ExitCode.FAILED
    assert "has no alias 'champion': set it, or name another with --alias" in shell.error
    _champion(mlflow_uri, name, {"accuracy": 0.91, "mae": 9.0})
    assert shell(*arguments) == ExitCode.DONE, shell.error
    report = shell.report()
    assert (report["accuracy"]["accuracy"], report["accuracy"]["baseline"]) == (0.9, 0.91)
    assert set(report["bias"]) == {"demographic_parity", "equal_opportunity"}
    assert shell(*arguments, "--baseline", "0.99") == ExitCode.REFUSED
    assert "Accuracy: alert" in shell.error
    assert shell(*arguments, "--positive", "yes") == ExitCode.FAILED
    assert "name more classes than that and one other" in shell.error
    once = ("--run-key", "77", "--audit", shell.folder / "audit.jsonl", "--baseline", "0.99")
    assert (shell(*arguments, *once), "Accuracy: alert" in shell.error) == (ExitCode.REFUSED, True)
    assert (shell(*arguments, *once), shell.error) == (ExitCode.REFUSED, ""), "told once a run"


@pytest.mark.spark
@pytest.mark.mlflow
def test_performance_is_not_yet_told_while_labels_are_too_few(
    lake: Lake, mlflow_uri: str, shell: Shell
) -> None:
    tables = _requests(lake, "IF(id < 299, 1, NULL)", "1")
    arguments = ("performance", *shell.watching(mlflow_uri), *tables, "--model", "c.s.m")
    assert shell(*arguments, "--baseline", "0.9") == ExitCode.NOT_YET, shell.error
    assert shell.report()["accuracy"]["reason"] == "299 labels, 300 needed"


@pytest.mark.mlflow
def test_retraining_is_not_yet_started_while_it_cools_down(
    mlflow_uri: str, shell: Shell, monkeypatch: pytest.MonkeyPatch, fresh: Callable[[str], str]
) -> None:
    class Training:
        def start(self, token: str) -> str:
            return f"run-{token[:4]}"

    monkeypatch.setattr(monitoring, "training", lambda _job: Training())
    model, env = fresh("c.s.m"), environment.load(shell.watching(mlflow_uri)[1])
    arguments = ("retrain", *shell.watching(mlflow_uri), "--model", model, "--training-job-id", "1",
                 "--claims", f"{shell.folder}/claims/")  # fmt: skip

    def drift() -> None:
        tags = alerts.tags(model, {"drift": True})
        monitoring.tracking(env).log(
            experiment=monitoring.experiment(env), run_name="drift", tags=tags
        )

    drift()
    assert (shell(*arguments), shell.report()["step"]) == (ExitCode.DONE, "trigger")
    drift()
    assert (shell(*arguments), shell.report()["step"]) == (ExitCode.NOT_YET, "cooling down")


@pytest.mark.spark
@pytest.mark.mlflow
def test_performance_of_several_classes_compares_accuracy_and_says_what_it_skipped(
    lake: Lake, mlflow_uri: str, shell: Shell, fresh: Callable[[str], str]
) -> None:
    """Every second row is of the south, where one class is always taken for another."""
    kinds = "element_at(array('low', 'middle', 'high'), CAST(id % 3 AS INT) + 1)"
    tables = _requests(lake, kinds, f"IF(id % 2 = 1 AND {kinds} = 'low', 'middle', {kinds})")
    arguments = ("performance", *shell.watching(mlflow_uri), *tables, "--model", fresh("grade"),
                 "--baseline", "0.83")  # fmt: skip
    assert shell(*arguments) == ExitCode.FAILED
    assert "set --problem multiclass or --problem regression" in shell.error
    assert shell(*arguments, "--problem", "multiclass") == ExitCode.REFUSED
    assert "Accuracy by group: north is 0.33" in shell.error
    report = shell.report()
    assert report["verdict"] == "good"
    assert report["bias"]["skipped"].startswith("demographic parity and equal opportunity are of")
    assert "demographic_parity" not in report["bias"]


@pytest.mark.spark
@pytest.mark.mlflow
def test_performance_of_amounts_is_judged_by_their_error(
    lake: Lake, mlflow_uri: str, shell: Shell, fresh: Callable[[str], str]
) -> None:
    """Errors are 2 in the north and 4 in the south: 3 in the mean."""
    tables = _requests(lake, "100D + id", "100D + id + IF(id % 2 = 0, 2, -4)")
    name = f"ml_models_catalog.production_models.{fresh('amount')}"
    arguments = ("performance", *shell.watching(mlflow_uri), *tables, "--model", name)
    _champion(mlflow_uri, name, {"mae": 2.9})
    problem = ("--problem", "regression")
    assert shell(*arguments, *problem) == ExitCode.REFUSED
    assert "Mean absolute error by group: south is 2 above north" in shell.error
    report = shell.report()
    assert (report["verdict"], report["error"]["mae"]) == ("good", 3.0)
    assert report["error"]["rmse"] == pytest.approx(10**0.5)
    assert report["skipped"].startswith("demographic parity and equal opportunity are of classes")
    (run,) = MlflowClient(mlflow_uri).search_runs(
        [_monitoring(mlflow_uri)], filter_string=f"tags.model = '{name}'"
    )
    assert run.data.tags["alert_bias"] == "yes"
    assert run.data.metrics["mae_rise"] == pytest.approx(3 / 2.9 - 1)
    assert shell(*arguments, *problem, "--baseline", "2") == ExitCode.REFUSED
    assert "Error: alert: mean absolute error 3, baseline 2, limit of the rise 10%" in shell.error
    assert shell(*arguments, *problem, "--baseline", "0") == ExitCode.FAILED
    assert "baseline 0.0 is no mean absolute error" in shell.error
    old = shell.folder / "limits.yaml"
    old.write_text(
        "label_delay_days: 7\nwindow_days: 7\n"
        "accuracy: {drop: 0.05, confidence: 0.9, minimum_labels: 1, minimum_coverage: 0}\n"
        "bias: {difference: 0.1, confidence: 0.9, minimum_group: 1}\n"
    )
    assert shell(*arguments, *problem, "--limits", old) == ExitCode.FAILED
    assert "lacks the key regression" in shell.error
    table = lake.table("labels")
    lake.spark.sql(f"CREATE OR REPLACE TABLE {table} USING DELTA AS SELECT request_id, 'high' AS "  # noqa: S608 - the same
                   f"label, labelled_at FROM {table}")  # fmt: skip
    assert shell(*arguments, *problem) == ExitCode.FAILED
    assert "1000 labelled predictions" in shell.error


def _champion(server: str, name: str, metrics: dict[str, float]) -> None:
    tracking, client = MlflowTracking(server), MlflowClient(server)
    run_id = tracking.log(experiment=name, run_name="train", metrics=metrics)
    client.create_registered_model(name)
    version = client.create_model_version(name, "s3://somewhere/model", run_id)
    client.set_registered_model_alias(name, "champion", version.version)


def _monitoring(server: str) -> str:
    found = MlflowClient(server).get_experiment_by_name("/Workspace/ml_experiments/dev/monitoring")
    assert found is not None
    return found.experiment_id


@pytest.mark.spark
def test_quality_measures_a_real_table_and_ends_by_what_it_finds(lake: Lake, shell: Shell) -> None:
    table = lake.table("customers")
    frame = lake.spark.createDataFrame([(1, "a"), (2, None), (2, "c")], "user_id INT, name STRING")
    frame.write.format("delta").saveAsTable(table)
    promises = shell.folder / "promises.yaml"
    promises.write_text(
        "table: elsewhere\nexpectations:\n- {check: rows, at_least: 1}\n"
        "- {check: completeness, column: name, at_least: 0.9}\n"
        "- {check: uniqueness, column: user_id, at_least: 0.5}\n"
    )
    arguments = ("quality", *shell.watching(), "--expectations", promises, "--table", table)
    assert shell(*arguments) == ExitCode.REFUSED
    assert "completeness" in shell.error
    assert "0.666667, expected at least 0.9" in shell.error
    lake.spark.sql(f"DELETE FROM {table} WHERE name IS NULL")  # noqa: S608 - a test's own name
    assert shell(*arguments) == ExitCode.DONE, shell.error
    assert {each["value"] for each in shell.report()["findings"]} == {1.0, 2.0}


@pytest.mark.spark
def test_cost_adds_up_real_tables_and_tells_what_is_too_much(lake: Lake, shell: Shell) -> None:
    usage, prices = billing_tables(lake, [used("2026-11-20", 5_000)], [price(0.3)])
    arguments = ("cost", *shell.watching(), "--usage-table", usage, "--list-prices-table", prices)
    assert shell(*arguments, "--day", "2026-11-20") == ExitCode.REFUSED
    assert "Total 2026-11-20: 1,500.00 USD" in shell.error
    assert shell.report()["by_owner"] == {"fraud": 1500.0}
    assert shell(*arguments, "--day", "2026-11-19") == ExitCode.DONE, shell.error


@pytest.mark.mlflow
def test_retention_shows_its_plan_and_deletes_what_nobody_protects(
    mlflow_uri: str, shell: Shell, monkeypatch: pytest.MonkeyPatch, fresh: Callable[[str], str]
) -> None:
    """In a hundred days, when three of five versions are aliased, served or newest."""
    name, registry = fresh("ml_models_catalog.dev_models.kept"), MlflowRegistry(*[mlflow_uri] * 2)
    client = MlflowClient(mlflow_uri)
    client.create_registered_model(name)
    for _ in range(5):
        client.create_model_version(name, "s3://somewhere/model")
    registry.set_alias(name, "challenger", "1")
    later = datetime.now(UTC) + timedelta(days=100)
    monkeypatch.setattr(SystemClock, "now", lambda _: later)
    monkeypatch.setenv("DATABRICKS_TOKEN", "a-test's")
    rules = shell.folder / "rules.yaml"
    rules.write_text(
        "hold_tag: retention_hold\n"
        + "".join(
            f"{schema}: {{days: 30, keep_newest: 1}}\n"
            for schema in ("development", "candidate", "production", "archived")
        )
    )
    served = {"entity_name": name, "entity_version": "2"}

    def workspace(request: Request) -> Answer:
        if request.path == "/api/2.0/serving-endpoints":
            return Answer(body=b'{"endpoints": [{"name": "kept"}]}')
        if request.path == "/api/2.0/serving-endpoints/kept":
            return Answer(body=json.dumps({"config": {"served_entities": [served]}}).encode())
        return Answer(404)

    audit = shell.folder / "audit.jsonl"
    with answering(workspace) as url:
        arguments = ("retention", *shell.watching(mlflow_uri), "--rules", rules, "--audit", audit,
                     "--correlation", "run-1", "--workspace-url", url)  # fmt: skip
        assert shell(*arguments) == ExitCode.DONE, shell.error
        plan = shell.report()["plans"]["ml_models_catalog.dev_models"]
        mine = [uri for uri in plan["delete"] if name in uri]
        assert mine == [f"models:/{name}/{number}" for number in (3, 4)]
        assert len(registry.versions(name)) == 5
        assert shell(*arguments, "--apply") == ExitCode.DONE, shell.error
    assert [each.version for each in registry.versions(name)] == ["1", "2", "5"]
    told = [each for each in JsonLinesAudit(audit).records("run-1") if each.object == name]
    assert [(each.action, each.version) for each in told] == [
        ("retention.announce", "3"), ("retention.delete", "3"),
        ("retention.announce", "4"), ("retention.delete", "4"),
    ]  # fmt: skip


@pytest.mark.spark
def test_lineage_and_compliance_read_copies_of_the_system_tables(
    lake: Lake, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    system_tables.make(lake.spark, lake.database, system_tables.month())
    period = ("--since", "2026-10-01", "--until", "2026-11-01", "--copies", lake.database)
    assert shell("lineage", "--table", system_tables.FEATURES, *period) == ExitCode.DONE
    assert shell.report() == {
        "upstream": [],
        "downstream": [{"distance": 1, "table": "ml_prod_catalog.serving.scores"}],
    }

    folder, key = shell.folder / "report", Ed25519PrivateKey.generate()
    private, public = shell.folder / "private.pem", shell.folder / "public.pem"
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public.write_bytes(
        key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    )
    monkeypatch.setattr(SystemClock, "now", lambda _: system_tables.MADE)
    assert shell("compliance", "--folder", folder, *period) == ExitCode.FAILED
    assert "--signing-key missing" in shell.error
    made = ("compliance", "--folder", folder, *period, "--scope", "churn|customer_features",
            "--signing-key", f"file:{private}")  # fmt: skip
    assert shell(*made, "--fail-on-gaps") == ExitCode.REFUSED, "quiet days are told"
    assert system_tables.ADA in (folder / "model_operations.csv").read_text()
    assert shell("compliance", "--folder", folder, "--verify", public) == ExitCode.DONE
    assert shell(*made) == ExitCode.DONE, "the same report is there already"


@pytest.mark.spark
def test_a_table_is_checked_restored_and_its_recovery_rehearsed(lake: Lake, shell: Shell) -> None:
    table, audit = lake.table("customers"), shell.folder / "audit.jsonl"
    for values, how in (([1, 2], "overwrite"), ([3], "append"), ([9], "overwrite")):
        frame = lake.spark.createDataFrame([(value,) for value in values], "x INT").coalesce(1)
        frame.write.format("delta").mode(how).saveAsTable(table)
    where = ("--environment", write_environment(shell.folder, NOWHERE), "--audit", audit,
             "--table", table)  # fmt: skip

    def rows() -> list[int]:
        return sorted(row["x"] for row in lake.spark.table(table).collect())

    recover = ("recover-table", *where, "--correlation", "incident-1", "--to-version")
    assert shell(*recover, "1", "--check") == ExitCode.DONE, shell.error
    assert (shell.output, rows()) == (f"{table} version 1 is complete\n", [9])
    assert shell(*recover, "1") == ExitCode.DONE, shell.error
    assert (shell.output, rows()) == (f"{table} version 1 is current again\n", [1, 2, 3])
    assert shell(*recover, "77") == ExitCode.FAILED
    assert "77" in shell.error
    rehearse = ("rehearse", *where, "--copy", lake.table("clone"), "--rpo-minutes", "600",
                "--correlation", "exercise-1", "--rto-minutes")  # fmt: skip
    assert shell(*rehearse, "10") == ExitCode.DONE, shell.error
    assert "3 rows, recovered in" in shell.output
    assert shell(*rehearse, "0") == ExitCode.REFUSED
    assert rows() == [1, 2, 3]
    assert not lake.spark.catalog.tableExists(lake.table("clone"))
    told = [(each.action, each.correlation) for each in JsonLinesAudit(audit).records()]
    assert ("recovery.rehearsal", "exercise-1") in told
    assert {correlation for _, correlation in told} == {"incident-1", "exercise-1"}


@pytest.mark.spark
def test_features_are_written_joined_as_of_their_time_and_published(
    lake: Lake, shell: Shell
) -> None:
    day = datetime(2026, 1, 1, tzinfo=UTC)
    source = lake.table("source")
    lake.spark.createDataFrame(
        [(1, day, 10), (1, day + timedelta(days=2), 12), (2, day, 20)],
        "user_id INT, since TIMESTAMP, amount INT",
    ).write.format("delta").saveAsTable(source)
    lake.spark.createDataFrame(
        [(1, day + timedelta(days=1)), (1, day + timedelta(days=3)), (2, day - timedelta(days=1))],
        "user_id INT, asked TIMESTAMP",
    ).write.format("delta").saveAsTable(lake.table("asked"))
    table = ("--table", lake.table("features"), "--primary-keys", "user_id",
             "--timestamp-key", "since")  # fmt: skip
    for _ in range(2):
        assert shell("features", "write", *table, "--source", source) == ExitCode.DONE, shell.error
    assert lake.spark.table(lake.table("features")).count() == 3, "written twice is written once"
    join = ("features", "join", *table, "--rows", lake.table("asked"), "--rows-time", "asked",
            "--target", lake.table("training"), "--features")  # fmt: skip
    assert shell(*join, "amount") == ExitCode.DONE, shell.error
    joined = lake.spark.table(lake.table("training")).orderBy("user_id", "asked").collect()
    assert [(row["user_id"], row["amount"]) for row in joined] == [(1, 10), (1, 12), (2, None)]
    assert shell(*join, "nothing") == ExitCode.FAILED
    assert "nothing" in shell.error
    online = shell.folder / "online.db"
    assert shell("features", "publish", *table, "--online-table", "users", "--file", online) == (
        ExitCode.DONE
    ), shell.error
    from company_ml.adapters.delta_features import DeltaFeatureStore

    row = SqliteOnlineStore(online, DeltaFeatureStore(lake.spark)).row("users", 1)
    assert row is not None
    assert row["amount"] == 12
