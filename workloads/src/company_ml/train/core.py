"""Fits and measures a classifier. Pure: rows in, model and metrics out."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.pipeline import Pipeline

from company_ml import metrics
from company_ml.ports import Column, Signature

if TYPE_CHECKING:
    from collections.abc import Sequence

REPORTED = ("accuracy", "roc_auc", "f1", "precision", "recall", "log_loss", "brier")
OUTPUTS = (
    Column(name="prediction", type="long"),
    Column(name="probability", type="double"),
    Column(name="model_version", type="string"),
    Column(name="model_sha256", type="string"),
)
"""What the scoring model answers for each row."""
_BUCKETS = 10_000


@dataclass(frozen=True, kw_only=True)
class TrainingSettings:
    """What to learn from what, and how hard."""

    label: str
    """Column of 0 and 1."""
    key: str
    """Column that identifies a row's subject."""
    excluded: Sequence[str] = ()
    """Columns that are not features, besides key and label."""
    learning_rate: float = 0.1
    max_iter: int = 100
    max_leaf_nodes: int = 15
    holdout: float = 0.25
    """Share of subjects that training never sees."""
    seed: int = 0


@dataclass(frozen=True, kw_only=True)
class Fitted:
    """What training made."""

    model: Pipeline
    features: tuple[str, ...]
    metrics: dict[str, float]
    """On the subjects held out."""
    signature: Signature
    input_example: pd.DataFrame


class TrainingError(Exception):
    """The rows cannot be learned from; the message says why."""


def fit(frame: pd.DataFrame, settings: TrainingSettings) -> Fitted:
    """Learn from some subjects and measure on the others.

    Raises:
        TrainingError: A column is missing or not a number, or a class is absent on either side.
    """
    features = _features(frame, settings)
    train, held_out = split(frame, settings)
    for name, part in (("training", train), ("held-out", held_out)):
        classes: list[Any] = sorted(part[settings.label].unique().tolist())
        if classes != [0, 1]:
            raise TrainingError(
                f"label {settings.label} has the classes {classes} in the {name} rows "
                f"({len(part)}); both 0 and 1 are needed there"
            )
    model = Pipeline(
        [
            (
                "classifier",
                HistGradientBoostingClassifier(
                    learning_rate=settings.learning_rate, max_iter=settings.max_iter,
                    max_leaf_nodes=settings.max_leaf_nodes, random_state=settings.seed,
                ),
            )
        ]
    )  # fmt: skip
    model.fit(train[features].astype(float), train[settings.label])
    probability = np.asarray(model.predict_proba(held_out[features].astype(float)))[:, 1]
    measured = metrics.compute(
        REPORTED,
        held_out[settings.label].to_numpy(float),
        (probability >= 0.5).astype(float),  # noqa: PLR2004 - the model's own threshold
        probability,
    )
    return Fitted(
        model=model,
        features=tuple(features),
        metrics=measured,
        signature=Signature(
            inputs=tuple(Column(name=name, type="double") for name in features), outputs=OUTPUTS
        ),
        input_example=train[features].astype(float).head(3).reset_index(drop=True),
    )


def split(frame: pd.DataFrame, settings: TrainingSettings) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Training and held-out rows.

    By a hash of the subject's key: a subject stays on its side as the table grows, and all its rows
    with it, so nothing that was held out is ever trained on.
    """
    limit = settings.holdout * _BUCKETS
    held_out = np.array([_bucket(key, settings.seed) < limit for key in frame[settings.key]])
    return frame[~held_out], frame[held_out]


def _bucket(key: object, seed: int) -> int:
    return int(hashlib.sha256(f"{seed}:{key}".encode()).hexdigest()[:8], 16) % _BUCKETS


def _features(frame: pd.DataFrame, settings: TrainingSettings) -> list[str]:
    needed = [settings.label, settings.key, *settings.excluded]
    missing = [name for name in needed if name not in frame.columns]
    if missing:
        raise TrainingError(
            f"columns {', '.join(missing)} are not in the feature table, which has "
            f"{', '.join(map(str, frame.columns))}"
        )
    features = [str(name) for name in frame.columns if name not in needed]
    other = [name for name in features if not pd.api.types.is_numeric_dtype(frame[name])]
    if other:
        raise TrainingError(
            f"columns {', '.join(other)} are not numbers; exclude them (--exclude) or encode them "
            "in the feature table"
        )
    if not features:
        raise TrainingError("no feature column is left besides key, label and excluded columns")
    return features
