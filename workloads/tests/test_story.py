"""The whole story of one model, by the command line, on real processes: ``make story``.

MLflow's server, model servers behind the sandbox's router, Spark with Delta Lake. Only the system
tables, which Databricks itself fills, are filled here: from what the jobs and the router recorded.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import yaml
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from mlflow.tracking import MlflowClient
from tests.compliance import system_tables

from company_ml.adapters.clock import SystemClock
from company_ml.adapters.serving_endpoints import connected
from company_ml.adapters.spark_sql import SparkSql
from company_ml.adapters.sqlite_sql import SqliteSql
from company_ml.audit import Outcome
from company_ml.cli import ExitCode
from company_ml.compliance import manifest
from company_ml.compliance.core import Period
from company_ml.compliance.run import World, gather, write
from company_ml.lineage.documented import TABLES
from company_ml.release import core as release_core
from company_ml.train import example_data
from serving_sandbox import create_endpoint, log_table, router
from story import ENDPOINT, JOB_ID, Callers, Story, jobs_api

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from company_ml.audit import AuditRecord
    from conftest import Lake

pytestmark = [pytest.mark.mlflow, pytest.mark.serving, pytest.mark.spark]

JOB, REVIEWER = "release-job", "reviewer"
TELLING = ("bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6")
SETTINGS = {
    "strategy": "canary",
    "shares": [50],
    "gates": [
        {"kind": "errors", "tolerated": 0.1},
        {"kind": "latency", "limit_ms": 30_000, "tolerated": 0.1},
    ],
    "limits": {"minimum_requests": 150, "first_look": 20, "soak_minutes": 0.05},
}


@pytest.fixture
def story(  # noqa: PLR0917 - pytest passes fixtures by name
    mlflow_uri: str, tmp_path: Path, fresh: Callable[[str], str],
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> Story:  # fmt: skip
    # A model server on this machine is up in seconds; nobody builds an image for it.
    monkeypatch.setattr(release_core, "POLL", timedelta(seconds=1))
    monkeypatch.setattr(release_core, "WATCH", timedelta(seconds=2))
    live = request.config.getoption("capture") == "no"
    told = Story(mlflow_uri, tmp_path, fresh("progression"), capsys, monkeypatch, live)
    told.acting(JOB)
    return told


def test_the_story_of_a_model(story: Story, lake: Lake) -> None:
    good = trained(story)
    refused_by_a_gate(story)
    first = to_production(story, good, "champion", "the first version")
    with router(story.server, story.folder) as url:
        create_endpoint(url, ENDPOINT, story.name("production"), first)
        story.say(f"endpoint {ENDPOINT} serves version {first} at {url}")
        callers = Callers(url)
        broken = to_production(story, batch_only(story), "challenger", "answers tables alone")
        rolled_back(story, callers, url, broken)
        improved = to_production(story, improved_version(story), "challenger", "slower learning")
        took_over(story, callers, url, improved)
        retrained_on_drift(story, lake)
        archived(story, url, first)
        restored(story, callers, url, first)
    aliases_in_the_audit(story)
    reported(story, lake)


def trained(story: Story) -> str:
    features, holdout = story.file("features"), story.file("holdout")
    story.run("example-data", "--features", features, "--holdout", holdout)
    return train(story, "all ten measurements")


def train(story: Story, what: str, *extra: str) -> str:
    code = story.run("train", *story.train_arguments(story.file("features"), *extra))
    assert code == ExitCode.DONE, story.error
    version = str(story.answer()["model_version"])
    story.say(f"trained {story.name('dev')} version {version}: {what}")
    return version


def promote(story: Story, schema: str, version: str) -> int:
    return story.run(
        "promote", "--model-name", story.name(schema), "--model-version", version,
        "--holdout", story.file("holdout"),
    )  # fmt: skip


def refused_by_a_gate(story: Story) -> None:
    version = train(story, "age and sex alone", *(f"--exclude={name}" for name in TELLING))
    assert promote(story, "dev", version) == ExitCode.REFUSED
    assert not story.registry.versions(story.name("candidate"))
    (record,) = [each for each in story.audit.records() if each.outcome is Outcome.REFUSED]
    client = MlflowClient(story.server)
    file = client.download_artifacts(record.details["run"], "gates.json", str(story.folder))
    no = [each for each in json.loads(Path(file).read_text()) if not each["passed"]]
    assert "metric roc_auc" in {each["gate"] for each in no}
    said = "; ".join(f"{each['gate']} {each['seen']}, wanted {each['wanted']}" for each in no)
    story.say(f"promotion of version {version} refused: {said}")


def to_production(story: Story, version: str, alias: str, reason: str) -> str:
    """Both moves of a version, with the approval of somebody else in between."""
    assert promote(story, "dev", version) == ExitCode.DONE, story.output + story.error
    candidate = str(story.answer()["model_version"])
    assert promote(story, "candidate", candidate) == ExitCode.WAITING, story.output
    decision = ("--model-name", story.name("candidate"), "--model-version", candidate,
                "--decision", "Approved", "--reason", reason)  # fmt: skip
    assert story.run("approve", *decision) == ExitCode.FAILED, "nobody approves his own"
    story.acting(REVIEWER)
    assert story.run("approve", *decision) == ExitCode.DONE, story.error
    story.acting(JOB)
    assert promote(story, "candidate", candidate) == ExitCode.DONE, story.error
    answer = story.answer()
    copy = str(answer["model_version"])
    assert answer["alias"] == alias
    assert story.alias(alias) == copy
    assert story.registry.version(story.name("production"), copy).tags["promoted_approved_by"] == (
        REVIEWER
    )
    story.say(f"approved by {REVIEWER}, not by {JOB}: production version {copy} is {alias}")
    return copy


def batch_only(story: Story) -> str:
    script = Path(__file__).parent / "release" / "batch_only.py"
    done = subprocess.run(
        [sys.executable, script, story.server, story.name("dev"), story.file("features")],
        capture_output=True, text=True, check=False,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[1] / "src")},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    version = story.registry.versions(story.name("dev"))[-1].version
    story.say(f"registered version {version}: answers tables well, and single rows not at all")
    return version


def improved_version(story: Story) -> str:
    return train(story, "learns more slowly", "--learning-rate", "0.07")


def serving_arguments(story: Story, url: str) -> list[str]:
    settings = story.folder / "release.yaml"
    settings.write_text(yaml.safe_dump(SETTINGS))
    return [
        "--endpoint", ENDPOINT, "--settings", str(settings), "--log", log_table(ENDPOINT),
        "--states", str(story.folder / "states"), "--router", url,
        "--router-tables", str(story.folder / "tables.db"), "--minutes", "5",
    ]  # fmt: skip


def release(story: Story, url: str, version: str) -> int:
    return story.run(
        "release", *serving_arguments(story, url), "--model", story.name("production"),
        "--version", version,
    )  # fmt: skip


def shares(url: str) -> dict[str, int]:
    return {each.version: each.percent for each in connected(url).endpoint(ENDPOINT).entities}


def rolled_back(story: Story, callers: Callers, url: str, version: str) -> None:
    before, champion = shares(url), story.alias("champion")
    with callers.calling():
        code = release(story, url, version)
    assert code == ExitCode.REFUSED, story.output + story.error
    assert shares(url) == before
    assert story.alias("champion") == champion
    assert 0 < callers.failures < len(callers.statuses) / 2
    (back,) = [each for each in story.audit.records() if each.action == "release.rollback"]
    assert "error rate" in back.details["reason"]
    story.say(
        f"canary of version {version} rolled back, {callers.failures} of {len(callers.statuses)} "
        f"requests failed: {back.details['reason']}"
    )


def took_over(story: Story, callers: Callers, url: str, version: str) -> None:
    with callers.calling():
        code = release(story, url, version)
    assert code == ExitCode.DONE, story.output + story.error
    serves_alone(story, callers, url, version)
    assert story.alias("challenger") is None
    story.say(
        f"canary of version {version} completed, 0 of {len(callers.statuses)} requests failed: "
        "it has all traffic and is champion"
    )


def serves_alone(story: Story, callers: Callers, url: str, version: str) -> None:
    assert callers.failures == 0, "no caller noticed"
    assert shares(url) == {version: 100}
    assert story.alias("champion") == version
    (answer,) = callers.ask().json()["predictions"]
    assert answer["model_version"] == version


def retrained_on_drift(story: Story, lake: Lake) -> None:
    random = np.random.default_rng(1)
    patients = example_data.patients()

    def week(scale: float) -> pd.DataFrame:
        chosen = patients.sample(2000, replace=True, random_state=random.integers(2**31))
        chosen = chosen.assign(**{name: chosen[name] * scale for name in TELLING[:4]})
        return chosen.assign(**{example_data.KEY: range(1, len(chosen) + 1)})

    calm, shifted = week(1.0), week(1.2)
    for name, frame in (("reference", week(1.0)), ("calm", calm), ("shifted", shifted)):
        written = lake.spark.createDataFrame(frame).write.format("delta")
        written.saveAsTable(lake.table(name))
    shifted.to_parquet(story.file("shifted"))
    model = story.name("production")

    def drift(current: str) -> tuple[int, dict[str, Any]]:
        report = story.folder / f"drift-{current}.json"
        code = story.run(
            "drift", "--notify", "stderr", "--model", model, "--columns", ",".join(TELLING),
            "--reference-table", lake.table("reference"), "--current-table", lake.table(current),
            "--output", report, audited=False,
        )  # fmt: skip
        return code, json.loads(report.read_text())

    def retrain() -> str:
        code = story.run(
            "retrain", "--notify", "stderr", "--model", model, "--training-job-id", str(JOB_ID),
            "--claims", f"{story.folder}/claims", audited=False,
        )  # fmt: skip
        assert code == ExitCode.DONE, story.error
        return str(json.loads(story.output)["step"])

    with jobs_api(story, story.file("shifted")) as started:
        code, _ = drift("calm")
        assert code == ExitCode.DONE, story.error
        assert (retrain(), len(started)) == ("nothing", 0)
        story.say("a calm week: no drift, no retraining")
        code, report = drift("shifted")
        assert code == ExitCode.REFUSED, story.error
        drifted = [
            each["comparison"]["column"] for each in report["columns"]
            if each["verdict"] == "drifted"
        ]  # fmt: skip
        assert drifted == sorted(TELLING[:4])
        story.say(f"drift in {', '.join(drifted)} ({report['drifted_share']:.0%} of columns)")
        assert (retrain(), retrain(), len(started)) == ("trigger", "nothing", 1)
        assert started[0].wait(180) == 0, (story.folder / "retraining.log").read_text()
    newest = story.registry.versions(story.name("dev"))[-1]
    assert newest.tags["data_source"] == str(story.file("shifted"))
    story.say(f"retraining started once, on the new week: {newest.uri}")


def archived(story: Story, url: str, version: str) -> None:
    """The champion is refused, and the version that nobody uses any more moves away."""
    before = story.registry.version(story.name("production"), version)

    def archive(which: str) -> int:
        return story.run(
            "archive", "--model-name", before.name, "--model-version", which, "--reason", "old",
            "--workspace-url", url, "--correlation", f"archive-{which}",
        )  # fmt: skip

    with story.monkeypatch.context() as patch:
        patch.setenv("DATABRICKS_TOKEN", "a-story's")
        champion = story.alias("champion")
        assert champion is not None
        assert archive(champion) == ExitCode.REFUSED, story.error
        assert "is aliased, served: it stays where it is" in story.output
        assert (archive(version), archive(version)) == (ExitCode.DONE, ExitCode.DONE), story.error
    (kept,) = story.registry.versions(story.name("archived"))
    assert before.tags.items() <= kept.tags.items()
    numbers = [each.version for each in story.registry.versions(before.name)]
    assert version not in numbers
    story.say(f"version {champion} is not archived: it is aliased and served")
    story.say(f"production version {version} archived as {kept.uri}; production has {numbers}")


def restored(story: Story, callers: Callers, url: str, version: str) -> None:
    with callers.calling():
        code = story.run(
            "recover-model", *serving_arguments(story, url), "--archived", story.name("archived"),
            "--version", "1", "--to", story.name("production"), "--correlation", "incident-1",
        )  # fmt: skip
    assert code == ExitCode.DONE, story.output + story.error
    back = story.alias("champion")
    assert back is not None
    copy = story.registry.version(story.name("production"), back)
    assert copy.tags["restored_from"] == f"models:/{story.name('archived')}/1"
    serves_alone(story, callers, url, back)
    story.say(
        f"archived version {version} restored as {back}: canary completed, all traffic, champion; "
        f"0 of {len(callers.statuses)} requests failed"
    )


def aliases_in_the_audit(story: Story) -> None:
    """The log tells the story, in its order."""
    told = {"promotion.approve", "promotion.alias", "release.rolled_back", "release.completed",
            "release.alias", "recovery.model.alias"}  # fmt: skip
    seen = [
        (each.action, each.actor, each.outcome.value)
        for each in story.audit.records()
        if each.action in told
        and (each.action, each.object) != ("promotion.alias", story.name("candidate"))
    ]
    promoted = [
        ("promotion.approve", JOB, "refused"), ("promotion.approve", REVIEWER, "done"),
        ("promotion.alias", JOB, "done"),
    ]  # fmt: skip
    assert seen == [
        *promoted, *promoted, ("release.rolled_back", JOB, "refused"),
        *promoted, ("release.completed", JOB, "done"), ("release.alias", JOB, "done"),
        ("release.completed", JOB, "done"), ("release.alias", JOB, "done"),
        ("recovery.model.alias", JOB, "done"),
    ]  # fmt: skip
    counted = Counter(each.outcome.value for each in story.audit.records())
    story.say(f"audit log in order: {', '.join(f'{n} {name}' for name, n in counted.items())}")


def reported(story: Story, lake: Lake) -> None:
    names = system_tables.make(lake.spark, lake.database, events(story))
    today = datetime.now(UTC).date()
    period = Period(since=today - timedelta(days=1), until=today + timedelta(days=1))
    scope = rf"{story.model}$"
    world = World(sql=SparkSql(lake.spark), clock=SystemClock(), tables=names)
    report = gather(period, scope, world)
    moves = [
        (row[5], row[6]) for row in report.section("model_operations").rows
        if row[3] == "setRegisteredModelAlias" and row[4] == story.name("production")
    ]  # fmt: skip
    assert moves == [
        ("1", "champion"), ("2", "challenger"), ("3", "challenger"), ("3", "champion"),
        ("4", "champion"),
    ]  # fmt: skip
    served = {str(row[2]): (row[4], row[5]) for row in report.section("served").rows}
    assert {version for version, (_, failures) in served.items() if failures} == {"2"}
    assert set(served) == {"1", "2", "3", "4"}

    key, folder = Ed25519PrivateKey.generate(), story.folder / "report"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    write(report, folder, manifest.signing_key(private))
    public = story.folder / "public.pem"
    public.write_bytes(
        key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    )
    verify = ("--folder", folder, "--verify", public)
    assert story.run("compliance", *verify) == ExitCode.DONE
    story.say(f"compliance report signed and verified, requests (failed) by version: {served}")
    table = folder / "served.csv"
    table.write_text(table.read_text().replace(JOB, "somebody else") + "\n")
    assert story.run("compliance", *verify) == ExitCode.REFUSED
    assert "served.csv was changed" in story.output
    story.say("a changed line in the report is found")


def events(story: Story) -> dict[str, list[dict[str, Any]]]:
    """What Databricks would have written of the story into its system tables."""
    sql = SqliteSql(story.folder / "tables.db")
    served = [
        {**row, "change_time": datetime.fromisoformat(str(row["change_time"]))}
        for row in sql.query('SELECT * FROM "system.serving.served_entities"')
    ]
    usage = [
        {**row, "request_time": datetime.fromisoformat(str(row["request_time"]))}
        for row in sql.query('SELECT * FROM "system.serving.endpoint_usage"')
    ]
    assert not {key for row in usage for key in row} - set(TABLES["endpoint_usage"].columns)
    audit = [row for each in story.audit.records() if (row := _event(each)) is not None]
    return {"audit": audit, "served_entities": served, "endpoint_usage": usage}


def _event(record: AuditRecord) -> dict[str, Any] | None:
    """The platform's own event behind a job's record."""
    about = {"full_name_arg": record.object, "version": record.version}
    day: date = record.time.date()
    if record.outcome is not Outcome.DONE:
        return None
    if record.action in {"promotion.alias", "release.alias"}:
        about["alias_arg"] = record.details["alias"]
        row = system_tables.audit(day, record.actor, "setRegisteredModelAlias", about)
    elif record.action in {"train.register", "promotion.copy", "recovery.model.copy"}:
        row = system_tables.audit(day, record.actor, "createModelVersion", about)
    else:
        return None
    return {**row, "event_time": record.time, "event_id": record.id}
