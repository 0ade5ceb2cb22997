"""What a run did, read from the engine's event log, and how it is told."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from engine import events, summary

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Project

STACK_URN = "urn:pulumi:dev::mlops::pulumi:pulumi:Stack::mlops-dev"


def _log(path: Path, *entries: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(each) + "\n" for each in entries))
    return path


def _step(kind: str, operation: str = "create", **new: Any) -> dict[str, Any]:
    metadata = {"op": operation, "urn": f"urn:{kind}", "type": kind, "new": new}
    return {"resOutputsEvent": {"metadata": metadata}}


def test_a_run_is_read_from_its_log(tmp_path: Path) -> None:
    log = _log(
        tmp_path / "log",
        _step("azure-native:network:Subnet"),
        _step("databricks:index/catalog:Catalog", "same"),
        _step("databricks:index/schema:Schema", "delete"),
        _step("pulumi:pulumi:Stack", "create", outputs={"workspaceUrl": "adb-1.azure.net"}),
        {"summaryEvent": {"resourceChanges": {"create": 2, "same": 1, "delete": 1}}},
    )

    run = events.read(log)

    assert (run.created, run.changed, run.deleted, run.unchanged) == (2, 0, 1, 1)
    assert run.outputs == {"workspaceUrl": "adb-1.azure.net"}
    assert "resources   1 azure-native, 1 databricks" in summary.details(run)
    assert summary.result("dev", run, 3.2) == "dev: 2 created, 1 deleted, 1 unchanged (3 s)"


def test_a_run_without_change_says_so(tmp_path: Path) -> None:
    log = _log(tmp_path / "log", {"summaryEvent": {"resourceChanges": {"same": 40}}})

    assert summary.result("dev", events.read(log), 1) == "dev: no change, 40 unchanged (1 s)"


def test_replacements_count_once(tmp_path: Path) -> None:
    changes = {"replace": 1, "create-replacement": 1, "delete-replaced": 1}
    log = _log(tmp_path / "log", {"summaryEvent": {"resourceChanges": changes}})

    assert events.read(log).changed == 1


def test_a_half_written_log_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    log = _log(tmp_path / "log", _step("azure-native:network:Subnet"))
    log.write_text(log.read_text() + '{"summaryEvent": {"resour')

    run = events.read(log)

    assert len(run.resources) == 1
    assert run.changes == {}


def test_a_run_that_never_started_has_no_log(tmp_path: Path) -> None:
    assert events.read(tmp_path / "missing") == events.Run()


def test_who_can_do_what_is_a_table_that_names_each_group_once() -> None:
    rows = [
        {"principal": "engineers", "securable": "catalog b", "privileges": ["SELECT"] * 20},
        {"principal": "engineers", "securable": "catalog a", "privileges": ["SELECT", "MODIFY"]},
        {"principal": "analysts", "securable": "catalog a", "privileges": ["SELECT"]},
    ]
    waiting = [{"name": "churn", "waitsFor": "model churn version 1"}]
    unwatched = [{"name": "raw.events", "waitsFor": "table main.raw.events"}]
    run = events.Run(
        outputs={
            "accessTable": rows,
            "waitingEndpoints": waiting,
            "waitingMonitors": unwatched,
            "waitingJobs": [{"name": "quality", "waitsFor": "table main.raw.events"}],
            "workspaceUrl": "adb.net",
        }
    )

    lines = summary.details(run).splitlines()

    assert lines[0] == "  workspace   https://adb.net"
    assert lines[1] == "  waiting     endpoint churn for model churn version 1"
    assert lines[2] == "  waiting     monitor raw.events for table main.raw.events"
    assert lines[3] == "  waiting     job quality for table main.raw.events"
    assert (
        lines[4]
        == "              Once these are there, the next make up builds what waits for them."
    )
    assert lines[6] == "    analysts   catalog a  SELECT"
    assert lines[7] == "    engineers  catalog a  SELECT, MODIFY"
    assert lines[8].startswith("               catalog b  SELECT,")
    assert all(len(line) <= 104 for line in lines)


def test_what_is_left_tells_deleted_vaults_from_what_was_forgotten() -> None:
    vaults = Counter({"azure-native:keyvault:DeletedVault": 3})
    nothing = "Left in the clouds: nothing"
    assert summary.left(Counter()) == nothing
    kept = "; deleted vaults that Azure keeps recoverable: 3"
    assert summary.left(vaults) == nothing + kept
    assert summary.left(vaults + Counter({"a:b:C": 2})) == "Left in the clouds: 2 a:b:C" + kept


@pytest.mark.parametrize(
    ("message", "advice"),
    [
        ("the stack is currently locked by 1 lock(s)", "make recover STACK=dev"),
        ("there are pending operations", "make recover STACK=dev"),
        ("the engine was killed by signal 9", "make recover STACK=dev"),
        ("resource 'x' is protected", "make down"),
        ('unknown stack "organization/mlops/prod"', "make up"),
        ("Schema 'main.models' is not empty.", "sandbox remove ID"),
        ("something else", "run the same command again"),
    ],
)
def test_a_failure_says_what_to_do_next(tmp_path: Path, message: str, advice: str) -> None:
    event = {"severity": "error", "message": f"<{{%fg 1%}}>error: {message}<{{%reset%}}>\n"}
    run = events.read(_log(tmp_path / "log", {"diagnosticEvent": event}))

    assert run.errors == [f"error: {message}"]
    assert advice in summary.failure("dev", "Deploying", run)


def test_rules_that_stopped_a_run_are_named(tmp_path: Path) -> None:
    entries = [
        {"policyEvent": {"policyName": "sec-01", "enforcementLevel": "mandatory"}},
        {"policyEvent": {"policyName": "cost-01", "enforcementLevel": "advisory"}},
    ]
    run = events.read(_log(tmp_path / "log", *entries))

    text = summary.failure("dev", "Deploying", run)

    assert "sec-01" in text
    assert "cost-01" not in text
    assert "docs/reference/policies.md" in text
    assert "exempt from one: docs/policies.md" in text


@pytest.mark.engine
def test_the_real_engines_log_is_understood(project: Project, tmp_path: Path) -> None:
    project.environment["PULUMI_DEBUG_COMMANDS"] = "true"
    project.program("""
        import pulumi
        pulumi.ComponentResource("azure-native:fake:Group", "group")
        pulumi.export("workspaceUrl", "adb-1.azuredatabricks.net")
    """)

    code, output = project.up("--event-log", str(tmp_path / "first"))
    assert code == 0, output
    project.up("--event-log", str(tmp_path / "second"))
    first, second = events.read(tmp_path / "first"), events.read(tmp_path / "second")

    assert (first.created, first.unchanged) == (2, 0)
    assert (second.created, second.unchanged) == (0, 2)
    for run in (first, second):
        assert run.outputs == {"workspaceUrl": "adb-1.azuredatabricks.net"}
        assert "1 azure-native" in summary.details(run)
