"""The wheel where a stranger installs it: no checkout, no set-up of ours, perhaps no Spark."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyspark
import pytest
import yaml

from company_ml import cli
from company_ml.adapters import spark_sql

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyspark.sql import SparkSession

ROOT = Path(__file__).resolve().parent.parent
LINEAGE = ["lineage", "--table", "a.b.c", "--since", "2026-01-01", "--until", "2026-01-02"]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that the wheel is installed into, without what it needs."""
    source = tmp_path_factory.mktemp("source")
    shutil.copytree(ROOT / "src", source / "src", ignore=shutil.ignore_patterns("*.egg-info"))
    shutil.copy(ROOT / "README.md", source)
    project = (ROOT / "pyproject.toml").read_text()
    (source / "pyproject.toml").write_text(
        project.replace('version = "1.0.0"', 'version = "1.0.0+abc"')
    )
    python = [sys.executable, "-m"]
    subprocess.run([*python, "build", "--wheel", "--no-isolation", source], check=True,
                   capture_output=True)  # fmt: skip
    (wheel,) = (source / "dist").glob("company_ml_framework-1.0.0+abc-*.whl")
    folder = tmp_path_factory.mktemp("site")
    subprocess.run([*python, "pip", "install", "--quiet", "--no-deps", "--target", folder, wheel],
                   check=True)  # fmt: skip
    return folder


@pytest.fixture
def installed(site: Path, tmp_path: Path) -> Callable[..., str]:
    """Runs a command that the wheel brings, away from the checkout; gives what it wrote."""
    outside = {"PYTHONPATH": str(site), "PATH": os.environ["PATH"]}

    def run(command: str, *arguments: str) -> str:
        return subprocess.run(
            [site / "bin" / command, *arguments], env=outside, cwd=tmp_path,
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip

    return run


@pytest.mark.parametrize(
    ("command", "argument"),
    [("train_model", "--features-version"), ("deploy_model", "--gates"),
     ("monitor_model", "--reference-table"), ("company_ml", "recover-model")],
)  # fmt: skip
def test_each_command_starts_and_says_what_it_takes(
    installed: Callable[..., str], command: str, argument: str
) -> None:
    assert argument in installed(command, "--help")


@pytest.mark.mlflow
def test_what_the_readme_shows_of_a_laptop_trains_and_promotes(
    installed: Callable[..., str], tmp_path: Path
) -> None:
    text = (ROOT / "README.md").read_text()
    (laptop,) = re.findall(r"```yaml\n(# laptop\.yaml.*?)```", text, re.DOTALL)
    (tmp_path / "laptop.yaml").write_text(laptop)
    (commands,) = re.findall(
        r"```console\n(company_ml example-data[^`]*laptop.*?)```", text, re.DOTALL
    )
    answers = [installed(*line.split()) for line in commands.replace("\\\n", "").splitlines()]
    assert '"model_name": "ml_models_catalog.candidate_models.progression"' in answers[-1]
    trained = yaml.safe_load((tmp_path / "audit.jsonl").read_text().splitlines()[0])
    assert trained["object"] == "ml_models_catalog.dev_models.progression"


def test_an_installed_wheel_knows_its_content(site: Path, tmp_path: Path) -> None:
    asked = "from company_ml import code_version as c; print(c.code_version())"
    version = subprocess.run(
        [sys.executable, "-c", asked], env={"PYTHONPATH": str(site)}, cwd=tmp_path,
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert version.strip() == "1.0.0+abc"


def _options(builder: SparkSession.Builder) -> dict[str, Any]:
    return builder._options  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - no public way


def test_delta_lake_is_fetched_where_no_set_up_put_it_beside_spark(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "spark.jars.packages" not in _options(spark_sql.local_builder())
    monkeypatch.setattr(pyspark, "__file__", str(tmp_path / "__init__.py"))
    fetched = _options(spark_sql.local_builder())["spark.jars.packages"]
    pinned = (ROOT / "jars.txt").read_text()
    assert fetched.startswith("io.delta:delta-spark_2.13:")
    assert f" {fetched}\n" in pinned, "the version that the tests run with"


def test_what_an_installation_lacks_is_named_with_the_extra_that_brings_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    with pytest.raises(SystemExit) as ended:
        cli.main(LINEAGE)
    assert ended.value.code == cli.ExitCode.FAILED
    said = capsys.readouterr().err
    assert said.startswith("company_ml lineage: needs pyspark.sql, which this Python does not have")
    assert said.endswith(f"{sys.executable} -m pip install 'company_ml_framework[dev]'\n")


def test_what_no_extra_brings_is_an_error_in_the_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "company_ml.adapters.spark_sql", None)
    with pytest.raises(ModuleNotFoundError, match="spark_sql"):
        cli.main(LINEAGE)


def test_every_extra_that_is_named_brings_what_is_missing() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"][
        "optional-dependencies"
    ]
    for module, extra in cli.EXTRAS.items():
        assert any(line.startswith(module) for line in extras[extra])
