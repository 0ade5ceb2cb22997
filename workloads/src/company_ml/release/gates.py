"""What a candidate is held to, and what the evidence says about it. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

from company_ml.release import statistics
from company_ml.release.statistics import Interval, Moments

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True)
class LatencyGate:
    """The 95th percentile of the model's execution time stays below a limit.

    That is the case exactly when at most 5 % of requests take longer, so it is judged as that
    share: an exact test, from two counts. Another percentile is another ``tolerated`` share.
    """

    limit_ms: int
    tolerated: float = 0.05


@dataclass(frozen=True, kw_only=True)
class ErrorGate:
    """The candidate's error rate exceeds the incumbent's by at most this much.

    Every answer from 400 up counts but 429 (the platform's own limit): requests reach both at
    random, so a caller's own mistakes cancel out, and a model that refuses good requests is caught.
    """

    tolerated: float


@dataclass(frozen=True, kw_only=True)
class MetricGate:
    """The mean of a business metric, of which more is better, falls by at most this much."""

    metric: str
    tolerated: float
    """In the metric's own unit."""


@dataclass(frozen=True, kw_only=True)
class AgreementGate:
    """At most this share of the candidate's answers differ from those that were given."""

    tolerated: float
    within: float = 1e-6
    """Numbers that are at most this far apart agree."""


Gate: TypeAlias = LatencyGate | ErrorGate | MetricGate | AgreementGate


@dataclass(frozen=True, kw_only=True)
class Sample:
    """What is known of the requests that one side answered in a window."""

    requests: int = 0
    errors: int = 0
    slow: int = 0
    """Longer than the latency gate's limit."""
    differing: int = 0
    """Answers that differ from those given in production (shadow alone)."""
    metrics: Mapping[str, Moments] = field(default_factory=dict[str, Moments])


class Standing(StrEnum):
    """What the evidence says about one gate."""

    SAFE = "safe"
    HARMFUL = "harmful"
    OPEN = "open"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One gate, judged."""

    gate: str
    standing: Standing
    measured: Interval
    tolerated: float

    def __str__(self) -> str:
        """In words, for the audit record."""
        limits = f"{self.measured.estimate:.4g} [{self.measured.low:.4g}, {self.measured.high:.4g}]"
        return f"{self.gate} {limits}, tolerated {self.tolerated:g}: {self.standing}"


def judge(
    gates: tuple[Gate, ...],
    candidate: Sample,
    incumbent: Sample,
    *,
    look: int,
    harm_alpha: float,
    safe_alpha: float,
) -> tuple[Finding, ...]:
    """Hold the evidence against the gates at one look.

    Args:
        gates: What is tolerated.
        candidate: The candidate's requests.
        incumbent: The requests it is compared with.
        look: Number of this look in its stage, from 1.
        harm_alpha: Chance, over all looks and gates of the stage, to call a candidate harmful that
            is just within every gate. Gates share it, because one harmful gate ends the release.
        safe_alpha: Chance, over all looks of the stage, to call one gate safe that is just beyond
            what is tolerated. Gates do not share it, because all of them have to be safe.
    """
    harm = statistics.spent_at(look, harm_alpha / max(1, len(gates)))
    safe = statistics.spent_at(look, safe_alpha)
    findings: list[Finding] = []
    for gate in gates:
        low = _measure(gate, candidate, incumbent, harm).low
        outer = _measure(gate, candidate, incumbent, safe)
        standing = Standing.OPEN
        if low > gate.tolerated:
            standing = Standing.HARMFUL
        elif outer.high <= gate.tolerated:
            standing = Standing.SAFE
        findings.append(
            Finding(
                gate=_name(gate),
                standing=standing,
                measured=Interval(low, outer.estimate, outer.high),
                tolerated=gate.tolerated,
            )
        )
    return tuple(findings)


def _measure(gate: Gate, candidate: Sample, incumbent: Sample, alpha: float) -> Interval:
    """How much harm: a number that is worse the larger it is."""
    if isinstance(gate, LatencyGate):
        return statistics.proportion(candidate.slow, candidate.requests, alpha)
    if isinstance(gate, AgreementGate):
        return statistics.proportion(candidate.differing, candidate.requests, alpha)
    if isinstance(gate, ErrorGate):
        return statistics.proportion_difference(
            candidate.errors, candidate.requests, incumbent.errors, incumbent.requests, alpha
        )
    nothing = Moments(0, 0.0, 0.0)
    return statistics.mean_difference(
        incumbent.metrics.get(gate.metric, nothing),
        candidate.metrics.get(gate.metric, nothing),
        alpha,
    )


def _name(gate: Gate) -> str:
    if isinstance(gate, LatencyGate):
        return f"share slower than {gate.limit_ms} ms"
    if isinstance(gate, ErrorGate):
        return "increase of the error rate"
    if isinstance(gate, MetricGate):
        return f"loss of {gate.metric}"
    return "share of differing answers"
