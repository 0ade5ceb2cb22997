"""Standing alerts, from the tags of the monitoring jobs' MLflow runs."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mlflow.tracking import MlflowClient

from company_ml import alerts
from company_ml.adapters.mlflow_tracking import workspace_name
from company_ml.retraining.core import Alert

if TYPE_CHECKING:
    from collections.abc import Sequence


class MlflowAlerts:
    """Alerts port on an MLflow client."""

    def __init__(self, tracking_uri: str, experiment: str, kinds: Sequence[str]) -> None:
        self._client = MlflowClient(tracking_uri=tracking_uri)
        databricks = tracking_uri == "databricks"
        self._experiment = workspace_name(experiment) if databricks else experiment
        self._kinds = kinds

    def standing(self, model: str) -> list[Alert]:
        """The model's alerts: a kind whose latest verdict is good has none."""
        if not re.fullmatch(r"[\w.-]+", model):  # it becomes part of a filter
            raise ValueError(f"model {model!r}: letters, digits, '_', '-' and '.' make a name")
        experiment = self._client.get_experiment_by_name(self._experiment)
        if experiment is None:
            return []
        found: list[Alert] = []
        for kind in self._kinds:
            tag = alerts.tag(kind)
            latest = self._client.search_runs(
                [experiment.experiment_id],
                filter_string=f"tags.{alerts.MODEL} = '{model}' AND tags.{tag} LIKE '%'",
                order_by=["attributes.start_time DESC"],
                max_results=1,
            )
            if latest and latest[0].data.tags[tag] == alerts.STANDS:
                info = latest[0].info
                found.append(
                    Alert(
                        kind=kind,
                        reason=f"MLflow run {info.run_id}",
                        time=datetime.fromtimestamp(info.start_time / 1000, UTC),
                    )
                )
        return found
