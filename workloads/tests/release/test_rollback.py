"""A rollback brings back the traffic that releases brought, and leaves what settings own."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest
from tests.release.world import BLUE, MODEL, Story, release
from tests.test_promotion import Setting

from company_ml.adapters.fakes import FakeAudit
from company_ml.audit import Outcome
from company_ml.cli import JobError
from company_ml.ports import ServedEntity
from company_ml.promotion import champion
from company_ml.release.back import NotBackError
from company_ml.release.core import Phase, ReleaseRefusedError
from company_ml.release.plan import Limits, canary
from company_ml.release.ports import LeaseHeldError
from company_ml.release.run import run

if TYPE_CHECKING:
    from pathlib import Path

    from company_ml.promotion.champion import RolledBack
    from company_ml.release.run import World

THIRD = ServedEntity(name="churn-3", model=MODEL, version="3", percent=0)
CANARY = release(stages=canary((50,)))


@dataclass
class Place:
    """Endpoint churn, to which a release brought version 2; three versions in the registry."""

    folder: Path
    story: Story = field(init=False)

    def __post_init__(self) -> None:
        self.setting = Setting()
        self.registry = self.setting.registry
        for _ in range(3):
            self.registry.add(MODEL)
        self.registry.set_alias(MODEL, "champion", "1")
        self.story = Story(self.folder)
        assert run(CANARY, self.world()).phase is Phase.COMPLETED
        self.audit = self.setting.audit = FakeAudit()

    def world(self, holder: str = "run") -> World:
        return replace(self.story.world(holder), registry=self.registry)

    def back(self, version: str = "2", holder: str = "back") -> RolledBack:
        endpoints = replace(self.story.world(holder), audit=self.audit)
        return champion.rollback(self.setting.world(), MODEL, version, "wrong answers", endpoints)

    @property
    def served(self) -> dict[str, int]:
        return {each.version: each.percent for each in self.story.serving.entities}

    @property
    def champion(self) -> str:
        return self.registry.aliases[MODEL, "champion"]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_traffic_and_alias_go_back_at_once_and_it_is_told_once(place: Place) -> None:
    for _ in range(2):
        done = place.back()
        assert (done.champion.version, done.left) == ("1", ())
        assert (place.served, place.champion) == ({"1": 100}, "1")
    assert [(each.action, each.object) for each in place.audit.kept] == [
        ("release.start", "churn"), ("release.apply", "churn"), ("release.completed", "churn"),
        ("promotion.rollback", MODEL),
    ]  # fmt: skip
    assert all(sum(each.percent for each in held) == 100 for held in place.story.serving.history)


def test_the_next_release_starts_from_what_was_brought_back(place: Place) -> None:
    place.back()
    with pytest.raises(ReleaseRefusedError, match="was rolled back"):
        run(CANARY, place.world())
    state = run(release(id="release-8", candidate=THIRD), place.world())
    assert state.phase is Phase.COMPLETED
    assert [(each.version, each.percent) for each in state.baseline] == [("1", 100)]
    assert place.champion == "3"
    assert place.registry.version(MODEL, "3").tags["replaced_champion"] == "1"
    place.back("3")
    assert (place.served, place.champion) == ({"1": 100}, "1")


def test_while_another_version_is_being_released_nothing_is_touched(place: Place) -> None:
    third = release(id="release-8", candidate=THIRD)
    run(third, place.world(), until=place.story.clock.time)
    with pytest.raises(ReleaseRefusedError, match="release-8 of endpoint churn is under way"):
        place.back()
    assert place.champion == "2"
    assert "rolled_back" not in place.registry.version(MODEL, "2").tags
    assert place.audit.kept == []


def test_while_traffic_goes_back_no_release_begins(place: Place) -> None:
    begun: list[str] = []

    def other_run() -> None:
        with pytest.raises(LeaseHeldError):
            run(release(id="release-8", candidate=THIRD), place.world("other"))
        begun.append("refused")

    update = place.story.serving.update

    def slow(name: str, entities: tuple[ServedEntity, ...]) -> None:
        update(name, entities)
        other_run()

    place.story.serving.update = slow  # type: ignore[method-assign] - to act in the middle of a run
    place.back()
    assert begun == ["refused"]


def test_a_champion_in_spite_of_a_rollback_that_did_not_end_leads_past_it(place: Place) -> None:
    place.registry.set_tag(MODEL, "2", "rolled_back", "wrong answers")  # and then it died
    assert run(release(id="release-8", candidate=THIRD), place.world()).phase is Phase.COMPLETED
    assert place.registry.version(MODEL, "3").tags["replaced_champion"] == "1"


def test_an_endpoint_of_the_settings_keeps_its_traffic_and_its_setting_is_named(
    place: Place,
) -> None:
    theirs = (ServedEntity(name="champion", model=MODEL, version="2", percent=100),)
    place.story.serving.entities = theirs
    for _ in range(2):
        done = place.back()
        (said,) = done.left
        assert "mlops:serving.endpoints[name=churn].entities[version=2].version to '1'" in said
        assert (place.story.serving.entities, place.champion) == (theirs, "1")
    assert [(each.object, each.outcome) for each in place.audit.kept] == [
        (MODEL, Outcome.DONE), ("churn", Outcome.WAITING),
    ]  # fmt: skip
    place.story.serving.entities = (BLUE,)
    assert place.back().left == ()


def test_traffic_that_cannot_go_back_keeps_the_alias_and_is_tried_again(place: Place) -> None:
    place.story.serving.refuses = "churn-1"
    with pytest.raises(NotBackError, match="no churn-1"):
        place.back()
    assert (place.served, place.champion) == ({"2": 100}, "2")
    place.story.serving.refuses = ""
    place.back()
    assert (place.served, place.champion) == ({"1": 100}, "1")
    begun = {each.correlation for each in place.audit.kept if each.action == "release.start"}
    assert begun == {"churn-rollback-churn.2", "churn-rollback-churn.2-2"}


def test_what_is_served_beside_the_version_gets_its_traffic(place: Place) -> None:
    """A release that was interrupted leaves both."""
    third = release(id="release-8", candidate=THIRD, limits=Limits(attempts=1))
    place.back()
    run(third, place.world())
    state = place.story.store.load("churn")
    assert state is not None
    place.story.serving.entities = state.served(len(state.release.stages) - 2)
    assert place.served == {"1": 0, "3": 100}
    place.back("3")
    assert (place.served, place.champion) == ({"1": 100}, "1")


def test_only_what_is_champion_goes_back_whatever_an_endpoint_serves(place: Place) -> None:
    with pytest.raises(JobError, match="replaced no champion"):
        place.back("1")
    assert place.served == {"2": 100}
