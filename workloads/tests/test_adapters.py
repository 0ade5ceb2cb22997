"""The adapters against the real things, and the fakes against the same expectations."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import mlflow
import pytest
from mlflow.tracking import MlflowClient

from company_ml.adapters.fakes import FakeRegistry
from company_ml.adapters.mlflow_registry import MlflowRegistry
from company_ml.adapters.mlflow_tracking import MlflowTracking, workspace_name
from company_ml.adapters.spark_sql import SparkSql
from company_ml.ports import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from company_ml.ports import ModelRegistry
    from conftest import Lake


def _registry_story(registry: ModelRegistry, first: str, second: str) -> None:
    """What every ModelRegistry does with two versions of one model."""
    one = registry.version(first, "1")
    assert [each.version for each in registry.versions(first)] == ["1", "2"]
    assert registry.versions(second) == []
    assert registry.by_alias(first, "champion") is None

    registry.set_tag(first, "1", "pii", "false")
    registry.set_alias(first, "champion", "1")
    registry.set_alias(first, "challenger", "1")
    registry.set_alias(first, "champion", "2")
    assert registry.version(first, "1").aliases == ("challenger",)
    champion = registry.by_alias(first, "champion")
    assert champion is not None
    assert champion.version == "2"
    registry.delete_alias(first, "challenger")
    registry.delete_alias(first, "challenger")

    copied = registry.copy(registry.version(first, "1"), second, {"promoted_by": "someone"})
    assert (copied.name, copied.version, copied.aliases) == (second, "1", ())
    assert copied.tags == {"pii": "false", "promoted_by": "someone"}
    assert copied.run_id == one.run_id
    assert copied.source == f"models:/{first}/1"

    schema = first.rsplit(".", 1)[0]
    assert first in registry.models(schema)
    assert second not in registry.models(schema)

    registry.delete_tag(second, "1", "promoted_by")
    registry.delete_tag(second, "1", "promoted_by")
    assert registry.version(second, "1").tags == {"pii": "false"}
    registry.delete_version(second, "1")
    with pytest.raises(NotFoundError, match="no version 1"):
        registry.version(second, "1")
    assert registry.copy(one, second, {}).version == "2", "a deleted version's number stays used"


def test_the_fake_registry_tells_the_registry_story() -> None:
    fake = FakeRegistry()
    fake.add("cat.dev_models.m", run_id="r1")
    fake.add("cat.dev_models.m")
    _registry_story(fake, "cat.dev_models.m", "cat.candidate_models.m")


@pytest.mark.mlflow
def test_mlflows_own_registry_tells_the_registry_story(
    mlflow_uri: str, fresh: Callable[[str], str]
) -> None:
    client = MlflowClient(mlflow_uri, mlflow_uri)
    first, second = (f"cat.{schema}.{fresh('m')}" for schema in ("dev_models", "candidate_models"))
    client.create_registered_model(first)
    run = client.create_run(client.create_experiment(fresh("/exp")))
    client.log_text(run.info.run_id, "flavors: {}", "model/MLmodel")
    for _ in range(2):
        client.create_model_version(first, f"{run.info.artifact_uri}/model", run.info.run_id)
    _registry_story(MlflowRegistry(mlflow_uri, mlflow_uri), first, second)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/Workspace/ml_experiments/dev/churn", "/ml_experiments/dev/churn"),
        ("/ml_experiments/dev/churn", "/ml_experiments/dev/churn"),
        ("/Workspaces/x", "/Workspaces/x"),
    ],
)
def test_databricks_knows_an_experiment_without_its_mount(path: str, name: str) -> None:
    assert workspace_name(path) == name


@pytest.mark.mlflow
def test_a_logged_run_can_be_read_back(
    mlflow_uri: str, fresh: Callable[[str], str], tmp_path: Path
) -> None:
    mlflow.set_tracking_uri(f"file://{tmp_path}/elsewhere")
    tracking = MlflowTracking(mlflow_uri)
    report, experiment = tmp_path / "report.html", fresh("/exp")
    report.write_text("<p>fine</p>")
    run_id = tracking.log(
        experiment=experiment, run_name="drift", parameters={"window": "7d"},
        metrics={"psi": 0.25}, tags={"table": "t"}, artifacts=[report],
    )  # fmt: skip
    assert tracking.metrics(run_id) == {"psi": 0.25}
    assert tracking.parameters(run_id) == {"window": "7d"}
    client = MlflowClient(mlflow_uri)
    assert [each.path for each in client.list_artifacts(run_id)] == ["report.html"]
    assert tracking.find(experiment, "table", "t") == run_id
    assert tracking.find(experiment, "table", "other") is None
    with pytest.raises(ValueError, match="holds a quote"):
        tracking.find(experiment, "table", "o'clock")
    with pytest.raises(NotFoundError, match="no run 0000"):
        tracking.metrics("0000")


@pytest.mark.spark
def test_spark_fills_named_markers_and_keeps_delta_versions(lake: Lake) -> None:
    sql, table = SparkSql(lake.spark), lake.table("people")
    sql.query("CREATE TABLE IDENTIFIER(:table) (id INT, name STRING) USING DELTA", {"table": table})
    hostile = "x'); DROP TABLE people; --"
    sql.query(
        "INSERT INTO IDENTIFIER(:table) VALUES (:id, :name)",
        {"table": table, "id": 1, "name": hostile},
    )
    rows = sql.query(
        "SELECT name, :at AS at FROM IDENTIFIER(:table) WHERE id = :id",
        {"table": table, "id": 1, "at": datetime(2026, 1, 1, tzinfo=UTC)},
    )
    assert rows[0]["name"] == hostile
    history = sql.query(f"DESCRIBE HISTORY {table}")
    assert [row["version"] for row in history] == [1, 0]
