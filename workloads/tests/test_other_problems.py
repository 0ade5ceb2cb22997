"""Gates on several classes and on numbers: the same rules, each problem's own measures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from company_ml.documents import DocumentError
from company_ml.problems import Problem
from company_ml.promotion import core, gates
from company_ml.promotion.answers import EvidenceError, answers

if TYPE_CHECKING:
    from collections.abc import Callable

    from company_ml.promotion.gates import Gates

CLASSES = ("low", "middle", "high")
ROWS = 300


def _gates(metrics: dict[str, Any], slices: dict[str, Any] | None = None, **holdout: Any) -> Gates:
    return gates.parse(
        {
            "required_tags": {}, "holdout": {"label": "y", "minimum_rows": 10, **holdout},
            "metrics": metrics, "slices": slices or {}, "signature": "any",
        },
        "my.yaml",
    )  # fmt: skip


def _classified() -> pd.DataFrame:
    random = np.random.default_rng(3)
    return pd.DataFrame(
        {
            "y": random.choice(CLASSES, ROWS),
            "site": np.where(np.arange(ROWS) % 2, "north", "south"),
            "age": random.integers(20, 80, ROWS),
        }
    )


def _classifier(rows: pd.DataFrame, skill: float) -> pd.DataFrame:
    """Says the truth in a share of rows, else another class; always 80 % sure."""
    random = np.random.default_rng(5)
    other = rows["y"].map({"low": "middle", "middle": "high", "high": "low"})
    said = rows["y"].where(random.random(len(rows)) < skill, other)
    shares = {f"probability_{name}": np.where(said == name, 0.8, 0.1) for name in CLASSES}
    return pd.DataFrame({"prediction": said, **shares})


def _amounts() -> pd.DataFrame:
    random = np.random.default_rng(4)
    return pd.DataFrame(
        {
            "y": random.normal(100.5, 20, ROWS),
            "site": np.where(np.arange(ROWS) % 2, "north", "south"),
        }
    )


def _regressor(rows: pd.DataFrame, error: float, *, more_in: str = "") -> pd.DataFrame:
    noise = np.random.default_rng(6).normal(0, error, len(rows))
    return pd.DataFrame({"prediction": rows["y"] + noise * np.where(rows["site"] == more_in, 3, 1)})


def _refusals(
    wanted: Gates, rows: pd.DataFrame, new: pd.DataFrame, old: pd.DataFrame | None = None
) -> list[str]:
    said = answers(wanted, rows, new)
    facts = core.Facts(
        problem=said.problem, rows=len(rows), tags={}, candidate=core.measure(wanted, rows, new),
        champion=None if old is None else core.measure(wanted, rows, old),
        groups=core.groups(wanted, rows, new), candidate_signature=None, champion_signature=None,
    )  # fmt: skip
    return core.judge(wanted, facts).refusals


def test_several_classes_are_held_to_absolute_bounds_to_the_champion_and_by_slice() -> None:
    wanted = _gates(
        {
            "balanced_accuracy": {"at_least": 0.8},
            "f1_macro": {"worse_than_champion_by_at_most": 0.02},
            "roc_auc_ovr": {"at_least": 0.8},
            "log_loss": {"worse_than_champion_by_at_most": 0.05},
        },
        {
            "site": {"metric": "accuracy", "gap_at_most": 0.1, "minimum_rows": 20},
            "age": {"metric": "f1_macro", "gap_at_most": 0.2, "minimum_rows": 20, "bands": [50]},
        },
    )
    rows = _classified()
    good, worse, bad = (_classifier(rows, skill) for skill in (0.95, 0.85, 0.5))
    assert _refusals(wanted, rows, good, good) == []
    assert _refusals(wanted, rows, good, None) == []
    against = [sentence.split(":")[0] for sentence in _refusals(wanted, rows, worse, good)]
    assert against == [
        "metric f1_macro against the champion", "metric log_loss against the champion",
    ]  # fmt: skip
    assert "metric balanced_accuracy" in _refusals(wanted, rows, bad, None)[0]


@pytest.mark.parametrize(("right", "passes"), [(85, True), (84, False)])
def test_a_difference_of_exactly_the_bound_passes_whatever_its_last_bit(
    right: int, *, passes: bool
) -> None:
    """90 % less 85 % is a little more than 5 % in binary fractions."""
    rows = pd.DataFrame({"y": [0, 1] * 100, "site": ["north"] * 100 + ["south"] * 100})
    wanted = _gates(
        {"accuracy": {"worse_than_champion_by_at_most": 0.05}},
        {"site": {"metric": "accuracy", "gap_at_most": 0.05, "minimum_rows": 20}},
    )

    def said(north: int, south: int) -> pd.DataFrame:
        wrong = [*range(north, 100), *range(100 + south, 200)]
        return pd.DataFrame({"prediction": rows["y"].where(~rows.index.isin(wrong), 1 - rows["y"])})

    assert (_refusals(wanted, rows, said(right, right), said(90, 90)) == []) == passes
    assert (_refusals(wanted, rows, said(90, right), said(80, 80)) == []) == passes


@pytest.mark.parametrize("problem", [*Problem])
def test_rows_of_one_label_alone_are_no_evidence(problem: Problem) -> None:
    """Whoever always says that label would pass every bound."""
    metric = "mae" if problem is Problem.REGRESSION else "accuracy"
    wanted = _gates({metric: {"at_least": 0}}, problem=problem.value)
    rows = pd.DataFrame({"y": [1] * 50})
    with pytest.raises(EvidenceError, match="label y is 1 in all 50 rows"):
        answers(wanted, rows, pd.DataFrame({"prediction": [1] * 50}))


def test_a_model_that_is_blind_to_several_classes_of_one_group_is_found_by_its_slice() -> None:
    wanted = _gates(
        {"accuracy": {"at_least": 0.5}},
        {"site": {"metric": "balanced_accuracy", "gap_at_most": 0.1, "minimum_rows": 20}},
    )
    rows = _classified()
    answer = _classifier(rows, 1.0)
    answer.loc[rows["site"] == "north", "prediction"] = "low"
    (sentence,) = _refusals(wanted, rows, answer)
    assert sentence.startswith("slice site: 0.6667: north 0.3333 (150), south 1.0000 (150)")


def test_numbers_are_held_to_bounds_where_lower_is_better() -> None:
    wanted = _gates(
        {
            "rmse": {"at_most": 6, "worse_than_champion_by_at_most": 0.5},
            "mae": {"worse_than_champion_by_at_most": 0.5},
            "r2": {"at_least": 0.8, "worse_than_champion_by_at_most": 0.01},
        },
        {"site": {"metric": "mae", "gap_at_most": 2, "minimum_rows": 20}},
    )
    rows = _amounts()
    good, worse, unfair = (
        _regressor(rows, 3), _regressor(rows, 5), _regressor(rows, 3, more_in="north"),
    )  # fmt: skip
    assert _refusals(wanted, rows, good, good) == []
    assert _refusals(wanted, rows, good, worse) == [], "better than the champion is fine"
    assert [sentence.split(":")[0] for sentence in _refusals(wanted, rows, worse, good)] == [
        f"metric {name} against the champion" for name in ("rmse", "mae", "r2")
    ]
    assert _refusals(wanted, rows, unfair)[-1].startswith("slice site: ")


@pytest.mark.parametrize(
    ("metric", "problem", "message"),
    [
        ("selection_rate", "multiclass", "metrics.selection_rate: selection_rate: no metric of"),
        ("recall", "regression", "allowed there: rmse, mae, r2"),
        ("rmse", "binary", "rmse: no metric of problem type binary"),
        ("accuracy", "ranking", "holdout.problem is 'ranking'; allowed: binary, multiclass, regr"),
    ],
)
def test_measures_of_another_problem_type_are_refused_and_never_pass_in_silence(
    metric: str, problem: str, message: str
) -> None:
    with pytest.raises(DocumentError) as refused:
        _gates({metric: {"at_least": 0}}, problem=problem)
    assert message in str(refused.value)
    with pytest.raises(DocumentError, match=r"slices\.site\.metric: selection_rate: no metric of"):
        _gates(
            {"accuracy": {"at_least": 0}},
            {"site": {"metric": "selection_rate", "gap_at_most": 1, "minimum_rows": 1}},
            problem="multiclass",
        )
    with pytest.raises(DocumentError, match=r"holdout\.positive is for problem type binary"):
        _gates({"rmse": {"at_most": 1}}, problem="regression", positive="yes")


def test_gates_without_a_problem_type_take_the_labels_own_and_refuse_what_it_lacks() -> None:
    rows = _classified()
    with pytest.raises(EvidenceError, match="selection_rate: no metric of problem type multiclass"):
        core.measure(_gates({"selection_rate": {"at_least": 0}}), rows, _classifier(rows, 1))
    whole = rows.assign(y=rows["y"].map({"low": 1, "middle": 2, "high": 3}))
    with pytest.raises(EvidenceError, match=r"holdout\.problem of the gates is not set, and label"):
        core.measure(_gates({"accuracy": {"at_least": 0}}), whole, _classifier(rows, 1))


WORDS = pd.DataFrame({"y": ["yes", "no"] * 20})
PAID = {"accuracy": {"at_least": 0.9}}


@pytest.mark.parametrize(
    ("holdout", "rows", "answer", "message"),
    [
        ({"positive": "yes"}, WORDS, WORDS["y"].map({"yes": 1, "no": 0}),
         "the model predicts 0, 1, and label y has no, yes: they have to name the same classes"),
        ({}, WORDS, WORDS["y"], "holdout.positive is '1', and label y has the classes no and yes"),
        ({"problem": "binary"}, _classified(), _classified()["y"],
         "set holdout.problem: multiclass in the gates"),
        ({"problem": "multiclass"}, _classified(), [1] * ROWS, "no class is in both"),
        ({"problem": "multiclass"}, _classified(), [None, *["low"] * (ROWS - 1)],
         "prediction is missing in 1 of 300 rows"),
        ({"problem": "multiclass"}, _classified(), ["low"], "answered 1 of 300 held-out rows"),
    ],
)  # fmt: skip
def test_answers_in_other_terms_than_the_label_are_an_error_not_a_bad_score(
    holdout: dict[str, Any], rows: pd.DataFrame, answer: Any, message: str
) -> None:
    with pytest.raises(EvidenceError) as refused:
        core.measure(_gates(PAID, **holdout), rows, pd.DataFrame({"prediction": answer}))
    assert message in str(refused.value)


@pytest.mark.parametrize("spell", [int, float, bool, str])
def test_a_class_is_the_same_however_the_held_out_table_spells_it(
    spell: Callable[[int], object],
) -> None:
    rows = pd.DataFrame({"y": [spell(value) for value in (0, 1, 1, 0)]})
    wanted = _gates({"accuracy": {"at_least": 1}, "roc_auc": {"at_least": 1}})
    answer = pd.DataFrame({"prediction": [0, 1, 1, 0], "probability_1": [0.1, 0.8, 0.9, 0.2]})
    assert core.measure(wanted, rows, answer) == {"accuracy": 1, "roc_auc": 1}


def test_shares_that_are_no_probabilities_are_refused() -> None:
    rows, wanted = _classified(), _gates({"log_loss": {"at_most": 9}})
    logits = _classifier(rows, 1.0).assign(probability_low=3.0)
    with pytest.raises(EvidenceError, match="no probabilities in 300 of 300 rows"):
        core.measure(wanted, rows, logits)
    binary = pd.DataFrame({"prediction": WORDS["y"], "probability": 1.5})
    with pytest.raises(EvidenceError, match="outside of 0 to 1 in 40 of 40 rows"):
        core.measure(_gates({"log_loss": {"at_most": 9}}, positive="yes"), WORDS, binary)
    with pytest.raises(ValueError, match="needs probabilities, and the model answers classes"):
        core.measure(wanted, rows, rows[["y"]].set_axis(["prediction"], axis=1))


def test_amounts_that_are_missing_infinite_or_text_are_no_evidence() -> None:
    rows, wanted = _amounts(), _gates({"mae": {"at_most": 9}}, problem="regression")
    for wrong, message in (
        (np.inf, "prediction is missing in 300 of 300 rows, or infinite"),
        ("many", "prediction is not of numbers"),
    ):
        with pytest.raises((EvidenceError, ValueError), match=message):
            core.measure(wanted, rows, rows[["y"]].assign(prediction=wrong))
    bands = {"site": {"metric": "mae", "gap_at_most": 1, "minimum_rows": 1, "bands": [1]}}
    with pytest.raises(EvidenceError, match="slice site has bands, which are for numbers"):
        core.groups(_gates({"mae": {"at_most": 9}}, bands), rows, _regressor(rows, 1))
    assert answers(wanted, rows, _regressor(rows, 1)).problem is Problem.REGRESSION
