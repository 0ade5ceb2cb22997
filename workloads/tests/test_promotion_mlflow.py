"""Promotion against a real MLflow server: by the command line, and killed at every write."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from company_ml import cli, environment
from company_ml.adapters.audit_files import JsonLinesAudit
from company_ml.adapters.clock import SystemClock
from company_ml.adapters.features import AnyFeatures
from company_ml.adapters.mlflow_models import MlflowModels
from company_ml.adapters.mlflow_registry import MlflowRegistry
from company_ml.adapters.mlflow_tracking import MlflowTracking
from company_ml.audit import Outcome
from company_ml.promotion import gates, promote
from company_ml.wiring import Lifecycle
from environments import write_environment

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.mlflow


class Estate:
    """A server, an environment file, feature files, and the command line over them."""

    def __init__(
        self, server: str, folder: Path, model: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.server, self.folder, self.model, self._capsys = server, folder, model, capsys
        self.environment = write_environment(folder, server, "prod")
        self.registry = MlflowRegistry(server, server)
        self.run("example-data", "--features", self.file("f"), "--holdout", self.file("h"))

    def file(self, name: str) -> str:
        return str(self.folder / f"{name}.parquet")

    def name(self, schema: str) -> str:
        return f"ml_models_catalog.{schema}.{self.model}"

    def run(self, job: str, *arguments: str) -> int:
        """A job's exit code; its answer stays in ``answer``."""
        everywhere = [] if job == "example-data" else [
            "--environment", str(self.environment), "--audit", str(self.folder / "audit.jsonl"),
        ]  # fmt: skip
        try:
            cli.main([job, *everywhere, *arguments])
            code = 0
        except SystemExit as ended:
            code = int(str(ended.code))
        output = self._capsys.readouterr()
        self.answer, self.error = output.out.splitlines()[-1:], output.err
        return code

    def train(self, *extra: str) -> str:
        code = self.run(
            "train", "--model", self.model, "--features", self.file("f"), "--label", "progressed",
            "--key", "patient_id", "--tag", "pii=false", "--tag", "gdpr=compliant", *extra,
        )  # fmt: skip
        assert code == 0, self.error
        return str(json.loads(self.answer[0])["model_version"])

    def promote(self, schema: str, version: str) -> int:
        return self.run(
            "promote", "--model-name", self.name(schema), "--model-version", version,
            "--holdout", self.file("h"),
        )  # fmt: skip


@pytest.fixture
def estate(
    mlflow_uri: str, tmp_path: Path, fresh: Callable[[str], str], capsys: pytest.CaptureFixture[str]
) -> Estate:
    return Estate(mlflow_uri, tmp_path, fresh("progression"), capsys)


def test_the_command_line_takes_a_version_to_production_and_back(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", "release-job")
    telling = ("bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6")
    good = estate.train()
    ignorant = estate.train(*(part for name in telling for part in ("--exclude", name)))
    assert estate.promote("dev_models", ignorant) == cli.ExitCode.REFUSED
    assert estate.promote("dev_models", good) == cli.ExitCode.DONE
    version = ("--model-name", estate.name("candidate_models"), "--model-version", "1")
    assert estate.run("evaluate", *version, "--holdout", estate.file("h")) == cli.ExitCode.DONE
    assert estate.run("approval", *version) == cli.ExitCode.WAITING
    assert estate.promote("candidate_models", "1") == cli.ExitCode.WAITING

    decision = ("--decision", "Approved", "--reason", "reviewed")
    assert estate.run("approve", *version, *decision) == cli.ExitCode.FAILED
    assert "release-job asked for" in estate.error
    monkeypatch.setenv("LOGNAME", "reviewer")
    assert estate.run("approve", *version, *decision) == cli.ExitCode.DONE
    monkeypatch.setenv("LOGNAME", "release-job")
    assert estate.run("approval", *version) == cli.ExitCode.DONE
    assert estate.promote("candidate_models", "1") == cli.ExitCode.DONE

    champion = estate.registry.by_alias(estate.name("production_models"), "champion")
    assert champion is not None
    origin = estate.registry.version(estate.name("dev_models"), good)
    assert (champion.version, champion.run_id) == ("1", origin.run_id)
    assert champion.tags["promoted_approved_by"] == "reviewer"
    assert champion.tags["data_version"] == origin.tags["data_version"]
    assert (
        estate.run("rollback", "--model-name", champion.name, "--model-version", "1",
                   "--alias-alone", "--reason", "none before") == cli.ExitCode.FAILED
    )  # fmt: skip
    assert "nothing to go back to" in estate.error
    outcomes = [
        (each.action, each.outcome)
        for each in JsonLinesAudit(estate.folder / "audit.jsonl").records()
    ]
    assert ("promotion.approve", Outcome.REFUSED) in outcomes
    assert ("promotion.approve", Outcome.DONE) in outcomes


class Killed(BaseException):
    """What a killed process does not catch."""


class DyingRegistry(MlflowRegistry):
    """The real registry, until a number of writes were made."""

    left = 10**9

    def _write(self, real: Callable[..., Any], *arguments: Any) -> Any:
        answer = real(*arguments)
        self.left -= 1
        if self.left == 0:
            raise Killed
        return answer

    def set_tag(self, name: str, version: str, key: str, value: str) -> None:
        self._write(super().set_tag, name, version, key, value)

    def delete_tag(self, name: str, version: str, key: str) -> None:
        self._write(super().delete_tag, name, version, key)

    def set_alias(self, name: str, alias: str, version: str) -> None:
        self._write(super().set_alias, name, alias, version)

    def copy(self, source: Any, name: str, tags: Any) -> Any:
        return self._write(super().copy, source, name, tags)


def test_killed_again_and_again_it_ends_where_an_undisturbed_one_does(
    estate: Estate,
) -> None:
    version = estate.train()
    origin = estate.registry.version(estate.name("dev_models"), version)
    twin = f"{estate.model}_twin"
    estate.registry.copy(origin, origin.name.replace(estate.model, twin), {})
    registry = DyingRegistry(estate.server, estate.server)
    models = MlflowModels(estate.server, estate.server)
    world = Lifecycle(
        environment=environment.load(str(estate.environment)), actor="release-job",
        registry=registry, models=models, publisher=models,
        tracking=MlflowTracking(estate.server), features=AnyFeatures(),
        audit=JsonLinesAudit(estate.folder / "kills.jsonl"), clock=SystemClock(),
    )  # fmt: skip

    def run(model: str) -> promote.Promotion:
        return promote.promote(
            world, f"ml_models_catalog.dev_models.{model}", "1", gates.load(None),
            holdout=estate.file("h"),
        )  # fmt: skip

    undisturbed, kills = run(twin), 0
    while True:  # each run gets one write further than the one before, of those that are left
        registry.left = kills + 1
        try:
            done = run(estate.model)
            break
        except Killed:
            kills += 1
    assert kills > 4
    assert replace(done, reason="", model_name="") == replace(undisturbed, reason="", model_name="")
    assert _left_behind(world, estate.model) == _left_behind(world, twin)


def _left_behind(world: Lifecycle, model: str) -> list[Any]:
    """Versions, tags, aliases and records, in words that do not name the model."""
    names = {f"ml_models_catalog.{schema}.{model}" for schema in ("dev_models", "candidate_models")}
    told: list[Any] = [
        (
            each.version,
            sorted(key for key in each.tags),
            each.tags["pii"],
            each.aliases,
            each.run_id,
        )
        for name in sorted(names, reverse=True)
        for each in world.registry.versions(name)
    ]
    told += [
        (each.action, each.outcome, each.version, sorted(each.details))
        for each in world.audit.records()
        if each.object in names
    ]
    return told
