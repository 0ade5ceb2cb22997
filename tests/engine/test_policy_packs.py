"""Policy packs started by the language host, through the real engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine import paths

if TYPE_CHECKING:
    from conftest import Project

pytestmark = pytest.mark.engine

PACK = """
    from pulumi_policy import EnforcementLevel, PolicyPack, StackValidationPolicy

    def judge(args, report):
        for resource in args.resources:
            report(f"found {resource.resource_type}")

    PolicyPack("strict", [StackValidationPolicy("no-stacks", "No stack pleases.", judge,
               enforcement_level=EnforcementLevel.MANDATORY)])
"""


def _pack(project: Project, text: str, virtualenv: str = str(paths.VIRTUALENV)) -> None:
    project.write("pack/__main__.py", text)
    project.write(
        "pack/PulumiPolicy.yaml",
        f"runtime:\n  name: python\n  options: {{virtualenv: {virtualenv}}}\n",
    )


def test_a_mandatory_violation_stops_the_update_in_the_packs_words(project: Project) -> None:
    project.program("")
    _pack(project, PACK)

    code, output = project.up("--policy-pack", "pack")

    assert code != 0
    assert "[mandatory]" in output
    assert "found pulumi:pulumi:Stack" in output


def test_a_pack_that_crashes_shows_why(project: Project) -> None:
    project.program("")
    _pack(project, "raise ValueError('rules are missing')")

    code, output = project.up("--policy-pack", "pack")

    assert code != 0
    assert "rules are missing" in output


def test_a_pack_never_runs_in_the_python_on_path(project: Project) -> None:
    project.program("")
    project.write("pack/PulumiPolicy.yaml", "runtime: python\n")
    project.write("pack/__main__.py", PACK)

    code, output = project.up("--policy-pack", "pack")

    assert code != 0
    assert "virtualenv is 'venv'" in output
