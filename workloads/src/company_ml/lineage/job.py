"""The job ``lineage``: what a table was made from and what was made from it."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

from company_ml.cli import ExitCode
from company_ml.lineage import core, documented

if TYPE_CHECKING:
    import argparse

    from company_ml.ports import SqlWarehouse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the job's parameters."""
    parser.add_argument("--table", required=True, help="three-part name")
    parser.add_argument("--since", type=date.fromisoformat, required=True, help="first day")
    parser.add_argument(
        "--until", type=date.fromisoformat, required=True, help="first day that is not in it"
    )
    add_copies(parser)


def add_copies(parser: argparse.ArgumentParser) -> None:
    """Declare where the system tables are when they are not Databricks' own."""
    parser.add_argument(
        "--copies", metavar="SCHEMA",
        help="a schema with copies of the system tables, by their names in this wheel: Databricks "
        "keeps most of its own for a year",
    )  # fmt: skip


def tables(arguments: argparse.Namespace) -> dict[str, str]:
    """The full names of the system tables, or of their copies, by their names in this wheel."""
    if arguments.copies is None:
        return documented.names()
    return {name: f"{arguments.copies}.{name}" for name in documented.names()}


def main(arguments: argparse.Namespace) -> ExitCode:
    """Run the job with real adapters."""
    from company_ml.adapters.spark_sql import SparkSql, session

    name = tables(arguments)["table_lineage"]
    edges = read(SparkSql(session()), name, arguments.since, arguments.until)
    found = {
        "upstream": [vars(step) for step in core.upstream(arguments.table, edges)],
        "downstream": [vars(step) for step in core.downstream(arguments.table, edges)],
    }
    print(json.dumps(found, indent=2))  # noqa: T201 - the job's answer
    return ExitCode.DONE


def read(sql: SqlWarehouse, table_lineage: str, since: date, until: date) -> list[core.Edge]:
    """The lineage of a period."""
    rows = sql.query(
        core.STATEMENT,
        {
            "table_lineage": table_lineage,
            "since": since.isoformat(),
            "until": until.isoformat(),
        },
    )
    return [core.Edge(str(row["source"]), str(row["target"])) for row in rows]
