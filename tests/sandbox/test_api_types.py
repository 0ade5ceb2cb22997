"""The check against the types of Databricks' own SDK, which the workloads' environment has."""

from __future__ import annotations

import json
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[2]
PYTHON = PROJECT / "workloads" / ".venv" / "bin" / "python"
TASK: dict[str, Any] = {
    "taskKey": "train",
    "maxRetries": 1,
    "dependsOns": [{"taskKey": "load"}],
    "runIf": "ALL_DONE",
}
JOB: dict[str, Any] = {
    "name": "train",
    "emailNotifications": {"onFailures": ["ml@example.com"]},
    "health": {"rules": [{"metric": "RUN_DURATION_SECONDS", "op": "GREATER_THAN", "value": 60}]},
    "tags": {"costCenter": "anything"},
    "tasks": [TASK],
}
SECRET = {"4dabf18193072939515e22adb298388d": "mark", "ciphertext": "abc"}
ODD: dict[str, Any] = {**TASK, "maxRetries": "once", "runIf": "SOMETIMES", "patience": 1}
JOBS = {"known": JOB, "secret": {**JOB, "name": SECRET}, "odd": {**JOB, "tasks": [ODD]}}


@cache
def told() -> tuple[int, dict[str, list[str]]]:
    """The exit code, and what is told of each job."""
    resources = [
        {"urn": urn, "type": "databricks:index/job:Job", "inputs": inputs}
        for urn, inputs in JOBS.items()
    ]
    network = {"urn": "vnet", "type": "azure-native:network:VirtualNetwork", "inputs": {"odd": 1}}
    run = subprocess.run(
        [PYTHON, "-m", "sandbox.api_types"],
        input=json.dumps({"deployment": {"resources": [network, *resources]}}),
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    *lines, total = run.stdout.splitlines()
    assert total == f"{len(lines)} differences"
    return run.returncode, {
        urn: [text for head, _, text in (line.partition(": ") for line in lines) if head == urn]
        for urn in ("vnet", *JOBS)
    }


def test_what_the_api_knows_is_no_difference() -> None:
    assert told()[1]["known"] == []


def test_fields_words_and_types_that_the_api_has_not_are_told() -> None:
    code, (retries, condition, unknown) = told()[0], told()[1]["odd"]
    assert code == 1
    assert retries == "Job.tasks[0].maxRetries is 'once', not of type int"
    assert condition.startswith("Job.tasks[0].runIf is 'SOMETIMES', not one of ALL_DONE, ")
    assert unknown == "Job.tasks[0].patience is no field of Task"


def test_secrets_and_other_clouds_are_not_looked_into() -> None:
    assert told()[1]["secret"] == told()[1]["vnet"] == []
