"""Sends recorded requests to the candidate alone, and compares its answers. Pure but for a port."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, cast

from company_ml.ports import ANSWERED_BY
from company_ml.release.core import Smoke
from company_ml.release.gates import AgreementGate
from company_ml.release.ports import OWN_REQUESTS, Replayed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from company_ml.release.plan import Release
    from company_ml.release.ports import Answer, Invoker, Recorded

OK = 200
FAILURE = 400


def replay(release: Release, recorded: Sequence[Recorded], invoker: Invoker) -> list[Replayed]:
    """The candidate's answers to recorded requests. Nobody but the log ever sees them."""
    within = min(
        (gate.within for gate in release.gates if isinstance(gate, AgreementGate)), default=0.0
    )
    answers: list[Replayed] = []
    for request in recorded:
        answer = invoker.invoke(
            release.endpoint,
            release.candidate.name,
            request.request,
            request_id=f"{OWN_REQUESTS}{release.id}-{request.id}",
        )
        agrees = answer.status < FAILURE and agree(answer.body, request.response, within)
        answers.append(
            Replayed(
                id=request.id,
                status=answer.status,
                response=answer.body,
                milliseconds=answer.milliseconds,
                differs=not agrees,
            )
        )
    return answers


def smoke(release: Release, requests: Sequence[str], invoker: Invoker) -> Smoke:
    """Whether the candidate answers every one of these requests."""
    if not requests:
        return Smoke(
            passed=False,
            detail="no request to test with: give a file of them, or wait for recorded ones",
        )
    for number, body in enumerate(requests):
        answer = invoker.invoke(
            release.endpoint,
            release.candidate.name,
            body,
            request_id=f"{OWN_REQUESTS}{release.id}-smoke-{number}",
        )
        if (wrong := _wrong(answer)) is not None:
            return Smoke(
                passed=False, detail=f"request {number + 1} of {len(requests)} got {wrong}"
            )
    return Smoke(passed=True, detail=f"{len(requests)} requests answered")


def _wrong(answer: Answer) -> str | None:
    if answer.status != OK:
        return f"HTTP {answer.status}"
    try:
        json.loads(answer.body)
    except ValueError:
        return "an answer that is no JSON"
    return None


def agree(left: str, right: str, within: float) -> bool:
    """Whether two scoring answers predict the same, numbers up to ``within``, whoever gave them."""
    try:
        return _agree(_predictions(left), _predictions(right), within)
    except ValueError:
        return left == right


def _said(answer: dict[str, Any]) -> dict[str, Any]:
    """An answer without who gave it, which differs between any two versions."""
    return {key: value for key, value in answer.items() if key not in ANSWERED_BY}


def _predictions(body: str) -> Any:
    answer = json.loads(body)
    if isinstance(answer, dict):
        answered = cast("dict[str, Any]", answer)
        return answered.get("predictions", answered)
    return answer


def _agree(left: Any, right: Any, within: float) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, (int, float)) and isinstance(right, (int, float)):
        return math.isclose(left, right, rel_tol=0, abs_tol=within)
    if isinstance(left, list) and isinstance(right, list):
        pairs = cast("tuple[list[Any], list[Any]]", (left, right))
        return len(pairs[0]) == len(pairs[1]) and all(
            _agree(one, other, within) for one, other in zip(*pairs, strict=True)
        )
    if isinstance(left, dict) and isinstance(right, dict):
        one, other = map(_said, cast("tuple[dict[str, Any], dict[str, Any]]", (left, right)))
        return one.keys() == other.keys() and all(
            _agree(one[key], other[key], within) for key in one
        )
    return left == right
