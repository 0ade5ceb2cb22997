"""The report as JSON, for programs: what the other formats say, and what they leave out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from policies.report.verdicts import Judged, Verdict


def render(stacks: Sequence[Judged]) -> str:
    """The JSON document."""
    return json.dumps({"version": 1, "stacks": [_stack(item) for item in stacks]}, indent=2) + "\n"


def _stack(judged: Judged) -> dict[str, Any]:
    return {
        "stack": judged.snapshot.stack,
        "environment": judged.environment,
        "source": judged.snapshot.source,
        "kind": judged.snapshot.kind,
        "resources": len(judged.snapshot.resources),
        "score": judged.score,
        "mandatory": judged.binding,
        "outcomes": dict(judged.counts),
        "checks": [_check(verdict) for verdict in judged.verdicts],
        "passed": dict(judged.passed),
        "idleRules": judged.idle,
        "expiredExemptions": list(judged.expired),
        "unusedExemptions": list(judged.unused),
    }


def _check(verdict: Verdict) -> dict[str, Any]:
    rule, entry = verdict.active.rule, verdict.exemption
    file, line = verdict.place
    return {
        "rule": rule.name,
        "id": rule.id,
        "severity": rule.severity,
        "level": verdict.active.level,
        "outcome": verdict.outcome,
        "urn": verdict.urn,
        "resource": verdict.subject,
        "messages": list(verdict.messages),
        "place": f"{file}:{line}" if file else "",
        "exemption": None
        if entry is None
        else {
            "resource": entry.resource,
            "reason": entry.reason,
            "owner": entry.owner,
            "ticket": entry.ticket,
            "expires": entry.expires.isoformat(),
        },
    }
