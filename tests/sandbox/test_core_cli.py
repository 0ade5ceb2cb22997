"""``python -m sandbox``: what it shows, changes and refuses."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from sandbox.__main__ import MODEL, MODEL_VERSION, SCHEMA, TABLE, main
from sandbox.rules import Record

if TYPE_CHECKING:
    from sandbox.state import Cloud

CATALOG = "databricks:index/catalog:Catalog"
CREDENTIAL = "databricks:index/storageCredential:StorageCredential"


def put(cloud: Cloud, resource_id: str, token: str = CATALOG, **inputs: object) -> None:
    with cloud.transaction():
        record = Record(resource_id, token, f"urn:{resource_id}", inputs, {"a": 1, **inputs})
        cloud.put(record, "seed")


def test_list_shows_type_and_id(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    put(cloud, "main")
    put(cloud, "lake", CREDENTIAL)
    assert main(["list"]) == 0
    assert capsys.readouterr().out.splitlines() == [f"{CATALOG}  main", f"{CREDENTIAL}  lake"]
    main(["list", "--type", CREDENTIAL])
    assert capsys.readouterr().out.splitlines() == [f"{CREDENTIAL}  lake"]


def test_a_reader_that_has_enough_ends_the_list_quietly(cloud: Cloud) -> None:
    put(cloud, "main")
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "sandbox", "list"]
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")


def test_show_prints_the_whole_record(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    put(cloud, "main", owner="me")
    assert main(["show", "main"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["inputs"] == {"owner": "me"}
    assert shown["outputs"] == {"a": 1, "owner": "me"}


def test_a_misspelt_id_is_answered_with_the_closest(
    cloud: Cloud, capsys: pytest.CaptureFixture[str]
) -> None:
    put(cloud, "ml_dev_catalog")
    assert main(["show", "ml_dev_catlog"]) == 1
    assert "Did you mean 'ml_dev_catalog'?" in capsys.readouterr().err


def test_change_sets_nested_values_and_removes_empty_ones(cloud: Cloud) -> None:
    put(cloud, "main", owner="me", comment="x")
    assert main(["change", "main", "owner=you", "b.c=[1]", "comment="]) == 0
    (record,) = cloud.all()
    assert record.outputs == {"a": 1, "owner": "you", "b": {"c": [1]}}
    assert record.inputs == {"owner": "you"}, "what was asked for is not the cloud's truth any more"


@pytest.mark.parametrize(
    ("argument", "words"), [("owner", "PROP=VALUE"), ("a.b=1", "'a' in 'a.b' is not an object")]
)
def test_a_change_that_makes_no_sense_changes_nothing(
    cloud: Cloud, capsys: pytest.CaptureFixture[str], argument: str, words: str
) -> None:
    put(cloud, "main")
    before = cloud.all()
    assert main(["change", "main", "owner=you", argument]) == 1
    assert words in capsys.readouterr().err
    assert cloud.all() == before


def test_an_id_that_two_types_share_is_told_apart_by_the_type(
    cloud: Cloud, capsys: pytest.CaptureFixture[str]
) -> None:
    put(cloud, "main")
    put(cloud, "main", CREDENTIAL)
    assert main(["remove", "main"]) == 1
    assert f"'{CREDENTIAL}|main'" in capsys.readouterr().err
    assert main(["remove", f"{CREDENTIAL}|main"]) == 0
    assert [record.token for record in cloud.all()] == [CATALOG]


def test_a_model_version_needs_its_schema_registers_its_model_and_counts_up(
    cloud: Cloud, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["add-model-version", "main.models.churn"]) == 1
    assert "there is no schema 'main.models'" in capsys.readouterr().err
    put(cloud, "main.models", SCHEMA)
    for _ in range(2):
        assert main(["add-model-version", "main.models.churn", "--alias", "champion"]) == 0
    assert [record.id for record in cloud.all(MODEL)] == ["main.models.churn"]
    versions = cloud.find(MODEL_VERSION, modelName="churn")
    assert sorted(record.outputs["version"] for record in versions) == [1, 2]
    assert versions[0].outputs["aliases"] == ["champion"]


def test_a_model_is_named_in_three_parts(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    assert not cloud.all()
    assert main(["add-model-version", "churn"]) == 1
    assert "catalog.schema.model" in capsys.readouterr().err


def test_a_table_is_made_once_in_a_schema_that_exists(
    cloud: Cloud, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["add-table", "main.raw.events"]) == 1
    assert "there is no schema 'main.raw'" in capsys.readouterr().err
    put(cloud, "main.raw", SCHEMA)
    assert main(["add-table", "main.raw.events"]) == 0
    (made,) = cloud.all(TABLE)
    assert (made.id, made.outputs["schemaName"]) == ("main.raw.events", "raw")
    assert main(["add-table", "main.raw.events"]) == 1
    assert "already" in capsys.readouterr().err
    assert main(["add-table", "events"]) == 1
    assert "catalog.schema.table" in capsys.readouterr().err


def test_faults_are_listed_and_cleared(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    assert not cloud.all()
    main(["fault", "add", "--type", CATALOG, "--op", "create", "--status", "429", "--times", "2"])
    main(["fault", "list"])
    assert capsys.readouterr().out.splitlines() == [
        f"{CATALOG}  create  status 429  skip 0, 2 left"
    ]
    main(["fault", "clear"])
    main(["fault", "list"])
    assert not capsys.readouterr().out


def test_a_fault_that_does_nothing_is_refused(
    cloud: Cloud, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not cloud.all()
    assert main(["fault", "add"]) == 1
    assert "--status, --crash or --delay" in capsys.readouterr().err


def test_reset_forgets_everything(cloud: Cloud) -> None:
    put(cloud, "main")
    main(["fault", "add", "--status", "500"])
    with cloud.transaction():
        first = cloud.birth_seed("urn:x")
    assert main(["reset"]) == 0
    assert not cloud.all()
    assert cloud.next_seed("urn:x") == first


def test_recover_refuses_what_is_no_export(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not cloud.all()
    monkeypatch.setattr("sys.stdin", io.StringIO('{"resources": []}'))
    assert main(["recover"]) == 1
    assert "no exported stack" in capsys.readouterr().err


def test_recover_takes_in_what_was_made_and_drops_what_was_not(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    put(cloud, "main")
    pending = [
        {"type": "creating", "resource": {"urn": "urn:main", "type": CATALOG}},
        {"type": "creating", "resource": {"urn": "urn:absent", "type": CATALOG}},
        {"type": "updating", "resource": {"urn": "urn:other", "type": CATALOG}},
    ]
    export = {"version": 3, "deployment": {"resources": [], "pending_operations": pending}}
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(export)))
    assert main(["recover"]) == 0
    made: dict[str, object] = {"urn": "urn:main", "type": CATALOG, "id": "main", "outputs": {}}
    assert json.loads(capsys.readouterr().out) == {
        "version": 3,
        "deployment": {"resources": [made]},
    }
