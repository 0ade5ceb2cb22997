"""The commands behind make, on the whole project, in a sandbox of the test's own."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from engine import paths

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.engine


def _engine(sandbox: Path, *arguments: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, str(paths.ROOT / "engine"), *arguments],
        env=os.environ | {"SANDBOX_DIR": str(sandbox)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def _sandbox(sandbox: Path, *arguments: str) -> str:
    return subprocess.run(
        [sys.executable, "-m", "sandbox", *arguments],
        cwd=paths.ROOT,
        env=os.environ | {"SANDBOX_STATE": str(sandbox / "cloud.db")},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


@pytest.mark.timeout(600)
def test_up_deploys_all_in_order_a_second_up_changes_nothing_and_down_leaves_nothing(
    tmp_path: Path,
) -> None:
    code, output = _engine(tmp_path, "up")
    assert code == 0, output
    order = [line for line in output.splitlines() if line.startswith("══ Deploying")]
    assert order == ["══ Deploying prod", "══ Deploying dev", "══ Deploying test"]
    summary = output.partition("══ Summary")[2]
    for stack in ("dev", "test", "prod"):
        assert f"\n{stack}: " in summary
    assert summary.count("workspace   https://adb-") == 3
    assert summary.count("who can do what") == 3

    code, output = _engine(tmp_path, "up")
    assert code == 0, output
    assert output.partition("══ Summary")[2].count(": no change, ") == 3

    code, output = _engine(tmp_path, "down")
    assert code == 0, output
    assert list((tmp_path / "state" / ".pulumi" / "stacks").rglob("*.json")) == []
    left = output.partition("Left in the clouds: ")[2].strip()
    assert left == "nothing; deleted vaults that Azure keeps recoverable: 3"


def test_a_preview_for_the_estimate_says_that_the_owner_of_what_it_reads_comes_first(
    tmp_path: Path,
) -> None:
    code, output = _engine(tmp_path, "snapshots", "dev")
    assert code != 0
    assert 'unknown stack "organization/mlops/prod"' in output
    assert "deploy all in order with: make up" in output


def test_no_preview_is_made_of_a_stack_that_there_is_not(tmp_path: Path) -> None:
    code, output = _engine(tmp_path, "snapshots", "nowhere")
    assert code != 0
    assert "There is no stack 'nowhere'" in output
    assert not (tmp_path / "state" / ".pulumi").exists()


def test_a_killed_up_says_how_to_recover_and_the_next_up_finishes_it(tmp_path: Path) -> None:
    """The engine dies right after the cloud made a resource that nobody reported."""
    _sandbox(
        tmp_path, "fault", "add", "--type", "*:StorageAccount", "--op", "create",
        "--crash", "engine-after",
    )  # fmt: skip
    code, _ = _engine(tmp_path, "up", "prod")
    assert code != 0
    _sandbox(tmp_path, "fault", "clear")
    made = _sandbox(tmp_path, "list", "--type", "azure-native:storage:StorageAccount")

    code, output = _engine(tmp_path, "up", "prod")
    assert code != 0
    assert "make recover STACK=prod" in output

    code, output = _engine(tmp_path, "recover", "prod")
    assert code == 0, output
    code, output = _engine(tmp_path, "up", "prod")
    assert code == 0, output
    assert made.strip() in _sandbox(tmp_path, "list")
    code, output = _engine(tmp_path, "up", "prod")
    assert "prod: no change, " in output


def test_preview_shows_the_plan_and_changes_nothing(tmp_path: Path) -> None:
    code, output = _engine(tmp_path, "preview", "prod")

    assert code == 0, output
    assert "Summary of what an update would do" in output
    assert "prod: " in output.partition("══ Summary")[2]


def test_a_stack_that_needs_another_first_fails_with_the_way_out(tmp_path: Path) -> None:
    code, output = _engine(tmp_path, "up", "dev")

    assert code != 0
    assert "Deploying stack dev failed." in output
    assert "make up" in output


def test_nothing_deployed_is_nothing_to_destroy(tmp_path: Path) -> None:
    assert _engine(tmp_path, "down") == (
        0,
        "No stack is deployed.\nLeft in the clouds: nothing\n",
    )


def test_an_unknown_stack_is_refused_before_anything_runs(tmp_path: Path) -> None:
    code, output = _engine(tmp_path, "up", "nowhere")

    assert code == 1
    assert "no stack 'nowhere'" in output
    assert "Deploying" not in output
