"""What comes next in a release: a pure function of its state, the evidence and the time.

The state says what was decided, the endpoint what is so. Each step is an effect that may be
repeated without harm and the state that follows it; the effect comes first and the state is saved
after it. A run that dies between the two repeats the effect, which the endpoint then already shows,
and goes on to the same end.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from company_ml.audit import AuditRecord, Outcome
from company_ml.release import plan
from company_ml.release.gates import Finding, Sample, Standing, judge
from company_ml.release.plan import ALL, Check, Release, Side, Stage

if TYPE_CHECKING:
    from collections.abc import Iterable

    from company_ml.ports import Endpoint, ServedEntity

POLL = timedelta(seconds=15)
"""Time between two readings of an endpoint that is changing."""
WATCH = timedelta(minutes=1)
"""Time between two readings of the evidence."""


class ReleaseRefusedError(ValueError):
    """The release cannot start; nothing was changed."""


class Phase(StrEnum):
    """Where a release stands."""

    APPLYING = "applying"
    """The endpoint is brought to what the stage serves."""
    CHECKING = "checking"
    """The stage is in place, and evidence is gathered."""
    ROLLING_BACK = "rolling back"
    """The endpoint is brought to what it served before the release."""
    COMPLETED = "completed"
    ROLLED_BACK = "rolled back"
    INTERRUPTED = "interrupted"
    """Someone else changed the endpoint, or it cannot be changed: nothing more is touched."""

    @property
    def ended(self) -> bool:
        """Whether nothing more comes."""
        return self in (Phase.COMPLETED, Phase.ROLLED_BACK, Phase.INTERRUPTED)


@dataclass(frozen=True, kw_only=True)
class State:
    """All that a release remembers; what it reads off the endpoint is not in here."""

    release: Release
    baseline: tuple[ServedEntity, ...]
    """What the endpoint served before: where a rollback leads."""
    phase: Phase
    stage: int
    since: datetime
    """Start of this phase of this stage."""
    switched: datetime
    """Start of the stage that gave the incumbents their last traffic to be compared with."""
    attempts: int = 0
    """Changes of the endpoint asked for in this phase."""
    looks: int = 0
    """Looks taken in this stage."""
    looked: int = 0
    """The candidate's requests at the last of them."""
    proven: bool = False
    """Whether a look of this stage showed every gate to be safe."""
    revision: int = 0
    """Counts the saved states; the store refuses a state that does not follow the one it has."""
    events: tuple[AuditRecord, ...] = ()
    """The audit records so far. They are saved with the state they tell of, so neither can be lost
    without the other, and copied to the audit log after that."""

    @property
    def now_in(self) -> Stage:
        """The current stage."""
        return self.release.stages[self.stage]

    def served(self, stage: int | None = None) -> tuple[ServedEntity, ...]:
        """What the endpoint serves in a stage; before the first it is the baseline."""
        index = self.stage if stage is None else stage
        if index < 0:
            return self.baseline
        return plan.serving(self.release.stages[index], self.release.candidate, self.baseline)


@dataclass(frozen=True, kw_only=True)
class Smoke:
    """Outcome of a smoke test."""

    passed: bool
    detail: str


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What was gathered for the current stage; only what its check asks for."""

    candidate: Sample = field(default_factory=Sample)
    incumbent: Sample = field(default_factory=Sample)
    smoke: Smoke | None = None


@dataclass(frozen=True, kw_only=True)
class Next:
    """What to do now: change the endpoint, or wait, or neither; then save the state."""

    state: State
    apply: tuple[ServedEntity, ...] | None = None
    wait: timedelta | None = None


@dataclass(frozen=True, kw_only=True)
class Windows:
    """Whose requests of which time are compared."""

    candidate_from: datetime
    incumbent_from: datetime
    incumbent_until: datetime | None = None
    """None: until now."""


def begin(release: Release, endpoint: Endpoint, now: datetime) -> State:
    """The state a release starts in.

    Raises:
        ReleaseRefusedError: The endpoint is changing, or serves the candidate that should join.
    """
    candidate = release.candidate
    if endpoint.pending:
        raise ReleaseRefusedError(
            f"endpoint {endpoint.name} is being changed by someone else; try again when it is done"
        )
    if sum(entity.percent for entity in endpoint.entities) != ALL:
        raise ReleaseRefusedError(
            f"endpoint {endpoint.name} divides {shares(endpoint.entities)}, which is not 100 %: "
            "repair its traffic first"
        )
    # What the first stage serves alone may be there already: it only gets the others' traffic.
    joins = release.stages[0].serves is not Side.CANDIDATE
    for entity in endpoint.entities if joins else ():
        if entity.name == candidate.name:
            raise ReleaseRefusedError(
                f"endpoint {endpoint.name} already serves an entity {entity.name} "
                f"({entity.model} version {entity.version}); give the candidate another name"
            )
        if (entity.model, entity.version) == (candidate.model, candidate.version):
            raise ReleaseRefusedError(
                f"endpoint {endpoint.name} already serves {entity.model} version {entity.version} "
                f"as {entity.name}: there is nothing to release"
            )
    state = State(
        release=release,
        baseline=endpoint.entities,
        phase=Phase.APPLYING,
        stage=0,
        since=now,
        switched=now,
    )
    return _told(
        state, now, "release.start", candidate=candidate.model, baseline=shares(state.baseline)
    )


def needs(state: State) -> Check:
    """The evidence that ``decide`` will want."""
    return state.now_in.check if state.phase is Phase.CHECKING else Check.NOTHING


def windows(state: State) -> Windows:
    """Whose requests of which time are compared now.

    Both sides of a canary answer at the same time. A candidate that has all traffic is compared
    with the time before it had: at least as long as a stage soaks, and the whole stage before.
    """
    if state.now_in.percent < ALL:
        return Windows(candidate_from=state.since, incumbent_from=state.since)
    return Windows(
        candidate_from=state.since,
        incumbent_from=min(state.switched, state.since - state.release.limits.soak),
        incumbent_until=state.since,
    )


def decide(state: State, endpoint: Endpoint, evidence: Evidence, now: datetime) -> Next:
    """What comes next.

    Args:
        state: The saved state.
        endpoint: The endpoint as it is now.
        evidence: What ``needs`` asked for, over ``windows``.
        now: The time.
    """
    if endpoint.pending or state.phase.ended:
        return Next(state=state, wait=POLL)
    if state.phase is Phase.ROLLING_BACK:
        return _roll_back(state, endpoint, now)
    if same(endpoint.entities, state.served()):
        if state.phase is Phase.APPLYING:
            return Next(state=_in_place(state, now))
        return _check(state, evidence, now)
    before = state.served(state.stage - 1)
    if state.phase is Phase.APPLYING and same(endpoint.entities, before):
        return _apply(state, now)
    return Next(state=_interrupted(state, endpoint, now))


def refused(state: State, reason: str, now: datetime) -> State:
    """The state after the endpoint refused a change."""
    if state.phase is Phase.ROLLING_BACK:
        return _ended(state, Phase.INTERRUPTED, now, f"the rollback was refused: {reason}")
    return _back(state, now, f"the endpoint refused {state.now_in.name}: {reason}")


def abort(state: State, reason: str, now: datetime) -> State:
    """The state after a person asked to go back; an ended release stays as it is."""
    if state.phase.ended or state.phase is Phase.ROLLING_BACK:
        return state
    return _back(state, now, reason)


def same(left: Iterable[ServedEntity], right: Iterable[ServedEntity]) -> bool:
    """Whether both serve the same versions under the same names with the same shares.

    Sizes and environment variables are not the controller's: the adapter keeps what they are.
    """
    return _by_name(left) == _by_name(right)


def serves_own(state: State, endpoint: Endpoint) -> bool:
    """Whether the endpoint serves what this release found or brought, and nobody else's."""
    return any(same(endpoint.entities, state.served(stage)) for stage in range(-1, state.stage + 1))


def _by_name(entities: Iterable[ServedEntity]) -> dict[str, tuple[str, str, int]]:
    return {each.name: (each.model, each.version, each.percent) for each in entities}


def _apply(state: State, now: datetime) -> Next:
    limits, wanted = state.release.limits, state.served()
    if state.attempts >= limits.attempts:
        why = f"{state.now_in.name} did not come into place in {limits.attempts} attempts"
        return Next(state=_back(state, now, why))
    if now - state.since > limits.update_patience:
        why = f"{state.now_in.name} did not come into place in {limits.update_patience}"
        return Next(state=_back(state, now, why))
    asked = replace(state, attempts=state.attempts + 1)
    return Next(
        state=_told(asked, now, "release.apply", serves=shares(wanted)), apply=wanted, wait=POLL
    )


def _in_place(state: State, now: datetime) -> State:
    # In place without having been asked for: a run died between asking and saving that it had.
    if state.attempts == 0 and not same(state.served(), state.served(state.stage - 1)):
        state = _told(state, now, "release.apply", serves=shares(state.served()))
    if state.now_in.check is Check.NOTHING:
        return _advanced(state, now, "in place")
    state = replace(
        state, phase=Phase.CHECKING, since=now, attempts=0, looks=0, looked=0, proven=False
    )
    return _told(state, now, "release.stage", serves=shares(state.served()))


def _check(state: State, evidence: Evidence, now: datetime) -> Next:
    limits = state.release.limits
    if state.now_in.check is Check.SMOKE and evidence.smoke is not None:
        if evidence.smoke.passed:
            return Next(state=_advanced(state, now, f"smoke test: {evidence.smoke.detail}"))
        return Next(state=_back(state, now, f"smoke test: {evidence.smoke.detail}"))
    if state.now_in.check in (Check.GATES, Check.SHADOW):
        due = limits.look_after(state.looked)
        if state.release.gates and evidence.candidate.requests >= due:
            return Next(state=_look(state, evidence, now))
        soaked = state.now_in.check is Check.SHADOW or now - state.since >= limits.soak
        if soaked and (state.proven or not state.release.gates):
            return Next(state=_advanced(state, now, "every gate holds"))
    if now - state.since > limits.patience:
        why = (
            f"nothing was shown in {limits.patience}: {evidence.candidate.requests} requests, "
            f"{state.looks} looks"
        )
        return Next(state=_back(state, now, why))
    return Next(state=state, wait=WATCH)


def _look(state: State, evidence: Evidence, now: datetime) -> State:
    limits = state.release.limits
    looks = state.looks + 1
    findings = judge(
        state.release.gates,
        evidence.candidate,
        evidence.incumbent,
        look=looks,
        harm_alpha=state.release.harm_alpha,
        safe_alpha=limits.safe_alpha,
    )
    harmful = [finding for finding in findings if finding.standing is Standing.HARMFUL]
    if harmful:
        return _back(replace(state, looks=looks), now, _sentence(harmful))
    enough = evidence.candidate.requests >= limits.minimum_requests
    safe = all(finding.standing is Standing.SAFE for finding in findings)
    seen = replace(
        state,
        looks=looks,
        looked=evidence.candidate.requests,
        proven=state.proven or (enough and safe),
    )
    return _told(
        seen,
        now,
        "release.look",
        look=str(looks),
        requests=f"{evidence.candidate.requests} against {evidence.incumbent.requests}",
        findings=_sentence(findings),
        verdict="safe" if seen.proven else "hold",
    )


def _advanced(state: State, now: datetime, reason: str) -> State:
    if state.stage + 1 == len(state.release.stages):
        return _ended(state, Phase.COMPLETED, now, reason)
    told = _told(state, now, "release.advance", reason=reason)
    had_traffic = state.now_in.percent < ALL
    return replace(
        told,
        phase=Phase.APPLYING,
        stage=state.stage + 1,
        switched=state.since if had_traffic else state.switched,
        since=now,
        attempts=0,
        looks=0,
        looked=0,
        proven=False,
    )


def _back(state: State, now: datetime, reason: str) -> State:
    told = _told(state, now, "release.rollback", Outcome.REFUSED, reason=reason)
    return replace(told, phase=Phase.ROLLING_BACK, since=now, attempts=0)


def _roll_back(state: State, endpoint: Endpoint, now: datetime) -> Next:
    if same(endpoint.entities, state.baseline):
        return Next(state=_ended(state, Phase.ROLLED_BACK, now, "the baseline is in place"))
    if not serves_own(state, endpoint):
        return Next(state=_interrupted(state, endpoint, now))
    if state.attempts >= state.release.limits.attempts:
        why = f"the rollback did not come into place in {state.attempts} attempts"
        return Next(state=_ended(state, Phase.INTERRUPTED, now, why))
    asked = replace(state, attempts=state.attempts + 1)
    return Next(
        state=_told(asked, now, "release.apply", serves=shares(state.baseline)),
        apply=state.baseline,
        wait=POLL,
    )


def _interrupted(state: State, endpoint: Endpoint, now: datetime) -> State:
    why = (
        f"the endpoint serves {shares(endpoint.entities)}, which is none of this release's: "
        "someone else changed it, so it is left as it is"
    )
    return _ended(state, Phase.INTERRUPTED, now, why)


def _ended(state: State, phase: Phase, now: datetime, reason: str) -> State:
    outcome = {
        Phase.COMPLETED: Outcome.DONE,
        Phase.ROLLED_BACK: Outcome.REFUSED,
        Phase.INTERRUPTED: Outcome.FAILED,
    }[phase]
    ended = replace(state, phase=phase, since=now)
    return _told(ended, now, f"release.{phase.value.replace(' ', '_')}", outcome, reason=reason)


def _told(
    state: State, now: datetime, action: str, outcome: Outcome = Outcome.DONE, **details: str
) -> State:
    record = AuditRecord(
        actor=state.release.actor,
        action=action,
        object=state.release.endpoint,
        version=state.release.candidate.version,
        outcome=outcome,
        time=now,
        correlation=state.release.id,
        details={"step": str(len(state.events) + 1), "stage": state.now_in.name, **details},
    )
    return replace(state, events=(*state.events, record))


def shares(entities: Iterable[ServedEntity]) -> str:
    """What is served, for people."""
    return ", ".join(f"{each.name} (v{each.version}) {each.percent} %" for each in entities)


def _sentence(findings: Iterable[Finding]) -> str:
    return "; ".join(str(finding) for finding in findings)
