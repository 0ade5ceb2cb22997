"""The job ``recover-table``: a table goes back to a version or a moment."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from company_ml import environment, wiring
from company_ml.adapters.clock import SystemClock
from company_ml.adapters.identity import current_actor
from company_ml.cli import ExitCode, JobError
from company_ml.ports import NotFoundError
from company_ml.recovery import tables
from company_ml.recovery.core import NotRetainedError
from company_ml.recovery.tables import World

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the job's parameters."""
    add_world_arguments(parser)
    parser.add_argument("--table", required=True, help="three-part name")
    wanted = parser.add_mutually_exclusive_group(required=True)
    wanted.add_argument("--to-version", type=int)
    wanted.add_argument("--to-time", type=moment, help="as 2026-01-31T08:00:00Z")
    parser.add_argument(
        "--check", action="store_true", help="prove that it is still there, and change nothing"
    )


def add_world_arguments(parser: argparse.ArgumentParser) -> None:
    """What every job on tables needs."""
    parser.add_argument("--environment", required=True, help="name or file of the environment")
    wiring.add_audit_place(parser)
    parser.add_argument("--correlation", required=True, help="id of the incident or exercise")


def main(arguments: argparse.Namespace) -> ExitCode:
    """Run the job with real adapters."""
    world = connect(arguments)
    wanted = arguments.to_time if arguments.to_version is None else arguments.to_version
    try:
        if arguments.check:
            found = tables.find(arguments.table, wanted, world.tables)
        else:
            found = tables.restore(arguments.table, wanted, arguments.correlation, world)
    except (NotRetainedError, NotFoundError) as error:
        raise JobError(str(error)) from error
    said = "is complete" if arguments.check else "is current again"
    print(f"{arguments.table} version {found.version} {said}")  # noqa: T201 - the job's answer
    return ExitCode.DONE


def connect(arguments: argparse.Namespace, clone: str = "SHALLOW") -> World:
    """The ports."""
    from company_ml.adapters.delta_tables import SparkDeltaTables
    from company_ml.adapters.spark_sql import session

    env = environment.load(arguments.environment)
    return World(
        tables=SparkDeltaTables(session(), clone),
        audit=wiring.audit_log(arguments.audit or env.audit_table),
        clock=SystemClock(),
        actor=current_actor(env.mlflow.tracking_uri),
    )


def moment(text: str) -> datetime:
    """A moment from text; one without a zone is UTC."""
    read = datetime.fromisoformat(text)
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read
