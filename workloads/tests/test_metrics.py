"""Metrics of each problem type: scikit-learn's values, and what is undefined says so."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as sk

from company_ml import metrics
from company_ml.documents import DocumentError
from company_ml.metrics import Answers
from company_ml.problems import Problem
from company_ml.promotion import gates


def _said(seed: int, classes: int, rows: int = 60) -> Answers:
    random = np.random.default_rng(seed)
    probability = random.dirichlet(np.ones(classes), rows)
    label = np.concatenate([np.arange(classes), random.integers(0, classes, rows - classes)])
    return Answers(
        problem=Problem.MULTICLASS, label=label.astype(float), probability=probability,
        prediction=np.argmax(probability, axis=1).astype(float), classes=classes,
    )  # fmt: skip


@given(st.integers(0, 1000), st.integers(3, 6))
def test_multiclass_metrics_are_scikit_learns(seed: int, classes: int) -> None:
    said = _said(seed, classes)
    found = metrics.compute(metrics.METRICS[Problem.MULTICLASS], said)
    y, p, s = said.label, said.prediction, said.probability
    assert found == pytest.approx(
        {
            "accuracy": sk.accuracy_score(y, p),
            "balanced_accuracy": sk.balanced_accuracy_score(y, p),
            "f1_macro": sk.f1_score(y, p, average="macro"),
            "roc_auc_ovr": sk.roc_auc_score(y, s, multi_class="ovr"),
            "log_loss": sk.log_loss(y, s),
        }
    )


@given(st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)), min_size=2, max_size=30))
def test_regression_metrics_are_their_definitions(pairs: list[tuple[float, float]]) -> None:
    label, prediction = np.array(pairs).T
    said = Answers(problem=Problem.REGRESSION, label=label, prediction=prediction)
    found = metrics.compute(["rmse", "mae", "r2"], said)
    assert found["mae"] == pytest.approx(np.mean(np.abs(label - prediction)))
    assert found["rmse"] == pytest.approx(np.sqrt(np.mean((label - prediction) ** 2)))
    assert math.isnan(found["r2"]) == (len(set(label)) < 2)


def test_what_rows_cannot_define_is_not_a_number() -> None:
    said = _said(1, 3)
    two = said.of(said.label < 2)
    found = metrics.compute(["roc_auc_ovr", "accuracy"], two)
    assert math.isnan(found["roc_auc_ovr"])
    assert 0 <= found["accuracy"] <= 1


def test_a_metric_of_another_problem_or_without_probabilities_is_refused_by_name() -> None:
    said = _said(1, 3)
    with pytest.raises(ValueError, match="recall: no metric of problem type multiclass; allowed"):
        metrics.compute(["recall"], said)
    mute = Answers(problem=said.problem, label=said.label, prediction=said.prediction, classes=3)
    with pytest.raises(ValueError, match="log_loss: needs probabilities, and the model answers"):
        metrics.compute(["log_loss", "accuracy"], mute)


@pytest.mark.parametrize("name", metrics.names())
def test_gates_can_ask_for_every_metric_and_no_other(name: str) -> None:
    plain = {
        "required_tags": {}, "holdout": {"label": "y", "minimum_rows": 1},
        "metrics": {name: {"at_least": 0}}, "signature": "any",
        "slices": {"s": {"metric": name, "gap_at_most": 1, "minimum_rows": 1}},
    }  # fmt: skip
    assert list(gates.parse(plain, "gates").metrics) == [name]
    with pytest.raises(DocumentError):
        gates.parse({**plain, "metrics": {f"{name}_": {"at_least": 0}}}, "gates")
