"""What a table's columns are to a model: its features and its label, checked. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from company_ml import problems
from company_ml.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Class = str | int
    Numbers = npt.NDArray[np.float64]


class TrainingError(Exception):
    """The rows cannot be learned from; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Label:
    """A label as an estimator takes it: numbers, which for classes count them."""

    problem: Problem
    numbers: Numbers
    classes: tuple[Class, ...]
    """As the table has them, in the order of their numbers; empty for regression."""


def label(column: pd.Series[Any], problem: Problem | None, positive: Class | None = None) -> Label:
    """The label's values for a problem type; inferred when not given.

    Raises:
        TrainingError: They do not fit it, are missing, or are all the same.
    """
    if missing := int(column.isna().sum()):
        raise TrainingError(
            f"label {column.name} is missing in {missing} of {len(column)} rows; leave these rows "
            "out of the feature table"
        )
    try:
        problem = problem or problems.infer(column, "--problem")
    except problems.ProblemError as error:
        raise TrainingError(str(error)) from error
    if positive is not None and problem is not Problem.BINARY:
        raise TrainingError(
            f"--positive is {positive!r}, and problem type {problem} has no positive class: leave "
            "it out"
        )
    if problem is Problem.REGRESSION:
        return _amounts(column)
    names = problems.names(column)
    found = sorted(set(names), key=_order)
    if problem is Problem.BINARY:
        found = _negative_and_positive(str(column.name), found, positive)
    if len(found) < 2:  # noqa: PLR2004 - nothing to tell apart
        raise TrainingError(
            f"label {column.name} is {found[0]} in all {len(column)} rows: there is nothing to "
            "learn"
        )
    number = {name: index for index, name in enumerate(found)}
    whole = not problems.is_text(column)
    return Label(
        problem=problem,
        numbers=np.array([number[name] for name in names], dtype=float),
        classes=tuple(int(name) if whole and _is_whole(name) else name for name in found),
    )


def _amounts(column: pd.Series[Any]) -> Label:
    values = problems.numbers(column)
    if values is None:
        raise TrainingError(
            f"label {column.name} is not of numbers, which problem type regression needs; convert "
            "it in the feature table, or set --problem multiclass"
        )
    if wrong := int((~np.isfinite(values)).sum()):
        raise TrainingError(f"label {column.name} is infinite in {wrong} of {len(values)} rows")
    if len(np.unique(values)) < 2:  # noqa: PLR2004 - nothing varies
        raise TrainingError(
            f"label {column.name} is {values[0]:g} in all {len(values)} rows: there is nothing to "
            "learn"
        )
    return Label(problem=Problem.REGRESSION, numbers=values, classes=())


def _negative_and_positive(column: str, found: list[str], positive: Class | None) -> list[str]:
    """The two classes, the positive last; 1 where nobody says otherwise."""
    if positive is None and set(found) <= {"0", "1"}:
        return ["0", "1"]
    if len(found) == 1:
        return found
    if len(found) > 2:  # noqa: PLR2004 - binary
        raise TrainingError(
            f"label {column} has the classes {problems.shown(found)}, and problem type binary has "
            "two; set --problem multiclass"
        )
    name = problems.class_name(positive)
    if positive is None or name not in found:
        said = "--positive is not set" if positive is None else f"--positive is {positive!r}"
        raise TrainingError(
            f"{said}, and label {column} has the classes {problems.shown(found)}: name the "
            "positive one of two with --positive"
        )
    return [*(each for each in found if each != name), name]


def features(
    frame: pd.DataFrame, needed: Sequence[str], categorical: Sequence[str]
) -> tuple[list[str], list[str]]:
    """The names of number columns, and of those whose values are categories.

    Args:
        frame: The feature table.
        needed: Key, label and excluded columns: they have to be there and are no features.
        categorical: The columns that someone said are categories.

    Raises:
        TrainingError: A column is missing, is neither, or holds what no estimator takes.
    """
    missing = [name for name in (*needed, *categorical) if name not in frame.columns]
    if missing:
        raise TrainingError(
            f"columns {', '.join(missing)} are not in the feature table, which has "
            f"{', '.join(map(str, frame.columns))}"
        )
    if frame.empty:
        raise TrainingError("the feature table has no rows; was it filled, at this version?")
    if both := sorted(set(needed) & set(categorical)):
        raise TrainingError(
            f"--categorical {', '.join(both)}: key, label and excluded columns are no features"
        )
    names = [str(name) for name in frame.columns if name not in needed]
    numeric = [name for name in names if name not in categorical]
    other = [name for name in numeric if problems.numbers(frame[name]) is None]
    if other:
        raise TrainingError(
            f"columns {', '.join(other)} are not numbers; exclude them (--exclude), say that their "
            "values are categories (--categorical), or encode them in the feature table"
        )
    strange = [
        name for name in categorical
        if not problems.is_text(frame[name]) and problems.numbers(frame[name]) is None
    ]  # fmt: skip
    if strange:
        raise TrainingError(
            f"--categorical {', '.join(strange)}: neither text nor numbers; convert them in the "
            "feature table"
        )
    if not names:
        raise TrainingError("no feature column is left besides key, label and excluded columns")
    _check_numbers(frame, numeric)
    return numeric, [name for name in names if name in categorical]


def _check_numbers(frame: pd.DataFrame, numeric: Sequence[str]) -> None:
    for name in numeric:
        values = problems.numbers(frame[name])
        assert values is not None, "the caller looked"  # noqa: S101 - for the type checker
        if infinite := int(np.isinf(values).sum()):
            raise TrainingError(
                f"column {name} is infinite in {infinite} of {len(frame)} rows; make these values "
                "missing (NULL) or bounded in the feature table"
            )
        if np.isnan(values).all():
            raise TrainingError(
                f"column {name} has no value in {len(frame)} rows; exclude it (--exclude)"
            )


def table(frame: pd.DataFrame, numeric: Sequence[str], categorical: Sequence[str]) -> pd.DataFrame:
    """Features as an estimator takes them: numbers as float64, categories as text or None."""
    made = {name: problems.numbers(frame[name]) for name in numeric} | {
        name: texts(frame[name]) for name in categorical
    }
    return pd.DataFrame(made, index=frame.index)


def texts(column: pd.Series[Any]) -> npt.NDArray[np.object_]:
    """Categories by their names; None where missing, in whatever way the table says it."""
    found = np.full(len(column), None, dtype=object)
    there = column.notna().to_numpy()
    found[there] = problems.names(column[there])
    return found


def _is_whole(name: str) -> bool:
    return name.lstrip("-").isdecimal()


def _order(name: str) -> tuple[int, float, str]:
    return (0, float(name), "") if _is_whole(name) else (1, 0.0, name)
