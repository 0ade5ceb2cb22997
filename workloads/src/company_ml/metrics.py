"""Quality metrics by problem type and name: training, gates and monitoring use the same.

Names are scikit-learn's: https://scikit-learn.org/1.6/modules/model_evaluation.html
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn import metrics as sk

from company_ml.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import numpy.typing as npt

    Array = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What was true and what a model said, a row each."""

    problem: Problem
    label: Array
    """Binary: 1 for the positive class. Multiclass: a class's number. Regression: the value."""
    prediction: Array
    """In the label's terms."""
    probability: Array | None = None
    """Binary: of the positive class. Multiclass: a column per class. None when none was said."""
    classes: int = 2
    """How many there are."""

    def of(self, chosen: npt.NDArray[np.bool_]) -> Answers:
        """Those of some rows."""
        said = None if self.probability is None else self.probability[chosen]
        return Answers(problem=self.problem, label=self.label[chosen], classes=self.classes,
                       prediction=self.prediction[chosen], probability=said)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Metric:
    """A metric and which way is better."""

    higher_is_better: bool
    compute: Callable[[Answers], float]
    needs_probability: bool = False
    distinct_labels: Callable[[Answers], int] = field(default=lambda _: 1)
    """How many different labels it takes to be defined."""


def _higher(compute: Callable[[Answers], float]) -> Metric:
    return Metric(higher_is_better=True, compute=compute)


def _lower(compute: Callable[[Answers], float]) -> Metric:
    return Metric(higher_is_better=False, compute=compute)


def _of_probability(
    compute: Callable[[Answers, Any], float],
    *,
    higher: bool = False,
    distinct_labels: Callable[[Answers], int] = lambda _: 1,
) -> Metric:
    return Metric(
        higher_is_better=higher, needs_probability=True, distinct_labels=distinct_labels,
        compute=lambda a: compute(a, a.probability),
    )  # fmt: skip


def _balanced_accuracy(a: Answers) -> float:
    # The mean recall of the classes that occur, as sk.balanced_accuracy_score has it, which also
    # warns of predicted classes that do not.
    seen = np.unique(a.label)
    return float(sk.recall_score(a.label, a.prediction, labels=seen, average="macro"))


_UNDEFINED: Any = float("nan")  # scikit-learn documents it; its inferred type is str
_SHARED = {
    "accuracy": _higher(lambda a: float(sk.accuracy_score(a.label, a.prediction))),
    "balanced_accuracy": _higher(_balanced_accuracy),
}
METRICS: dict[Problem, dict[str, Metric]] = {
    Problem.BINARY: _SHARED | {
        "precision": _higher(
            lambda a: float(sk.precision_score(a.label, a.prediction, zero_division=_UNDEFINED))
        ),
        "recall": _higher(
            lambda a: float(sk.recall_score(a.label, a.prediction, zero_division=_UNDEFINED))
        ),
        "f1": _higher(
            lambda a: float(sk.f1_score(a.label, a.prediction, zero_division=_UNDEFINED))
        ),
        "selection_rate": _higher(lambda a: float(np.mean(a.prediction))),
        "roc_auc": _of_probability(
            lambda a, p: float(sk.roc_auc_score(a.label, p)),
            higher=True, distinct_labels=lambda _: 2,
        ),
        "log_loss": _of_probability(lambda a, p: float(sk.log_loss(a.label, p, labels=[0, 1]))),
        "brier": _of_probability(lambda a, p: float(sk.brier_score_loss(a.label, p, pos_label=1))),
    },
    Problem.MULTICLASS: _SHARED | {
        "f1_macro": _higher(lambda a: float(sk.f1_score(a.label, a.prediction, average="macro"))),
        "roc_auc_ovr": _of_probability(
            lambda a, p: float(
                sk.roc_auc_score(
                    a.label, p, multi_class="ovr", average="macro", labels=range(a.classes)
                )
            ),
            higher=True, distinct_labels=lambda a: a.classes,
        ),
        "log_loss": _of_probability(
            lambda a, p: float(sk.log_loss(a.label, p, labels=range(a.classes)))
        ),
    },
    Problem.REGRESSION: {
        "rmse": _lower(lambda a: float(sk.root_mean_squared_error(a.label, a.prediction))),
        "mae": _lower(lambda a: float(sk.mean_absolute_error(a.label, a.prediction))),
        "r2": Metric(
            higher_is_better=True, distinct_labels=lambda _: 2,
            compute=lambda a: float(sk.r2_score(a.label, a.prediction)),
        ),
    },
}  # fmt: skip
"""``selection_rate``, precision and recall speak of a positive class: they are binary alone."""


def names() -> list[str]:
    """All metrics of all problem types, sorted."""
    return sorted({name for table in METRICS.values() for name in table})


def unknown(wanted: Iterable[str], problem: Problem) -> str:
    """What is wrong with these names for a problem type; empty when nothing is."""
    table = METRICS[problem]
    wrong = sorted(set(wanted) - table.keys())
    if not wrong:
        return ""
    return (
        f"{', '.join(wrong)}: no metric of problem type {problem}; allowed there: "
        f"{', '.join(table)}"
    )


def compute(wanted: Iterable[str], answers: Answers) -> dict[str, float]:
    """Each metric's value; NaN where it is undefined, as an AUC of one class alone.

    Raises:
        ValueError: A metric is unknown or needs a probability, there are no rows, or a value is
            missing.
    """
    wanted, table = list(wanted), METRICS[answers.problem]
    if wrong := unknown(wanted, answers.problem):
        raise ValueError(wrong)
    if len(answers.label) == 0:
        raise ValueError("there are no rows to compute metrics from")
    _complete(answers)
    mute = [name for name in wanted if table[name].needs_probability]
    if mute and answers.probability is None:
        raise ValueError(
            f"{', '.join(mute)}: needs probabilities, and the model answers classes alone. Log it "
            "so that it answers them (a column `probability`, or `probability_<class>` for each "
            'class; for scikit-learn pyfunc_predict_fn="predict_proba"), or gate other metrics'
        )
    distinct = len(np.unique(answers.label))
    return {
        name: table[name].compute(answers)
        if distinct >= table[name].distinct_labels(answers)
        else float("nan")
        for name in wanted
    }


def _complete(answers: Answers) -> None:
    columns = {"label": answers.label, "prediction": answers.prediction}
    if answers.probability is not None:
        columns["probability"] = answers.probability
    for name, column in columns.items():
        finite = np.isfinite(column)
        rows = finite if column.ndim == 1 else finite.all(axis=1)
        if wrong := int((~rows).sum()):
            raise ValueError(f"{name} is missing in {wrong} of {len(column)} rows, or infinite")
