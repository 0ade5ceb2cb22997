"""The retraining trigger: never twice within the cool-down, whatever is killed in between."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.chaos.harness import Kill, Killed, Killer

from company_ml.adapters.fakes import START, FakeClock, FakeNotifier
from company_ml.adapters.retraining_claims import DeltaClaims, FileClaims
from company_ml.adapters.spark_sql import SparkSql
from company_ml.retraining import core, run
from company_ml.retraining.core import Alert, Claim, Step

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Lake

MODEL = "ml_models_catalog.production_models.churn"
COOL_DOWN = timedelta(days=7)


@dataclass
class World:
    """What survives a kill."""

    clock: FakeClock = field(default_factory=FakeClock)
    alert: bool = False
    claims: dict[int, Claim] = field(default_factory=dict[int, Claim])
    runs: dict[str, tuple[str, float]] = field(default_factory=dict[str, "tuple[str, float]"])

    def standing(self, model: str) -> list[Alert]:
        assert model == MODEL
        now = self.clock.now()
        return [Alert(kind="drift", reason="0.4", time=now)] if self.alert else []

    def last(self, model: str) -> Claim | None:
        assert model == MODEL
        return self.claims[max(self.claims)] if self.claims else None

    def make(self, claim: Claim) -> bool:
        return self.claims.setdefault(claim.sequence, claim) is claim

    def finish(self, claim: Claim, run_id: str) -> None:
        self.claims[claim.sequence] = core.Claim(
            model=claim.model, sequence=claim.sequence, claimed=claim.claimed,
            reason=claim.reason, run_id=run_id,
        )  # fmt: skip

    def start(self, token: str) -> str:
        now = self.clock.now().timestamp()
        started = self.runs.setdefault(token, (f"run-{len(self.runs) + 1}", now))
        return started[0]


def triggered(world: World, notifier: FakeNotifier) -> core.Decision:
    return run.run(
        world, world, world, notifier, world.clock,
        model=MODEL, cool_down=COOL_DOWN, kinds=["drift"],
    )  # fmt: skip


@settings(max_examples=200)
@given(
    st.lists(
        st.tuples(
            st.floats(0, 9), st.booleans(),
            st.none() | st.builds(Kill, st.integers(1, 3), st.booleans()),
        ),
        min_size=1, max_size=12,
    )
)  # fmt: skip
def test_two_triggers_are_never_closer_than_the_cool_down(
    history: list[tuple[float, bool, Kill | None]],
) -> None:
    world, killer = World(), Killer()
    killer.watch(world, "make", "finish", "start")
    for days, alert, kill in history:
        world.clock.sleep(days * 86_400)
        world.alert = alert
        for attempt in (kill, None):  # the next attempt of the same job
            killer.begin(attempt)
            with suppress(Killed):
                triggered(world, FakeNotifier())
    claimed = sorted(claim.claimed for claim in world.claims.values())
    assert all(later - one >= COOL_DOWN for one, later in pairwise(claimed))
    assert len(world.runs) == len(claimed)
    assert all(claim.run_id for claim in world.claims.values())


def test_an_alert_starts_training_once_and_people_are_told() -> None:
    world, notifier = World(alert=True), FakeNotifier()
    steps: list[Step] = []
    for _ in range(3):
        decision = triggered(world, notifier)
        steps.append(decision.step)
        world.clock.sleep(3_600)
    assert steps == [Step.TRIGGER, Step.COOLING_DOWN, Step.COOLING_DOWN]
    assert len(world.runs) == 1
    (sent,) = notifier.sent
    assert sent.facts == {"Run": "run-1", "Next not before": str(START + COOL_DOWN)}


def test_no_alert_or_one_of_another_kind_starts_nothing() -> None:
    alert = Alert(kind="bias", reason="0.2", time=START)
    for alerts in ([], [alert]):
        decision = core.decide(MODEL, alerts, None, now=START, cool_down=COOL_DOWN, kinds=["drift"])
        assert decision.step is Step.NOTHING


def test_an_alert_from_before_the_last_trigger_asks_for_nothing() -> None:
    last = Claim(model=MODEL, sequence=1, claimed=START, reason="", run_id="run-1")
    old = Alert(kind="drift", reason="0.4", time=START - timedelta(hours=1))
    decision = core.decide(
        MODEL, [old], last, now=START + 2 * COOL_DOWN, cool_down=COOL_DOWN, kinds=["drift"]
    )
    assert decision.step is Step.NOTHING


def test_a_token_fits_the_jobs_api_and_is_each_triggers_own() -> None:
    tokens = {
        Claim(model=MODEL, sequence=number, claimed=START, reason="").token for number in range(50)
    }
    assert len(tokens) == 50
    assert max(map(len, tokens)) <= 64


def stored(claims: FileClaims | DeltaClaims) -> None:
    """What every store keeps to."""
    first = Claim(model=MODEL, sequence=1, claimed=START, reason="drift: it's 0.4")
    assert claims.last(MODEL) is None
    assert claims.make(first)
    assert not claims.make(Claim(model=MODEL, sequence=1, claimed=START, reason="another's"))
    assert claims.last(MODEL) == first
    for run_id in ("run-1", "run-1"):
        claims.finish(first, run_id)
    second = Claim(model=MODEL, sequence=2, claimed=START + COOL_DOWN, reason="accuracy")
    found = claims.last(MODEL)
    assert found is not None
    assert (found.sequence, found.run_id, found.claimed) == (1, "run-1", START)
    assert claims.make(second)
    assert claims.last(MODEL) == second


def test_files_keep_claims_once_each(tmp_path: Path) -> None:
    stored(FileClaims(tmp_path / "claims"))
    assert not list((tmp_path / "claims").glob(".*"))
    with pytest.raises(ValueError, match="make a file name"):
        FileClaims(tmp_path).last("../elsewhere")


@pytest.mark.spark
def test_a_delta_table_keeps_claims_once_each(lake: Lake) -> None:
    stored(DeltaClaims(SparkSql(lake.spark), lake.table("retraining")))
