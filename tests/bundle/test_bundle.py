"""The bundle follows from the stacks' outputs, says what its reference asks for, and runs."""

from __future__ import annotations

import json
import subprocess
import sys
from copy import deepcopy
from typing import TYPE_CHECKING, Any, cast

import pytest
import yaml
from databricks.bundles.experiments import MlflowExperiment
from databricks.bundles.jobs import Job, JobDict

from bundle.__main__ import TEMPLATE, main
from bundle.configuration import DESCRIPTIONS
from bundle.outputs import REGISTRY
from components.cluster_rules import JOBS_RUNTIME
from components.jobs import ENVIRONMENT_VERSION
from components.wheel import pins
from settings.load import PROJECT

if TYPE_CHECKING:
    from pathlib import Path

STACKS = ("dev", "test", "prod")
# https://docs.databricks.com/aws/en/dev-tools/bundles/reference, as far as it is used here.
TOP = {"bundle", "include", "variables", "targets", "resources"}
TARGET = {"mode", "default", "workspace", "run_as", "permissions", "variables", "resources"}


def outputs(stack: str) -> dict[str, Any]:
    return {
        "environment": stack,
        "workspaceUrl": f"https://adb-{stack}.azuredatabricks.test",
        "catalog": f"ml_{stack}_catalog",
        "registry": {key: f"{key}_models" for key in REGISTRY},
        "jobIdentity": f"identity-of-{stack}",
        "jobsPolicyId": f"policy-{stack}",
        "warehouseId": f"warehouse-{stack}",
        "experimentFolder": f"/ml_experiments/{stack}",
        "libraryPath": f"/Volumes/ml_{stack}_catalog/s/workload_library/company_ml.whl",
        "environmentPath": f"/Volumes/ml_{stack}_catalog/s/workload_library/{stack}.json",
        "operators": ["devops_engineers"],
        "contacts": ["ml-platform@example.com", "second@example.com"],
        "accessTable": [],
    }


def generate(folder: Path, changes: dict[str, Any] | None = None, out: str = "out") -> int:
    """Write the stacks' outputs with changes to those of prod, and run the command line."""
    given: list[str] = []
    for stack in STACKS:
        found = outputs(stack) | (changes or {} if stack == "prod" else {})
        path = folder / f"{stack}.json"
        path.write_text(json.dumps({k: v for k, v in found.items() if v is not None}))
        given.append(f"{stack}={path}")
    return main(["--outputs", *given, "--out", str(folder / out)])


def parts(folder: Path) -> list[dict[str, Any]]:
    """The main file and what it includes, each as it is read."""
    found = yaml.safe_load((folder / "databricks.yml").read_text())
    (pattern,) = found["include"]
    return [found, *(yaml.safe_load(path.read_text()) for path in sorted(folder.glob(pattern)))]


def jobs(folder: Path) -> dict[str, tuple[str, dict[str, Any]]]:
    """Every job by its name, with the target it is in; empty for all."""
    found: dict[str, tuple[str, dict[str, Any]]] = {}
    for part in parts(folder):
        places = {"": part, **part.get("targets", {})}
        for target, place in places.items():
            for name, job in place.get("resources", {}).get("jobs", {}).items():
                found[name] = (target, job)
    return found


@pytest.fixture
def project(tmp_path: Path) -> Path:
    assert generate(tmp_path) == 0
    return tmp_path / "out"


def test_each_environment_is_a_target_with_its_host_and_mode(project: Path) -> None:
    targets = parts(project)[0]["targets"]
    assert list(targets) == list(STACKS)
    assert [t for t, found in targets.items() if found.get("default")] == ["dev"]
    assert {t: found["mode"] for t, found in targets.items()} == {
        "dev": "development", "test": "production", "prod": "production",
    }  # fmt: skip
    for target, found in targets.items():
        assert found["workspace"]["host"] == f"https://adb-{target}.azuredatabricks.test"


def test_production_runs_as_the_service_principal_from_one_place(project: Path) -> None:
    targets = parts(project)[0]["targets"]
    assert "run_as" not in targets["dev"]
    for name in ("test", "prod"):
        target = targets[name]
        assert target["run_as"] == {"service_principal_name": f"identity-of-{name}"}
        assert target["permissions"] == [{"group_name": "devops_engineers", "level": "CAN_MANAGE"}]
        root = f"/Workspace/ml_experiments/{name}/.bundle/${{bundle.name}}"
        assert target["workspace"]["root_path"] == root


def test_every_variable_is_described_set_in_each_target_and_known_where_used(project: Path) -> None:
    main_file = parts(project)[0]
    assert set(main_file["variables"]) == set(DESCRIPTIONS)
    for target in main_file["targets"].values():
        assert set(target["variables"]) == set(DESCRIPTIONS)
        assert all(target["variables"].values())
    text = "".join(path.read_text() for path in project.glob("resources/*.yml"))
    used = {part.partition("}")[0] for part in text.split("${var.")[1:]}
    assert used
    assert used <= set(DESCRIPTIONS)


def test_only_keys_of_the_reference_are_written(project: Path) -> None:
    for part in parts(project):
        assert set(part) <= TOP
        for target in part.get("targets", {}).values():
            assert set(target) <= TARGET


def test_jobs_and_experiments_are_what_databricks_own_models_of_them_take(project: Path) -> None:
    for _, job in jobs(project).values():
        assert Job.from_dict(cast("JobDict", job)).tasks
    (experiment,) = [
        found
        for part in parts(project)
        for found in part.get("resources", {}).get("experiments", {}).values()
    ]
    assert MlflowExperiment.from_dict(experiment).name


@pytest.mark.parametrize(
    "change",
    [{"timeout_secs": 5}, {"queue": {"enable": True}}, {"tasks": [{"task_key": "a", "run": "b"}]},
     {"timeout_seconds": "soon"}],
)  # fmt: skip
def test_a_key_or_value_that_no_job_has_is_refused(project: Path, change: dict[str, Any]) -> None:
    _, job = jobs(project)["train"]
    with pytest.raises(ValueError, match=r"Unexpected field|invalid literal"):
        Job.from_dict(cast("JobDict", {**job, **change}))


def test_hello_is_everywhere_training_in_dev_and_deploying_in_prod(project: Path) -> None:
    places = {name: target for name, (target, _) in jobs(project).items()}
    assert places == {"hello_world": "", "train": "dev", "deploy": "prod"}


def test_every_task_has_compute_that_the_platform_allows(project: Path) -> None:
    for _, job in jobs(project).values():
        serverless = {each["environment_key"] for each in job.get("environments", ())}
        clusters = {each["job_cluster_key"]: each for each in job.get("job_clusters", ())}
        for task in job["tasks"]:
            if "environment_key" in task:
                assert task["environment_key"] in serverless
                assert "libraries" not in task, "serverless takes them from its environment"
            else:
                cluster = clusters[task["job_cluster_key"]]["new_cluster"]
                assert cluster["policy_id"] == "${var.jobs_policy_id}"
                assert cluster["spark_version"] == JOBS_RUNTIME
        assert job["timeout_seconds"] > 0


def test_training_runs_on_the_versions_that_the_platform_s_jobs_run_on(project: Path) -> None:
    _, job = jobs(project)["train"]
    (environment,) = job["environments"]
    assert environment["spec"]["environment_version"] == ENVIRONMENT_VERSION
    assert environment["spec"]["dependencies"] == ["${var.library}", *pins(PROJECT / "workloads")]


def test_a_python_file_that_a_job_runs_is_in_the_project(project: Path) -> None:
    _, hello = jobs(project)["hello_world"]
    path = hello["tasks"][0]["spark_python_task"]["python_file"]
    assert (project / "resources" / path).is_file()


def test_the_same_outputs_give_the_same_files_and_own_ones_stay(tmp_path: Path) -> None:
    generate(tmp_path)
    out = tmp_path / "out"
    (out / "src" / "own.py").write_text("mine")
    before = {path: path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}
    generate(tmp_path)
    after = {path: path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}
    assert before == after
    assert len(after) == 2 + sum(1 for path in TEMPLATE.rglob("*.*") if path.suffix != ".pyc")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"jobsPolicyId": None}, "stack prod has no output jobsPolicyId; deploy it to its end"),
        ({"jobIdentity": ""}, "stack prod has no output jobIdentity"),
        ({"registry": {"catalog": "c"}}, "stack prod has no output registry.development"),
        ({"operators": "devops"}, "stack prod has no output operators"),
        ({"contacts": []}, "stack prod has no output contacts"),
    ],
)
def test_a_missing_output_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], changes: dict[str, Any], words: str
) -> None:
    assert generate(tmp_path, deepcopy(changes)) == 1
    assert words in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("dev", "is not of the form STACK=FILE"),
        ("dev=absent.json", "pulumi stack output --json -s dev > absent.json"),
        ("dev={deep}", "cannot be read (maximum recursion depth"),
        ("prod={prod}", "names no dev"),
    ],
)
def test_outputs_that_cannot_be_read_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], given: str, words: str
) -> None:
    path = tmp_path / "prod.json"
    path.write_text(json.dumps(outputs("prod")))
    deep = tmp_path / "deep.json"
    deep.write_text("[" * 5000)
    given = given.format(prod=path, deep=deep)
    assert main(["--outputs", given, "--out", str(tmp_path / "out")]) == 1
    assert words in capsys.readouterr().err


def test_outputs_that_are_no_object_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "dev.json"
    path.write_text("[]")
    assert main(["--outputs", f"dev={path}", "--out", str(tmp_path / "out")]) == 1
    assert "holds no object" in capsys.readouterr().err


def test_the_project_s_own_tests_pass(project: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
