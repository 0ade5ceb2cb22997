"""Tables that are not the example's: scikit-learn's own data sets, and a messy one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.datasets import load_breast_cancer, load_diabetes, load_wine

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

KEY = "row_id"


def _table(load: Callable[..., Any], label: str) -> pd.DataFrame:
    bunch = load(as_frame=True)
    frame: pd.DataFrame = bunch.data.copy()
    frame.insert(0, KEY, range(1, len(frame) + 1))
    frame[label] = bunch.target
    return frame


def wine() -> pd.DataFrame:
    """178 wines of three cultivars, by name."""
    frame = _table(load_wine, "cultivar")
    frame["cultivar"] = frame["cultivar"].map({0: "barolo", 1: "grignolino", 2: "barbera"})
    return frame


def diabetes() -> pd.DataFrame:
    """442 patients, and a number that says how far the disease progressed."""
    return _table(load_diabetes, "progression")


def tumours() -> pd.DataFrame:
    """569 tumours; ``benign`` is 0 or 1. Its columns' names have blanks."""
    return _table(load_breast_cancer, "benign")


def messy() -> pd.DataFrame:
    """The tumours with text, whole numbers, codes, and values that are missing; label yes or no."""
    random = np.random.default_rng(0)
    frame = tumours()
    frame["hospital"] = np.array(["north", "south", None], dtype=object)[
        random.integers(0, 3, len(frame))
    ]
    frame["ward"] = random.integers(0, 80, len(frame))
    frame["visits"] = random.integers(1, 9, len(frame))
    frame.loc[::7, "mean radius"] = np.nan
    frame["benign"] = frame["benign"].map({0: "no", 1: "yes"})
    return frame
