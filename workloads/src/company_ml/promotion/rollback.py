"""The job ``rollback``: traffic and alias go back to the champion that was there before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from company_ml import wiring
from company_ml.cli import ExitCode, JobError
from company_ml.ports import NotFoundError
from company_ml.promotion import champion, steps
from company_ml.release import job
from company_ml.release.back import NotBackError
from company_ml.release.core import ReleaseRefusedError
from company_ml.release.evidence import Tables
from company_ml.release.ports import LeaseHeldError, StaleStateError

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the job's parameters; ``--model-version`` is the one to get away from."""
    wiring.add_arguments(parser)
    steps.add_version_arguments(parser)
    parser.add_argument("--reason", required=True, help="kept in the audit record")
    served = parser.add_mutually_exclusive_group(required=True)
    served.add_argument("--states", help=f"{job.STATES}, to take traffic back by")
    served.add_argument(
        "--alias-alone", action="store_true", help="no endpoint serves the model: ask none"
    )
    job.add_router_arguments(parser)


def main(arguments: argparse.Namespace) -> ExitCode:
    """Roll back with real adapters: WAITING while an endpoint's settings have to be changed."""
    world = wiring.lifecycle(arguments)
    endpoints = None
    if not arguments.alias_alone:
        # No gate is asked on the way back, so there is no evidence to read.
        endpoints = job.connect(arguments, world.environment, Tables(log=""), registry=None)
    try:
        done = champion.rollback(
            world, arguments.model_name, arguments.model_version, arguments.reason, endpoints
        )
    except (
        LeaseHeldError, NotBackError, NotFoundError, ReleaseRefusedError, StaleStateError,
    ) as error:  # fmt: skip
        raise JobError(str(error)) from error
    back = done.champion
    print(f"champion of {back.name} is version {back.version}", *done.left, sep="\n")  # noqa: T201 - the job's answer
    return ExitCode.WAITING if done.left else ExitCode.DONE
