"""The command line as a Databricks wheel task: the state of the run is the outcome.

Databricks calls the entry point as a function and looks at exceptions alone: what it returns counts
as success, and any SystemExit as failure, one of code 0 too.
https://github.com/MicrosoftDocs/azure-docs/issues/116964
https://github.com/kedro-org/kedro/issues/1807
So a run succeeds by returning, and fails by an exception whose text is shown as the run's error.

Its last line of output says the outcome in words; Databricks keeps the output of wheel tasks with
the run. https://docs.databricks.com/api/workspace/jobs/getrunoutput
Task values are left alone: they are documented for notebooks only.
https://learn.microsoft.com/azure/databricks/jobs/task-values
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from company_ml import cli
from company_ml.audit import AuditRecord, Outcome
from company_ml.cli import ExitCode

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

SAID = {
    ExitCode.DONE: "done",
    ExitCode.REFUSED: "refused: the output above says by what; another run changes nothing",
    ExitCode.WAITING: "waiting: someone has to act, as the output above says; then run it again",
    ExitCode.NOT_YET: "not yet: nothing is wrong, the next run looks again",
    ExitCode.FAILED: "failed: the output above says why",
}
SUCCESS = frozenset({ExitCode.DONE, ExitCode.NOT_YET})
"""Outcomes that nobody has to be woken for."""
_OBJECTS = ("model_name", "model", "table", "current_table", "log")
"""What a job is about: the first of these arguments that it has."""


class TaskFailedError(Exception):
    """A run whose outcome people have to look at."""


def main(argv: Sequence[str] | None = None) -> None:
    """The entry point ``company_ml_task``: returns when the run shall count as a success.

    Raises:
        TaskFailedError: The job was refused or waits for someone, or its arguments are wrong.
        JobError: It cannot do what was asked.
    """
    arguments = _parsed(sys.argv[1:] if argv is None else argv)
    code = cli.run(arguments)
    said = f"company_ml {arguments.job} (exit code {int(code)}): {SAID[code]}"
    print(said)  # noqa: T201 - what the run's page shows
    if code not in SUCCESS:
        raise TaskFailedError(said)
    if code is ExitCode.NOT_YET:
        _record(arguments)


def _parsed(argv: Sequence[str]) -> argparse.Namespace:
    try:
        return cli.parsed(argv)
    except SystemExit as ended:
        raise TaskFailedError(
            f"company_ml {' '.join(argv[:1])}: wrong arguments; the output above names them"
        ) from ended


def _record(arguments: argparse.Namespace) -> None:
    """A green run tells nothing of its waiting, so the audit log does, once a job run."""
    from company_ml import monitoring

    env = monitoring.environment(arguments)
    given = vars(arguments)
    now = monitoring.clock().now()
    monitoring.audit(arguments).append(
        AuditRecord(
            actor=monitoring.actor(env),
            action=f"{arguments.job}.run",
            object=next((given[name] for name in _OBJECTS if given.get(name)), env.name),
            outcome=Outcome.WAITING,
            time=now,
            correlation=given.get("run_key")
            or given.get("correlation")
            or f"{arguments.job}-{now:%Y-%m-%d}",
            details={"exit_code": str(int(ExitCode.NOT_YET))},
        )
    )
