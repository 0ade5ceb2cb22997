"""The learners that a configuration can choose, and what stands before each of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sklearn.compose import ColumnTransformer
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from company_ml.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

CATEGORIES = 50
"""Of one column; the rarer ones, and those never seen in training, count as one."""


@dataclass(frozen=True, kw_only=True)
class Learner:
    """What learns, for each kind of problem."""

    classifier: type[Any]
    regressor: type[Any]
    takes_missing: bool
    """Otherwise missing numbers become the column's median, beside a column that says so."""
    scaled: bool = False
    defaults: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def of(self, problem: Problem) -> type[Any]:
        """The class that solves a problem."""
        return self.regressor if problem is Problem.REGRESSION else self.classifier


DEFAULT = "gradient_boosting"
LEARNERS: dict[str, Learner] = {
    DEFAULT: Learner(
        classifier=HistGradientBoostingClassifier, regressor=HistGradientBoostingRegressor,
        takes_missing=True,
        defaults={"learning_rate": 0.1, "max_iter": 100, "max_leaf_nodes": 15},
    ),
    "random_forest": Learner(
        classifier=RandomForestClassifier, regressor=RandomForestRegressor, takes_missing=True,
        defaults={"n_estimators": 200, "min_samples_leaf": 2},
    ),
    "linear": Learner(
        classifier=LogisticRegression, regressor=Ridge, takes_missing=False, scaled=True,
    ),
}  # fmt: skip
"""``linear`` is logistic regression for classes, ridge regression for numbers."""


def parameters(estimator: str, problem: Problem, given: Mapping[str, Any]) -> dict[str, Any]:
    """The estimator's parameters, given ones before our defaults.

    Raises:
        ValueError: The estimator is unknown, or has no such parameter.
    """
    if estimator not in LEARNERS:
        raise ValueError(f"estimator is {estimator!r}; allowed: {', '.join(LEARNERS)}")
    kind = LEARNERS[estimator].of(problem)
    allowed = sorted(set(kind().get_params()) - {"random_state"})
    if wrong := sorted(set(given) - set(allowed)):
        raise ValueError(
            f"parameter {', '.join(wrong)}: estimator {estimator} ({kind.__name__}) has none of "
            f"that name; allowed: {', '.join(allowed)}"
        )
    return {**LEARNERS[estimator].defaults, **given}


def pipeline(
    estimator: str,
    problem: Problem,
    chosen: Mapping[str, Any],
    *,
    seed: int,
    numeric: Sequence[str],
    categorical: Sequence[str],
) -> Pipeline:
    """An unfitted pipeline: columns made fit for the learner, then the learner."""
    learner = LEARNERS[estimator]
    steps: list[tuple[str, Any]] = []
    if categorical or not learner.takes_missing or learner.scaled:
        steps.append(("columns", _columns(learner, numeric, categorical)))
    steps.append((
        "regressor" if problem is Problem.REGRESSION else "classifier",
        learner.of(problem)(**chosen, random_state=seed),
    ))  # fmt: skip
    return Pipeline(steps)


def _columns(
    learner: Learner, numeric: Sequence[str], categorical: Sequence[str]
) -> ColumnTransformer:
    numbers: list[tuple[str, Any]] = []
    if not learner.takes_missing:
        numbers.append(("missing", SimpleImputer(strategy="median", add_indicator=True)))
    if learner.scaled:
        numbers.append(("scale", StandardScaler()))
    encoder = OneHotEncoder(
        handle_unknown="infrequent_if_exist", max_categories=CATEGORIES, sparse_output=False
    )
    return ColumnTransformer(
        [
            ("numbers", Pipeline(numbers) if numbers else "passthrough", list(numeric)),
            ("categories", encoder, list(categorical)),
        ]
    )
