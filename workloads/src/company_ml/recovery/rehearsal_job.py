"""The job ``rehearse``: recovery time and point of a table, measured on a copy."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from company_ml.cli import ExitCode, JobError
from company_ml.ports import NotFoundError
from company_ml.recovery import core, table_job
from company_ml.recovery.core import NotRetainedError, Objectives
from company_ml.recovery.rehearsal import rehearse

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the job's parameters."""
    table_job.add_world_arguments(parser)
    parser.add_argument("--table", required=True, help="three-part name; it is only read")
    parser.add_argument("--copy", required=True, help="name of the clone; no table of yours")
    parser.add_argument(
        "--clone", choices=["SHALLOW", "DEEP"], default="SHALLOW",
        help="DEEP copies the files too and is of Databricks alone (default %(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--lost-at", type=table_job.moment, help="when the accident would have been"
    )
    parser.add_argument("--rto-minutes", type=float, required=True, help="recovery time allowed")
    parser.add_argument("--rpo-minutes", type=float, required=True, help="loss of changes allowed")


def main(arguments: argparse.Namespace) -> ExitCode:
    """Run the job with real adapters."""
    objectives = Objectives(
        rto=timedelta(minutes=arguments.rto_minutes), rpo=timedelta(minutes=arguments.rpo_minutes)
    )
    try:
        measured = rehearse(
            arguments.table, arguments.copy, table_job.connect(arguments, arguments.clone),
            correlation=arguments.correlation, objectives=objectives, lost_at=arguments.lost_at,
        )  # fmt: skip
    except (NotRetainedError, NotFoundError, PermissionError) as error:
        raise JobError(str(error)) from error
    missed = core.shortfalls(measured, objectives)
    print(  # noqa: T201 - the job's answer
        f"{measured.subject}: {measured.recovered}, {measured.rows} rows, recovered in "
        f"{measured.rto}, {measured.rpo} of changes lost. "
        + "; ".join(missed or ["Objectives met"])
    )
    return ExitCode.REFUSED if missed else ExitCode.DONE
