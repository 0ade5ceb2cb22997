"""Whether to train a model again, from what the monitoring jobs found and what was done before.

A trigger is first claimed and then carried out. The claim's token makes carrying out idempotent,
so a job that was killed in between finishes what it claimed instead of claiming again.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime, timedelta


class Step(StrEnum):
    """What to do now."""

    NOTHING = "nothing"
    """No alert asks for it."""
    COOLING_DOWN = "cooling down"
    """An alert does, but the last trigger was too short a time ago."""
    TRIGGER = "trigger"
    """Claim, then carry out."""
    FINISH = "finish"
    """Carry out what an earlier run claimed."""


@dataclass(frozen=True, kw_only=True)
class Alert:
    """An alert that stands: of its kind, the model's latest report that came to a verdict."""

    kind: str
    """``drift``, ``prediction_drift``, ``accuracy`` or ``bias``."""
    reason: str
    time: datetime


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A trigger, claimed and perhaps carried out."""

    model: str
    sequence: int
    """1 for a model's first, then one more each; the store admits each number once."""
    claimed: datetime
    reason: str
    run_id: str = ""
    """The training run that was started; empty until then."""

    @property
    def token(self) -> str:
        """Identifies the trigger to whoever carries it out.

        At most 64 characters: https://docs.databricks.com/api/workspace/jobs/runnow
        """
        return hashlib.sha256(f"{self.model}:{self.sequence}".encode()).hexdigest()[:48]


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What to do, why, and from when on a trigger is possible again."""

    step: Step
    reason: str
    claim: Claim | None = None
    """To be made, or to be finished."""


def decide(
    model: str,
    alerts: Sequence[Alert],
    last: Claim | None,
    *,
    now: datetime,
    cool_down: timedelta,
    kinds: Collection[str],
) -> Decision:
    """Decide from the alerts of the kinds that count, newer than the last trigger.

    An older one was about the model, or the data, that the trigger has replaced.
    """
    if last is not None and not last.run_id:
        return Decision(
            step=Step.FINISH, reason=f"claimed at {last.claimed}, not carried out", claim=last
        )
    since = None if last is None else last.claimed
    asking = [
        alert
        for alert in alerts
        if alert.kind in kinds and (since is None or alert.time > since) and alert.time <= now
    ]
    if not asking:
        return Decision(step=Step.NOTHING, reason="no alert since the last trigger")
    reason = "; ".join(f"{alert.kind}: {alert.reason}" for alert in asking)
    if last is not None and now < last.claimed + cool_down:
        until = last.claimed + cool_down
        return Decision(step=Step.COOLING_DOWN, reason=f"{reason}; not before {until}")
    claim = Claim(
        model=model,
        sequence=1 if last is None else last.sequence + 1,
        claimed=now,
        reason=reason,
    )
    return Decision(step=Step.TRIGGER, reason=reason, claim=claim)
