"""What Databricks sees of a job: an entry point that returns, or raises."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from company_ml import cli, databricks_task
from company_ml.adapters.audit_files import JsonLinesAudit
from company_ml.audit import Outcome
from company_ml.cli import ExitCode, JobError
from company_ml.databricks_task import TaskFailedError
from environments import write_environment

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

MODEL = "ml_models_catalog.production_models.churn"


class Ending:
    """A job that ends as it is told."""

    def __init__(self, ending: ExitCode | Exception) -> None:
        self.ending = ending

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--environment")
        parser.add_argument("--model")
        parser.add_argument("--audit")
        parser.add_argument("--run-key", default="")

    def main(self, arguments: argparse.Namespace) -> ExitCode:
        if isinstance(self.ending, Exception):
            raise self.ending
        assert arguments.job == "performance"
        return self.ending


@pytest.fixture
def task(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Task:
    return Task(tmp_path, monkeypatch)


class Task:
    """The performance job as a wheel task."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.audit = folder / "audit.jsonl"
        self._environment = write_environment(folder, "http://127.0.0.1:1")
        self._monkeypatch = monkeypatch

    def __call__(self, ending: ExitCode | Exception, *more: str) -> None:
        self._monkeypatch.setattr(cli, "module", lambda _job: Ending(ending))
        databricks_task.main(
            ["performance", "--environment", str(self._environment), "--model", MODEL,
             "--audit", str(self.audit), *more]
        )  # fmt: skip


def test_every_outcome_is_a_state_and_a_sentence() -> None:
    assert set(databricks_task.SAID) == set(ExitCode) - {ExitCode.USAGE}


def test_a_job_that_is_done_returns_and_says_so(
    task: Task, capsys: pytest.CaptureFixture[str]
) -> None:
    task(ExitCode.DONE)
    assert capsys.readouterr().out == "company_ml performance (exit code 0): done\n"
    assert not task.audit.exists()


def test_a_job_with_nothing_to_judge_yet_succeeds_and_leaves_one_record_a_run(
    task: Task, capsys: pytest.CaptureFixture[str]
) -> None:
    task(ExitCode.NOT_YET, "--run-key", "77")
    task(ExitCode.NOT_YET, "--run-key", "77")
    assert "(exit code 5): not yet: nothing is wrong" in capsys.readouterr().out
    (record,) = JsonLinesAudit(task.audit).records()
    assert (record.action, record.object) == ("performance.run", MODEL)
    assert (record.outcome, record.correlation) == (Outcome.WAITING, "77")


def test_without_a_run_key_waiting_is_recorded_once_a_day(task: Task) -> None:
    task(ExitCode.NOT_YET)
    (record,) = JsonLinesAudit(task.audit).records()
    assert record.correlation == f"performance-{record.time:%Y-%m-%d}"


@pytest.mark.parametrize("code", [ExitCode.REFUSED, ExitCode.WAITING, ExitCode.FAILED])
def test_what_people_have_to_look_at_fails_the_run_in_words(task: Task, code: ExitCode) -> None:
    with pytest.raises(
        TaskFailedError, match=rf"performance \(exit code {int(code)}\): {code.name.lower()}"
    ):
        task(code)
    assert not task.audit.exists()


def test_the_run_s_error_is_what_the_job_cannot_do(task: Task) -> None:
    with pytest.raises(JobError, match="no alias"):
        task(JobError("the model has no alias 'champion'"))


def test_wrong_arguments_fail_the_run_without_a_system_exit(task: Task) -> None:
    with pytest.raises(TaskFailedError, match="performance: wrong arguments"):
        task(ExitCode.DONE, "--nonsense")


def test_the_arguments_are_the_process_s_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["company_ml_task", "nonsense"])
    with pytest.raises(TaskFailedError, match="company_ml nonsense"):
        databricks_task.main()
