"""A release's state as JSON and back, for the store."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from company_ml.audit import AuditRecord
from company_ml.ports import ServedEntity
from company_ml.release.core import Phase, State
from company_ml.release.gates import AgreementGate, ErrorGate, Gate, LatencyGate, MetricGate
from company_ml.release.plan import Check, Limits, Release, Side, Stage

_GATES: dict[str, type[Gate]] = {
    "latency": LatencyGate,
    "errors": ErrorGate,
    "metric": MetricGate,
    "agreement": AgreementGate,
}


def gate(plain: dict[str, Any]) -> Gate:
    """A gate from ``{"kind": …, …}``; KeyError or TypeError when it is none."""
    values = dict(plain)
    return _GATES[values.pop("kind")](**values)


def encode(state: State) -> str:
    """The state as JSON text; the revision is the store's."""
    release = state.release
    plain: dict[str, Any] = {
        "release": {
            "id": release.id,
            "endpoint": release.endpoint,
            "actor": release.actor,
            "candidate": asdict(release.candidate),
            "stages": [asdict(stage) for stage in release.stages],
            "gates": [_plain_gate(each) for each in release.gates],
            "limits": {name: _plain(value) for name, value in vars(release.limits).items()},
        },
        "baseline": [asdict(entity) for entity in state.baseline],
        "phase": state.phase,
        "stage": state.stage,
        "since": state.since.isoformat(),
        "switched": state.switched.isoformat(),
        "attempts": state.attempts,
        "looks": state.looks,
        "looked": state.looked,
        "proven": state.proven,
        "events": [event.to_json() for event in state.events],
    }
    return json.dumps(plain, ensure_ascii=False)


def decode(text: str, revision: int) -> State:
    """The state that ``encode`` wrote."""
    plain = json.loads(text)
    release = plain.pop("release")
    limits: dict[str, Any] = {name: _value(value) for name, value in release.pop("limits").items()}
    return State(
        release=Release(
            id=release["id"],
            endpoint=release["endpoint"],
            actor=release["actor"],
            candidate=ServedEntity(**release["candidate"]),
            stages=tuple(_stage(each) for each in release["stages"]),
            gates=tuple(gate(each) for each in release["gates"]),
            limits=Limits(**limits),
        ),
        baseline=tuple(ServedEntity(**entity) for entity in plain["baseline"]),
        phase=Phase(plain["phase"]),
        stage=plain["stage"],
        since=datetime.fromisoformat(plain["since"]),
        switched=datetime.fromisoformat(plain["switched"]),
        attempts=plain["attempts"],
        looks=plain["looks"],
        looked=plain["looked"],
        proven=plain["proven"],
        revision=revision,
        events=tuple(AuditRecord.from_json(event) for event in plain["events"]),
    )


def _stage(plain: dict[str, Any]) -> Stage:
    return Stage(
        name=plain["name"],
        percent=plain["percent"],
        check=Check(plain["check"]),
        serves=Side(plain["serves"]),
    )


def _value(plain: Any) -> Any:
    return timedelta(seconds=plain["seconds"]) if isinstance(plain, dict) else plain


def _plain_gate(each: Gate) -> dict[str, Any]:
    kind = next(name for name, known in _GATES.items() if isinstance(each, known))
    return {"kind": kind, **asdict(each)}


def _plain(value: object) -> object:
    return {"seconds": value.total_seconds()} if isinstance(value, timedelta) else value
