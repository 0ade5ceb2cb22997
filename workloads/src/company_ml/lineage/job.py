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


def main(arguments: argparse.Namespace) -> ExitCode:
    """Run the job with real adapters."""
    from company_ml.adapters.spark_sql import SparkSql, session

    name = documented.TABLES["table_lineage"].name
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
