"""One command line, a sub-command per job; and the three commands that the book names.

Exit code = outcome, see ``ExitCode``. On Databricks the same command line is the entry point of
``databricks_task``, since a run has a state there and no exit code.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Protocol, cast

from company_ml.documents import DocumentError

if TYPE_CHECKING:
    from collections.abc import Sequence


class ExitCode(IntEnum):
    """What a job's process ends with."""

    DONE = 0
    FAILED = 1
    USAGE = 2  # argparse's own
    REFUSED = 3
    """A gate or a check said no; running it again changes nothing by itself."""
    WAITING = 4
    """Someone has to act, as an approver; run it again after that."""
    NOT_YET = 5
    """Nothing is wrong and nobody has to act: data, labels or time are missing for what was asked.
    The next run looks again."""


class JobError(Exception):
    """A job cannot do what was asked; the message names the key, its value and the fix."""


class JobModule(Protocol):
    """What a job's ``run`` module offers to the command line."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the job's parameters, all named."""
        ...

    def main(self, arguments: argparse.Namespace) -> ExitCode:
        """Run the job with real adapters."""
        ...


@dataclass(frozen=True)
class Job:
    """A sub-command: the module is imported only when it runs, so that --help stays quick."""

    module: str
    summary: str


JOBS: dict[str, Job] = {
    "example-data": Job(
        "company_ml.train.example_run", "Write the example project's feature tables"
    ),
    "train": Job("company_ml.train.run", "Train a model and register it in the development schema"),
    "evaluate": Job("company_ml.promotion.evaluate", "Hold a version to its gates"),
    "approve": Job("company_ml.promotion.approve", "Approve or reject a version that passed"),
    "approval": Job("company_ml.promotion.approval", "Check that a version is approved"),
    "release": Job("company_ml.release.job", "Let a version take over an endpoint, on evidence"),
    "compliance": Job("company_ml.compliance.job", "Report who did what, or verify a report"),
    "lineage": Job("company_ml.lineage.job", "Show what a table was made from and what from it"),
    "archive": Job("company_ml.recovery.archive_job", "Move a version that nobody uses away"),
    "recover-model": Job("company_ml.recovery.model_job", "Bring an archived version back"),
    "recover-table": Job("company_ml.recovery.table_job", "Restore a table to an earlier state"),
    "rehearse": Job("company_ml.recovery.rehearsal_job", "Prove a table's recovery on a copy"),
    "promote": Job("company_ml.promotion.promote", "Promote a version to the next schema"),
    "rollback": Job(
        "company_ml.promotion.rollback", "Take traffic and alias back to the champion before"
    ),
    "drift": Job("company_ml.drift.run", "Judge whether a table's data, or predictions, drifted"),
    "predictions": Job(
        "company_ml.predictions.run", "Take an endpoint's logged requests apart, a row per record"
    ),
    "performance": Job(
        "company_ml.performance.run", "Judge accuracy against late labels, and bias by group"
    ),
    "quality": Job("company_ml.quality.run", "Check what a table promises"),
    "retrain": Job("company_ml.retraining.run", "Start training when alerts ask for it"),
    "features": Job("company_ml.features.run", "Write, join or publish a feature table"),
    "cost": Job("company_ml.cost.run", "Judge what Databricks cost on a day"),
    "retention": Job("company_ml.retention.run", "Delete model versions whose time is over"),
}
"""Sub-commands. A job adds its line here, and is then deployable as a wheel task."""

EXTRAS = {"pyspark": "dev", "delta": "dev", "evidently": "prod"}
"""What not every installation has, and the wheel's extra that brings it."""


def main(argv: Sequence[str] | None = None) -> None:
    """The command ``company_ml``: ends the process unless the outcome is DONE."""
    _end(sys.argv[1:] if argv is None else argv)


def train_model() -> None:
    """The command ``train_model``: ``company_ml train``."""
    _end(["train", *sys.argv[1:]])


def deploy_model() -> None:
    """The command ``deploy_model``: ``company_ml promote``."""
    _end(["promote", *sys.argv[1:]])


def monitor_model() -> None:
    """The command ``monitor_model``: ``company_ml drift``."""
    _end(["drift", *sys.argv[1:]])


def parsed(argv: Sequence[str]) -> argparse.Namespace:
    """The arguments of a command line, ``job`` its sub-command; wrong ones end the process."""
    parser = argparse.ArgumentParser(prog="company_ml", description="The model lifecycle's jobs.")
    jobs = parser.add_subparsers(dest="job", required=True, metavar="JOB")
    for name, job in JOBS.items():
        sub = jobs.add_parser(name, help=job.summary, description=job.summary)
        if name in argv[:1]:
            module(job).add_arguments(sub)
    return parser.parse_args(argv)


def run(arguments: argparse.Namespace) -> ExitCode:
    """Run a job.

    Raises:
        JobError: It cannot do what was asked, or lacks what an extra of the wheel brings.
        DocumentError: A file that it reads is wrong.
    """
    try:
        return module(JOBS[arguments.job]).main(arguments)
    except ModuleNotFoundError as error:
        extra = EXTRAS.get((error.name or "").partition(".")[0])
        if extra is None:
            raise
        raise JobError(
            f"needs {error.name}, which this Python does not have: "
            f"{sys.executable} -m pip install 'company_ml_framework[{extra}]'"
        ) from error


def module(job: Job) -> JobModule:
    """The module that a sub-command runs."""
    return cast("JobModule", importlib.import_module(job.module))


def _end(argv: Sequence[str]) -> None:
    arguments = parsed(argv)
    try:
        code = run(arguments)
    except (JobError, DocumentError) as error:
        print(f"company_ml {arguments.job}: {error}", file=sys.stderr)  # noqa: T201 - a command line
        code = ExitCode.FAILED
    if code is not ExitCode.DONE:
        sys.exit(int(code))
