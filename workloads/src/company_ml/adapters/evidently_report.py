"""The drift report that people read, by Evidently.

API of 0.7: https://docs.evidentlyai.com/docs/library/report
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from company_ml.drift.model import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pandas as pd


def write(
    reference: pd.DataFrame,
    current: pd.DataFrame,
    columns: Sequence[tuple[str, Kind]],
    folder: Path,
) -> list[Path]:
    """``drift_report.html`` and ``drift_report.json``, of Evidently's default tests per column."""
    with warnings.catch_warnings():
        # numpy's and pandas' deprecations, of Evidently's own imports and calls
        warnings.simplefilter("ignore")
        from evidently import DataDefinition, Dataset, Report
        from evidently.presets import DataDriftPreset

        definition = DataDefinition(
            numerical_columns=[name for name, kind in columns if kind is Kind.NUMERIC],
            categorical_columns=[name for name, kind in columns if kind is Kind.CATEGORICAL],
        )
        snapshot = Report([DataDriftPreset()]).run(
            current_data=Dataset.from_pandas(current, data_definition=definition),
            reference_data=Dataset.from_pandas(reference, data_definition=definition),
        )
        html, plain = folder / "drift_report.html", folder / "drift_report.json"
        snapshot.save_html(str(html))
        plain.write_text(snapshot.json(), "utf-8")
    return [html, plain]
