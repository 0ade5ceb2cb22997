"""What an MLflow model takes and answers, whoever logged it and with whichever flavour.

Rows are cast to the model's signature where that loses nothing, and refused by name where it does:
MLflow itself refuses whole numbers where a model declares double, as it would lose those above
2**53 (https://github.com/mlflow/mlflow/blob/v3.0.1/mlflow/models/utils.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from mlflow.types.schema import DataType, Schema, TensorSpec

from company_ml import problems
from company_ml.ports import AnswerError

if TYPE_CHECKING:
    import numpy.typing as npt
    from mlflow.pyfunc import PyFuncModel

_EXACT = 2**53
"""Beyond it a float64 skips whole numbers."""
_FLOATS: dict[Any, Any] = {DataType.double: np.float64, DataType.float: np.float32}
_WHOLES: dict[Any, Any] = {DataType.long: np.int64, DataType.integer: np.int32}


def answer(model: PyFuncModel, uri: str, frame: pd.DataFrame) -> pd.DataFrame:
    """The model's answer to each row; columns it does not declare are left out.

    Raises:
        AnswerError: A column is missing or of another type, or the model fails on the rows.
    """
    schema = model.metadata.get_input_schema()
    rows = frame.reset_index(drop=True)
    if schema is not None:
        rows = fitted(rows, schema, uri)
    try:
        said = table(model.predict(rows))
        inside = _classifier(model)
        if inside is not None and "prediction" not in said.columns:
            said = _of_shares(said, inside)
        elif inside is not None and not any(
            str(name).startswith("probability") for name in said.columns
        ):
            said = said.join(_shares(np.asarray(inside.predict_proba(rows)), inside))
    except Exception as error:
        # Whatever a team's own model raises is its answer to these rows.
        hint = "" if schema is not None else (
            "; it declares no signature, so it was given all columns: log it with "
            "signature=infer_signature(features, model.predict(features))"
        )  # fmt: skip
        raise AnswerError(f"{uri} fails on the rows: {error}{hint}") from error
    return said


def fitted(rows: pd.DataFrame, schema: Schema, uri: str) -> pd.DataFrame:
    """The columns that a signature declares, in its types.

    Raises:
        AnswerError: A required column is missing, or the values of one are not of its type.
    """
    if schema.is_tensor_spec():
        raise AnswerError(
            f"{uri} declares a tensor, which does not say which columns it takes: log it with a "
            "signature inferred from a DataFrame (infer_signature)"
        )
    missing = [name for name in schema.required_input_names() if name not in rows.columns]
    if missing:
        raise AnswerError(
            f"{uri} takes columns {', '.join(map(str, missing))}, which the rows lack; they have "
            f"{', '.join(map(str, rows.columns))}"
        )
    specs = [spec for spec in schema.inputs if spec.name in rows.columns]
    return pd.DataFrame({str(spec.name): _cast(rows[spec.name], spec.type, uri) for spec in specs})


def _cast(column: pd.Series[Any], wanted: Any, uri: str) -> pd.Series[Any]:
    if not isinstance(wanted, DataType):
        return column
    lost = ""
    if wanted in _FLOATS or wanted in _WHOLES:
        values = problems.numbers(column)
        lost = "no numbers"
        if values is not None and wanted in _FLOATS:
            if not (np.abs(values[np.isfinite(values)]) > _EXACT).any() or column.dtype == float:
                return pd.Series(values.astype(_FLOATS[wanted]), index=column.index)
            lost = "whole numbers beyond 2**53"
        elif values is not None:
            if np.all(np.mod(values, 1) == 0):
                return column.astype(_WHOLES[wanted])
            lost = "numbers with fractions or missing ones"
    elif wanted is DataType.string:
        if problems.is_text(column) or column.isna().all():
            return column.astype(object).where(column.notna(), None)
        lost = "no text"
    if not lost:
        return column
    raise AnswerError(
        f"column {column.name} of the rows holds {lost} (its type is {column.dtype}), and "
        f"{uri} takes {wanted.name}: write it as in the table that the model was trained on, or "
        "train on rows like these"
    )


def table(said: Any) -> pd.DataFrame:
    """An answer as a table; one of a single unnamed column is the prediction."""
    frame = said if isinstance(said, pd.DataFrame) else pd.DataFrame(said)
    frame = frame.reset_index(drop=True)
    if frame.shape[1] == 1:
        return frame.set_axis(["prediction"], axis=1)
    return frame


def _classifier(model: PyFuncModel) -> Any:
    """The classifier inside a flavour, if it is one that can say how sure it is.

    MLflow's own evaluation asks it too, since flavours answer classes alone:
    https://github.com/mlflow/mlflow/blob/v3.0.1/mlflow/models/evaluation/default_evaluator.py
    """
    try:
        inside = model.get_raw_model()
    except NotImplementedError:
        return None
    classes: Any = getattr(inside, "classes_", None)
    return inside if hasattr(inside, "predict_proba") and np.ndim(classes) == 1 else None


def _shares(said: npt.NDArray[np.float64], inside: Any) -> pd.DataFrame:
    names = [f"probability_{problems.class_name(each)}" for each in np.asarray(inside.classes_)]
    return pd.DataFrame(said, columns=names)


def _of_shares(said: pd.DataFrame, inside: Any) -> pd.DataFrame:
    """The answer of a model that was logged with ``pyfunc_predict_fn="predict_proba"``."""
    classes = np.asarray(inside.classes_)
    if said.shape[1] != len(classes) or not isinstance(said.columns, pd.RangeIndex):
        return said
    values = said.to_numpy(float)
    return _shares(values, inside).assign(prediction=classes[np.argmax(values, axis=1)])


def columns_of(spec: Any) -> tuple[str, str, bool]:
    """Name, type and whether it is required, of a signature's column or tensor."""
    if isinstance(spec, TensorSpec):
        kind = {"i": "long", "u": "long", "f": "double", "b": "boolean"}.get(spec.type.kind)
        return str(spec.name or "prediction"), kind or "string", True
    kind = spec.type.name if isinstance(spec.type, DataType) else str(spec.type)
    return str(spec.name or "prediction"), kind, bool(spec.required)
