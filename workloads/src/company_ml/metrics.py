"""Quality metrics of binary classifiers, by name: training, gates and monitoring use the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn import metrics as sk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import numpy.typing as npt

    Array = npt.NDArray[np.float64]
    Compute = Callable[[Array, Array, Array], float]


@dataclass(frozen=True)
class Metric:
    """A metric and which way is better."""

    higher_is_better: bool
    compute: Compute
    """From label (0 or 1), prediction (0 or 1) and probability of 1."""
    needs_both_classes: bool = False


def _higher(compute: Compute, *, both: bool = False) -> Metric:
    return Metric(higher_is_better=True, compute=compute, needs_both_classes=both)


def _lower(compute: Compute) -> Metric:
    return Metric(higher_is_better=False, compute=compute)


_UNDEFINED: Any = float("nan")  # scikit-learn documents it; its inferred type is str
METRICS: dict[str, Metric] = {
    "accuracy": _higher(lambda y, p, _: float(sk.accuracy_score(y, p))),
    "precision": _higher(lambda y, p, _: float(sk.precision_score(y, p, zero_division=_UNDEFINED))),
    "recall": _higher(lambda y, p, _: float(sk.recall_score(y, p, zero_division=_UNDEFINED))),
    "f1": _higher(lambda y, p, _: float(sk.f1_score(y, p, zero_division=_UNDEFINED))),
    "selection_rate": _higher(lambda _, p, __: float(np.mean(p))),
    "roc_auc": _higher(lambda y, _, s: float(sk.roc_auc_score(y, s)), both=True),
    "log_loss": _lower(lambda y, _, s: float(sk.log_loss(y, s, labels=[0, 1]))),
    "brier": _lower(lambda y, _, s: float(sk.brier_score_loss(y, s, pos_label=1))),
}


def compute(
    names: Iterable[str], label: Array, prediction: Array, probability: Array
) -> dict[str, float]:
    """Each metric's value; NaN where it is undefined, as an AUC of one class alone.

    Raises:
        ValueError: A metric is unknown, there are no rows, or a value is missing.
    """
    names = list(names)
    unknown = sorted(set(names) - METRICS.keys())
    if unknown:
        raise ValueError(f"metrics {', '.join(unknown)} are unknown; allowed: {', '.join(METRICS)}")
    if len(label) == 0:
        raise ValueError("there are no rows to compute metrics from")
    columns = {"label": label, "prediction": prediction, "probability": probability}
    for name, column in columns.items():
        if missing := int(np.isnan(column).sum()):
            raise ValueError(f"{name} is missing in {missing} of {len(column)} rows")
    both = len(np.unique(label)) > 1
    return {
        name: METRICS[name].compute(label, prediction, probability)
        if both or not METRICS[name].needs_both_classes
        else float("nan")
        for name in names
    }
