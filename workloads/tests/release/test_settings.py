"""Release settings, as people write them, and what the job does before it touches anything."""

from __future__ import annotations

import argparse
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.release.world import START, FakeServing, release

from company_ml.cli import JobError
from company_ml.documents import DocumentError
from company_ml.release import codec, core, job, settings
from company_ml.release.gates import AgreementGate, ErrorGate, LatencyGate, MetricGate
from company_ml.release.plan import Check, Limits

GATE = {"kind": "errors", "tolerated": 0.01}


def test_the_packaged_settings_are_a_canary_held_to_errors_and_latency() -> None:
    found = settings.load(None)
    assert [stage.percent for stage in found.stages] == [10, 25, 50, 100, 100]
    assert found.gates == (ErrorGate(tolerated=0.01), LatencyGate(limit_ms=300, tolerated=0.05))
    assert found.limits.patience == timedelta(hours=24)


def test_every_limit_and_gate_can_be_written() -> None:
    found = settings.parse(
        {
            "strategy": "blue-green",
            "gates": [GATE, {"kind": "metric", "metric": "sales", "tolerated": 2}],
            "limits": {
                "minimum_requests": 7, "first_look": 3, "soak_minutes": 1, "patience_hours": 2,
                "update_patience_minutes": 3, "attempts": 4, "harm_alpha": 0.1, "safe_alpha": 0.2,
            },
        },
        "mine",
    )  # fmt: skip
    assert found.gates[1] == MetricGate(metric="sales", tolerated=2)
    assert found.limits == Limits(
        minimum_requests=7, first_look=3, soak=timedelta(minutes=1), patience=timedelta(hours=2),
        update_patience=timedelta(minutes=3), attempts=4, harm_alpha=0.1, safe_alpha=0.2,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"strategy": "big-bang"}, "allowed: canary, blue-green, shadow"),
        ({"shares": [50, 10]}, "each larger than the one before"),
        ({"strategy": "blue-green", "shares": [10]}, "shares is for canary alone"),
        ({"gates": [{"kind": "latency", "tolerated": 0.05}]}, "limit_ms"),
        ({"gates": [{**GATE, "limit_ms": 5}]}, "errors does not take limit_ms"),
        ({"gates": [{"kind": "agreement", "tolerated": 0.1}]}, "an agreement gate compares"),
        ({"strategy": "shadow"}, "strategy shadow needs one"),
        ({"limits": {"soak": 3}}, "allowed keys"),
    ],
)
def test_wrong_settings_are_refused_with_the_key(change: dict[str, Any], said: str) -> None:
    with pytest.raises(DocumentError, match=said):
        settings.parse({"strategy": "canary", "gates": [GATE], **change}, "mine")


def test_a_missing_file_is_named() -> None:
    with pytest.raises(DocumentError, match=r"there is no file nowhere\.yaml"):
        settings.load(Path("nowhere.yaml"))


def test_a_state_survives_the_store_whole() -> None:
    gates = (
        AgreementGate(tolerated=0.1), ErrorGate(tolerated=0.2), LatencyGate(limit_ms=5),
        MetricGate(metric="m", tolerated=1),
    )  # fmt: skip
    state = core.begin(release(gates=gates), FakeServing().endpoint("churn"), START)
    assert codec.decode(codec.encode(state), state.revision) == state


def arguments(*given: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    job.add_arguments(parser)
    usual = ["--environment", "dev", "--endpoint", "churn", "--log", "l", "--states", "s",
             "--model", "a.b.churn", "--version", "2"]  # fmt: skip
    return parser.parse_args([*usual, *given])


def test_smoke_requests_that_are_no_json_are_named_by_line(tmp_path: Path) -> None:
    wrong = tmp_path / "requests.jsonl"
    wrong.write_text('{"inputs": [1]}\n\nno json\n')
    with pytest.raises(JobError, match="line 2 is no JSON"):
        job.bodies(wrong)
    assert job.bodies(None) == []


def test_a_shadow_needs_a_table_for_its_answers(tmp_path: Path) -> None:
    written = tmp_path / "shadow.yaml"
    written.write_text("strategy: shadow\ngates: [{kind: agreement, tolerated: 0.1}]\n")
    with pytest.raises(JobError, match="--shadow-log is needed"):
        job.wanted(arguments("--settings", str(written)), "ada", "a.b.churn", "2")
    found = job.wanted(
        arguments("--settings", str(written), "--shadow-log", "t"), "ada", "a.b.churn", "2"
    )
    assert (found.id, found.candidate.name) == ("churn-churn-2-shadow", "churn-2")
    assert found.stages[1].check is Check.SHADOW
