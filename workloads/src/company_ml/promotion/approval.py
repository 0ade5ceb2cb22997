"""The deployment job's approval task: ends well when another person approved this evidence.

Until then it fails, which is how a deployment job waits: approving repairs the run, and this task
runs again. Its task key has to begin with ``approval``.
https://docs.databricks.com/aws/en/mlflow/deployment-job
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from company_ml import wiring
from company_ml.promotion import approve, steps

if TYPE_CHECKING:
    import argparse

    from company_ml.cli import ExitCode


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the job's parameters."""
    wiring.add_arguments(parser)
    steps.add_version_arguments(parser)


def main(arguments: argparse.Namespace) -> ExitCode:
    """Run the job with real adapters."""
    world = wiring.lifecycle(arguments)
    move = steps.hop(world, arguments.model_name, arguments.model_version)
    found = approve.check(world, move, move.source.tags.get("promotion_evidence", ""))
    print(f"approval of {move.source.uri}: {found.outcome} ({found.reason})")  # noqa: T201 - the job's answer
    return steps.EXITS[found.outcome]
