"""Whole releases among fakes: how they end, what they never do, and that a kill is no harm."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.chaos.harness import Kill, Killed, Killer
from tests.release.world import BLUE, GREEN, MODEL, START, Story, release

from company_ml.adapters.fakes import FakeRegistry
from company_ml.ports import ServedEntity
from company_ml.release import core
from company_ml.release.core import Phase, ReleaseRefusedError, State
from company_ml.release.gates import AgreementGate
from company_ml.release.plan import Limits, Stage, blue_green, canary, serving, shadow
from company_ml.release.ports import LeaseHeldError, Recorded, StaleStateError
from company_ml.release.run import LEASE, abort, run
from company_ml.release.shadow import agree

if TYPE_CHECKING:
    from pathlib import Path

SMOKE = ['{"dataframe_records": [{"tenure": 3}]}']


@pytest.fixture
def story(tmp_path: Path) -> Story:
    return Story(tmp_path)


def shares(state: Story) -> list[dict[str, int]]:
    return [{each.name: each.percent for each in held} for held in state.serving.history]


def reasons(state: State) -> str:
    return " | ".join(event.details.get("reason", "") for event in state.events)


def test_a_good_canary_takes_over_share_by_share(story: Story) -> None:
    assert run(release(), story.world()).phase is Phase.COMPLETED
    assert shares(story) == [
        {"churn-1": 90, "churn-2": 10},
        {"churn-1": 75, "churn-2": 25},
        {"churn-1": 50, "churn-2": 50},
        {"churn-1": 0, "churn-2": 100},
        {"churn-2": 100},
    ]


def test_a_failing_canary_is_back_at_the_baseline_at_its_first_share(story: Story) -> None:
    story.evidence.errors = 0.3
    state = run(release(), story.world())
    assert state.phase is Phase.ROLLED_BACK
    assert shares(story) == [{"churn-1": 90, "churn-2": 10}, {"churn-1": 100}]
    assert "increase of the error rate" in reasons(state)
    assert story.clock.time - START < timedelta(minutes=10), "harm does not wait for the soak time"


def test_a_slow_candidate_is_rolled_back(story: Story) -> None:
    story.evidence.slow = 0.2
    state = run(release(), story.world())
    assert state.phase is Phase.ROLLED_BACK
    assert "share slower than 300 ms" in reasons(state)


def test_a_candidate_that_shows_nothing_is_rolled_back_when_patience_ends(story: Story) -> None:
    story.evidence.per_minute = 0
    state = run(release(limits=Limits(patience=timedelta(hours=1))), story.world())
    assert state.phase is Phase.ROLLED_BACK
    assert "nothing was shown" in reasons(state)


def test_blue_green_smokes_green_before_it_gets_traffic(story: Story) -> None:
    state = run(release(stages=blue_green()), story.world(), smoke_requests=SMOKE)
    assert state.phase is Phase.COMPLETED
    assert shares(story) == [
        {"churn-1": 100, "churn-2": 0},
        {"churn-1": 0, "churn-2": 100},
        {"churn-2": 100},
    ]


def test_green_that_fails_its_smoke_test_never_gets_traffic(story: Story) -> None:
    story.invoker.status = 500
    state = run(release(stages=blue_green()), story.world(), smoke_requests=SMOKE)
    assert state.phase is Phase.ROLLED_BACK
    assert shares(story) == [{"churn-1": 100, "churn-2": 0}, {"churn-1": 100}]
    assert "HTTP 500" in reasons(state)


def test_green_that_answers_no_json_never_gets_traffic(story: Story) -> None:
    story.invoker.body = "<html>Welcome</html>"
    state = run(release(stages=blue_green()), story.world(), smoke_requests=SMOKE)
    assert state.phase is Phase.ROLLED_BACK
    assert "an answer that is no JSON" in reasons(state)


def test_versions_that_say_the_same_agree_though_each_says_who_it_is() -> None:
    """As the wheel's scoring model answers, by rows or by columns."""
    for one, other in (
        ('[{"prediction": 1, "probability": 0.75, "model_version": "1", "model_sha256": "a"}]',
         '[{"prediction": 1, "probability": 0.75, "model_version": "2", "model_sha256": "b"}]'),
        ('{"prediction": [1], "model_version": ["1"]}', '{"prediction": [1]}'),
    ):  # fmt: skip
        assert agree(f'{{"predictions": {one}}}', f'{{"predictions": {other}}}', within=0.0)
    assert not agree('[{"prediction": 1}]', '[{"prediction": 0}]', within=0.0)


@pytest.mark.parametrize(
    ("answer", "ends"),
    [
        ('{"predictions": [1.0000001]}', Phase.COMPLETED),
        ('{"predictions": [2.0]}', Phase.ROLLED_BACK),
        ("<html>Bad gateway</html>", Phase.ROLLED_BACK),
    ],
)
def test_a_shadow_compares_replayed_requests_and_leaves_production_as_it_was(
    story: Story, answer: str, ends: Phase
) -> None:
    story.evidence.log = tuple(
        Recorded(id=str(n), request=SMOKE[0], response='{"predictions": [1.0]}', status=200)
        for n in range(600)
    )
    story.invoker.body = answer
    gates = (AgreementGate(tolerated=0.05, within=1e-3),)
    state = run(release(stages=shadow(), gates=gates), story.world(), smoke_requests=SMOKE)
    assert state.phase is ends
    assert story.serving.entities == (BLUE,)
    assert all(
        GREEN.name not in {e.name for e in held if e.percent} for held in story.serving.history
    )


def test_an_update_that_does_not_take_effect_is_tried_again(story: Story) -> None:
    story.serving.fails = 2
    assert run(release(), story.world()).phase is Phase.COMPLETED


def test_an_update_that_never_takes_effect_ends_the_release(story: Story) -> None:
    story.serving.fails = 3
    state = run(release(), story.world())
    assert (state.phase, story.serving.entities) == (Phase.ROLLED_BACK, (BLUE,))
    assert "3 attempts" in reasons(state)


def test_a_refused_update_ends_the_release_with_the_endpoints_words(story: Story) -> None:
    story.serving.refuses = GREEN.name
    state = run(release(), story.world())
    assert (state.phase, story.serving.entities) == (Phase.ROLLED_BACK, (BLUE,))
    assert "no churn-2" in reasons(state)


def test_what_someone_else_configured_is_left_alone(story: Story) -> None:
    waiting = run(release(), story.world(), until=START + timedelta(minutes=5))
    assert waiting.phase is Phase.CHECKING
    theirs = (replace(BLUE, version="9"),)
    story.serving.entities = theirs
    state = run(release(), story.world())
    assert (state.phase, story.serving.entities) == (Phase.INTERRUPTED, theirs)
    assert "someone else changed it" in reasons(state)


def test_a_run_that_is_out_of_time_leaves_a_state_that_the_next_one_goes_on_with(
    story: Story,
) -> None:
    assert run(release(), story.world(), until=START).phase is Phase.APPLYING
    assert run(release(), story.world("run-2")).phase is Phase.COMPLETED


@pytest.mark.parametrize(
    ("stages", "errors", "champion"),
    [(canary((50,)), 0.0, "2"), (canary((50,)), 0.3, "1"), (shadow(), 0.0, "1")],
)
def test_the_alias_follows_the_traffic_and_nothing_else(
    story: Story, stages: tuple[Stage, ...], errors: float, champion: str
) -> None:
    registry = FakeRegistry()
    for _ in range(2):
        registry.add(MODEL)
    registry.set_alias(MODEL, "champion", "1")
    registry.set_alias(MODEL, "challenger", "2")
    story.evidence.errors = errors
    gates = (AgreementGate(tolerated=0.5),) if stages == shadow() else release().gates
    world = replace(story.world(), registry=registry)
    limits = Limits(patience=timedelta(hours=1))
    run(release(stages=stages, gates=gates, limits=limits), world, smoke_requests=SMOKE)
    found = registry.by_alias(MODEL, "champion")
    assert found is not None
    assert found.version == champion
    # The way back is known, and nobody challenges himself.
    replaced = registry.version(MODEL, "2").tags.get("replaced_champion")
    assert replaced == ("1" if champion == "2" else None)
    assert (registry.by_alias(MODEL, "challenger") is None) == (champion == "2")
    told = [record.action for record in story.audit.records()]
    assert ("release.alias" in told) == (champion == "2")
    if champion == "2":  # a run that died before the alias moved
        registry.set_alias(MODEL, "champion", "1")
        run(release(stages=stages, gates=gates, limits=limits), world)
        moved = registry.by_alias(MODEL, "champion")
        assert moved is not None
        assert moved.version == "2"


def test_a_completed_release_does_not_bring_back_what_was_rolled_back_since(story: Story) -> None:
    registry = FakeRegistry()
    for _ in range(2):
        registry.add(MODEL)
    registry.set_alias(MODEL, "champion", "1")
    world = replace(story.world(), registry=registry)
    assert run(release(), world).phase is Phase.COMPLETED
    registry.set_alias(MODEL, "champion", "1")
    registry.set_tag(MODEL, "2", "rolled_back", "answers were wrong")
    with pytest.raises(ReleaseRefusedError, match="was rolled back"):
        run(release(), world)
    champion = registry.by_alias(MODEL, "champion")
    assert champion is not None
    assert champion.version == "1"


def test_an_abort_brings_the_baseline_back(story: Story) -> None:
    run(release(), story.world(), until=START + timedelta(minutes=40))
    state = abort("release-7", "churn", "a person said so", story.world())
    assert (state.phase, story.serving.entities) == (Phase.ROLLED_BACK, (BLUE,))
    with pytest.raises(ReleaseRefusedError, match="no release release-7"):
        abort("release-7", "churn", "again", story.world())


def test_a_second_run_is_refused_until_the_lease_of_the_first_expires(story: Story) -> None:
    killer = Killer(kill=Kill(3, after=True))
    killer.watch(story.store, "lease", "save", "yield_lease")
    with pytest.raises(Killed):
        run(release(), story.world("dies"))
    killer.begin(None)
    with pytest.raises(LeaseHeldError, match="dies"):
        run(release(), story.world("second"))
    story.clock.time += LEASE
    assert run(release(), story.world("second")).phase is Phase.COMPLETED


def test_a_run_whose_lease_was_taken_stops_before_it_saves(story: Story) -> None:
    story.store.lease("churn", "first", now=START, until=START + LEASE)
    state = core.begin(release(), story.serving.endpoint("churn"), START)
    later = START + 2 * LEASE
    story.store.lease("churn", "second", now=later, until=later + LEASE)
    with pytest.raises(StaleStateError, match="second"):
        story.store.save(state, "first")


def test_another_release_of_the_endpoint_has_to_wait_for_this_one(story: Story) -> None:
    run(release(), story.world(), until=START)
    with pytest.raises(ReleaseRefusedError, match="release-7"):
        run(release(id="release-8"), story.world())


@pytest.mark.parametrize(
    ("entities", "said"),
    [
        ((BLUE, replace(GREEN, model="other")), "another name"),
        ((BLUE, replace(GREEN, name="other")), "nothing to release"),
        ((replace(BLUE, percent=90),), "repair its traffic"),
    ],
)
def test_what_cannot_start_is_refused_and_nothing_is_touched(
    story: Story, entities: tuple[ServedEntity, ...], said: str
) -> None:
    story.serving.entities = entities
    with pytest.raises(ReleaseRefusedError, match=said):
        run(release(), story.world())
    assert story.serving.history == []


@pytest.mark.parametrize("wrong", [(), (0, 50), (50, 10), (10, 10), (10, 100)])
def test_canary_shares_have_to_grow_within_bounds(wrong: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="canary shares"):
        canary(wrong)


QUICK = release(stages=canary((50,)), limits=Limits(soak=timedelta(minutes=2)))
"""The release of the chaos tests."""


@given(
    weights=st.lists(st.integers(1, 50), min_size=1, max_size=6),
    stages=st.sampled_from([blue_green(), shadow(), canary(), canary((1, 2, 99))]),
)
def test_every_configuration_of_every_strategy_divides_exactly_all_traffic(
    weights: list[int], stages: tuple[Stage, ...]
) -> None:
    total = sum(weights)
    percents = [weight * 100 // total for weight in weights]
    percents[0] += 100 - sum(percents)
    baseline = tuple(
        ServedEntity(name=f"old-{n}", model=MODEL, version=str(n), percent=percent)
        for n, percent in enumerate(percents)
    )
    known = {entity.name for entity in baseline} | {GREEN.name}
    for stage in stages:
        served = serving(stage, GREEN, baseline)
        assert sum(entity.percent for entity in served) == 100
        assert all(0 <= entity.percent <= 100 for entity in served)
        assert {entity.name for entity in served} <= known
