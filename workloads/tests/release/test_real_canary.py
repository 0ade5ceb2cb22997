"""Whole canaries on real model server processes, behind the sandbox's router."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import requests

from company_ml import cli
from company_ml.adapters.audit_files import JsonLinesAudit
from company_ml.adapters.mlflow_registry import MlflowRegistry
from company_ml.adapters.release_store_files import FileReleaseStore
from company_ml.adapters.serving_endpoints import DatabricksServing
from company_ml.adapters.sqlite_sql import SqliteSql
from company_ml.ports import NotFoundError, ServedEntity
from company_ml.release import core
from company_ml.release.core import Phase
from company_ml.release.evidence import METRIC_COLUMNS, SHADOW_COLUMNS, SqlEvidence, Tables
from company_ml.release.gates import AgreementGate, ErrorGate, LatencyGate, MetricGate
from company_ml.release.plan import Limits, Release, Stage, canary, shadow
from company_ml.release.ports import UpdateRefusedError
from company_ml.release.run import World, run
from environments import write_environment
from serving_sandbox import client, create_endpoint, log_table, router

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from company_ml.release.gates import Gate

pytestmark = [pytest.mark.mlflow, pytest.mark.serving]

ROWS = {"dataframe_split": {"columns": ["x"], "data": [[1.0], [2.0]]}}


@dataclass
class Callers:
    """A clock that, instead of sleeping, lets callers ask the endpoint and report their sales."""

    url: str
    sql: SqliteSql
    sent: int = 0
    statuses: list[int] = field(default_factory=list[int])

    def now(self) -> datetime:
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        for _ in range(40):
            self.sent += 1
            request_id = f"caller-{self.sent}"
            answer = requests.post(
                f"{self.url}/serving-endpoints/churn/invocations",
                json={**ROWS, "client_request_id": request_id},
                timeout=60,
            )
            self.statuses.append(answer.status_code)
            if answer.ok:
                self.sql.query(
                    "INSERT INTO metrics VALUES (:id, 'sales', :value)",
                    {"id": request_id, "value": float(self.sent % 7)},
                )


@dataclass(frozen=True)
class Place:
    """A running router with the endpoint ``churn`` that serves version 1."""

    url: str
    model: str
    folder: Path
    serving: DatabricksServing
    sql: SqliteSql

    def world(self, callers: Callers) -> World:
        tables = Tables(
            log=log_table("churn"),
            metrics="metrics",
            shadow="shadow",
        )
        return World(
            serving=self.serving, invoker=self.serving,
            evidence=SqlEvidence(self.sql, tables, self.serving.workspace_id()),
            store=FileReleaseStore(self.folder / "store"),
            audit=JsonLinesAudit(self.folder / "audit.jsonl"), clock=callers, holder="run-1",
        )  # fmt: skip

    def release(self, version: str, stages: tuple[Stage, ...], *gates: Gate) -> Release:
        return Release(
            id=f"to-{version}",
            endpoint="churn",
            candidate=ServedEntity(
                name=f"churn-{version}", model=self.model, version=version, percent=0
            ),
            stages=stages,
            gates=gates,
            limits=Limits(minimum_requests=60, first_look=20, soak=timedelta(seconds=1)),
            actor="release-bot",
        )


@pytest.fixture
def place(mlflow_uri: str, tmp_path: Path, fresh: Callable[[str], str]) -> Iterator[Place]:
    model = f"ml_models_catalog.production_models.{fresh('churn')}"
    subprocess.run(
        [sys.executable, Path(__file__).with_name("tiny_models.py"), mlflow_uri, model, tmp_path],
        check=True, capture_output=True,
    )  # fmt: skip
    with router(mlflow_uri, tmp_path) as url:
        sql = SqliteSql(tmp_path / "tables.db")
        sql.query(f"CREATE TABLE metrics ({_sqlite(METRIC_COLUMNS)})")
        sql.query(f"CREATE TABLE shadow ({_sqlite(SHADOW_COLUMNS)})")
        create_endpoint(url, "churn", model, "1")
        yield Place(url, model, tmp_path, DatabricksServing(client(url)), sql)


def _sqlite(columns: str) -> str:
    return columns.replace("STRING", "TEXT")


def test_a_release_fails_another_is_shadowed_and_takes_over(place: Place) -> None:
    callers = Callers(place.url, place.sql)
    gates = (
        ErrorGate(tolerated=0.15),
        LatencyGate(limit_ms=30_000),
        MetricGate(metric="sales", tolerated=2),
    )

    failing = place.release("3", canary((50,)), *gates)
    state = run(failing, place.world(callers))
    assert state.phase is Phase.ROLLED_BACK
    said = [event.details["reason"] for event in state.events if event.action == "release.rollback"]
    assert "increase of the error rate" in said[0]
    assert [(each.name, each.percent) for each in place.serving.endpoint("churn").entities] == [
        ("champion", 100)
    ]
    failures = callers.statuses.count(500) + callers.statuses.count(400)
    assert 0 < failures < len(callers.statuses) / 2, "callers saw failures for a short time only"

    callers.statuses.clear()
    replayed = place.release("2", shadow(), AgreementGate(tolerated=0.1, within=1e-6))
    state = run(replayed, place.world(callers))
    assert state.phase is Phase.COMPLETED, state.events[-2:]
    assert set(callers.statuses) <= {200}
    compared = place.sql.query("SELECT COUNT(*) AS n, SUM(differs) AS d FROM shadow")
    assert compared[0]["d"] == 0
    assert int(str(compared[0]["n"])) >= 60

    good = place.release("2", canary((50,)), *gates)
    state = run(replace(good, id="to-2-for-good"), place.world(callers))
    assert state.phase is Phase.COMPLETED, [event.details for event in state.events]
    (served,) = place.serving.endpoint("churn").entities
    assert (served.name, served.version, served.percent) == ("churn-2", "2", 100)
    assert set(callers.statuses) == {200}, "no caller noticed the good release"

    # What the controller does not own went along to the new entity.
    raw = requests.get(f"{place.url}/api/2.0/serving-endpoints/churn", timeout=10).json()
    (entity,) = raw["config"]["served_entities"]
    assert entity["environment_vars"] == {"MODE": "plain"}
    audit = list(JsonLinesAudit(place.folder / "audit.jsonl").records("to-2-for-good"))
    assert [record.action for record in audit][-1] == "release.completed"

    with pytest.raises(UpdateRefusedError, match="sum of traffic percentages must be 100, not 90"):
        place.serving.update(
            "churn", [ServedEntity(name="churn-2", model=place.model, version="2", percent=90)]
        )
    with pytest.raises(NotFoundError, match="nobody"):
        place.serving.endpoint("nobody")
    assert [each.name for each in place.serving.endpoints()] == ["churn"]
    scored = place.serving.score("churn", [{"x": 3.0}], entity="churn-2")
    assert scored["predictions"] == [{"x": pytest.approx(6.0)}]


def test_a_rollback_brings_the_traffic_back_and_what_is_served_is_not_archived(
    place: Place,
    mlflow_uri: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(core, "POLL", timedelta(seconds=0.5))
    registry, callers = MlflowRegistry(mlflow_uri, mlflow_uri), Callers(place.url, place.sql)
    registry.set_alias(place.model, "champion", "1")
    second = place.release("2", canary((50,)), ErrorGate(tolerated=0.15))
    state = run(second, replace(place.world(callers), registry=registry))
    assert state.phase is Phase.COMPLETED, [event.details for event in state.events]
    create_endpoint(place.url, "churn-of-settings", place.model, "2")
    callers.statuses.clear()

    def company_ml(job: str, version: str, *arguments: str) -> tuple[int, str]:
        try:
            cli.main(
                [job, "--environment", str(write_environment(place.folder, mlflow_uri)),
                 "--audit", str(place.folder / "audit.jsonl"), "--model-name", place.model,
                 "--model-version", version, "--reason", "complaints", *arguments]
            )  # fmt: skip
            code = 0
        except SystemExit as ended:
            code = int(str(ended.code))
        return code, capsys.readouterr().out

    def rollback() -> tuple[int, str]:
        return company_ml(
            "rollback", "2", "--states", str(place.folder / "store"), "--router", place.url,
            "--router-tables", str(place.folder / "tables.db"),
        )  # fmt: skip

    code, said = rollback()
    assert code == cli.ExitCode.WAITING, said
    assert f"champion of {place.model} is version 1" in said
    assert "entities[version=2].version to '1'" in said
    shares = {
        endpoint.name: {each.version: each.percent for each in endpoint.entities}
        for endpoint in place.serving.endpoints()
    }
    assert shares == {"churn": {"1": 100}, "churn-of-settings": {"2": 100}}
    champion = registry.by_alias(place.model, "champion")
    assert champion is not None
    assert champion.version == "1"
    callers.sleep(1)
    assert set(callers.statuses) == {200}
    audit = list(JsonLinesAudit(place.folder / "audit.jsonl").records())
    assert rollback()[0] == cli.ExitCode.WAITING
    assert list(JsonLinesAudit(place.folder / "audit.jsonl").records()) == audit

    monkeypatch.setenv("DATABRICKS_TOKEN", "a-test's")
    place_of_endpoints = ("--workspace-url", place.url, "--correlation", "a-1")
    for version, why in (("1", "aliased, served"), ("2", "served")):
        code, said = company_ml("archive", version, *place_of_endpoints)
        assert (code, f"is {why}: it stays" in said) == (cli.ExitCode.REFUSED, True), said
    assert company_ml("archive", "3", *place_of_endpoints)[0] == cli.ExitCode.DONE
    assert [each.version for each in registry.versions(place.model)] == ["1", "2"]
