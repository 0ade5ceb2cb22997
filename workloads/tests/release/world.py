"""A world for releases: an endpoint that changes slowly, made-up evidence, a clock that jumps."""

# ruff: noqa: ARG002 - a fake has its port's parameters, needed or not

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from company_ml.adapters.release_store_files import FileReleaseStore
from company_ml.ports import Endpoint, NotFoundError, ServedEntity
from company_ml.release.gates import ErrorGate, LatencyGate, Sample
from company_ml.release.plan import Limits, Release, canary
from company_ml.release.ports import Answer, Recorded, Replayed, UpdateRefusedError
from company_ml.release.run import World

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from company_ml.audit import AuditRecord
    from company_ml.ports import Row
    from company_ml.release.core import Windows

START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
MODEL = "ml_models_catalog.production_models.churn"
BLUE = ServedEntity(name="churn-1", model=MODEL, version="1", percent=100)
GREEN = ServedEntity(name="churn-2", model=MODEL, version="2", percent=0)


def release(**changes: object) -> Release:
    """A canary of version 2, held to errors and latency."""
    usual = Release(
        id="release-7",
        endpoint="churn",
        candidate=GREEN,
        stages=canary(),
        gates=(ErrorGate(tolerated=0.02), LatencyGate(limit_ms=300)),
        limits=Limits(),
        actor="release-bot",
    )
    return replace(usual, **changes)  # type: ignore[arg-type] - the fields' own types


@dataclass
class FakeClock:
    """Time that passes only when someone sleeps."""

    time: datetime = START

    def now(self) -> datetime:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += timedelta(seconds=max(seconds, 0.001))


@dataclass
class FakeServing:
    """One endpoint, whose updates take some looks; every configuration it ever had is kept."""

    entities: tuple[ServedEntity, ...] = (BLUE,)
    takes: int = 2
    fails: int = 0
    """So many updates end without taking effect."""
    refuses: str = ""
    """Refuses an update that serves an entity of this name."""
    history: list[tuple[ServedEntity, ...]] = field(
        default_factory=list["tuple[ServedEntity, ...]"]
    )
    _pending: tuple[ServedEntity, ...] = ()
    _left: int = 0

    def endpoint(self, name: str) -> Endpoint:
        if name != "churn":
            raise NotFoundError(name)
        if self._pending:
            self._left -= 1
            if self._left <= 0:
                if self.fails:
                    self.fails -= 1
                else:
                    self.entities = self._pending
                    self.history.append(self._pending)
                self._pending = ()
        return Endpoint(name=name, entities=self.entities, pending=self._pending)

    def endpoints(self) -> list[Endpoint]:
        return [self.endpoint("churn")]

    def update(self, name: str, entities: Sequence[ServedEntity]) -> None:
        assert name == "churn"
        assert not self._pending, "an update while one is under way"
        if self.refuses in [entity.name for entity in entities]:
            raise UpdateRefusedError(f"no {self.refuses}")
        self._pending, self._left = tuple(entities), self.takes

    def score(
        self, name: str, records: Sequence[Row], *, entity: str | None = None
    ) -> Mapping[str, object]:
        raise NotImplementedError


@dataclass
class FakeEvidence:
    """Traffic that grows with time, at given rates of errors and slow answers."""

    clock: FakeClock
    errors: float = 0.0
    slow: float = 0.0
    per_minute: int = 600
    answered: dict[str, Replayed] = field(default_factory=dict[str, Replayed])
    log: tuple[Recorded, ...] = ()

    def traffic(self, release: Release, windows: Windows) -> tuple[Sample, Sample]:
        minutes = (self.clock.now() - windows.candidate_from).total_seconds() / 60
        requests = int(minutes * self.per_minute)
        candidate = Sample(
            requests=requests, errors=int(requests * self.errors), slow=int(requests * self.slow)
        )
        return candidate, Sample(requests=requests * 9, errors=0, slow=0)

    def recorded(self, release: Release, *, since: datetime, limit: int) -> list[Recorded]:
        return [each for each in self.log if each.id not in self.answered][:limit]

    def keep(self, release: Release, answers: Sequence[Replayed]) -> None:
        self.answered |= {answer.id: answer for answer in answers}

    def replayed(self, release: Release) -> Sample:
        return Sample(
            requests=len(self.answered),
            differing=sum(answer.differs for answer in self.answered.values()),
        )


@dataclass
class FakeInvoker:
    """A candidate that gives one answer to everything."""

    status: int = 200
    body: str = '{"predictions": [1.0]}'

    def invoke(self, endpoint: str, entity: str, body: str, *, request_id: str) -> Answer:
        assert (endpoint, entity) == ("churn", GREEN.name)
        assert request_id.startswith("release-")
        return Answer(status=self.status, body=self.body, milliseconds=5)


@dataclass
class FakeAudit:
    """Keeps each record once, as the port promises."""

    kept: dict[str, AuditRecord] = field(default_factory=dict[str, "AuditRecord"])

    def append(self, record: AuditRecord) -> None:
        self.kept.setdefault(record.id, record)

    def records(self, correlation: str | None = None) -> Iterator[AuditRecord]:
        return iter(self.kept.values())


@dataclass
class Story:
    """All parts of a world, and the runs in it."""

    folder: Path
    clock: FakeClock = field(default_factory=FakeClock)
    serving: FakeServing = field(default_factory=FakeServing)
    invoker: FakeInvoker = field(default_factory=FakeInvoker)
    audit: FakeAudit = field(default_factory=FakeAudit)

    def __post_init__(self) -> None:
        self.evidence = FakeEvidence(self.clock)
        self.store = FileReleaseStore(self.folder)

    def world(self, holder: str = "run-1") -> World:
        """The ports."""
        return World(
            serving=self.serving, invoker=self.invoker, evidence=self.evidence,
            store=self.store, audit=self.audit, clock=self.clock, holder=holder,
        )  # fmt: skip
