"""Experiment runs through MLflow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import mlflow
from mlflow.entities import Metric, Param, RunTag
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import RESOURCE_ALREADY_EXISTS, ErrorCode
from mlflow.tracking import MlflowClient

from company_ml.ports import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from mlflow.entities import Run


_MOUNT = "/Workspace/"


def workspace_name(path: str) -> str:
    """The name that Databricks' tracking server finds an experiment by.

    ``/Workspace`` is how file systems see a workspace's folders. An experiment can be created by
    such a path, and is then not found by it: creating it again is refused, and so is every run.
    https://github.com/mlflow/mlflow/issues/11077
    """
    return "/" + path.removeprefix(_MOUNT) if path.startswith(_MOUNT) else path


class MlflowTracking:
    """Tracking port on an MLflow client.

    Files that go through MLflow's server go to a process-wide address, which this sets.

    Args:
        tracking_uri: ``databricks`` or a server's URL.
        artifact_location: Where new experiments keep their files; the server's choice when None.
    """

    def __init__(self, tracking_uri: str, artifact_location: str | None = None) -> None:
        mlflow.set_tracking_uri(tracking_uri)
        self._client = MlflowClient(tracking_uri=tracking_uri)
        self._artifacts = artifact_location
        self._databricks = tracking_uri == "databricks"

    def experiment(self, name: str) -> str:
        """The id of an experiment, which is made when missing."""
        if self._databricks:
            name = workspace_name(name)
        found = self._client.get_experiment_by_name(name)
        if found is not None:
            return found.experiment_id
        location = f"{self._artifacts}/{name.strip('/')}" if self._artifacts else None
        try:
            return self._client.create_experiment(name, artifact_location=location)
        except MlflowException as error:
            # Another job made it between the question and the answer.
            found = self._client.get_experiment_by_name(name)
            if error.error_code == ErrorCode.Name(RESOURCE_ALREADY_EXISTS) and found is not None:
                return found.experiment_id
            raise

    def log(
        self,
        *,
        experiment: str,
        run_name: str,
        parameters: Mapping[str, str] | None = None,
        metrics: Mapping[str, float] | None = None,
        tags: Mapping[str, str] | None = None,
        artifacts: Sequence[Path] = (),
    ) -> str:
        """Write one finished run and return its id."""
        run = self._client.create_run(self.experiment(experiment), run_name=run_name)
        run_id, now = run.info.run_id, run.info.start_time
        self._client.log_batch(
            run_id,
            metrics=[Metric(key, value, now, 0) for key, value in (metrics or {}).items()],
            params=[Param(key, value) for key, value in (parameters or {}).items()],
            tags=[RunTag(key, value) for key, value in (tags or {}).items()],
        )
        for path in artifacts:
            self._client.log_artifact(run_id, str(path))
        self._client.set_terminated(run_id)
        return run_id

    def find(self, experiment: str, tag: str, value: str) -> str | None:
        """The id of a finished run of an experiment with that tag, if there is one."""
        if "'" in value:
            raise ValueError(f"tag value {value!r} holds a quote, which MLflow's filter cannot")
        found = self._client.search_runs(
            [self.experiment(experiment)],
            f"tags.`{tag}` = '{value}' and attributes.status = 'FINISHED'",
            max_results=1,
        )
        return found[0].info.run_id if found else None

    def metrics(self, run_id: str) -> Mapping[str, float]:
        """Last value of each metric of a run."""
        return dict(self._run(run_id).data.metrics)

    def parameters(self, run_id: str) -> Mapping[str, str]:
        """Parameters of a run."""
        return dict(self._run(run_id).data.params)

    def _run(self, run_id: str) -> Run:
        try:
            return self._client.get_run(run_id)
        except MlflowException as error:
            raise NotFoundError(f"MLflow has no run {run_id}: {error.message}") from error
