"""The clouds' database: transactions, ids, several processes, sudden death."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import textwrap
from typing import TYPE_CHECKING

import pytest

from sandbox.rules import Record
from sandbox.state import Cloud, OutdatedStateError, state_path

if TYPE_CHECKING:
    from pathlib import Path

ARM = "azure-native:network:VirtualNetwork"
CATALOG = "databricks:index/catalog:Catalog"
CREDENTIAL = "databricks:index/storageCredential:StorageCredential"


def put(cloud: Cloud, resource_id: str, token: str = ARM, **outputs: object) -> Record:
    record = Record(resource_id, token, f"urn:{resource_id}", {}, outputs)
    with cloud.transaction():
        cloud.put(record, "seed")
    return record


def test_the_clouds_are_those_of_the_commands_behind_make(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("SANDBOX_STATE", raising=False)
    monkeypatch.setenv("SANDBOX_DIR", str(tmp_path))
    assert state_path() == str(tmp_path / "cloud.db")
    monkeypatch.setenv("SANDBOX_STATE", str(tmp_path / "other.db"))
    assert state_path() == str(tmp_path / "other.db")


def test_arm_ids_ignore_case_and_keep_theirs(cloud: Cloud) -> None:
    put(cloud, "/subscriptions/S/resourceGroups/Rg")
    found = cloud.get("/SUBSCRIPTIONS/s/resourcegroups/rG")
    assert found is not None
    assert found.id == "/subscriptions/S/resourceGroups/Rg"


def test_databricks_ids_keep_case_and_belong_to_a_type(cloud: Cloud) -> None:
    put(cloud, "main", CATALOG)
    put(cloud, "main", CREDENTIAL)
    assert cloud.get("Main") is None
    for token in (CATALOG, CREDENTIAL):
        found = cloud.get("main", token)
        assert found is not None
        assert found.token == token


def test_databricks_ids_belong_to_a_realm(cloud: Cloud) -> None:
    for realm in ("1", "2"):
        record = Record("churn", CATALOG, f"urn:{realm}", {}, {"in": realm}, realm)
        with cloud.transaction():
            cloud.put(record, "seed")
    found = cloud.get("churn", CATALOG, "2")
    assert found is not None
    assert found.outputs == {"in": "2"}
    assert cloud.get("churn", CATALOG, "3") is None


def test_a_database_of_another_version_says_how_to_begin_anew(tmp_path: Path) -> None:
    path = tmp_path / "cloud.db"
    old = sqlite3.connect(path)
    old.execute("PRAGMA user_version = 1")
    old.close()
    with pytest.raises(OutdatedStateError, match=f"remove the folder {tmp_path}"):
        Cloud(path)


def test_find_looks_at_outputs_then_inputs(cloud: Cloud) -> None:
    record = Record("x", CATALOG, "urn:x", {"name": "given", "owner": "me"}, {"name": "answered"})
    with cloud.transaction():
        cloud.put(record, "seed")
    assert [found.id for found in cloud.find(CATALOG, name="answered", owner="me")] == ["x"]
    assert not cloud.find(CATALOG, name="given")


def test_removing_an_arm_resource_removes_what_lies_under_it_alone(cloud: Cloud) -> None:
    parent = put(cloud, "/s/rg/net")
    put(cloud, "/s/rg/net/subnets/a")
    put(cloud, "/s/rg/network")
    with cloud.transaction():
        cloud.remove(parent)
    assert [record.id for record in cloud.all()] == ["/s/rg/network"]


def test_a_failed_transaction_leaves_nothing_not_even_in_memory(cloud: Cloud) -> None:
    old = put(cloud, "/x", tag="old")

    def fail() -> None:
        with cloud.transaction():
            cloud.put(Record("/x", ARM, "urn:/x", {}, {"tag": "new"}), "seed")
            assert cloud.find(ARM, tag="new")
            cloud.put(Record("/y", ARM, "urn:/y", {}, {}), "seed")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert cloud.all() == [old]


def test_a_change_by_another_process_is_seen_at_once(cloud: Cloud, cloud_path: Path) -> None:
    put(cloud, "/x", tag="old")
    assert cloud.find(ARM, tag="old")
    other = Cloud(cloud_path)
    put(other, "/x", tag="new")
    other.close()
    assert cloud.find(ARM, tag="new")
    assert not cloud.find(ARM, tag="old")


def test_seeds_are_the_same_in_every_fresh_cloud_and_differ_for_a_replacement(
    tmp_path: Path,
) -> None:
    seeds: list[list[str]] = []
    for name in ("one", "two"):
        cloud = Cloud(tmp_path / name)
        with cloud.transaction():
            seeds.append([cloud.birth_seed("urn:a"), cloud.birth_seed("urn:a")])
        cloud.close()
    assert seeds[0] == seeds[1]
    assert seeds[0][0] != seeds[0][1]


def test_a_process_killed_inside_a_transaction_leaves_the_cloud_as_it_was(
    cloud: Cloud, cloud_path: Path
) -> None:
    old = put(cloud, "/x", tag="old")
    program = textwrap.dedent(f"""
        import os, signal
        from pathlib import Path
        from sandbox.rules import Record
        from sandbox.state import Cloud, OutdatedStateError
        cloud = Cloud(Path({str(cloud_path)!r}))
        with cloud.transaction():
            cloud.put(Record("/x", {ARM!r}, "urn:/x", {{}}, {{"tag": "new"}}), "seed")
            cloud.put(Record("/y", {ARM!r}, "urn:/y", {{}}, {{}}), "seed")
            os.kill(os.getpid(), signal.SIGKILL)
    """)
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == -9
    assert cloud.all() == [old]
    put(cloud, "/z")
    assert len(cloud.all()) == 2
