"""The jobs that move models, each in a world of fakes that a kill does not touch."""

# ruff: noqa: ARG001, ARG002 - worlds and fakes have their shape's parameters, needed or not

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from tests.chaos.harness import Job
from tests.release.test_controller import QUICK, SMOKE
from tests.release.test_rollback import Place
from tests.release.world import Story
from tests.test_promotion import CANDIDATE, PRODUCTION, Setting, said

from company_ml import environment
from company_ml.adapters.fakes import FakeAudit, FakeClock, FakeRegistry
from company_ml.promotion import champion
from company_ml.recovery.archiving import Guards, Order, archive
from company_ml.recovery.models import World, restore
from company_ml.release.plan import blue_green
from company_ml.release.run import LEASE, run
from company_ml.train import core, example_data
from company_ml.train.run import train

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from tests.chaos.harness import Killer

    from company_ml.ports import ModelVersion, TrainedModel
    from company_ml.release.plan import Release

REGISTRY = ("add", "set_tag", "delete_tag", "set_alias", "delete_alias", "delete_version")
ARCHIVED = PRODUCTION.replace("production", "archived")


def _estate(registry: FakeRegistry, audit: FakeAudit) -> dict[str, Any]:
    return {
        "versions": {name: registry.versions(name) for name in sorted(registry.kept)},
        "aliases": dict(registry.aliases),
        "audit": [said(record) for record in audit.kept],
    }


def _promoted(setting: Setting, version: str) -> None:
    setting.to_production(version)


def promoting(killer: Killer, folder: Path) -> Job:
    """The second version on its way to production, approved already."""
    setting = Setting()
    _promoted(setting, "1")
    setting.train(0.95)
    setting.promote(version="2")
    setting.promote(CANDIDATE, "2")
    setting.approve("2")
    return _of(setting, killer, lambda: setting.promote(CANDIDATE, "2"))


def evaluating(killer: Killer, folder: Path) -> Job:
    """A first version from development to the candidates."""
    setting = Setting()
    return _of(setting, killer, setting.promote)


def approving(killer: Killer, folder: Path) -> Job:
    """A person's decision."""
    setting = Setting()
    setting.promote()
    setting.promote(CANDIDATE)
    return _of(setting, killer, setting.approve)


def crowning(killer: Killer, folder: Path) -> Job:
    """The alias goes on to the challenger."""
    setting = _two_in_production()
    return _of(setting, killer, lambda: champion.crown(setting.world(), PRODUCTION, "2", "good"))


def rolling_the_alias_back(killer: Killer, folder: Path) -> Job:
    """A model without an endpoint goes back."""
    setting = _two_in_production()
    champion.crown(setting.world(), PRODUCTION, "2", "good")
    return _of(setting, killer, lambda: champion.rollback(setting.world(), PRODUCTION, "2", "bad"))


def _two_in_production() -> Setting:
    setting = Setting()
    _promoted(setting, "1")
    setting.train(0.95)
    _promoted(setting, "2")
    return setting


def _of(setting: Setting, killer: Killer, job: Callable[[], object]) -> Job:
    killer.watch(setting.registry, *REGISTRY)
    killer.watch(setting.tracking, "log")
    killer.watch(setting.audit, "append")
    return Job(run=job, state=setting.state)


def rolling_traffic_back(killer: Killer, folder: Path) -> Job:
    """An endpoint's traffic and the alias go back."""
    place = Place(folder)
    story = place.story
    killer.watch(place.registry, *REGISTRY)
    killer.watch(place.audit, "append")
    killer.watch(story.serving, "update")
    killer.watch(story.store, "save", "lease", "yield_lease")
    runs = iter(range(1_000_000))

    def state() -> object:
        assert all(sum(each.percent for each in held) == 100 for held in story.serving.history)
        actions = [(each.action, each.object) for each in place.audit.kept]
        held = story.store.load("churn")
        assert held is not None
        return (
            actions,
            place.served,
            place.champion,
            held.phase,
            held.release.id,
            {name: place.registry.versions(name) for name in place.registry.kept},
        )

    return Job(
        run=lambda: place.back(holder=f"back-{next(runs)}"),
        state=state,
        after_a_death=lambda: story.clock.sleep(LEASE.total_seconds()),
    )


def releasing(wanted: Release, errors: float = 0.0) -> Callable[[Killer, Path], Job]:
    """A release, which completes or fails."""

    def make(killer: Killer, folder: Path) -> Job:
        story = Story(folder)
        story.evidence.errors = errors
        registry = FakeRegistry()
        for _ in range(2):
            registry.add(wanted.candidate.model)
        registry.set_alias(wanted.candidate.model, "champion", "1")
        registry.set_alias(wanted.candidate.model, "challenger", "2")
        killer.watch(story.serving, "update")
        killer.watch(story.store, "save", "lease", "yield_lease")
        killer.watch(story.audit, "append")
        killer.watch(story.evidence, "keep")
        killer.watch(registry, *REGISTRY)
        runs = iter(range(1_000_000))

        def once() -> None:
            world = replace(story.world(f"run-{next(runs)}"), registry=registry)
            run(wanted, world, smoke_requests=SMOKE)

        def state() -> object:
            assert all(sum(each.percent for each in held) == 100 for held in story.serving.history)
            held = story.store.load("churn")
            assert held is not None
            told = [each.id for each in story.audit.records() if each.action != "release.alias"]
            assert told == [each.id for each in held.events], "each step is told once, in order"
            crowned = [each for each in story.audit.records() if each.action == "release.alias"]
            return held.phase, story.serving.entities, registry.aliases, len(crowned)

        return Job(
            run=once, state=state,
            after_a_death=lambda: story.clock.sleep(LEASE.total_seconds()),
        )  # fmt: skip

    return make


@dataclass
class FakeFiles:
    """The files of models, as many as are behind a URI's last copy."""

    registry: FakeRegistry
    altered: set[str] = field(default_factory=set[str])

    def load(self, uri: str) -> None:
        """Every version that there is loads."""
        name, version = uri.removeprefix("models:/").rsplit("/", 1)
        assert self.registry.version(name, version).ready

    def digests(self, uri: str) -> Mapping[str, str]:
        """A copy has its original's files."""
        self.load(uri)
        return {"MLmodel": "changed" if uri in self.altered else "as trained"}


@dataclass
class Nobody:
    """A workspace that serves these."""

    pairs: frozenset[tuple[str, str]] = frozenset()

    def served(self) -> frozenset[tuple[str, str]]:
        """Model and version."""
        return self.pairs


@dataclass
class Archive:
    """A model with three versions in production, the first of which may be archived."""

    registry: FakeRegistry = field(default_factory=FakeRegistry)
    audit: FakeAudit = field(default_factory=FakeAudit)

    def __post_init__(self) -> None:
        self.files = FakeFiles(self.registry)
        for number in "123":
            tags = {"pii": "false", "promoted_from": f"models:/{CANDIDATE}/{number}", "team": "crm"}
            self.registry.add(PRODUCTION, run_id=f"run-{number}", tags=tags)
        self.registry.set_alias(PRODUCTION, "champion", "3")

    @property
    def world(self) -> World:
        return World(
            registry=self.registry, files=self.files, audit=self.audit, clock=FakeClock(),
            actor="ada",
        )  # fmt: skip

    def archive(self, version: str = "1", *, served: str = "3") -> ModelVersion:
        order = Order(
            name=PRODUCTION, version=version, target=ARCHIVED, reason="replaced", correlation="a-1"
        )
        workspaces = [Nobody(), Nobody(frozenset({(PRODUCTION, served)}))]
        return archive(order, self.world, Guards(endpoints=workspaces, hold_tag="retention_hold"))

    def restore(self, version: str = "1") -> ModelVersion:
        archived = self.registry.version(ARCHIVED, version)
        return restore(archived, PRODUCTION, "r-1", self.world)

    def state(self) -> dict[str, Any]:
        return _estate(self.registry, self.audit)


def archiving(killer: Killer, folder: Path) -> Job:
    """A version moves to the archive."""
    place = Archive()
    killer.watch(place.registry, *REGISTRY)
    killer.watch(place.audit, "append")
    return Job(run=place.archive, state=place.state)


def recovering_a_model(killer: Killer, folder: Path) -> Job:
    """It comes back."""
    place = Archive()
    place.archive()
    killer.watch(place.registry, *REGISTRY)
    killer.watch(place.audit, "append")
    return Job(run=place.restore, state=place.state)


@dataclass
class FakePublisher:
    """Registers as Unity Catalog does: the version first, its files after it."""

    registry: FakeRegistry
    audit: FakeAudit
    trained: int = 0

    def publish(
        self, model: TrainedModel, *, experiment: str, run_name: str, name: str
    ) -> ModelVersion:
        """A new version, whose files may never arrive."""
        self.trained += 1
        made = self.registry.add(name, run_id="a run", tags=model.tags)
        self.registry.kept[name][made.version] = replace(made, ready=False)
        self.upload(made)
        return self.registry.version(name, made.version)

    def upload(self, made: ModelVersion) -> None:
        """The files are there."""
        self.registry.kept[made.name][made.version] = replace(made, ready=True)


def training(killer: Killer, folder: Path) -> Job:
    """A model is trained and registered, once for its key."""
    setting = Setting()
    publisher = FakePublisher(setting.registry, setting.audit)
    setting.features.kept["patients"] = [example_data.patients()]
    killer.watch(setting.registry, *REGISTRY)
    killer.watch(publisher, "upload")
    killer.watch(setting.audit, "append")
    settings = core.TrainingSettings(
        label=example_data.LABEL, key=example_data.KEY, parameters={"max_iter": 2}
    )
    world = replace(setting.world(), publisher=publisher, environment=environment.load("dev"))

    def state() -> object:
        versions = setting.registry.versions("ml_models_catalog.dev_models.progression")
        assert len(versions) == 1, "registered once"
        (version,) = versions
        told = [(each.action, each.object, each.version) for each in setting.audit.kept]
        assert told == [("train.register", version.name, version.version)]
        return version.ready, version.tags["data_version"], version.tags["run_key"]

    return Job(
        run=lambda: train(
            world, settings, model="progression", features="patients", run_key="job-1"
        ),
        state=state,
    )


JOBS = {
    "train": training,
    "promote to candidates": evaluating,
    "promote to production": promoting,
    "approve": approving,
    "crown": crowning,
    "rollback of an alias": rolling_the_alias_back,
    "rollback of an endpoint": rolling_traffic_back,
    "release that completes": releasing(QUICK),
    "release that fails": releasing(QUICK, errors=0.3),
    "release blue/green": releasing(replace(QUICK, stages=blue_green())),
    "archive": archiving,
    "recover-model": recovering_a_model,
}
