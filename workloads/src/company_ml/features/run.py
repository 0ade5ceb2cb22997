"""The feature jobs: ``features write``, ``features join`` and ``features publish``."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from company_ml import monitoring
from company_ml.cli import ExitCode, JobError
from company_ml.features.core import FeatureTable, FeatureTableError, Lookup

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the jobs and their parameters."""
    steps = parser.add_subparsers(dest="step", required=True, metavar="STEP")
    write = steps.add_parser("write", help="merge a source's rows into a feature table")
    join = steps.add_parser("join", help="join features to rows as they were known at their time")
    publish = steps.add_parser("publish", help="publish a feature table's latest rows online")
    for step in (write, join, publish):
        step.add_argument("--table", required=True, help="the feature table, three-part")
        step.add_argument("--primary-keys", required=True, help="comma-separated")
        step.add_argument("--timestamp-key", default="", help="column since when features hold")
    write.add_argument("--version-column", default="", help="the row with the greater one stays")
    write.add_argument("--description", default="", help="of a table that is made")
    write.add_argument("--source", required=True, help="table or view with the rows")
    join.add_argument("--features", required=True, help="columns to join, comma-separated")
    join.add_argument("--rows", required=True, help="table or view with keys and times")
    join.add_argument("--rows-time", required=True, help="column with each row's time")
    join.add_argument("--max-age-hours", type=float, help="older features are not used")
    join.add_argument("--target", required=True, help="table for the result")
    publish.add_argument("--online-table", required=True, help="name of the online table")
    store = publish.add_mutually_exclusive_group(required=True)
    store.add_argument("--online-store", help="name of a Databricks online store")
    store.add_argument("--file", type=Path, help="SQLite file of a laptop")
    publish.add_argument("--capacity", default="CU_1", help="of a store that is made (%(default)s)")


def main(arguments: argparse.Namespace) -> ExitCode:
    """Run one of the jobs in a Spark session."""
    try:
        table = FeatureTable(
            name=arguments.table,
            primary_keys=_names(arguments.primary_keys),
            timestamp_key=arguments.timestamp_key,
            version_column=getattr(arguments, "version_column", ""),
            description=getattr(arguments, "description", ""),
        )
        if arguments.step == "publish":
            online = monitoring.online_store(
                arguments.file, arguments.online_store, arguments.capacity
            )
            online.publish(table, arguments.online_table)
            return ExitCode.DONE
        store = monitoring.feature_store()
        if arguments.step == "write":
            store.create(table, arguments.source)
            store.merge(table, arguments.source)
            return ExitCode.DONE
        hours = arguments.max_age_hours
        lookup = Lookup(
            table=table,
            features=_names(arguments.features),
            max_age=None if hours is None else timedelta(hours=hours),
        )
        store.join(arguments.rows, arguments.rows_time, [lookup], arguments.target)
    except FeatureTableError as error:
        raise JobError(str(error)) from error
    return ExitCode.DONE


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())
