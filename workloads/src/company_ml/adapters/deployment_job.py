"""Connects a registered model of Unity Catalog to its deployment job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from mlflow.entities.model_registry import RegisteredModel


class Client(Protocol):
    """What is used of MLflow's client."""

    def get_registered_model(self, name: str) -> RegisteredModel:
        """The model, with the job it is connected to."""
        ...

    def update_registered_model(
        self, name: str, description: str | None = None, deployment_job_id: str | None = None
    ) -> RegisteredModel:
        """Change what is given."""
        ...


def connect(client: Client, model: str, job_id: str) -> bool:
    """Make the job start with every new version of the model; False when it does so already.

    It takes ownership of the model, and the right to run the job, which is one of the workspace
    that asks: https://docs.databricks.com/aws/en/mlflow/deployment-job
    """
    found = client.get_registered_model(model)
    if str(found.deployment_job_id or "") == job_id:
        return False
    client.update_registered_model(model, deployment_job_id=job_id)
    return True


def client(tracking_uri: str, registry_uri: str) -> Client:
    """MLflow's own."""
    from mlflow.tracking import MlflowClient  # seconds to import

    return MlflowClient(tracking_uri=tracking_uri, registry_uri=registry_uri)
