"""A release's strategy, gates and limits, as people write them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from importlib import resources
from typing import TYPE_CHECKING, Any

import yaml

from company_ml import documents
from company_ml.documents import DocumentError, validated
from company_ml.release import codec, plan
from company_ml.release.gates import AgreementGate
from company_ml.release.plan import Limits, Stage

if TYPE_CHECKING:
    from pathlib import Path

    from company_ml.release.gates import Gate

_UNITS = {"_minutes": "minutes", "_hours": "hours"}


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What a release is made of beside its candidate."""

    stages: tuple[Stage, ...]
    gates: tuple[Gate, ...]
    limits: Limits


def load(path: Path | None) -> Settings:
    """The settings in a YAML file, or the packaged ones.

    Raises:
        DocumentError: A wrong key or value; it says which.
    """
    if path is None:
        packaged = resources.files("company_ml") / "configs" / "release.yaml"
        return parse(yaml.safe_load(packaged.read_text("utf-8")), "configs/release.yaml")
    if not path.is_file():
        raise DocumentError(f"release settings: there is no file {path}")
    return parse(documents.read(path), str(path))


def parse(plain: Any, origin: str) -> Settings:
    """The settings that a document holds.

    Raises:
        DocumentError: A wrong key or value; it says which.
    """
    values = validated(plain, "release", origin)
    strategy = values["strategy"]
    if "shares" in values and strategy != "canary":
        raise DocumentError(f"{origin}: shares is for canary alone, and strategy is {strategy}")
    try:
        stages = {
            "canary": lambda: plan.canary(tuple(values.get("shares", (10, 25, 50)))),
            "blue-green": plan.blue_green,
            "shadow": plan.shadow,
        }[strategy]()
    except ValueError as error:
        raise DocumentError(f"{origin}: shares: {error}") from error
    gates = tuple(_gate(each, origin) for each in values["gates"])
    compares = any(isinstance(gate, AgreementGate) for gate in gates)
    if compares != (strategy == "shadow"):
        raise DocumentError(
            f"{origin}: gates: an agreement gate compares replayed requests, so strategy shadow "
            f"needs one and no other has any; strategy is {strategy}"
        )
    return Settings(stages=stages, gates=gates, limits=_limits(values.get("limits", {})))


def _gate(plain: dict[str, Any], origin: str) -> Gate:
    try:
        return codec.gate(plain)
    except TypeError as error:
        given = ", ".join(sorted(set(plain) - {"kind", "tolerated"}))
        raise DocumentError(
            f"{origin}: gates: kind {plain['kind']} does not take {given}"
        ) from error


def _limits(values: dict[str, Any]) -> Limits:
    given: dict[str, Any] = {}
    for name, value in values.items():
        unit = next((unit for suffix, unit in _UNITS.items() if name.endswith(suffix)), None)
        key = name.rsplit("_", 1)[0] if unit else name
        given[key] = timedelta(**{unit: value}) if unit else value
    return Limits(**given)
