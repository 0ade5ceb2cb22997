"""What kind of thing a model predicts, and how the values of a label are named. Pure."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    import numpy.typing as npt

    Names = npt.NDArray[np.object_]

_SHOWN = 8


class Problem(StrEnum):
    """The problem types that the jobs know measures for."""

    BINARY = "binary"
    """One of two classes, of which one is the positive."""
    MULTICLASS = "multiclass"
    """One of several classes, in no order."""
    REGRESSION = "regression"
    """A number."""


class ProblemError(ValueError):
    """A label does not fit its problem type, or does not say one; the message says what to set."""


def class_name(value: object) -> str:
    """A class in the one spelling that all tables share.

    A column of 0 and 1 becomes 0.0 and 1.0 where a value is missing, and false and true elsewhere:
    the class stays the same.
    """
    if isinstance(value, bool | np.bool_):
        return str(int(value))
    if isinstance(value, float | np.floating | Decimal) and float(value).is_integer():
        return str(int(value))
    return str(value)


def names(column: pd.Series[Any]) -> Names:
    """The class names of a column without missing values."""
    codes, values = pd.factorize(column)
    return np.array([class_name(value) for value in values], dtype=object)[codes]


def is_text(column: pd.Series[Any]) -> bool:
    """Whether the values that are there are all text; categories count by what they name."""
    values = column.dropna().astype(object)
    return bool(len(values)) and all(isinstance(value, str) for value in values.unique())


def numbers(column: pd.Series[Any]) -> npt.NDArray[np.float64] | None:
    """A column's values as numbers, NaN where they are missing; None when they are no numbers."""
    if pd.api.types.is_numeric_dtype(column):
        return column.to_numpy(dtype=float, na_value=np.nan)
    values = column.astype(object).where(column.notna(), np.nan)
    if all(isinstance(value, float | int | Decimal | np.number) for value in values):
        return values.astype(float).to_numpy()
    return None


def infer(column: pd.Series[Any], key: str) -> Problem:
    """What a label's values say without doubt.

    Args:
        column: The label; values may be missing.
        key: The setting that says it otherwise, for the message.

    Raises:
        ProblemError: The values fit more than one problem type, or none.
    """
    values = column.dropna()
    if values.empty:
        raise ProblemError(f"label {column.name} has no value in {len(column)} rows")
    text, plain = is_text(values), numbers(values)
    if plain is not None and not np.all(np.mod(plain, 1) == 0):
        return Problem.REGRESSION
    if text or plain is not None:
        found = sorted(set(names(values)))
        if set(found) <= {"0", "1"} or (text and len(found) <= 2):  # noqa: PLR2004 - two classes
            return Problem.BINARY
        if text:
            return Problem.MULTICLASS
        raise ProblemError(
            f"{key} is not set, and label {column.name} holds whole numbers ({shown(found)}), "
            f"which may be classes or amounts; allowed: {', '.join(Problem)}. Set {key}"
        )
    kinds = sorted({type(value).__name__ for value in values})
    raise ProblemError(
        f"label {column.name} holds values of type {', '.join(kinds)}; allowed: numbers for any "
        "problem type, or text alone for classes. Convert it in the table"
    )


def shown(found: list[str]) -> str:
    """Some of many values, for a message."""
    more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    return f"{', '.join(found[:_SHOWN])}{more}"
