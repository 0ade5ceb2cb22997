"""Programs run by the language host, through the real engine."""

from __future__ import annotations

import json
import os
import sys
import venv
import zipfile
from typing import TYPE_CHECKING

import pytest

from engine import paths

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Project

pytestmark = pytest.mark.engine


def test_a_program_sees_its_config_and_its_outputs_are_stored(project: Project) -> None:
    project.program("""
        import pulumi
        config = pulumi.Config()
        pulumi.export("said", config.require("say"))
        pulumi.export("hidden", config.require_secret("hide"))
        where = [pulumi.get_project(), pulumi.get_stack(), pulumi.get_organization()]
        pulumi.export("where", where)
    """)
    project.pulumi("stack", "init", "dev")
    project.pulumi("config", "set", "say", "hello", "--stack", "dev")
    project.pulumi("config", "set", "--secret", "hide", "s3cret", "--stack", "dev")

    code, output = project.up()

    assert code == 0, output
    outputs = json.loads(project.pulumi("stack", "output", "--json", "--stack", "dev")[1])
    assert outputs["said"] == "hello"
    assert outputs["where"] == ["tiny", "dev", "organization"]
    assert outputs["hidden"] == "[secret]", "a secret config value must stay one"


def test_what_a_program_prints_reaches_the_user(project: Project) -> None:
    project.program("""
        import sys
        print("to standard output")
        print("to standard error", file=sys.stderr)
    """)

    _, output = project.up()

    assert "to standard output" in output
    assert "to standard error" in output


def test_a_crash_is_shown_from_the_programs_own_first_line(project: Project) -> None:
    project.program("""
        def fail():
            raise ValueError("the disk is full")

        fail()
    """)

    code, output = project.up()

    assert code != 0
    assert "error: Program failed with an unhandled exception:" in output
    assert "ValueError: the disk is full" in output
    assert "in fail" in output
    assert "execute.py" not in output, "the host's own frames explain nothing"
    assert "exit code" not in output, "the user has been shown the error already"


def test_a_run_error_is_shown_without_a_traceback(project: Project) -> None:
    project.program("import pulumi\nraise pulumi.RunError('set mlops:network')\n")

    code, output = project.up()

    assert code != 0
    assert "error: set mlops:network" in output
    assert "Traceback" not in output


def test_a_programs_own_exit_code_is_reported(project: Project) -> None:
    project.program("import sys\nsys.exit(3)\n")

    code, output = project.up()

    assert code != 0
    assert "program exited with non-zero exit code: 3" in output


def test_a_program_ended_from_outside_is_reported_with_the_signal(project: Project) -> None:
    project.program("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n")

    code, output = project.up()

    assert code != 0
    assert "program exited unexpectedly: signal: SIGKILL" in output


def test_a_missing_main_program_is_named(project: Project) -> None:
    project.program("")
    (project.folder / "__main__.py").unlink()

    code, output = project.up()

    assert code != 0
    assert "unable to find main python program `__main__.py`" in output


def test_the_virtualenv_option_chooses_the_interpreter(project: Project, tmp_path: Path) -> None:
    own = tmp_path / "own-venv"
    venv.create(own, with_pip=False, symlinks=True)
    (site,) = own.glob("lib/python3.*/site-packages")
    (packages,) = paths.VIRTUALENV.glob("lib/python3.*/site-packages")
    (site / "sdk.pth").write_text(str(packages))
    project.program(
        """
        import os, shutil, sys
        print("prefix", os.path.realpath(sys.prefix))
        print("active", os.environ["VIRTUAL_ENV"], shutil.which("python"))
        """,
        virtualenv=os.path.relpath(own, project.folder),
    )

    code, output = project.up()

    assert code == 0, output
    assert f"prefix {own.resolve()}" in output
    assert "own-venv/bin/python" in output.partition("active")[2]


def test_without_the_option_the_python_on_path_runs(project: Project) -> None:
    folder = project.write("bin/python3", f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    folder.chmod(0o755)
    project.environment["PATH"] = f"{folder.parent}:{project.environment['PATH']}"
    project.program("import sys\nprint('ran with', sys.prefix)\n", virtualenv=None)

    code, output = project.up()

    assert code == 0, output
    assert f"ran with {sys.prefix}" in output


def test_a_virtualenv_that_is_none_is_refused_with_the_way_out(project: Project) -> None:
    (project.folder / "nothing").mkdir()
    (project.folder / "nothing" / "file").touch()
    project.program("", virtualenv="nothing")

    code, output = project.up()

    assert code != 0
    assert "virtualenv is 'nothing'" in output
    assert "Run: pulumi install" in output


def test_another_package_manager_is_refused(project: Project) -> None:
    project.program("")
    project.write("Pulumi.yaml", "name: tiny\nruntime: {name: python, options: {toolchain: uv}}\n")

    code, output = project.up()

    assert code != 0
    assert "toolchain is 'uv'" in output


def test_an_sdk_that_is_not_installed_is_explained(project: Project, tmp_path: Path) -> None:
    venv.create(tmp_path / "bare", with_pip=False, symlinks=True)
    project.program("", virtualenv=str(tmp_path / "bare"))

    code, output = project.up()

    assert code != 0
    assert "the Pulumi SDK has not been installed" in output


def test_install_creates_the_virtualenv_and_installs_requirements(project: Project) -> None:
    project.program("", virtualenv="made")
    project.write("requirements.txt", "./tiny_fruit-1.2-py3-none-any.whl\n")
    _wheel(project.folder / "tiny_fruit-1.2-py3-none-any.whl")

    code, output = project.pulumi("install")

    assert code == 0, output
    assert "Creating virtual environment made" in output
    assert "Successfully installed tiny-fruit-1.2" in output
    assert list(project.folder.glob("made/lib/python3.*/site-packages/tiny_fruit.py"))


def test_a_failing_install_says_what_failed(project: Project) -> None:
    project.program("", virtualenv="made")
    project.write("requirements.txt", "./no-such-file.whl\n")

    code, output = project.pulumi("install")

    assert code != 0
    assert "Installing requirements.txt failed with exit code 1" in output
    assert "no-such-file.whl" in output


def test_about_tells_the_interpreter_and_the_packages_nothing_else_needs(project: Project) -> None:
    project.program("")

    code, output = project.pulumi("about", "--json")

    assert code == 0, output
    about = json.loads(output[output.index("{") :])
    assert about["runtime"]["executable"].startswith(str(paths.VIRTUALENV))
    assert about["runtime"]["version"] == ".".join(map(str, sys.version_info[:3]))
    names = {each["name"] for each in about["dependencies"]}
    assert "pulumi_databricks" in names
    assert "grpcio" not in names, "pulumi requires it, so it is not the program's own choice"


def test_the_official_plugins_of_the_installed_packages_are_asked_for(project: Project) -> None:
    project.program("")
    project.pulumi("stack", "init", "dev")

    _, output = project.pulumi("preview", "--stack", "dev", "--logtostderr", "--logflow", "-v=7")

    assert "azure-native" in output
    assert "3.29.0" in output
    assert "GetRequiredPackages" in output


def _wheel(path: Path) -> None:
    """The smallest wheel pip installs."""
    info = "tiny_fruit-1.2.dist-info"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr("tiny_fruit.py", "SEEDS = 3\n")
        wheel.writestr(
            f"{info}/METADATA", "Metadata-Version: 2.1\nName: tiny-fruit\nVersion: 1.2\n"
        )
        wheel.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{info}/RECORD", "")
