"""Takes endpoints' traffic back to the version before: a release of one stage and without gates.

As a release the store knows it: no other one begins meanwhile, a run that died is gone on with,
each step is told once, and the next release starts from what is then served.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from company_ml.ports import ServedEntity
from company_ml.release import core, run
from company_ml.release.core import Phase, ReleaseRefusedError
from company_ml.release.plan import Limits, Release, back

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from company_ml.ports import Endpoint, ModelVersion
    from company_ml.release.core import State
    from company_ml.release.run import World


class NotBackError(RuntimeError):
    """An endpoint's traffic could not be taken back; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Rollback:
    """From which version to which, and who wants it."""

    bad: ModelVersion
    good: ModelVersion
    actor: str


@dataclass(frozen=True, kw_only=True)
class BackPlan:
    """What has to happen to the endpoints that serve the version."""

    releases: tuple[Release, ...] = ()
    """To begin, or to go on with."""
    left: tuple[Endpoint, ...] = ()
    """Endpoints that no release brought to what they serve: their settings own their traffic."""


def plan(
    found: Iterable[tuple[Endpoint, State | None]], rollback: Rollback, now: datetime
) -> BackPlan:
    """Divide the endpoints, each with the state of its last release. Pure.

    Raises:
        ReleaseRefusedError: An endpoint is being released or changed by someone else.
    """
    releases: list[Release] = []
    left: list[Endpoint] = []
    for endpoint, state in found:
        serves = _served_as(endpoint, rollback.bad) is not None
        if (
            state is not None
            and _is_of(state.release, rollback)
            and not (serves and state.phase.ended)
        ):
            releases.append(state.release)
        elif not serves:
            continue
        elif state is not None and not state.phase.ended:
            raise ReleaseRefusedError(
                f"release {state.release.id} of endpoint {endpoint.name} is under way "
                f"({state.phase}, {state.now_in.name}): abort it first, it may end by itself soon"
            )
        elif state is None or not core.serves_own(state, endpoint):
            left.append(endpoint)
        else:
            wanted = _release(endpoint, state, rollback)
            core.begin(wanted, endpoint, now)
            releases.append(wanted)
    return BackPlan(releases=tuple(releases), left=tuple(left))


def look(rollback: Rollback, world: World) -> BackPlan:
    """Plan for the endpoints of the workspace as they are.

    Raises:
        ReleaseRefusedError: An endpoint is being released or changed by someone else.
    """
    serving = [
        endpoint
        for endpoint in world.serving.endpoints()
        if any(each.model == rollback.bad.name for each in _all(endpoint))
    ]
    found = [(endpoint, world.store.load(endpoint.name)) for endpoint in serving]
    return plan(found, rollback, world.clock.now())


def move(planned: BackPlan, world: World) -> None:
    """See every release of a plan through.

    Raises:
        NotBackError: An endpoint refused, or someone else changed it.
        LeaseHeldError: Another run works on an endpoint.
        ReleaseRefusedError: Another release began since the plan.
    """
    for release in planned.releases:
        state = run.run(release, world)
        if state.phase is not Phase.COMPLETED:
            why = [each.details["reason"] for each in state.events if "reason" in each.details]
            raise NotBackError(
                f"the traffic of endpoint {release.endpoint} did not go back to version "
                f"{release.candidate.version}, so the alias stays: {'; '.join(why)}"
            )


def _release(endpoint: Endpoint, before: State, rollback: Rollback) -> Release:
    good = rollback.good
    known = _served_as(endpoint, good)
    base = _id(endpoint.name, rollback)
    # One that failed stays in the audit log under its own name; the next attempt is another.
    number = 1
    if _is_of(before.release, rollback):
        number = int(before.release.id.removeprefix(base).removeprefix("-") or "1") + 1
    return Release(
        id=base if number == 1 else f"{base}-{number}",
        endpoint=endpoint.name,
        candidate=known
        or ServedEntity(
            name=f"{good.name.rsplit('.', 1)[-1]}-{good.version}", model=good.name,
            version=good.version, percent=0,
        ),
        stages=back(),
        gates=(),
        limits=Limits(),
        actor=rollback.actor,
    )  # fmt: skip


def _id(endpoint: str, rollback: Rollback) -> str:
    bad = rollback.bad
    return f"{endpoint}-rollback-{bad.name.rsplit('.', 1)[-1]}.{bad.version}"


def _is_of(release: Release, rollback: Rollback) -> bool:
    base = _id(release.endpoint, rollback)
    return release.id == base or release.id.startswith(f"{base}-")


def _served_as(endpoint: Endpoint, version: ModelVersion) -> ServedEntity | None:
    return next(
        (
            each
            for each in _all(endpoint)
            if (each.model, each.version) == (version.name, version.version)
        ),
        None,
    )


def _all(endpoint: Endpoint) -> tuple[ServedEntity, ...]:
    return (*endpoint.entities, *endpoint.pending)
