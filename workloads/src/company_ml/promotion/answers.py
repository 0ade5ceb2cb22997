"""Brings a model's answer and the truth into the same terms, whoever trained the model. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from company_ml import metrics, problems
from company_ml.problems import Problem

if TYPE_CHECKING:
    from company_ml.metrics import Answers, Array
    from company_ml.problems import Names
    from company_ml.promotion.gates import Gates

_SHARE = "probability_"


class EvidenceError(Exception):
    """There is no evidence to judge: rows, columns or answers are missing."""


def problem(gates: Gates, rows: pd.DataFrame) -> Problem:
    """The gates' problem type; the one that the label leaves no doubt about when they have none.

    Raises:
        EvidenceError: There are no rows, no label or one value of it alone, its values fit more
            than one type, or the gates ask for metrics that its type does not have.
    """
    if gates.label not in rows.columns:
        raise EvidenceError(f"the held-out rows have no column {gates.label}, the label")
    if rows.empty:
        raise EvidenceError("the held-out table has no rows")
    values = rows[gates.label].unique()
    if len(values) == 1 and pd.notna(values[0]):
        raise EvidenceError(
            f"label {gates.label} is {values[0]} in all {len(rows)} rows: a model that always "
            "says so would pass; add rows with other labels to the held-out table"
        )
    try:
        found = gates.problem or problems.infer(rows[gates.label], "holdout.problem of the gates")
    except problems.ProblemError as error:
        raise EvidenceError(str(error)) from error
    asked = [*gates.metrics, *(gate.metric for gate in gates.slices.values())]
    if wrong := metrics.unknown(asked, found):
        raise EvidenceError(f"{wrong}. Change the gates' metrics, or set holdout.problem")
    return found


def answers(gates: Gates, rows: pd.DataFrame, answer: pd.DataFrame) -> Answers:
    """Label, prediction and probability of each row, as the metrics take them.

    Raises:
        EvidenceError: They are incomplete, or not in the same terms.
    """
    kind = problem(gates, rows)
    if len(answer) != len(rows):
        raise EvidenceError(f"the model answered {len(answer)} of {len(rows)} held-out rows")
    if gates.prediction not in answer.columns:
        raise EvidenceError(
            f"the model's answer has no column {gates.prediction}; it has "
            f"{', '.join(map(str, answer.columns))}. Name the right one in the gates: "
            "answer.prediction"
        )
    label, prediction = rows[gates.label], answer[gates.prediction]
    for name, column in (("label", label), ("prediction", prediction)):
        if missing := int(column.isna().sum()):
            raise EvidenceError(f"{name} is missing in {missing} of {len(column)} rows")
    if kind is Problem.REGRESSION:
        return metrics.Answers(
            problem=kind, label=_amounts("label", label), classes=0,
            prediction=_amounts("prediction", prediction),
        )  # fmt: skip
    truth, said = problems.names(label), problems.names(prediction)
    build = _binary if kind is Problem.BINARY else _multiclass
    return build(gates, truth, said, answer)


def _amounts(name: str, column: pd.Series[Any]) -> Array:
    values = problems.numbers(column)
    if values is None:
        raise EvidenceError(
            f"{name} is not of numbers ({column.dtype}), which problem type regression needs"
        )
    return values


def _binary(gates: Gates, truth: Names, said: Names, answer: pd.DataFrame) -> Answers:
    positive = problems.class_name(gates.positive)
    classes = sorted(set(truth))
    if len(classes) > 2:  # noqa: PLR2004 - binary
        raise EvidenceError(
            f"label {gates.label} has the classes {problems.shown(classes)}, and problem type "
            "binary has two; set holdout.problem: multiclass in the gates"
        )
    if len(classes) == 2 and positive not in classes:  # noqa: PLR2004
        raise EvidenceError(
            f"holdout.positive is {positive!r}, and label {gates.label} has the classes "
            f"{' and '.join(classes)}: name the positive one of them in the gates"
        )
    predicted = sorted(set(said))
    if len({*classes, *predicted, positive}) > 2:  # noqa: PLR2004
        raise EvidenceError(
            f"the model predicts {problems.shown(predicted)}, and label {gates.label} has "
            f"{problems.shown(classes)}: they have to name the same classes"
        )
    return metrics.Answers(
        problem=Problem.BINARY, label=(truth == positive).astype(float),
        prediction=(said == positive).astype(float),
        probability=_of_positive(gates, positive, answer),
    )  # fmt: skip


def _of_positive(gates: Gates, positive: str, answer: pd.DataFrame) -> Array | None:
    for name in (gates.probability, f"{_SHARE}{positive}"):
        if name in answer.columns:
            values = _amounts(name, answer[name])
            if wrong := int(((values < 0) | (values > 1)).sum()):
                raise EvidenceError(f"{name} is outside of 0 to 1 in {wrong} of {len(answer)} rows")
            return values
    return None


def _multiclass(gates: Gates, truth: Names, said: Names, answer: pd.DataFrame) -> Answers:
    shares = {
        str(name).removeprefix(_SHARE): _amounts(str(name), answer[name])
        for name in answer.columns
        if str(name).startswith(_SHARE)
    }
    classes = sorted({*truth, *said, *shares})
    if not set(truth) & set(said):
        raise EvidenceError(
            f"the model predicts {problems.shown(sorted(set(said)))}, and label {gates.label} has "
            f"{problems.shown(sorted(set(truth)))}: no class is in both"
        )
    number = {name: float(index) for index, name in enumerate(classes)}
    return metrics.Answers(
        problem=Problem.MULTICLASS,
        label=np.array([number[name] for name in truth]),
        prediction=np.array([number[name] for name in said]),
        probability=_normed(classes, shares, len(answer)) if shares else None,
        classes=len(classes),
    )


def _normed(classes: list[str], shares: dict[str, Array], rows: int) -> Array:
    """A column per class; a class that the model does not know has probability 0."""
    table = np.column_stack([shares.get(name, np.zeros(rows)) for name in classes])
    total = table.sum(axis=1, keepdims=True)
    if wrong := int((np.abs(total - 1) > 1e-3).sum() + (table < 0).any(axis=1).sum()):  # noqa: PLR2004 - float32's sums are off by less
        raise EvidenceError(
            f"the model's columns {_SHARE}… are no probabilities in {wrong} of {rows} rows: each "
            "row has to sum to 1"
        )
    return table / total
