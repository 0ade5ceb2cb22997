"""A release as data: which version goes where, in which stages, held to what. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from company_ml.ports import ServedEntity
    from company_ml.release.gates import Gate

ALL = 100


class Check(StrEnum):
    """What a stage waits for."""

    NOTHING = "nothing"
    SMOKE = "smoke"
    """The candidate answers recorded requests, sent to it alone."""
    GATES = "gates"
    """Production traffic shows that every gate holds."""
    SHADOW = "shadow"
    """Replayed production requests show that every gate holds."""


class Side(StrEnum):
    """Who is served in a stage."""

    BOTH = "both"
    CANDIDATE = "candidate"
    INCUMBENT = "incumbent"


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A division of the traffic, and what has to be shown before the next one."""

    name: str
    percent: int
    """The candidate's share."""
    check: Check
    serves: Side = Side.BOTH


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How much evidence, and how long to wait for it."""

    minimum_requests: int = 500
    """The candidate's requests (or replays) before a stage can be passed."""
    first_look: int = 50
    """The candidate's requests at the first look, which can only find harm."""
    growth: float = 1.5
    """Each further look waits for this many times the requests of the one before."""
    soak: timedelta = timedelta(minutes=30)
    """The least time of a stage that watches traffic: daily life is more than a sample size."""
    patience: timedelta = timedelta(hours=24)
    """A stage that shows nothing until then is rolled back."""
    update_patience: timedelta = timedelta(hours=1)
    """As long may one change of the endpoint take; an image is built per model version."""
    attempts: int = 3
    """As often is a change of the endpoint tried."""
    harm_alpha: float = 0.05
    """Chance that a release is rolled back whose candidate is just within every gate."""
    safe_alpha: float = 0.05
    """Chance that a stage is passed by a candidate just beyond a gate."""

    def look_after(self, requests: int) -> int:
        """Requests that the next look waits for when the last one had this many (0: no look yet).

        A look spends, so it has to see something new.
        """
        return max(self.first_look, math.ceil(requests * self.growth))


@dataclass(frozen=True, kw_only=True)
class Release:
    """One release, complete: what a resumed run goes on with."""

    id: str
    endpoint: str
    candidate: ServedEntity
    stages: tuple[Stage, ...]
    gates: tuple[Gate, ...]
    limits: Limits
    actor: str
    """The identity on whose behalf the controller acts, for the audit log."""

    @property
    def harm_alpha(self) -> float:
        """What one stage may spend of the release's ``harm_alpha``."""
        judged = sum(stage.check in (Check.GATES, Check.SHADOW) for stage in self.stages)
        return self.limits.harm_alpha / max(1, judged)


def blue_green() -> tuple[Stage, ...]:
    """Green beside blue without traffic, smoke test, all traffic at once, then blue is removed."""
    return (
        Stage(name="green without traffic", percent=0, check=Check.SMOKE),
        Stage(name="all traffic to green", percent=ALL, check=Check.GATES),
        Stage(name="blue removed", percent=ALL, check=Check.NOTHING, serves=Side.CANDIDATE),
    )


def canary(shares: tuple[int, ...] = (10, 25, 50)) -> tuple[Stage, ...]:
    """A small share first, then larger ones, each held to the gates; then all, and removal."""
    if not shares or list(shares) != sorted({*shares}) or not 0 < shares[0] <= shares[-1] < ALL:
        raise ValueError(
            f"canary shares {', '.join(map(str, shares)) or 'none'}: give percentages between 1 "
            "and 99, each larger than the one before, for example 10 25 50"
        )
    steps = [Stage(name=f"{share} %", percent=share, check=Check.GATES) for share in shares]
    return (
        *steps,
        Stage(name="all traffic", percent=ALL, check=Check.GATES),
        Stage(name="incumbent removed", percent=ALL, check=Check.NOTHING, serves=Side.CANDIDATE),
    )


def shadow() -> tuple[Stage, ...]:
    """The candidate without traffic scores what production was asked; then it is removed.

    Its answers are kept for comparison and never returned to a caller. Whether it then takes over
    is another release.
    """
    return (
        Stage(name="candidate without traffic", percent=0, check=Check.SMOKE),
        Stage(name="replay", percent=0, check=Check.SHADOW),
        Stage(name="candidate removed", percent=0, check=Check.NOTHING, serves=Side.INCUMBENT),
    )


def back() -> tuple[Stage, ...]:
    """All traffic to the version before, at once: it has been shown to be safe in its own time.

    Until it is ready the endpoint goes on with what it has.
    https://learn.microsoft.com/azure/databricks/machine-learning/model-serving/manage-serving-endpoints
    """
    whole = Stage(name="all traffic back", percent=ALL, check=Check.NOTHING, serves=Side.CANDIDATE)
    return (whole,)


def serving(
    stage: Stage, candidate: ServedEntity, baseline: tuple[ServedEntity, ...]
) -> tuple[ServedEntity, ...]:
    """What the endpoint serves in a stage: shares are whole and sum to 100."""
    if stage.serves is Side.INCUMBENT:
        return baseline
    taken = replace(candidate, percent=stage.percent)
    if stage.serves is Side.CANDIDATE:
        return (replace(candidate, percent=ALL),)
    return (*_scaled(baseline, ALL - stage.percent), taken)


def _scaled(entities: tuple[ServedEntity, ...], total: int) -> tuple[ServedEntity, ...]:
    """The same proportions with another sum, rounded by largest remainder."""
    exact = [entity.percent * total / ALL for entity in entities]
    shares = [int(share) for share in exact]
    by_remainder = sorted(range(len(exact)), key=lambda each: shares[each] - exact[each])
    for index in by_remainder[: total - sum(shares)]:
        shares[index] += 1
    return tuple(
        replace(entity, percent=share) for entity, share in zip(entities, shares, strict=True)
    )
