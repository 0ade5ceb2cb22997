"""Writes the example project's data: a feature table, and the held-out rows the gates judge on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from company_ml.cli import ExitCode
from company_ml.train import core, example_data

if TYPE_CHECKING:
    import argparse

    import pandas as pd

SETTINGS = core.TrainingSettings(label=example_data.LABEL, key=example_data.KEY)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the job's parameters."""
    parser.add_argument("--features", required=True, help="a Delta table, or a file *.parquet")
    parser.add_argument("--holdout", required=True, help="a Delta table, or a file *.parquet")


def main(arguments: argparse.Namespace) -> ExitCode:
    """Write both, replacing what is there."""
    patients = example_data.patients()
    _, held_out = core.split(patients, SETTINGS)
    _write(patients, arguments.features)
    _write(held_out, arguments.holdout)
    return ExitCode.DONE


def _write(frame: pd.DataFrame, place: str) -> None:
    if place.endswith(".parquet"):
        frame.to_parquet(place, index=False)
        return
    from company_ml.adapters import spark_sql

    spark = spark_sql.session()
    spark.createDataFrame(frame).write.format("delta").mode("overwrite").saveAsTable(place)
