"""The monitoring jobs from their command line: parameters, outcomes, and what goes wrong."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from company_ml import cli, environment, limits
from company_ml.adapters.fakes import FakeSql, FakeTables
from company_ml.drift.core import Verdict
from company_ml.drift.run import OUTCOMES
from environments import write_environment

if TYPE_CHECKING:
    from pathlib import Path

MONITORING = ("drift", "performance", "quality", "retrain", "features", "cost", "retention")


@pytest.mark.parametrize("job", MONITORING)
def test_each_job_says_what_it_takes(job: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main([job, "--help"])
    assert ended.value.code == 0
    assert cli.JOBS[job].summary in capsys.readouterr().out


@pytest.mark.parametrize(
    "job", ["drift", "performance", "quality", "cost", "retention", "retraining"]
)
def test_packaged_limits_follow_their_schema(job: str) -> None:
    assert limits.load(job)
    assert job not in environment.packaged()


def test_every_verdict_of_a_table_has_an_outcome() -> None:
    assert set(OUTCOMES) == set(Verdict) - {Verdict.NOT_COMPARABLE}


def test_an_alert_ends_the_job_with_its_own_code_and_the_report_in_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("company_ml.monitoring.sql", lambda: FakeSql(lambda *_: [{"rows": 0}]))
    monkeypatch.setattr("company_ml.monitoring.tables", lambda: FakeTables({"t": []}))
    promises = tmp_path / "promises.yaml"
    promises.write_text("table: t\nexpectations: [{check: rows, at_least: 1}]\n")
    output = tmp_path / "report.json"
    arguments = ["quality", "--environment", str(write_environment(tmp_path, "http://x")),
                 "--notify", "stderr", "--expectations", str(promises),
                 "--output", str(output)]  # fmt: skip
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)
    assert ended.value.code == cli.ExitCode.REFUSED
    assert json.loads(output.read_text())["findings"][0]["value"] == 0
    assert "rows: 0, expected at least 1" in capsys.readouterr().err


def test_a_wrong_environment_or_limit_is_named_on_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = tmp_path / "cost.yaml"
    wrong.write_text("daily: -1\n")
    for arguments, said in (
        (["--environment", "nowhere"], "'nowhere' is neither a file nor one of dev, prod, test"),
        (["--environment", "dev", "--notify", "stderr", "--limits", str(wrong)], "lacks a key"),
    ):
        with pytest.raises(SystemExit) as ended:
            cli.main(["cost", *arguments])
        assert ended.value.code == cli.ExitCode.FAILED
        assert said in capsys.readouterr().err
