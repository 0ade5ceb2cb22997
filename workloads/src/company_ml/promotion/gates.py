"""What a version must show to be promoted, as data: a YAML file held to ``schemas/gates.json``."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import yaml

from company_ml import documents, metrics
from company_ml.documents import DocumentError, validated
from company_ml.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

PACKAGED = "gates.yaml"


@dataclass(frozen=True, kw_only=True)
class MetricGate:
    """Bounds of one metric on held-out data."""

    at_least: float | None = None
    at_most: float | None = None
    worse_than_champion_by_at_most: float | None = None


@dataclass(frozen=True, kw_only=True)
class SliceGate:
    """How far a metric may differ between the groups of a column."""

    metric: str
    gap_at_most: float
    minimum_rows: int
    """Smaller groups are reported and not judged."""
    bands: tuple[float, ...] = ()
    """Edges that make groups out of numbers, as 40 and 60: below 40, 40 to below 60, 60 and up."""


@dataclass(frozen=True, kw_only=True)
class Gates:
    """All gates of a promotion."""

    required_tags: Mapping[str, str]
    label: str
    problem: Problem | None
    """Inferred from the label's values when None, where they leave no doubt."""
    positive: str | int | bool
    """Binary problems: the label's positive class."""
    prediction: str
    """Column of a model's answer."""
    probability: str
    """Column of a binary model's answer: how sure it is of the positive class."""
    minimum_rows: int
    metrics: Mapping[str, MetricGate]
    slices: Mapping[str, SliceGate]
    signature: Literal["compatible", "any"]
    digest: str
    """Changes when any gate does."""


def load(path: str | None) -> Gates:
    """The gates in a file; the wheel's own example gates when none is named.

    Raises:
        DocumentError: The file does not exist or breaks the schema: it says how.
    """
    if path is None:
        text = (resources.files("company_ml") / "configs" / PACKAGED).read_text("utf-8")
        return parse(yaml.safe_load(text), PACKAGED)
    if not Path(path).is_file():
        raise DocumentError(f"gates: file '{path}' does not exist")
    return parse(documents.read(Path(path)), path)


def parse(plain: Any, origin: str) -> Gates:
    """The gates that a document says."""
    values = validated(plain, "gates", origin)
    holdout, answer = values["holdout"], values.get("answer", {})
    problem = Problem(holdout["problem"]) if "problem" in holdout else None
    if problem is not None:
        _check_metrics(values, problem, origin)
    return Gates(
        required_tags=values["required_tags"],
        label=holdout["label"],
        problem=problem,
        positive=holdout.get("positive", 1),
        prediction=answer.get("prediction", "prediction"),
        probability=answer.get("probability", "probability"),
        minimum_rows=holdout["minimum_rows"],
        metrics={name: MetricGate(**gate) for name, gate in values["metrics"].items()},
        slices={column: _slice(gate) for column, gate in values["slices"].items()},
        signature=values["signature"],
        digest=hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16],
    )


def _check_metrics(values: dict[str, Any], problem: Problem, origin: str) -> None:
    asked = {f"metrics.{name}": name for name in values["metrics"]} | {
        f"slices.{column}.metric": gate["metric"] for column, gate in values["slices"].items()
    }
    for key, name in asked.items():
        if wrong := metrics.unknown([name], problem):
            raise DocumentError(f"{origin}: {key}: {wrong}")
    if "positive" in values["holdout"] and problem is not Problem.BINARY:
        raise DocumentError(
            f"{origin}: holdout.positive is for problem type binary, and holdout.problem is "
            f"{problem}: leave it out"
        )


def _slice(gate: dict[str, Any]) -> SliceGate:
    return SliceGate(
        metric=gate["metric"], gap_at_most=gate["gap_at_most"], minimum_rows=gate["minimum_rows"],
        bands=tuple(gate.get("bands", ())),
    )  # fmt: skip
