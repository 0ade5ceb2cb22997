"""Takes a scoring request and its answer apart: one record per row that was scored. Pure.

A request has one of four forms, of which ``params`` is no part:
https://mlflow.org/docs/3.0.1/model/serving-custom/#accepted-json-input-formats

Unlike the scoring server, this gives each value the type that it has in JSON: which type the model
took it for is in its signature, and not in the log.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PREDICTION = "prediction"
"""Field of an answer with several that is the prediction itself."""


class UnreadableError(ValueError):
    """A request or answer is none of a model of tables; the message says why, without its data."""


@dataclass(frozen=True, kw_only=True)
class Record:
    """One row that was scored."""

    row: int
    """Its place in the request, from 0."""
    features: Mapping[str, str | None]
    """As text: a string as it is, everything else as JSON. Columns without a name count from 0."""
    prediction: str | None
    """As text, in the same way."""
    answer: str
    """All that the model said of the row, as JSON."""


def unpack(request: str | None, response: str | None, field: str = PREDICTION) -> list[Record]:
    """The records of a request that was answered.

    Args:
        request: The request's body.
        response: The answer's.
        field: Which field of an answer is the prediction, where it has several.

    Raises:
        UnreadableError: They are not JSON, of no known form, empty, or of different lengths.
    """
    rows = _rows(_object("request", request))
    if not rows:
        raise UnreadableError("the request has no rows")
    answers = _answers(_object("answer", response), len(rows))
    if len(answers) != len(rows):
        raise UnreadableError(f"{len(rows)} rows were asked and {len(answers)} answered")
    return [
        Record(
            row=number,
            features={name: _text(value) for name, value in features.items()},
            prediction=_text(_prediction(answer, field)),
            answer=json.dumps(answer),
        )
        for number, (features, answer) in enumerate(zip(rows, answers, strict=True))
    ]


def _object(which: str, text: str | None) -> dict[str, Any]:
    if text is None:
        raise UnreadableError(f"the {which} was not logged")
    try:
        found = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise UnreadableError(f"the {which} is not JSON") from error
    if not isinstance(found, dict):
        raise UnreadableError(f"the {which} is no JSON object")
    return cast("dict[str, Any]", found)


def _rows(request: dict[str, Any]) -> list[dict[str, Any]]:
    forms = [name for name in _FORMS if name in request]
    if len(forms) != 1:
        raise UnreadableError(f"the request has {len(forms)} of the keys {', '.join(_FORMS)}")
    return _FORMS[forms[0]](request[forms[0]])


def _split(given: Any) -> list[dict[str, Any]]:
    if not isinstance(given, dict) or not isinstance(given.get("data"), list):
        raise UnreadableError("dataframe_split has no list of data")
    data: list[Any] = given["data"]
    columns = given.get("columns")
    rows = [row if isinstance(row, list) else [row] for row in data]
    names = _numbered(max(map(len, rows), default=0)) if columns is None else columns
    if not isinstance(names, list) or len({*map(str, names)}) != len(names):
        raise UnreadableError("dataframe_split names a column twice")
    if any(len(row) != len(names) for row in rows):
        raise UnreadableError("dataframe_split has rows of other lengths than its columns")
    return [dict(zip(map(str, names), row, strict=True)) for row in rows]


def _records(given: Any) -> list[dict[str, Any]]:
    if not isinstance(given, list) or not all(isinstance(row, dict) for row in given):
        raise UnreadableError("dataframe_records is no list of objects")
    names = list(dict.fromkeys(name for row in given for name in row))
    return [{name: row.get(name) for name in names} for row in given]


def _instances(given: Any) -> list[dict[str, Any]]:
    if isinstance(given, list) and given and isinstance(given[0], dict):
        if any(not isinstance(row, dict) or row.keys() != given[0].keys() for row in given):
            raise UnreadableError("instances are objects with different keys")
        return [dict(row) for row in given]
    return _unnamed(given)


def _inputs(given: Any) -> list[dict[str, Any]]:
    if isinstance(given, dict):
        return _transposed("inputs", cast("dict[str, Any]", given))
    if isinstance(given, list) and given and all(isinstance(row, dict) for row in given):
        return _records(given)
    return _unnamed(given)


def _unnamed(given: Any) -> list[dict[str, Any]]:
    if not isinstance(given, list):
        raise UnreadableError("the request's rows are no list")
    rows = [row if isinstance(row, list) else [row] for row in given]
    return [dict(zip(_numbered(len(row)), row, strict=True)) for row in rows]


def _transposed(what: str, columns: dict[str, Any]) -> list[dict[str, Any]]:
    """Rows of columns; values that are no lists are one row."""
    if not any(isinstance(values, list) for values in columns.values()):
        return [columns] if columns else []
    if not all(isinstance(values, list) for values in columns.values()):
        raise UnreadableError(f"{what} has lists beside single values")
    if len({len(values) for values in columns.values()}) != 1:
        raise UnreadableError(f"{what} has columns of different lengths")
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _answers(response: dict[str, Any], rows: int) -> list[Any]:
    if "predictions" not in response:
        raise UnreadableError("the answer has no predictions")
    found = response["predictions"]
    if isinstance(found, dict):
        return list(_transposed("predictions", cast("dict[str, Any]", found)))
    if isinstance(found, list):
        return cast("list[Any]", found)
    return [found] if rows == 1 else []


def _prediction(answer: Any, field: str) -> Any:
    if not isinstance(answer, dict):
        return answer
    fields = cast("dict[str, Any]", answer)
    if field in fields:
        return fields[field]
    if len(fields) == 1:  # a table of one column, whatever its name
        return next(iter(fields.values()))
    raise UnreadableError(f"the answer has several fields and none is called {field}")


def _numbered(count: int) -> list[str]:
    return [str(number) for number in range(count)]


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value)


_FORMS: dict[str, Callable[[Any], list[dict[str, Any]]]] = {
    "dataframe_split": _split,
    "dataframe_records": _records,
    "instances": _instances,
    "inputs": _inputs,
}
