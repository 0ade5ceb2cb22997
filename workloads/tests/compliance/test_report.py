"""The report from real Delta tables of the documented shape, to a folder that can be verified."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from tests.compliance.system_tables import (
    ADA,
    BOB,
    BOT,
    FEATURES,
    MADE,
    MODEL,
    QUIET,
    SINCE,
    UNTIL,
    make,
    month,
)  # fmt: skip

from company_ml.adapters.fakes import FakeClock
from company_ml.adapters.secrets import AnySecrets
from company_ml.adapters.spark_sql import SparkSql
from company_ml.cli import ExitCode, JobError
from company_ml.compliance import files, job, manifest
from company_ml.compliance.core import Period, Report, stream
from company_ml.compliance.pseudonyms import Pseudonymiser
from company_ml.compliance.queries import QUERIES
from company_ml.compliance.run import World, gather, write
from company_ml.lineage import documented
from company_ml.ports import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pyspark.sql import SparkSession

# Thirteen Delta tables are made once, in a fixture: half a minute, and more on a busy machine.
pytestmark = pytest.mark.timeout(900)
SCOPE = r"^ml_(prod|models)_catalog\."
KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
PERIOD = Period(since=SINCE, until=UNTIL)


@pytest.fixture(scope="module")
def tables(spark_session: SparkSession) -> Iterator[dict[str, str]]:
    """The month's system tables; names by marker."""
    database = f"system_{uuid4().hex[:8]}"
    spark_session.sql(f"CREATE DATABASE {database}")
    yield make(spark_session, database, month())
    spark_session.sql(f"DROP DATABASE {database} CASCADE")


@pytest.fixture(scope="module")
def report(spark_session: SparkSession, tables: dict[str, str]) -> Report:
    """The month's report."""
    world = World(sql=SparkSql(spark_session), clock=FakeClock(MADE), tables=tables)
    return gather(PERIOD, SCOPE, world)


@pytest.mark.spark
def test_the_report_says_who_did_what(report: Report) -> None:
    operations = [
        (row[1], row[3], row[4], row[5], row[6], row[7])
        for row in report.section("model_operations").rows
        if row[3] != "getModelVersion"
    ]
    assert operations == [
        (ADA, "createModelVersion", MODEL, None, None, 200),
        (BOT, "setRegisteredModelAlias", MODEL, "2", "champion", 200),
        (BOB, "deleteModelVersion", MODEL, "1", None, 403),
    ]
    reads = len(report.section("model_operations").rows) - len(operations)
    assert reads == len(PERIOD.days) - len(QUIET), "neither the day before nor the day after"
    assert [row[1:4] for row in report.section("serving_operations").rows] == [
        (BOT, "updateServingEndpoint", "churn"), (BOT, "changeInferenceEndpointAcl", "e1f2"),
    ]  # fmt: skip
    assert report.section("served").rows[0][:6] == ("churn", MODEL, "1", BOB, 310, 31)
    assert report.section("training").rows[0][1:4] == (ADA, "/ml_experiments/prod/churn", "fit")
    assert {row[:4] for row in report.section("data_access").rows} == {
        (ADA, FEATURES, "read", 31),
        (ADA, "ml_prod_catalog.serving.scores", "write", 31),
    }
    assert report.section("column_flows").rows[0][:5] == (
        FEATURES, "tenure", "ml_prod_catalog.serving.scores", "score", 31,
    )  # fmt: skip
    assert [row[3] for row in report.section("denied").rows] == ["deleteModelVersion", "login"]
    (grant,) = report.section("grant_changes").rows
    assert grant[3] == FEATURES
    assert [row[:3] for row in report.section("privileges").rows] == [
        ("ml_engineers", "SELECT", "ml_prod_catalog"),
        ("ml_engineers", "MODIFY", "ml_prod_catalog.feature_store"),
        (BOB, "SELECT", FEATURES),
    ]
    assert [row[0] for row in report.section("untagged").rows] == [
        "ml_prod_catalog.feature_store.forgotten"
    ]
    gaps = [(gap.stream, gap.first.day, gap.last.day) for gap in report.gaps]
    assert gaps == [("system.access.audit", 10, 11), ("system.access.audit", 25, 25)]


@pytest.mark.spark
def test_every_query_answers_its_columns_from_documented_ones(
    spark_session: SparkSession, tables: dict[str, str]
) -> None:
    for query in QUERIES:
        named = {marker: tables[marker] for marker in query.reads}
        dates = {"since": "2026-10-01", "until": "2026-11-01", "scope": "."}
        used = {name: value for name, value in dates.items() if f":{name}" in query.statement}
        frame = spark_session.sql(query.statement, args={**named, **used})
        assert tuple(frame.columns) == query.columns, query.name
        assert {*query.people, *query.texts} <= set(query.columns)


@pytest.mark.spark
def test_a_folder_holds_page_files_and_a_manifest_that_proves_them(
    report: Report, tmp_path: Path
) -> None:
    folder = tmp_path / "report"
    write(report, folder, KEY)
    public = KEY.public_key()
    assert manifest.verify(folder, public) == []
    page = (folder / "report.html").read_text()
    assert "<script" not in page, "what an attacker called himself is text"
    assert "&lt;script&gt;" in page
    assert "http://" not in page.replace("http://www.w3.org", "")
    with (folder / "denied.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert rows[1]["who"] == "'=cmd|'/c calc'!A1", "no cell is a formula"
    facts = json.loads((folder / "manifest.json").read_text())["manifest"]
    assert facts["days_without_events"]["system.access.audit"] == 3
    assert facts["rows"]["denied"] == 2

    assert write(replace(report, generated=MADE + timedelta(1)), folder, KEY) == (
        folder / "manifest.json"
    )
    assert json.loads((folder / "manifest.json").read_text())["manifest"] == facts, "as it was"
    with pytest.raises(FileExistsError, match="it asks for something else"):
        write(replace(report, scope="other"), folder, KEY)
    changed = folder / "denied.csv"
    original = changed.read_text()
    changed.write_text(original.replace("403", "200"))
    (folder / "extra.txt").write_text("x")
    (folder / "untagged.csv").unlink()
    assert manifest.verify(folder, public) == [
        "untagged.csv is missing", "extra.txt was added", "denied.csv was changed",
    ]  # fmt: skip
    with pytest.raises(FileExistsError, match=r"untagged\.csv is missing"):
        write(report, folder, KEY)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("x")
    with pytest.raises(FileExistsError, match=r"it has notes\.txt"):
        write(report, tmp_path / "mine", KEY)
    stranger = Ed25519PrivateKey.generate().public_key()
    assert "was signed with key" in manifest.verify(folder, stranger)[0]
    signed = json.loads((folder / "manifest.json").read_text())
    signed["manifest"]["rows"]["denied"] = 0
    (folder / "manifest.json").write_text(json.dumps(signed))
    assert manifest.verify(folder, public) == ["manifest.json was changed after it was signed"]


@pytest.mark.spark
def test_a_pseudonymised_report_names_nobody_in_any_file(report: Report, tmp_path: Path) -> None:
    hidden = Pseudonymiser(bytes(32))
    write(report, tmp_path / "report", KEY, hidden)
    for path in (tmp_path / "report").iterdir():
        if path.suffix in {".html", ".csv", ".json"}:
            for identity in (ADA, BOB, BOT, "10.2.1.7"):
                assert identity not in path.read_text(), f"{identity} in {path.name}"
    denied = (tmp_path / "report" / "denied.csv").read_text()
    assert f"PERMISSION_DENIED: {hidden.name(BOB)} does not own '{MODEL}'" in denied
    assert hidden.name(BOB.upper()) == hidden.name(BOB)
    assert Pseudonymiser(b"x" * 32).name(BOB) != hidden.name(BOB)
    with pytest.raises(ValueError, match="openssl rand"):
        Pseudonymiser(b"short")


@pytest.mark.parametrize(
    "cell", ["=1+1", " =1+1", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1", "\uff1d1+1", "\uff201"]
)
def test_no_cell_is_a_formula_to_a_spreadsheet(cell: str, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    files.write_table(path, ("name", "count"), [(cell, -5), ("plain", 1)])
    with path.open(newline="", encoding="utf-8") as file:
        assert list(csv.reader(file))[1:] == [[f"'{cell}", "-5"], ["plain", "1"]]


def test_silence_is_told_with_its_reason() -> None:
    period = Period(since=date(2026, 1, 1), until=date(2026, 1, 9))
    seen = [(date(2026, 1, 4), 5)]
    made = stream("s", period, seen, today=date(2026, 1, 8), retained_days=5)
    assert [(gap.first.day, gap.last.day, gap.days, gap.reason) for gap in made.gaps] == [
        (1, 2, 2, "older than the 5 days that are kept"),
        (3, 3, 1, "no event"),
        (5, 7, 3, "no event"),
        (8, 8, 1, "not over when the report was made"),
    ]
    whole = [(day, 1) for day in period.days]
    assert not stream("s", period, whole, today=date(2026, 2, 1), retained_days=None).gaps


def test_a_period_has_at_least_a_day() -> None:
    with pytest.raises(ValueError, match="the first day that is not in it"):
        Period(since=SINCE, until=SINCE)
    assert Period(since=SINCE, until=SINCE + timedelta(1)).days == [SINCE]


def test_every_documented_table_has_its_page_and_what_confirmed_its_columns() -> None:
    pages = "https://learn.microsoft.com/azure/databricks/", "https://docs.databricks.com/"
    for table in documented.TABLES.values():
        assert table.source.startswith(pages)
        assert table.confirmed, table.name
    assert documented.names()["audit"] == "system.access.audit"


def test_keys_of_another_kind_are_refused_with_the_way_to_make_one() -> None:
    with pytest.raises(manifest.KeyKindError, match="openssl genpkey"):
        manifest.signing_key(b"no key")
    with pytest.raises(manifest.KeyKindError, match="openssl pkey"):
        manifest.public_key(b"no key")


def test_the_command_verifies_a_report_and_refuses_a_changed_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, pem = tmp_path / "report", tmp_path / "public.pem"
    folder.mkdir()
    (folder / "report.html").write_text("x")
    manifest.write(folder, {}, KEY)
    public = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    pem.write_bytes(public)
    assert job.verify(folder, pem) is ExitCode.DONE
    (folder / "report.html").write_text("y")
    assert job.verify(folder, pem) is ExitCode.REFUSED
    assert "report.html was changed" in capsys.readouterr().out
    with pytest.raises(JobError, match="openssl pkey"):
        job.verify(folder, folder / "report.html")


def test_secrets_are_read_from_where_they_are_said_to_be(tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(b"0123456789abcdef\n")
    assert AnySecrets().read(f"file:{tmp_path / 'key'}") == b"0123456789abcdef"
    with pytest.raises(NotFoundError, match="there is no file"):
        AnySecrets().read("file:/nowhere")
    with pytest.raises(ValueError, match="scope/key"):
        AnySecrets().read("only-a-name")
