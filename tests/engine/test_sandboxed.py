"""The sandbox's environment: what runs in it, and what it must not touch."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from engine import paths, sandboxed

if TYPE_CHECKING:
    from pathlib import Path


def _sandboxed(tmp_path: Path, *command: str, **environment: str) -> tuple[int, str]:
    done = subprocess.run(
        [str(paths.ROOT / "engine" / "sandboxed"), *command],
        cwd=tmp_path,
        env=os.environ | {"SANDBOX_DIR": str(tmp_path / "sandbox"), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=120,
    )
    return done.returncode, done.stdout


def _committed() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in paths.ROOT.glob("Pulumi*.yaml")}


@pytest.mark.engine
def test_making_a_stack_leaves_the_committed_files_alone(tmp_path: Path) -> None:
    before = _committed()

    code, output = _sandboxed(tmp_path, "pulumi", "stack", "init", "dev")

    assert code == 0, output
    assert _committed() == before


@pytest.mark.parametrize("change", [("set", "--path", "mlops:tags.owner", "x"), ("rm", "a")])
def test_a_change_of_config_that_would_be_lost_is_refused(
    tmp_path: Path, change: tuple[str, ...]
) -> None:
    code, output = _sandboxed(tmp_path, "pulumi", "config", *change, "-s", "dev")

    assert code == 2
    assert "Edit Pulumi.<stack>.yaml itself" in output


@pytest.mark.engine
def test_a_stack_made_in_the_sandbox_is_the_sandboxes_own(tmp_path: Path) -> None:
    _sandboxed(tmp_path, "pulumi", "stack", "init", "dev")

    state = list((tmp_path / "sandbox" / "state").rglob("dev.json"))

    assert len(state) == 1
    assert not [*(tmp_path / "sandbox" / "state").rglob("*.attrs")], "a kill can leave one empty"
    code, output = _sandboxed(tmp_path, "pulumi", "stack", "ls")
    assert code == 0
    assert "dev" in output


def test_a_stack_file_encrypted_for_azure_is_readable_in_the_sandbox() -> None:
    azure = (
        "secretsprovider: azurekeyvault://vault.vault.azure.net/keys/pulumi\n"
        "encryptedkey: dGhpcyBpcyBhIGtleQ==\n"
        "config:\n"
        "  mlops:environment:\n"
        "    name: dev\n"
    )

    text = sandboxed.stack_file(azure)

    assert "azurekeyvault" not in text
    assert "encryptedkey" not in text
    assert text.startswith("encryptionsalt: v1:")
    assert text.endswith("config:\n  mlops:environment:\n    name: dev\n")
    assert sandboxed.stack_file(text) == text, "the mirror of a mirror is the same"


def test_nothing_of_the_users_own_pulumi_is_seen(tmp_path: Path) -> None:
    _, output = _sandboxed(
        tmp_path,
        "env",
        PULUMI_ACCESS_TOKEN="x",  # noqa: S106 - no token
        PULUMI_STACK="mine",
        PULUMI_HOME="/mine",
    )

    assert "PULUMI_ACCESS_TOKEN" not in output
    assert "PULUMI_STACK=" not in output
    assert f"PULUMI_HOME={tmp_path}/sandbox/pulumi-home" in output
    assert f"SANDBOX_STATE={tmp_path}/sandbox/cloud.db" in output
    assert "PYTHONPATH" not in output or "PYTHONPATH" in os.environ


def test_the_commands_exit_code_is_passed_on(tmp_path: Path) -> None:
    assert _sandboxed(tmp_path, "sh", "-c", "exit 7")[0] == 7


def test_a_command_that_does_not_exist_is_named(tmp_path: Path) -> None:
    code, output = _sandboxed(tmp_path, "no-such-program")

    assert code == 127
    assert "no-such-program cannot be started" in output


def test_without_a_command_usage_is_shown(tmp_path: Path) -> None:
    code, output = _sandboxed(tmp_path)

    assert code == 2
    assert "pulumi preview -s dev" in output


def test_before_set_up_the_wrapper_says_what_to_run(tmp_path: Path) -> None:
    (tmp_path / "engine").mkdir()
    wrapper = tmp_path / "engine" / "sandboxed"
    wrapper.write_bytes((paths.ROOT / "engine" / "sandboxed").read_bytes())
    wrapper.chmod(0o755)

    done = subprocess.run([str(wrapper), "env"], capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert "Run: make setup" in done.stderr
