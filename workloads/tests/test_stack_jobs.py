"""Jobs in the stack files and in the teams' bundle are command lines that the wheel understands."""

from __future__ import annotations

import argparse
import ast
import re
import runpy
import tomllib
from datetime import date
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

from company_ml import cli
from company_ml.recovery.table_job import moment

REFERENCE = r"{{[^}]*}}|\${[^}]*}"
"""What Databricks fills in when a run starts, or the program when it deploys."""
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


def wheel_tasks() -> list[Any]:
    """The tasks of the teams' bundle that run this wheel, with their jobs."""
    found: list[Any] = []
    for file in sorted(ROOT.glob("bundle/template/resources/*.yml")):
        part: Any = yaml.safe_load(file.read_text("utf-8"))
        for place in (part, *part.get("targets", {}).values()):
            for name, job in place.get("resources", {}).get("jobs", {}).items():
                found += [
                    pytest.param(job, task["python_wheel_task"], id=f"{name}-{task['task_key']}")
                    for task in job["tasks"]
                    if "python_wheel_task" in task
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
        if values is True:
            line.append(f"--{name}")
            continue
        for value in values if isinstance(values, list) else [values]:
            names = re.findall(r"{{job\.parameters\.(\w+)}}", str(value))
            assert set(names) <= set(job.get("inputs", {})), f"{value}: the job has no such input"
            line.append(f"--{name}={re.sub(REFERENCE, '1', str(value))}")
    parser.parse_args(line)


@pytest.mark.parametrize(("job", "task"), wheel_tasks())
def test_a_task_of_the_bundle_is_a_command_line_of_the_wheel(
    job: dict[str, Any], task: dict[str, Any]
) -> None:
    project = tomllib.loads((ROOT / "workloads" / "pyproject.toml").read_text("utf-8"))["project"]
    assert task["package_name"] == project["name"]
    assert project["scripts"][task["entry_point"]] == "company_ml.databricks_task:main"
    command, *line = task["parameters"]
    parser_of(command).parse_args([re.sub(REFERENCE, "1", each) for each in line])
    names = re.findall(r"{{job\.parameters\.(\w+)}}", " ".join(line))
    assert set(names) == {parameter["name"] for parameter in job["parameters"]}


def program_knows(name: str) -> Any:
    """What the program has written down of the wheel's command line."""
    return runpy.run_path(str(ROOT / "settings" / "commands.py"))[name]


@pytest.mark.parametrize("name", ["READS", "MAKES"])
def test_the_tables_that_a_schedule_waits_for_are_options_of_the_wheel(name: str) -> None:
    for command, named in program_knows(name).items():
        assert set(named) <= options(parser_of(command)), command


def kind_of(action: argparse.Action) -> str:
    if action.nargs == 0:
        return "flag"
    kinds = {int: "whole number", float: "number", date.fromisoformat: "date", moment: "moment"}
    return kinds.get(cast("Any", action.type), "text")


@pytest.mark.parametrize("command", sorted(cli.JOBS.keys() - {"features"}))
def test_the_program_knows_the_options_of_a_command(command: str) -> None:
    known = program_knows("COMMANDS")[command]
    actions = {
        name: action
        for action in parser_of(command)._actions  # noqa: SLF001 - argparse has no other way to list them
        for option in action.option_strings
        if (name := option.removeprefix("--")) not in {"-h", "help", "environment"}
    }
    named = dict.fromkeys(
        ("table", "model", "name", "pair", "url"), "text"
    )  # argparse does not tell them from other text
    assert {
        name: (named.get(each.kind, each.kind), each.needed, each.many, each.choices)
        for name, each in known.items()
    } == {
        name: (
            kind_of(action),
            action.required,
            type(action).__name__ == "_AppendAction",
            tuple(str(choice) for choice in action.choices or ()),
        )
        for name, action in actions.items()
    }


@pytest.mark.parametrize("command", sorted(cli.JOBS))
def test_the_program_knows_of_which_options_a_command_wants_one(command: str) -> None:
    groups = [
        tuple(action.dest.replace("_", "-") for action in group._group_actions)  # noqa: SLF001 - argparse has no other way to list them
        for group in parser_of(command)._mutually_exclusive_groups  # noqa: SLF001 - see above
        if group.required
    ]
    known = program_knows("ONE_OF")
    assert groups == ([known[command]] if command in known else [])


def test_the_bundle_has_tasks_of_the_wheel() -> None:
    assert len(wheel_tasks()) == 2


def test_every_watching_job_is_deployed_somewhere() -> None:
    deployed = {step.values[1]["command"] for step in steps()}
    by_hand = {"approve", "features", "lineage", "recover-model", "recover-table", "archive"}
    assert deployed == set(cli.JOBS) - by_hand


def test_what_reads_the_predictions_reads_the_table_that_is_filled() -> None:
    tables = {
        command: {
            each.values[1]["arguments"]["predictions"]
            for each in steps()
            if each.values[1]["command"] == command
        }
        for command in ("predictions", "performance")
    }
    assert tables["predictions"] == tables["performance"] != set()


def test_the_program_gives_the_environment_to_exactly_those_that_take_one() -> None:
    source = (ROOT / "components" / "jobs.py").read_text("utf-8")
    (value,) = re.findall(r"^WITHOUT_ENVIRONMENT = frozenset\((.*)\)$", source, re.MULTILINE)
    # A command with steps of its own takes the environment step by step.
    flat = [name for name in cli.JOBS if "environment" not in options(parser_of(name))]
    assert cast("set[str]", ast.literal_eval(value)) == {*flat} - {"features"}
