"""Requests and answers taken apart, held to what MLflow's own scoring server makes of them."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mlflow.pyfunc import scoring_server

from company_ml.predictions.core import Record, UnreadableError, unpack

# NumPy, which the scoring server puts columns into, drops NUL characters at a string's end.
TEXTS = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=5)
CELLS = st.one_of(
    st.integers(-(2**31), 2**31), st.booleans(), TEXTS,
    st.floats(allow_nan=False, allow_infinity=False),
)  # fmt: skip
NAMES = st.lists(st.text(min_size=1, max_size=5), min_size=1, max_size=4, unique=True)


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[str], list[list[Any]]]:
    """Column names, and rows; each column of one type, as a model's are."""
    names = draw(NAMES)
    size = draw(st.integers(1, 5))
    kinds = [draw(st.sampled_from([st.integers(-99, 99), st.booleans(), TEXTS]))
             for _ in names]  # fmt: skip
    return names, [[draw(kind) for kind in kinds] for _ in range(size)]


def forms(names: list[str], rows: list[list[Any]]) -> dict[str, Any]:
    records = [dict(zip(names, row, strict=True)) for row in rows]
    columns = {name: [row[place] for row in rows] for place, name in enumerate(names)}
    return {
        "dataframe_split": {"columns": names, "data": rows},
        "dataframe_records": records,
        "instances": records,
        "inputs": columns,
    }


def served(parsed: Any, size: int) -> list[dict[str, Any]]:
    """What the scoring server gives to the model, as rows."""
    if isinstance(parsed, dict):
        parsed = pd.DataFrame({name: list(values) for name, values in parsed.items()})
    frame = pd.DataFrame(parsed)
    assert len(frame) == size
    return [
        {str(name): value for name, value in row.items()} for row in frame.to_dict(orient="records")
    ]


def text(value: Any) -> str:
    plain = value.item() if isinstance(value, np.generic) else value
    return plain if isinstance(plain, str) else json.dumps(plain)


@settings(deadline=None)
@given(tables(), st.sampled_from(["dataframe_split", "dataframe_records", "instances", "inputs"]))
def test_features_are_what_the_scoring_server_gives_the_model(
    table: tuple[list[str], list[list[Any]]], form: str
) -> None:
    names, rows = table
    request = json.dumps({form: forms(names, rows)[form]})
    found = unpack(request, json.dumps({"predictions": [0] * len(rows)}))
    expected = served(scoring_server.infer_and_parse_json_input(request), len(rows))
    assert [record.features for record in found] == [
        {name: text(value) for name, value in row.items()} for row in expected
    ]
    assert [record.row for record in found] == list(range(len(rows)))


@settings(deadline=None)
@given(st.lists(CELLS, min_size=1, max_size=5))
def test_every_form_of_a_models_answer_gives_the_same_predictions(values: list[Any]) -> None:
    request = json.dumps({"inputs": [[1]] * len(values)})
    frame = pd.DataFrame({"prediction": pd.Series(values, dtype=object), "probability": 0.5})
    for raw in (values, frame, frame[["prediction"]].rename(columns={"prediction": "scored"})):
        answer = StringIO()
        scoring_server.predictions_to_json(raw, answer)
        found = unpack(request, answer.getvalue())
        assert [record.prediction for record in found] == [text(value) for value in values]
    columns = json.dumps({"predictions": {"prediction": values, "probability": [0] * len(values)}})
    assert [each.prediction for each in unpack(request, columns)] == [*map(text, values)]


def test_parameters_are_no_features_and_what_is_absent_is_none() -> None:
    request = {"dataframe_records": [{"a": 1}, {"b": "x"}], "params": {"threshold": 0.7}}
    assert unpack(json.dumps(request), '{"predictions": [{"prediction": 1, "p": 0.7}, null]}') == [
        Record(row=0, features={"a": "1", "b": None}, prediction="1",
               answer='{"prediction": 1, "p": 0.7}'),
        Record(row=1, features={"a": None, "b": "x"}, prediction=None, answer="null"),
    ]  # fmt: skip


def test_another_field_can_be_the_prediction() -> None:
    (record,) = unpack('{"inputs": [1]}', '{"predictions": [{"label": "no", "p": 0}]}', "label")
    assert (record.prediction, record.features) == ("no", {"0": "1"})


@pytest.mark.parametrize(
    ("request_body", "response", "words"),
    [
        (None, "{}", "the request was not logged"),
        ('{"inputs": [1]}', None, "the answer was not logged"),
        ('{"inputs": [1', "{}", "the request is not JSON"),
        ("[" * 100_000, "{}", "the request is not JSON"),
        ("[1]", "{}", "the request is no JSON object"),
        ('{"messages": []}', "{}", "has 0 of the keys"),
        ('{"inputs": [1], "instances": [1]}', "{}", "has 2 of the keys"),
        ('{"inputs": []}', '{"predictions": []}', "has no rows"),
        ('{"inputs": 7}', "{}", "rows are no list"),
        ('{"inputs": {"a": [1], "b": [1, 2]}}', "{}", "columns of different lengths"),
        ('{"inputs": {"a": [1], "b": 2}}', "{}", "lists beside single values"),
        ('{"instances": [{"a": 1}, {"b": 1}]}', "{}", "objects with different keys"),
        ('{"dataframe_records": {"a": 1}}', "{}", "no list of objects"),
        ('{"dataframe_split": {"columns": ["a"]}}', "{}", "no list of data"),
        ('{"dataframe_split": {"columns": ["a", "a"], "data": [[1, 2]]}}', "{}", "twice"),
        ('{"dataframe_split": {"columns": ["a"], "data": [[1, 2]]}}', "{}", "other lengths"),
        ('{"inputs": [1]}', '{"error": "x"}', "the answer has no predictions"),
        ('{"inputs": [1, 2]}', '{"predictions": [1]}', "2 rows were asked and 1 answered"),
        ('{"inputs": [1, 2]}', '{"predictions": 1}', "2 rows were asked and 0 answered"),
        ('{"inputs": [1]}', '{"predictions": [{"a": 1, "b": 2}]}', "none is called prediction"),
    ],
)
def test_what_cannot_be_read_is_said(
    request_body: str | None, response: str | None, words: str
) -> None:
    with pytest.raises(UnreadableError, match=words):
        unpack(request_body, response)


KEYS = ["inputs", "instances", "dataframe_split", "dataframe_records", "predictions", "data",
        "columns"]  # fmt: skip
LOGGED = st.recursive(
    CELLS | st.none(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=3)
    ),
)


@settings(deadline=None)
@given(LOGGED)
def test_whatever_was_logged_is_read_or_refused_in_words(value: Any) -> None:
    logged = json.dumps(value)
    for request, answer in ((logged, '{"predictions": [1]}'), ('{"inputs": [1]}', logged)):
        try:
            found = unpack(request, answer)
        except UnreadableError:
            continue
        assert [record.row for record in found] == list(range(len(found)))
