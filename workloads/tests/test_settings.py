"""Environment settings, audit records, the command line, the wheel: what every job relies on."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from company_ml import cli, code_version, documents, environment, limits, wiring
from company_ml.adapters.audit_delta import DeltaAudit
from company_ml.adapters.audit_files import JsonLinesAudit
from company_ml.adapters.fakes import FakeAudit
from company_ml.adapters.spark_sql import SparkSql
from company_ml.audit import AuditRecord, Outcome
from company_ml.documents import DocumentError
from company_ml.ports import checked_tag
from company_ml.promotion import gates
from company_ml.release import settings
from environments import write_environment

if TYPE_CHECKING:
    from collections.abc import Callable

    from company_ml.ports import AuditLog
    from conftest import Lake

RECORD = AuditRecord(
    actor="release-job", action="promotion.copy", object="cat.production_models.churn",
    version="3", outcome=Outcome.DONE, time=datetime(2026, 1, 5, 9, 30, 0, 250_000, tzinfo=UTC),
    correlation="promote-1", details={"source": "models:/cat.candidate_models.churn/7"},
)  # fmt: skip


@pytest.mark.parametrize("name", ["dev", "test", "prod"])
def test_the_packaged_environments_load(name: str) -> None:
    env = environment.load(name)
    assert env.name == name
    assert env.mlflow.registry_uri == "databricks-uc"
    assert env.model(env.registry_schemas.development, "churn") == (
        "ml_models_catalog.dev_models.churn"
    )


def test_an_environment_from_the_stacks_outputs_is_read_like_a_packaged_one(tmp_path: Path) -> None:
    env = environment.load(str(write_environment(tmp_path, "http://127.0.0.1:5000")))
    assert env.mlflow.tracking_uri == "http://127.0.0.1:5000"
    assert env.secrets["teams_webhook"].key == "teams-webhook"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"catalogue": "x"}, r"'catalogue' was unexpected\); allowed keys: audit_table, catalog"),
        ({"catalog": None}, "catalog: None is not of type 'string'"),
        ({"mlflow.registry_uri": "databricks-uc://ml_models_catalog"},
         "wanted is databricks-uc, or the URL of an MLflow server; a catalog is part of a model's"),
        ({"mlflow.rest_url": "https://adb-1.azuredatabricks.net/api"}, "without a path"),
        ({"audit_table": "audit"}, "a three-part name"),
        ({"secrets": {"teams_webhook": "https://hook"}}, "secrets.teams_webhook"),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_refused_by_key_value_and_what_is_allowed(
    tmp_path: Path, change: dict[str, Any], message: str
) -> None:
    path = write_environment(tmp_path, "http://127.0.0.1:5000")
    plain = json.loads(path.read_text())
    for key, value in change.items():
        *parents, last = key.split(".")
        part = plain
        for parent in parents:
            part = part[parent]
        part[last] = value
    path.write_text(json.dumps(plain))
    with pytest.raises(DocumentError, match=message):
        environment.load(str(path))


def test_a_missing_key_or_environment_is_named(tmp_path: Path) -> None:
    path = write_environment(tmp_path, "http://127.0.0.1:5000")
    plain = json.loads(path.read_text())
    del plain["mlflow"]["rest_url"]
    path.write_text(json.dumps(plain))
    with pytest.raises(DocumentError, match="mlflow lacks a key: 'rest_url'"):
        environment.load(str(path))
    with pytest.raises(DocumentError, match="'qa' is neither a file nor one of dev, prod, test"):
        environment.load("qa")


@pytest.mark.parametrize(
    ("load", "name"),
    [
        (environment.load, "dev.json"),
        (environment.load, "dev.yaml"),
        (gates.load, "gates.yaml"),
        (lambda path: limits.load("drift", path), "drift.yaml"),
        (lambda path: settings.load(Path(path)), "release.yaml"),
    ],
)
@pytest.mark.parametrize("content", [b"a: [1\nb: }", b"\xff\xfe\x00"])
def test_a_file_that_cannot_be_read_is_refused_by_name(
    tmp_path: Path, load: Callable[[str], object], name: str, content: bytes
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(DocumentError, match=rf"{name} is no (JSON|YAML): "):
        load(str(path))


@pytest.mark.parametrize("name", ["deep.json", "deep.yaml"])
def test_a_file_nested_beyond_reason_is_refused_by_name(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text("[" * 100_000)
    with pytest.raises(DocumentError, match=f"{name} is nested too deeply to be read"):
        documents.read(path)


def _audit_story(log: AuditLog) -> None:
    """What every AuditLog does."""
    second = replace(RECORD, correlation="promote-2", time=datetime(2026, 1, 6, tzinfo=UTC))
    log.append(RECORD)
    log.append(second)
    log.append(replace(RECORD, time=datetime(2026, 2, 1, tzinfo=UTC)))
    assert list(log.records()) == [RECORD, second], "what was said before is kept once"
    assert list(log.records("promote-2")) == [second]


def test_the_fake_audit_log_tells_the_audit_story() -> None:
    _audit_story(FakeAudit())


def test_the_audit_file_tells_the_audit_story(tmp_path: Path) -> None:
    _audit_story(JsonLinesAudit(tmp_path / "logs" / "audit.jsonl"))


@pytest.mark.spark
def test_the_audit_table_tells_the_audit_story_and_lets_nobody_rewrite_it(lake: Lake) -> None:
    table = lake.table("audit")
    _audit_story(DeltaAudit(SparkSql(lake.spark), table))
    with pytest.raises(Exception, match="DELTA_CANNOT_MODIFY_APPEND_ONLY"):
        lake.spark.sql(f"DELETE FROM {table}")  # noqa: S608 - a test's own table


def test_a_torn_line_is_passed_over_and_an_altered_one_is_not(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    log = JsonLinesAudit(path)
    assert list(log.records()) == []
    log.append(RECORD)
    with path.open("ab") as file:
        file.write(b'{"actor": "rel')
    log.append(replace(RECORD, correlation="promote-2"))
    assert len(list(log.records())) == 2
    path.write_text(path.read_text().replace("release-job", "someone-else"))
    with pytest.raises(ValueError, match="it was altered"):
        list(log.records())


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="has no time zone"):
        replace(RECORD, time=datetime(2026, 1, 5))  # noqa: DTZ001 - the point


@pytest.mark.parametrize(("key", "value"), [("a.b", ""), ("a-b", ""), ("", ""), ("a", "x" * 1001),
                                            ("a", " x")])  # fmt: skip
def test_tags_that_unity_catalog_refuses_are_refused_here(key: str, value: str) -> None:
    with pytest.raises(ValueError, match="Unity Catalog takes"):
        checked_tag(key, value)


def test_every_job_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    for job in cli.JOBS:
        with pytest.raises(SystemExit) as ended:
            cli.main([job, "--help"])
        assert ended.value.code == 0
        assert "usage: company_ml" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("command", "job"),
    [(cli.train_model, "train"), (cli.deploy_model, "promote")],
)
def test_the_books_commands_are_jobs(
    command: Callable[[], None], job: str, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setattr(sys, "argv", ["command", "--help"])
    with pytest.raises(SystemExit):
        command()
    assert f"usage: company_ml {job}" in capsys.readouterr().out


def test_what_a_job_cannot_do_is_one_line_and_an_exit_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["evaluate", "--environment", "qa", "--model-name", "m", "--model-version", "1",
                  "--holdout", str(tmp_path)])  # fmt: skip
    assert ended.value.code == cli.ExitCode.FAILED
    assert capsys.readouterr().err.startswith("company_ml evaluate: environment: 'qa' is neither")


def test_an_audit_place_is_a_file_or_a_table(tmp_path: Path) -> None:
    assert isinstance(wiring.audit_log(str(tmp_path / "a.jsonl")), JsonLinesAudit)


def test_without_a_wheel_the_code_version_is_the_sources_hash(tmp_path: Path) -> None:
    assert code_version.code_version().startswith("source+")
    (tmp_path / "a.py").write_text("1")
    one = code_version.source_hash(tmp_path)
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "a.pyc").write_bytes(b"1")
    assert code_version.source_hash(tmp_path) == one
    (tmp_path / "a.py").rename(tmp_path / "b.py")
    assert code_version.source_hash(tmp_path) != one
