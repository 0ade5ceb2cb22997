"""Starts the training job on Databricks."""

from __future__ import annotations

from databricks.sdk import WorkspaceClient


class TrainingJob:
    """Training port on a Databricks job.

    ``idempotency_token``: https://docs.databricks.com/api/workspace/jobs/runnow
    """

    def __init__(self, client: WorkspaceClient, job_id: int) -> None:
        self._client, self._job_id = client, job_id

    def start(self, token: str) -> str:
        """The id of the run that this token started, now or at an earlier call."""
        started = self._client.jobs.run_now(self._job_id, idempotency_token=token)
        return str(started.response.run_id)


def of_this_workspace(job_id: int) -> TrainingJob:
    """A job of the workspace that this one runs in."""
    return TrainingJob(WorkspaceClient(), job_id)
