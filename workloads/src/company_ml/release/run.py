"""Runs a release: reads through ports, asks the core what comes next, does it, and saves.

Exit: DONE when the release completed, REFUSED when it was rolled back or may not start, NOT_YET
when it needs more time than this run was given (the next run goes on), FAILED when it was
interrupted.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from company_ml import aliases
from company_ml.audit import AuditRecord, Outcome
from company_ml.release import core, shadow
from company_ml.release.core import Evidence, Phase, ReleaseRefusedError, State
from company_ml.release.plan import Check, Side
from company_ml.release.ports import UpdateConflictError, UpdateRefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from company_ml.ports import AuditLog, Clock, ModelRegistry, Serving
    from company_ml.release.plan import Release
    from company_ml.release.ports import EvidenceSource, Invoker, ReleaseStore

LEASE = timedelta(minutes=10)
"""How long a run that died blocks the next one. A living run renews at every step."""
SMOKE_REQUESTS = 20
REPLAY_BATCH = 100


@dataclass(frozen=True, kw_only=True)
class World:
    """The ports of a run."""

    serving: Serving
    invoker: Invoker
    evidence: EvidenceSource
    store: ReleaseStore
    audit: AuditLog
    clock: Clock
    holder: str
    """Identifies this run: no two runs may have the same."""
    registry: ModelRegistry | None = None
    """Where the alias moves once a release is complete; None leaves aliases alone."""


def run(
    release: Release,
    world: World,
    *,
    until: datetime | None = None,
    smoke_requests: Sequence[str] = (),
) -> State:
    """Start a release, or go on with it, until it ends or the time is up.

    Args:
        release: The release. One that is under way goes on as it was begun.
        world: The ports.
        until: When to stop waiting; the state is kept and the lease given back.
        smoke_requests: Bodies for the smoke test; without any, recorded requests are used.

    Raises:
        LeaseHeldError: Another run works on this endpoint.
        ReleaseRefusedError: It cannot start, its version was rolled back, or another release of
            this endpoint is under way.
        StaleStateError: Another run took over; this one stopped.
    """
    _stay_rolled_back(release, world)
    _renew(release.endpoint, world)
    try:
        state = _begun(release, world)
        for record in state.events:
            world.audit.append(record)
        while not state.phase.ended:
            state, wait = _step(state, world, smoke_requests)
            if wait is not None and not state.phase.ended:
                if until is not None and world.clock.now() + wait > until:
                    break
                world.clock.sleep(wait.total_seconds())
        _crown(state, world)
        return state
    finally:
        world.store.yield_lease(release.endpoint, world.holder)


def abort(release_id: str, endpoint: str, reason: str, world: World) -> State:
    """Take a release back, and see it through.

    Raises:
        ReleaseRefusedError: No such release is under way.
    """
    _renew(endpoint, world)
    try:
        state = world.store.load(endpoint)
        if state is None or state.release.id != release_id or state.phase.ended:
            raise ReleaseRefusedError(
                f"no release {release_id} of endpoint {endpoint} is under way"
            )
        state = _saved(state, core.abort(state, reason, world.clock.now()), world)
    finally:
        world.store.yield_lease(endpoint, world.holder)
    return run(state.release, world)


def _begun(release: Release, world: World) -> State:
    state = world.store.load(release.endpoint)
    if state is not None and state.release.id == release.id:
        return state
    if state is not None and not state.phase.ended:
        raise ReleaseRefusedError(
            f"release {state.release.id} of endpoint {release.endpoint} is under way "
            f"({state.phase}, {state.now_in.name}): go on with it or abort it first"
        )
    begun = core.begin(release, world.serving.endpoint(release.endpoint), world.clock.now())
    revision = 0 if state is None else state.revision
    return world.store.save(replace(begun, revision=revision), world.holder)


def _step(
    state: State, world: World, smoke_requests: Sequence[str]
) -> tuple[State, timedelta | None]:
    _renew(state.release.endpoint, world)
    endpoint = world.serving.endpoint(state.release.endpoint)
    evidence = _gather(state, world, smoke_requests)
    following = core.decide(state, endpoint, evidence, world.clock.now())
    wanted = following.state
    if following.apply is not None:
        try:
            world.serving.update(state.release.endpoint, following.apply)
        except UpdateConflictError:
            return state, core.POLL
        except UpdateRefusedError as error:
            wanted = core.refused(state, str(error), world.clock.now())
    if wanted is state:
        return state, following.wait
    return _saved(state, wanted, world), following.wait


def _gather(state: State, world: World, smoke_requests: Sequence[str]) -> Evidence:
    release, check = state.release, core.needs(state)
    if check is Check.SMOKE:
        bodies = list(smoke_requests) or _recorded_bodies(state, world)
        return (
            Evidence(smoke=shadow.smoke(release, bodies, world.invoker)) if bodies else Evidence()
        )
    if check is Check.SHADOW:
        recorded = world.evidence.recorded(release, since=_replay_from(state), limit=REPLAY_BATCH)
        world.evidence.keep(release, shadow.replay(release, recorded, world.invoker))
        return Evidence(candidate=world.evidence.replayed(release))
    if check is Check.GATES and release.gates:
        candidate, incumbent = world.evidence.traffic(release, core.windows(state))
        return Evidence(candidate=candidate, incumbent=incumbent)
    return Evidence()


def _recorded_bodies(state: State, world: World) -> list[str]:
    recorded = world.evidence.recorded(
        state.release, since=_replay_from(state), limit=SMOKE_REQUESTS
    )
    return [each.request for each in recorded]


def _replay_from(state: State) -> datetime:
    return state.since - state.release.limits.patience


def _stay_rolled_back(release: Release, world: World) -> None:
    """A release that completed before a rollback must not, run again, crown the version anew."""
    candidate = release.candidate
    if world.registry is None:
        return
    tags = world.registry.version(candidate.model, candidate.version).tags
    if aliases.ROLLED_BACK in tags:
        raise ReleaseRefusedError(
            f"version {candidate.version} of {candidate.model} was rolled back "
            f"({tags[aliases.ROLLED_BACK]}); promote and release a new version"
        )


def _crown(state: State, world: World) -> None:
    """Let the alias follow the traffic: after the last stage, and again if a run died before it."""
    took_over = state.phase is Phase.COMPLETED and state.now_in.serves is Side.CANDIDATE
    if world.registry is None or not took_over:
        return
    candidate = state.release.candidate
    aliases.crown(world.registry, candidate.model, candidate.version)
    world.audit.append(
        AuditRecord(
            actor=state.release.actor,
            action="release.alias",
            object=candidate.model,
            version=candidate.version,
            outcome=Outcome.DONE,
            time=world.clock.now(),
            correlation=state.release.id,
            details={"alias": aliases.CHAMPION, "endpoint": state.release.endpoint},
        )
    )


def _saved(before: State, wanted: State, world: World) -> State:
    saved = world.store.save(wanted, world.holder)
    for record in saved.events[len(before.events) :]:
        world.audit.append(record)
    return saved


def _renew(endpoint: str, world: World) -> None:
    now = world.clock.now()
    world.store.lease(endpoint, world.holder, now=now, until=now + LEASE)


def outcome(state: State) -> str:
    """One sentence on how a release stands, for people."""
    last = state.events[-1].details.get("reason", "")
    where = f"release {state.release.id} of {state.release.endpoint}: {state.phase}"
    if state.phase in (Phase.APPLYING, Phase.CHECKING):
        return f"{where}, {state.now_in.name} (stage {state.stage + 1})"
    return f"{where}: {last}"
