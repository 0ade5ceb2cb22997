"""Judges a version on its evidence. Pure: facts and gates in, a verdict out."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from company_ml import metrics, problems
from company_ml.promotion.answers import EvidenceError, answers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from company_ml.ports import Signature
    from company_ml.problems import Problem
    from company_ml.promotion.gates import Gates, MetricGate, SliceGate


@dataclass(frozen=True, kw_only=True)
class Group:
    """One group of a slice: its size and its metric's value."""

    rows: int
    value: float


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is known of a version and of the champion it would challenge."""

    problem: Problem
    rows: int
    tags: Mapping[str, str]
    candidate: Mapping[str, float]
    champion: Mapping[str, float] | None
    """None when there is no champion yet."""
    groups: Mapping[str, Mapping[str, Group]]
    candidate_signature: Signature | None
    champion_signature: Signature | None


@dataclass(frozen=True, kw_only=True)
class GateResult:
    """One gate's judgement."""

    gate: str
    passed: bool
    seen: str
    wanted: str


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """All judgements; it passes when each of them does."""

    results: tuple[GateResult, ...]

    @property
    def passed(self) -> bool:
        """Whether every gate let the version through."""
        return bool(self.results) and all(each.passed for each in self.results)

    @property
    def refusals(self) -> list[str]:
        """The gates that did not, as sentences."""
        return [
            f"{each.gate}: {each.seen}, wanted {each.wanted}"
            for each in self.results
            if not each.passed
        ]


def measure(gates: Gates, rows: pd.DataFrame, answer: pd.DataFrame) -> dict[str, float]:
    """The gates' metrics of one version's answer on the held-out rows."""
    return metrics.compute(gates.metrics, answers(gates, rows, answer))


def groups(gates: Gates, rows: pd.DataFrame, answer: pd.DataFrame) -> dict[str, dict[str, Group]]:
    """Each slice's groups; rows without a value are a group of their own."""
    said = answers(gates, rows, answer)
    found: dict[str, dict[str, Group]] = {}
    for column, gate in gates.slices.items():
        if column not in rows.columns:
            raise EvidenceError(f"the held-out rows have no column {column}, which a slice needs")
        names = _group_names(rows[column], gate)
        found[column] = {}
        for name in sorted(set(names)):
            chosen = names == name
            value = metrics.compute([gate.metric], said.of(chosen))[gate.metric]
            found[column][str(name)] = Group(rows=int(chosen.sum()), value=value)
    return found


def judge(gates: Gates, facts: Facts) -> Verdict:
    """Hold the facts to the gates. What is missing or undefined does not pass."""
    results = [
        GateResult(
            gate="held-out rows", passed=facts.rows >= gates.minimum_rows, seen=str(facts.rows),
            wanted=f"at least {gates.minimum_rows}",
        )
    ]  # fmt: skip
    for key, wanted in gates.required_tags.items():
        seen = facts.tags.get(key)
        results.append(
            GateResult(
                gate=f"tag {key}", passed=seen == wanted, seen=seen or "absent", wanted=wanted
            )
        )
    for name, gate in gates.metrics.items():
        results += _metric_results(name, gate, facts)
    for column, gate in gates.slices.items():
        results.append(_slice_result(column, gate, facts.groups.get(column, {})))
    if gates.signature == "compatible":
        results.append(_signature_result(facts))
    return Verdict(results=tuple(results))


def evidence(gates: Gates, version: str, champion: str, holdout: str, tags: Sequence[str]) -> str:
    """Identifies what a verdict was reached on: the same evidence gives the same verdict."""
    content = json.dumps([gates.digest, version, champion, holdout, list(tags)])
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def _group_names(
    column: pd.Series[float], gate: SliceGate
) -> np.ndarray[tuple[int], np.dtype[np.str_]]:
    if not gate.bands:
        return column.astype(object).where(column.notna(), "missing").astype(str).to_numpy(str)
    edges = sorted(gate.bands)
    between = (f"{low:g} to below {high:g}" for low, high in pairwise(edges))
    names = [f"below {edges[0]:g}", *between, f"{edges[-1]:g} and up"]
    values = problems.numbers(column)
    if values is None:
        raise EvidenceError(
            f"slice {column.name} has bands, which are for numbers, and the column is none "
            f"({column.dtype}); leave its bands out"
        )
    at = np.searchsorted(np.asarray(edges), values, side="right")
    return np.where(np.isnan(values), "missing", np.asarray(names)[at])


def _metric_results(name: str, gate: MetricGate, facts: Facts) -> list[GateResult]:
    seen = facts.candidate.get(name, math.nan)
    results: list[GateResult] = []
    # Comparisons with NaN are false, so an undefined metric does not pass.
    if gate.at_least is not None:
        results.append(
            GateResult(gate=f"metric {name}", passed=seen >= gate.at_least, seen=f"{seen:.4f}",
                       wanted=f"at least {gate.at_least:g}")
        )  # fmt: skip
    if gate.at_most is not None:
        results.append(
            GateResult(gate=f"metric {name}", passed=seen <= gate.at_most, seen=f"{seen:.4f}",
                       wanted=f"at most {gate.at_most:g}")
        )  # fmt: skip
    if gate.worse_than_champion_by_at_most is not None and facts.champion is not None:
        champion = facts.champion.get(name, math.nan)
        better = metrics.METRICS[facts.problem][name].higher_is_better
        worse_by = champion - seen if better else seen - champion
        results.append(
            GateResult(
                gate=f"metric {name} against the champion",
                passed=_within(worse_by, gate.worse_than_champion_by_at_most),
                seen=f"{seen:.4f} against {champion:.4f}",
                wanted=f"worse by at most {gate.worse_than_champion_by_at_most:g}",
            )
        )
    return results


def _within(difference: float, limit: float) -> bool:
    """Whether it is at most the limit, whatever the last bit of the subtraction; never for NaN."""
    return difference <= limit or math.isclose(difference, limit, rel_tol=1e-9, abs_tol=1e-12)


def _slice_result(column: str, gate: SliceGate, found: Mapping[str, Group]) -> GateResult:
    judged = {name: group for name, group in found.items() if group.rows >= gate.minimum_rows}
    seen = ", ".join(f"{name} {group.value:.4f} ({group.rows})" for name, group in found.items())
    wanted = f"{gate.metric} apart by at most {gate.gap_at_most:g}"
    values = [group.value for group in judged.values()]
    if len(values) < 2:  # noqa: PLR2004 - a gap is between two
        return GateResult(
            gate=f"slice {column}", passed=False, seen=seen or "no group",
            wanted=f"{wanted}, in two groups of {gate.minimum_rows} rows at least",
        )  # fmt: skip
    gap = max(values) - min(values) if not any(map(math.isnan, values)) else math.nan
    return GateResult(
        gate=f"slice {column}", passed=_within(gap, gate.gap_at_most), seen=f"{gap:.4f}: {seen}",
        wanted=wanted,
    )  # fmt: skip


def _signature_result(facts: Facts) -> GateResult:
    wanted = "a signature that takes what the champion takes and answers what it answers"
    new, old = facts.candidate_signature, facts.champion_signature
    if new is None:
        return GateResult(gate="signature", passed=False, seen="none declared", wanted=wanted)
    problems = signature_problems(new, old) if old is not None else []
    return GateResult(
        gate="signature", passed=not problems, seen="; ".join(problems) or "compatible",
        wanted=wanted,
    )  # fmt: skip


def signature_problems(new: Signature, old: Signature) -> list[str]:
    """Why callers of the old model could not call the new one, or read its answer."""
    problems: list[str] = []
    before = {column.name: column for column in old.inputs}
    for column in new.inputs:
        known = before.get(column.name)
        if known is None:
            if column.required:
                problems.append(f"input {column.name} is new and required")
        elif known.type != column.type:
            problems.append(f"input {column.name} is {column.type}, was {known.type}")
        elif column.required and not known.required:
            problems.append(f"input {column.name} is required, was optional")
    # MLflow drops inputs that a model does not declare, so fewer of them break no caller.
    after = {column.name: column for column in new.outputs}
    for column in old.outputs:
        now = after.get(column.name)
        if now is None:
            problems.append(f"output {column.name} is gone")
        elif now.type != column.type:
            problems.append(f"output {column.name} is {now.type}, was {column.type}")
    return problems
