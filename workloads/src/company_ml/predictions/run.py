"""The predictions job: takes what an endpoint logged apart, into one row per scored record."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING

from company_ml import monitoring
from company_ml.cli import ExitCode
from company_ml.lineage import documented
from company_ml.ports import Message
from company_ml.predictions import core
from company_ml.predictions.ports import Tables

if TYPE_CHECKING:
    import argparse

    from company_ml.ports import Notifier
    from company_ml.predictions.ports import PredictionLog, Unpacked


def run(
    log: PredictionLog,
    notifier: Notifier,
    tables: Tables,
    *,
    since: date | None,
    overlap_days: int,
    field: str,
    tolerated: float,
) -> tuple[Unpacked, bool]:
    """Unpack, and tell people when too much of it could not be read; the second says whether so."""
    found = log.unpack(tables, since=since, overlap_days=overlap_days, field=field)
    refused = found.unreadable_share > tolerated
    if refused:
        notifier.send(message(tables, found))
    return found, refused


def message(tables: Tables, found: Unpacked) -> Message:
    """What people are told of requests that could not be read."""
    return Message(
        title=f"Predictions of {tables.log}",
        text=f"{found.unreadable} of {found.answered} answered requests could not be read: they "
        f"are missing in {tables.predictions}, and in what is judged by it.",
        facts={f"Reason {number}": reason for number, reason in enumerate(found.reasons, start=1)},
    )


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the job's parameters."""
    monitoring.add_environment(parser)
    parser.add_argument("--log", required=True, help="the endpoint's inference table")
    parser.add_argument("--predictions", required=True, help="Delta table to fill; made if missing")
    parser.add_argument(
        "--field", default=core.PREDICTION,
        help="of an answer with several, the one that is the prediction (%(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--since", type=date.fromisoformat,
        help="first day to look at; default: the newest one in the table, less the overlap",
    )  # fmt: skip
    parser.add_argument(
        "--overlap-days", type=int, default=2,
        help="days that are looked at again, for what was logged late (%(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--tolerated-unreadable", type=float, default=0.01, metavar="SHARE",
        help="of the answered requests, above which the job is refused (%(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--entities-table", default=documented.TABLES["served_entities"].name,
        help="default: %(default)s",
    )  # fmt: skip
    monitoring.add_run_key(parser)
    monitoring.add_output(parser)


def main(arguments: argparse.Namespace) -> ExitCode:
    """Run the job in a Spark session: REFUSED when too many answered requests are unreadable."""
    found, refused = run(
        monitoring.prediction_log(),
        monitoring.notifier(arguments),
        Tables(
            log=arguments.log,
            predictions=arguments.predictions,
            entities=arguments.entities_table,
        ),
        since=arguments.since,
        overlap_days=arguments.overlap_days,
        field=arguments.field,
        tolerated=arguments.tolerated_unreadable,
    )
    monitoring.output(asdict(found), arguments.output)
    return ExitCode.REFUSED if refused else ExitCode.DONE
