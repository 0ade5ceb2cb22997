"""The example project's data: the diabetes study that scikit-learn ships, as a feature table.

442 patients, ten measurements, and whether the disease progressed beyond the median within a year.
https://scikit-learn.org/1.6/datasets/toy_dataset.html#diabetes-dataset
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sklearn.datasets import load_diabetes

if TYPE_CHECKING:
    import pandas as pd

MEDIAN_PROGRESSION = 140.5
KEY = "patient_id"
LABEL = "progressed"


def patients() -> pd.DataFrame:
    """One row per patient: key, measurements (``sex`` is 1 or 2, unscaled units), label."""
    bunch: Any = load_diabetes(as_frame=True, scaled=False)
    frame: pd.DataFrame = bunch.data.astype(float)
    frame.insert(0, KEY, range(1, len(frame) + 1))
    frame[LABEL] = (bunch.target > MEDIAN_PROGRESSION).astype(int)
    return frame
