"""Where retraining's alerts come from, and where its triggers go: real MLflow, real HTTP."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from databricks.sdk import WorkspaceClient

from company_ml import alerts
from company_ml.adapters.mlflow_alerts import MlflowAlerts
from company_ml.adapters.mlflow_tracking import MlflowTracking
from company_ml.adapters.training_job import TrainingJob
from local_http import Answer, Request, answering

if TYPE_CHECKING:
    from collections.abc import Callable

MODEL = "ml_models_catalog.production_models.churn"


@pytest.mark.mlflow
def test_an_alert_stands_until_its_kind_has_a_good_verdict(
    mlflow_uri: str, fresh: Callable[[str], str]
) -> None:
    tracking, experiment = MlflowTracking(mlflow_uri), fresh("monitoring")
    source = MlflowAlerts(mlflow_uri, experiment, ["drift", "accuracy"])
    assert source.standing(MODEL) == []

    def judged(model: str = MODEL, **verdicts: bool | None) -> None:
        tracking.log(experiment=experiment, run_name="r", tags=alerts.tags(model, verdicts))

    judged(drift=True, accuracy=True)
    judged(accuracy=False)
    judged(drift=None)  # not enough data says nothing either way
    judged("c.s.another", drift=False, accuracy=True)
    assert [alert.kind for alert in source.standing(MODEL)] == ["drift"]
    judged(drift=False)
    assert source.standing(MODEL) == []
    with pytest.raises(ValueError, match="make a name"):
        source.standing("x' OR '1' = '1")


def test_the_jobs_api_gets_the_token_that_makes_a_second_call_harmless() -> None:
    asked: list[dict[str, object]] = []

    def answer(request: Request) -> Answer:
        if not request.path.endswith("/jobs/run-now"):
            return Answer(404)  # the client also looks for other things
        asked.append(json.loads(request.body))
        return Answer(body=b'{"run_id": 77, "number_in_job": 1}')

    with answering(answer) as url:
        client = WorkspaceClient(host=url, token="a-test's")  # noqa: S106 (a test's)
        assert TrainingJob(client, 5).start("abc") == "77"
    assert asked == [{"job_id": 5, "idempotency_token": "abc"}]
