"""The drift report that people read, by Evidently.

API of 0.7: https://docs.evidentlyai.com/docs/library/report
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import pandas as pd

from company_ml.drift import columns as drift_columns
from company_ml.drift.model import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from company_ml.drift.arrow import Table


def write(
    reference: Table, current: Table, columns: Sequence[tuple[str, Kind]], folder: Path
) -> list[Path]:
    """``drift_report.html`` and ``drift_report.json``, of Evidently's default tests per column.

    Columns without a value on one side are left out, since Evidently refuses them; no files when
    none is left.
    """
    sides = [_plain(side, columns) for side in (reference, current)]
    columns = [each for each in columns if all(side[each[0]].notna().any() for side in sides)]
    if not columns:
        return []
    before, now = (side[[name for name, _ in columns]] for side in sides)
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
            current_data=Dataset.from_pandas(now, data_definition=definition),
            reference_data=Dataset.from_pandas(before, data_definition=definition),
        )
        html, plain = folder / "drift_report.html", folder / "drift_report.json"
        snapshot.save_html(str(html))
        plain.write_text(snapshot.json(), "utf-8")
    return [html, plain]


def _plain(table: Table, columns: Sequence[tuple[str, Kind]]) -> pd.DataFrame:
    """As the statistics see it: Evidently takes neither decimals nor times for numbers."""
    return pd.DataFrame(
        {
            name: drift_columns.numbers(table.column(name))
            if kind is Kind.NUMERIC
            else drift_columns.texts(table.column(name)).to_pandas()
            for name, kind in columns
        }
    )
