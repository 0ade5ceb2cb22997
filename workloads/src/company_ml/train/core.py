"""Fits and measures a model. Pure: rows in, model and metrics out."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from company_ml import metrics, problems
from company_ml.ports import ANSWERED_BY, Column, Signature
from company_ml.problems import Problem
from company_ml.train import columns, estimators
from company_ml.train.columns import TrainingError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from sklearn.pipeline import Pipeline

    from company_ml.train.columns import Class, Label

_WHO = tuple(Column(name=name, type="string") for name in ANSWERED_BY)
OUTPUTS = (Column(name="prediction", type="long"), Column(name="probability", type="double"), *_WHO)
"""What the scoring model of a binary problem with classes 0 and 1 answers for each row."""
_BUCKETS = 10_000
_THRESHOLD = 0.5


@dataclass(frozen=True, kw_only=True)
class TrainingSettings:
    """What to learn from what, and how hard."""

    label: str
    key: str
    """Column that identifies a row's subject."""
    problem: Problem | None = None
    """Inferred from the label when None, where its values leave no doubt."""
    positive: Class | None = None
    """Binary problems: the class that a probability is of; 1 of 0 and 1 when None."""
    excluded: Sequence[str] = ()
    """Columns that are not features, besides key and label."""
    categorical: Sequence[str] = ()
    """Features whose values are categories, whatever their type."""
    estimator: str = estimators.DEFAULT
    """One of ``estimators.LEARNERS``."""
    parameters: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Of the estimator, by scikit-learn's names."""
    holdout: float = 0.25
    """Share of subjects that training never sees."""
    seed: int = 0


@dataclass(frozen=True, kw_only=True)
class Fitted:
    """What training made."""

    model: Pipeline
    problem: Problem
    classes: tuple[Class, ...]
    """In the order of the model's probabilities; empty for regression."""
    parameters: Mapping[str, Any]
    """All that the estimator was given."""
    features: tuple[str, ...]
    categorical: tuple[str, ...]
    """Those of the features whose values are categories."""
    metrics: dict[str, float]
    """On the subjects held out."""
    signature: Signature
    input_example: pd.DataFrame
    """As callers have them, before categories are named."""


def fit(frame: pd.DataFrame, settings: TrainingSettings) -> Fitted:
    """Learn from some subjects and measure on the others.

    Raises:
        TrainingError: A column is missing or of a wrong kind, or a class is absent on either side.
    """
    needed = [settings.label, settings.key, *settings.excluded]
    numeric, categorical = columns.features(frame, needed, settings.categorical)
    if missing := int(frame[settings.key].isna().sum()):
        raise TrainingError(
            f"key {settings.key} is missing in {missing} of {len(frame)} rows: without it a row "
            "belongs to no subject"
        )
    label = columns.label(frame[settings.label], settings.problem, settings.positive)
    held_out = _is_held_out(frame, settings)
    _check_sides(label, held_out, settings)
    try:
        chosen = estimators.parameters(settings.estimator, label.problem, settings.parameters)
        model = estimators.pipeline(
            settings.estimator, label.problem, chosen, seed=settings.seed, numeric=numeric,
            categorical=categorical,
        )  # fmt: skip
        table = columns.table(frame, numeric, categorical)
        names = [str(name) for name in frame.columns if name in table.columns]
        table = table[names]
        model.fit(table[~held_out], label.numbers[~held_out])
    except ValueError as error:  # scikit-learn's own, as of a parameter out of its range
        raise TrainingError(str(error)) from error
    text = [name for name in categorical if problems.is_text(frame[name])]
    plain = [name for name in names if name not in text]
    example = columns.table(frame[~held_out].head(3), plain, text)[names]
    return Fitted(
        model=model,
        problem=label.problem,
        classes=label.classes,
        parameters=chosen,
        features=tuple(names),
        categorical=tuple(categorical),
        metrics=_measured(model, table[held_out], label, held_out),
        signature=Signature(
            inputs=tuple(
                Column(name=name, type="string" if name in text else "double") for name in names
            ),
            outputs=outputs(label.problem, label.classes),
        ),
        input_example=example.reset_index(drop=True),
    )


def outputs(problem: Problem, classes: tuple[Class, ...]) -> tuple[Column, ...]:
    """What the scoring model answers for each row."""
    if problem is Problem.REGRESSION:
        return (Column(name="prediction", type="double"), *_WHO)
    text = any(isinstance(each, str) for each in classes)
    said = Column(name="prediction", type="string" if text else "long")
    if problem is Problem.BINARY:
        return (said, Column(name="probability", type="double"), *_WHO)
    return (
        said,
        *(Column(name=f"probability_{each}", type="double") for each in classes),
        *_WHO,
    )


def _measured(
    model: Pipeline, table: pd.DataFrame, label: Label, held_out: np.ndarray[Any, Any]
) -> dict[str, float]:
    probability = None
    if label.problem is Problem.REGRESSION:
        prediction = np.asarray(model.predict(table), dtype=float)
    else:
        probability = np.asarray(model.predict_proba(table))
        prediction = np.argmax(probability, axis=1).astype(float)
        if label.problem is Problem.BINARY:
            probability = probability[:, 1]
            prediction = (probability >= _THRESHOLD).astype(float)
    return metrics.compute(
        [name for name in metrics.METRICS[label.problem] if name != "selection_rate"],
        metrics.Answers(
            problem=label.problem, label=label.numbers[held_out], prediction=prediction,
            probability=probability, classes=len(label.classes),
        ),
    )  # fmt: skip


def _check_sides(label: Label, held_out: np.ndarray[Any, Any], settings: TrainingSettings) -> None:
    for name, side in (("training", ~held_out), ("held-out", held_out)):
        part = label.numbers[side]
        seen = [label.classes[int(each)] for each in np.unique(part)] if label.classes else []
        if not len(part) or (not label.classes and len(np.unique(part)) < 2):  # noqa: PLR2004 - R² needs two
            raise TrainingError(
                f"{len(part)} of {len(held_out)} rows are {name} rows, too few to learn from or to "
                f"measure on. Rows are divided by the subjects of {settings.key}: is it the right "
                "key, are there enough of them, is --holdout between 0 and 1?"
            )
        if len(seen) < len(label.classes):
            absent = ", ".join(str(each) for each in label.classes if each not in seen)
            raise TrainingError(
                f"label {settings.label} has the classes {seen} in the {name} rows ({len(part)}); "
                f"{absent} is needed there too. Add rows, or change the share that is held out "
                "(--holdout)"
            )


def split(frame: pd.DataFrame, settings: TrainingSettings) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Training and held-out rows.

    By a hash of the subject's key: a subject stays on its side as the table grows, and all its rows
    with it, so nothing that was held out is ever trained on.
    """
    held_out = _is_held_out(frame, settings)
    return frame[~held_out], frame[held_out]


def _is_held_out(frame: pd.DataFrame, settings: TrainingSettings) -> np.ndarray[Any, Any]:
    limit = settings.holdout * _BUCKETS
    return np.array([_bucket(key, settings.seed) < limit for key in frame[settings.key]])


def _bucket(key: object, seed: int) -> int:
    return int(hashlib.sha256(f"{seed}:{key}".encode()).hexdigest()[:8], 16) % _BUCKETS
