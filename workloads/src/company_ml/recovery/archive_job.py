"""The job ``archive``: a model version that nobody uses moves to the archive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from company_ml import limits, monitoring
from company_ml.cli import ExitCode, JobError
from company_ml.ports import NotFoundError
from company_ml.promotion import steps
from company_ml.recovery import model_job
from company_ml.recovery.archiving import Guards, Order, archive
from company_ml.recovery.core import NotRetainedError, RefusedError

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the job's parameters."""
    parser.add_argument("--environment", required=True, help="name or file of the environment")
    steps.add_version_arguments(parser)
    parser.add_argument("--reason", required=True, help="kept in the audit record and as a tag")
    parser.add_argument("--rules", help="retention rules (YAML), for the tag that holds a version")
    monitoring.add_workspaces(parser)
    monitoring.add_audit(parser)


def main(arguments: argparse.Namespace) -> ExitCode:
    """Run the job with real adapters: REFUSED when something holds the version."""
    env = monitoring.environment(arguments)
    order = Order(
        name=arguments.model_name,
        version=arguments.model_version,
        target=model_job.archive_of(env, arguments.model_name, "--model-name"),
        reason=arguments.reason,
        correlation=arguments.correlation,
    )
    guards = Guards(
        endpoints=[monitoring.served_models(url) for url in arguments.workspace_url],
        hold_tag=limits.load("retention", arguments.rules)["hold_tag"],
    )
    try:
        kept = archive(order, model_job.connect(arguments, env), guards)
    except RefusedError as error:
        print(error)  # noqa: T201 - the job's answer
        return ExitCode.REFUSED
    except (NotRetainedError, NotFoundError) as error:
        raise JobError(str(error)) from error
    print(f"{order.uri} is archived as {kept.uri}")  # noqa: T201 - the job's answer
    return ExitCode.DONE
