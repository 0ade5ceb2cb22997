"""The jobs that the stack files declare are command lines that this wheel understands."""

from __future__ import annotations

import argparse
import ast
import re
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

from company_ml import cli

ROOT = Path(__file__).resolve().parents[2]


def parser_of(command: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=command)
    cli.module(cli.JOBS[command]).add_arguments(parser)
    return parser


def steps() -> list[Any]:
    found: list[Any] = []
    for file in sorted(ROOT.glob("Pulumi.*.yaml")):
        stack: Any = yaml.safe_load(file.read_text("utf-8"))["config"]["mlops:workloads"]
        found += [
            pytest.param(job, step, id=f"{file.stem}-{job['name']}-{step['command']}")
            for job in stack["jobs"]
            for step in job["steps"]
        ]
    return found


def options(parser: argparse.ArgumentParser) -> set[str]:
    return {
        option.removeprefix("--")
        for action in parser._actions  # noqa: SLF001 - argparse has no other way to list them
        for option in action.option_strings
    }


@pytest.mark.parametrize(("job", "step"), steps())
def test_a_step_is_a_command_line_of_the_wheel(job: dict[str, Any], step: dict[str, Any]) -> None:
    parser = parser_of(step["command"])
    given = dict(step.get("arguments", {}))
    if "environment" in options(parser):
        given["environment"] = "prod"
    line: list[str] = []
    for name, values in given.items():
        for value in values if isinstance(values, list) else [values]:
            names = re.findall(r"{{job\.parameters\.(\w+)}}", str(value))
            assert set(names) <= set(job.get("inputs", {})), f"{value}: the job has no such input"
            line.append(f"--{name}={re.sub('{{[^}]*}}', '1', str(value))}")
    parser.parse_args(line)


def test_the_program_gives_the_environment_to_exactly_those_that_take_one() -> None:
    source = (ROOT / "components" / "jobs.py").read_text("utf-8")
    (value,) = re.findall(r"^WITHOUT_ENVIRONMENT = frozenset\((.*)\)$", source, re.MULTILINE)
    # A command with steps of its own takes the environment step by step.
    flat = [name for name in cli.JOBS if "environment" not in options(parser_of(name))]
    assert cast("set[str]", ast.literal_eval(value)) == {*flat} - {"features"}
