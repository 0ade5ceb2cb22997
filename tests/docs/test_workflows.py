"""The GitHub workflows: pinned, without standing credentials, with the rights that they need."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from engine import cli, paths

FOLDER = paths.ROOT / ".github" / "workflows"
NAMES = sorted(path.name for path in FOLDER.glob("*.yml"))
RIGHTS = {
    "azure-preview.yml": {"preview": {"contents": "read", "id-token": "write"}},
    "pull-request.yml": {
        "code-scanning": {"actions": "read", "contents": "read", "security-events": "write"}
    },
}
"""What a job may do beyond reading the repository; others get nothing of their own."""


def jobs(name: str) -> dict[str, Any]:
    return yaml.safe_load((FOLDER / name).read_text())["jobs"]


@pytest.mark.parametrize("name", NAMES)
def test_every_action_is_pinned_to_a_commit_with_its_version_beside_it(name: str) -> None:
    used = re.findall(r"uses: (.+)", (FOLDER / name).read_text())
    assert used
    for action in used:
        assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action), action


def test_one_version_of_an_action_is_one_commit() -> None:
    pins: dict[str, set[str]] = {}
    for name in NAMES:
        for action, commit in re.findall(r"uses: ([\w./-]+)@(\S+)", (FOLDER / name).read_text()):
            pins.setdefault(action, set()).add(commit)
    assert {action: found for action, found in pins.items() if len(found) > 1} == {}


@pytest.mark.parametrize("name", NAMES)
def test_a_checkout_leaves_no_token_behind(name: str) -> None:
    steps = [step for job in jobs(name).values() for step in job["steps"]]
    checkouts = [step for step in steps if step.get("uses", "").startswith("actions/checkout@")]
    assert checkouts
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


@pytest.mark.parametrize("name", NAMES)
def test_a_job_may_read_and_what_is_listed_here(name: str) -> None:
    workflow = yaml.safe_load((FOLDER / name).read_text())
    assert workflow["permissions"] == {"contents": "read"}
    own = {job: value["permissions"] for job, value in jobs(name).items() if "permissions" in value}
    assert own == RIGHTS.get(name, {})


@pytest.mark.parametrize("name", NAMES)
def test_no_workflow_holds_a_secret(name: str) -> None:
    assert "secrets." not in (FOLDER / name).read_text()


def test_the_preview_against_azure_takes_the_cli_that_is_tested() -> None:
    text = (FOLDER / "azure-preview.yml").read_text()
    assert re.findall(r"--version (\S+)", text) == [str(cli.VERSION)]
