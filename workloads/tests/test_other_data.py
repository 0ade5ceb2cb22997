"""Training on other people's tables: it works, or stops with an error that says what to do."""

from __future__ import annotations

import argparse
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from company_ml import problems
from company_ml.ports import Column
from company_ml.problems import Problem
from company_ml.train import core, estimators, run
from other_data import KEY, diabetes, messy, tumours, wine

if TYPE_CHECKING:
    from collections.abc import Callable

WINE = core.TrainingSettings(label="cultivar", key=KEY)
DIABETES = core.TrainingSettings(label="progression", key=KEY, problem=Problem.REGRESSION)
TUMOURS = core.TrainingSettings(label="benign", key=KEY)
MESSY = replace(TUMOURS, positive="yes", categorical=("hospital", "ward"))


@pytest.mark.parametrize("estimator", estimators.LEARNERS)
def test_every_estimator_solves_every_problem_better_than_by_chance(estimator: str) -> None:
    few = {} if estimator == "linear" else {
        "gradient_boosting": {"max_iter": 30}, "random_forest": {"n_estimators": 30},
    }[estimator]  # fmt: skip

    def measured(table: pd.DataFrame, settings: core.TrainingSettings) -> dict[str, float]:
        return core.fit(table, replace(settings, estimator=estimator, parameters=few)).metrics

    assert measured(wine(), WINE)["roc_auc_ovr"] > 0.9
    assert measured(diabetes(), DIABETES)["r2"] > 0.1
    assert measured(tumours(), TUMOURS)["roc_auc"] > 0.9
    assert measured(messy(), MESSY)["roc_auc"] > 0.9


def test_the_problem_type_is_inferred_where_the_label_leaves_no_doubt() -> None:
    assert core.fit(wine(), WINE).problem is Problem.MULTICLASS
    assert core.fit(tumours(), TUMOURS).problem is Problem.BINARY
    table = diabetes()
    table["progression"] += 0.5
    assert core.fit(table, replace(DIABETES, problem=None)).problem is Problem.REGRESSION


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ([0, 1, 1], Problem.BINARY),
        ([0.0, 1.0, np.nan], Problem.BINARY),
        ([True, False], Problem.BINARY),
        (["yes", "no"], Problem.BINARY),
        (["a", "b", "c"], Problem.MULTICLASS),
        ([0.5, 1.0], Problem.REGRESSION),
        ([Decimal("0.5"), None], Problem.REGRESSION),
        ([1, 2], "holds whole numbers (1, 2), which may be classes or amounts; allowed: binary"),
        ([0, 1, 2], "Set --problem"),
        ([1, "a"], "holds values of type int, str"),
        ([pd.Timestamp(0)], "holds values of type Timestamp"),
        ([None, None], "has no value in 2 rows"),
    ],
)
def test_a_label_says_its_problem_type_or_that_someone_has_to(
    values: list[Any], problem: Problem | str
) -> None:
    column: pd.Series[Any] = pd.Series(values, name="y")
    if isinstance(problem, Problem):
        assert problems.infer(column, "--problem") is problem
        return
    with pytest.raises(problems.ProblemError) as refused:
        problems.infer(column, "--problem")
    assert problem in str(refused.value)


def test_what_a_model_takes_and_answers_is_in_the_tables_own_terms() -> None:
    fitted = core.fit(messy(), MESSY)
    types = {column.name: column.type for column in fitted.signature.inputs}
    assert (types["hospital"], types["ward"], types["visits"]) == ("string", "double", "double")
    assert fitted.classes == ("no", "yes")
    assert fitted.signature.outputs[:2] == (
        Column(name="prediction", type="string"), Column(name="probability", type="double"),
    )  # fmt: skip
    shares = [column.name for column in core.fit(wine(), WINE).signature.outputs[1:4]]
    assert shares == [f"probability_{name}" for name in ("barbera", "barolo", "grignolino")]
    assert core.fit(diabetes(), DIABETES).signature.outputs[0].type == "double"


@pytest.mark.parametrize(
    ("change", "settings", "message"),
    [
        (lambda t: t.head(0), {}, "the feature table has no rows"),
        (lambda t: t.drop(columns=KEY), {}, "columns row_id are not in the feature table"),
        (lambda t: t.assign(row_id=[None, *t[KEY][1:]]), {}, "key row_id is missing in 1 of 569"),
        (lambda t: t.assign(row_id=7), {}, "0 of 569 rows are training rows"),
        (lambda t: t.assign(benign=1), {}, "0 is needed there too"),
        (lambda t: t.assign(benign="yes"), {}, "benign is yes in all 569 rows"),
        (lambda t: t.assign(benign="yes"), {"problem": Problem.MULTICLASS}, "nothing to learn"),
        (lambda t: t.assign(benign=3), {"problem": Problem.REGRESSION}, "is 3 in all 569 rows"),
        (lambda t: t.assign(benign=[None, *t["benign"][1:]]), {}, "missing in 1 of 569 rows"),
        (lambda t: t.assign(benign=[np.inf, *t["benign"][1:]]),
         {"problem": Problem.REGRESSION}, "benign is infinite in 1 of 569"),
        (lambda t: t.assign(benign=t["benign"].map({0: "no", 1: "yes"})), {},
         "--positive is not set, and label benign has the classes no, yes"),
        (lambda t: t.assign(benign=t["benign"].map({0: "no", 1: "yes"})), {"positive": "maybe"},
         "--positive is 'maybe'"),
        (lambda t: t.assign(benign=t["benign"].map({0: "no", 1: "yes"})),
         {"problem": Problem.REGRESSION}, "is not of numbers, which problem type regression needs"),
        (lambda t: t.assign(benign=range(len(t))), {"problem": Problem.BINARY},
         "problem type binary has two; set --problem multiclass"),
        (lambda t: t, {"problem": Problem.MULTICLASS, "positive": "1"}, "has no positive class"),
        (lambda t: t.assign(benign=["rare", *t["benign"][1:].astype(str)]), {},
         "rare is needed there too. Add rows"),
        (lambda t: t.assign(**{"mean area": [np.inf, *t["mean area"][1:]]}), {},
         "column mean area is infinite in 1 of 569 rows"),
        (lambda t: t.assign(empty=np.nan), {}, "column empty has no value in 569 rows; exclude it"),
        (lambda t: t.assign(day=pd.Timestamp(0)), {}, "columns day are not numbers; exclude them"),
        (lambda t: t.assign(day=pd.Timestamp(0)), {"categorical": ["day"]},
         "--categorical day: neither text nor numbers"),
        (lambda t: t, {"categorical": ["benign"]}, "are no features"),
        (lambda t: t, {"estimator": "svm"},
         "estimator is 'svm'; allowed: gradient_boosting, random_forest, linear"),
        (lambda t: t, {"estimator": "linear", "parameters": {"learning_rate": 0.1}},
         "learning_rate: estimator linear (LogisticRegression) has none of that name; allowed: C,"),
        (lambda t: t, {"parameters": {"max_iter": -1}}, "'max_iter' parameter"),
    ],
)  # fmt: skip
def test_a_table_that_cannot_be_learned_from_is_refused_with_what_to_do(
    change: Callable[[pd.DataFrame], pd.DataFrame], settings: dict[str, Any], message: str
) -> None:
    with pytest.raises(core.TrainingError) as refused:
        core.fit(change(tumours()), replace(TUMOURS, **settings))
    assert message in str(refused.value)


def test_several_rows_of_a_subject_stay_together_and_train_well() -> None:
    table = pd.concat([tumours(), tumours()], ignore_index=True)
    train, held_out = core.split(table, TUMOURS)
    assert not set(train[KEY]) & set(held_out[KEY])
    assert core.fit(table, TUMOURS).metrics["roc_auc"] > 0.9


def test_decimals_and_nullable_columns_are_numbers_like_any() -> None:
    plain, table = tumours(), tumours()
    table["mean area"] = table["mean area"].astype(object).map(_decimal)
    table["mean texture"] = table["mean texture"].astype("Float64")
    table["benign"] = table["benign"].astype("Int64")
    assert core.fit(table, TUMOURS).metrics == core.fit(plain, TUMOURS).metrics


def _decimal(value: Any) -> Any:
    return Decimal(str(value))


@pytest.mark.parametrize(
    ("given", "value"),
    [("max_depth=5", 5), ("tol=1e-3", 0.001), ("max_depth=None", None), ("max_features=a", "a")],
)
def test_a_parameter_is_read_as_scikit_learns_pages_write_it(given: str, value: object) -> None:
    parser = argparse.ArgumentParser()
    run.add_arguments(parser)
    needed = [f"--{name}=x" for name in ("environment", "model", "features", "label", "key")]
    read = run.parameters(parser.parse_args([*needed, "--parameter", given, "--max-iter", "7"]))
    assert read == {given.partition("=")[0]: value, "max_iter": 7}


def test_the_default_estimator_is_the_one_that_binary_models_always_had() -> None:
    """As does a user who sets nothing: gradient boosting on the columns as they are."""
    fitted = core.fit(tumours(), TUMOURS)
    assert [name for name, _ in fitted.model.steps] == ["classifier"]
    assert fitted.parameters == {"learning_rate": 0.1, "max_iter": 100, "max_leaf_nodes": 15}
    assert fitted.signature.outputs == core.OUTPUTS
