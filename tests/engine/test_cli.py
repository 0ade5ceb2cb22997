"""How the Pulumi CLI is obtained: real processes, with programs of the test's own on PATH."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from engine import paths

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import FakePrograms

OBTAIN = """
import sys
from pathlib import Path
from engine import cli, progress
try:
    print("chosen", cli.obtain(Path(sys.argv[1])))
except progress.SetupError as error:
    sys.exit(f"refused {error}")
"""

# Stands for the official script: puts a CLI where --install-root says.
INSTALL_SCRIPT = """
while [ $# -gt 0 ]; do
    case "$1" in --install-root) root=$2; shift;; --version) version=$2; shift;; esac
    shift
done
mkdir -p "$root/bin"
printf '#!/bin/sh\\necho v%s\\n' "$version" > "$root/bin/pulumi"
chmod +x "$root/bin/pulumi"
"""

# Stands for the Go toolchain: puts a CLI where -o says.
BUILD = """
case "$1" in download) exit 0;; esac
while [ $# -gt 0 ]; do
    case "$1" in -o) out=$2; shift;; esac
    shift
done
if [ -n "$out" ]; then printf '#!/bin/sh\\necho v3.250.0\\n' > "$out"; chmod +x "$out"; fi
"""
NO_NETWORK = 'echo "curl: (6) Could not resolve host: get.pulumi.com" >&2; exit 6'


@pytest.fixture
def closed(programs: FakePrograms) -> FakePrograms:
    """A machine without network and without Go."""
    programs.write("curl", NO_NETWORK)
    return programs


def _obtain(programs: FakePrograms, tmp_path: Path) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-c", OBTAIN, str(tmp_path / "local")],
        cwd=paths.ROOT,
        env=os.environ | {"PATH": programs.path, "XDG_CACHE_HOME": str(tmp_path / "cache")},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return done.returncode, done.stdout + done.stderr


def test_a_new_enough_cli_on_path_is_used(closed: FakePrograms, tmp_path: Path) -> None:
    pulumi = closed.write("pulumi", "echo v3.251.2")

    code, output = _obtain(closed, tmp_path)

    assert code == 0, output
    assert f"chosen {pulumi}" in output
    assert "Fetching" not in output


@pytest.mark.parametrize(
    "answer", ["echo v3.249.9", "echo v2.300.0", "echo nonsense", "exit 1", "echo"]
)
def test_an_old_or_broken_cli_on_path_is_passed_over(
    closed: FakePrograms, tmp_path: Path, answer: str
) -> None:
    closed.write("pulumi", answer)
    closed.write("go", BUILD)

    code, output = _obtain(closed, tmp_path)

    assert code == 0, output
    assert f"chosen {tmp_path}/cache/mlops-platform/pulumi-3.250.0" in output


def test_the_install_script_comes_before_the_build(programs: FakePrograms, tmp_path: Path) -> None:
    script = tmp_path / "script.sh"
    script.write_text(INSTALL_SCRIPT)
    programs.write("curl", f'while [ "$1" != "-o" ]; do shift; done; cp {script} "$2"')
    programs.write("go", "echo go must not run; exit 1")

    code, output = _obtain(programs, tmp_path)

    assert code == 0, output
    assert f"chosen {tmp_path}/local/pulumi/bin/pulumi" in output
    assert "go must not run" not in output


def test_without_network_the_cli_is_built_and_kept_outside_the_checkout(
    closed: FakePrograms, tmp_path: Path
) -> None:
    closed.write("go", f'echo "$@" >> {tmp_path}/calls\n{BUILD}')

    first = _obtain(closed, tmp_path)
    second = _obtain(closed, tmp_path)

    assert first[0] == second[0] == 0, first[1]
    assert first[1].splitlines()[-1] == second[1].splitlines()[-1]
    assert (tmp_path / "calls").read_text().count("build -v") == 1, "the second time it is there"
    assert "Building the Pulumi CLI 3.250.0" in first[1]
    assert "Building" not in second[1]


def test_another_checkout_of_the_same_user_finds_the_built_cli(
    closed: FakePrograms, tmp_path: Path
) -> None:
    closed.write("go", BUILD)
    _obtain(closed, tmp_path)
    (closed.folder / "go").unlink()
    (tmp_path / "local" / "cli.json").unlink()

    code, output = _obtain(closed, tmp_path)

    assert code == 0, output


def test_when_nothing_works_all_three_ways_are_named_with_what_failed(
    closed: FakePrograms, tmp_path: Path
) -> None:
    closed.write("pulumi", "echo v3.100.0")

    code, output = _obtain(closed, tmp_path)

    assert code != 0
    refusal = output.partition("refused")[2]
    assert "1. pulumi on PATH: " in refusal
    assert "is 3.100.0" in refusal
    assert "2. the official install script, https://get.pulumi.com" in refusal
    assert "Could not resolve host" in refusal
    assert "3. a build from the Go module" in refusal
    assert "no Go toolchain on PATH" in refusal


def test_a_build_that_breaks_off_leaves_nothing_behind(
    closed: FakePrograms, tmp_path: Path
) -> None:
    closed.write("go", f'{BUILD}\nif [ -n "$out" ]; then echo no space left >&2; exit 1; fi')

    code, output = _obtain(closed, tmp_path)

    assert code != 0
    assert "no space left" in output
    assert list((tmp_path / "cache" / "mlops-platform").iterdir()) == []


def test_a_build_that_does_not_run_is_not_taken(closed: FakePrograms, tmp_path: Path) -> None:
    closed.write("go", BUILD.replace("v3.250.0", "segmentation fault"))

    code, output = _obtain(closed, tmp_path)

    assert code != 0
    assert "the build is no working pulumi 3.250.0" in output
    assert list((tmp_path / "cache" / "mlops-platform").iterdir()) == []


def test_an_install_script_that_installs_nothing_is_not_trusted(
    programs: FakePrograms, tmp_path: Path
) -> None:
    programs.write("curl", 'while [ "$1" != "-o" ]; do shift; done; echo "exit 0" > "$2"')

    code, output = _obtain(programs, tmp_path)

    assert code != 0
    assert "the script left no working pulumi 3.250.0" in output
    assert not (tmp_path / "local" / "pulumi").exists()


def test_a_remembered_cli_that_changed_is_looked_at_again(
    closed: FakePrograms, tmp_path: Path
) -> None:
    closed.write("pulumi", "echo v3.251.0")
    assert _obtain(closed, tmp_path)[0] == 0
    closed.write("pulumi", "echo v3.1.0 # older")

    code, output = _obtain(closed, tmp_path)

    assert code != 0
    assert "is 3.1.0" in output
