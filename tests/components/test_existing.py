"""What is not there yet is waited for; what a cloud refuses to say is an error."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from components import existing, model_versions, monitored_tables, waiting_jobs
from tests.components.build import stack_files

if TYPE_CHECKING:
    from pulumi import ProviderResource

PROD = "prod"
TABLE = "ml_prod_catalog.feature_store.customer_features"


def answering(
    monkeypatch: pytest.MonkeyPatch,
    *,
    workspace: object,
    tables: object = None,
    models: object = (),
    endpoints: tuple[str, ...] = (),
) -> existing.Existing:
    """Look-ups that answer with these values, or raise those that are exceptions."""

    def answer(value: object) -> Any:
        def ask(**_: object) -> object:
            if isinstance(value, Exception):
                raise value
            return value

        return ask

    monkeypatch.setattr(existing.azure_databricks, "get_workspace", answer(workspace))
    monkeypatch.setattr(existing.databricks, "get_table", answer(tables))
    monkeypatch.setattr(existing.databricks, "get_registered_model_versions", answer(models))
    served = SimpleNamespace(endpoints=[SimpleNamespace(name=name) for name in endpoints])
    monkeypatch.setattr(existing.databricks, "get_serving_endpoints", answer(served))
    return existing.Existing(
        resource_group_name="rg",
        workspace_name="mlops-prod-workspace",
        azure_provider=cast("ProviderResource", None),
        workspace_provider=cast("ProviderResource", None),
    )


WHOLE = SimpleNamespace(provisioning_state="Succeeded")


def test_without_a_workspace_nothing_is_asked_and_everything_waits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    absent = RuntimeError("ResourceGroupNotFound: the group is not there")
    for workspace in (absent, SimpleNamespace(provisioning_state="Creating")):
        looks = answering(monkeypatch, workspace=workspace, tables=RuntimeError("asked"))
        settings = stack_files()[PROD]
        watch = monitored_tables.divide(settings.observability.monitors, "c", looks)
        unasked = " (not looked up: mlops-prod-workspace was not there yet)"
        assert watch.waiting[0][1] == "table c.feature_store.customer_features" + unasked
        readiness = model_versions.divide(settings.serving.endpoints, looks)
        version = "ml_models_catalog.production_models.churn version 1"
        assert [reason for _, reason in readiness.waiting] == [version + unasked]
        resting = waiting_jobs.waiting(settings.workloads.jobs, looks)
        assert all(reason.endswith(unasked) for reason in resting.values())
        assert set(resting) == {"quality", "drift", "performance", "rehearsal"}
        assert not looks.table(TABLE)
        assert looks.model_versions("a.b.c") == set()


def test_a_monitor_waits_for_its_table_and_is_built_with_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monitors = stack_files()[PROD].observability.monitors
    absent = RuntimeError(f"Table '{TABLE}' does not exist.")
    watch = monitored_tables.divide(
        monitors, "ml_prod_catalog", answering(monkeypatch, workspace=WHOLE, tables=absent)
    )
    assert watch.ready == ()
    assert watch.waiting[0] == (monitors[0], f"table {TABLE}")
    watch = monitored_tables.divide(
        monitors, "ml_prod_catalog", answering(monkeypatch, workspace=WHOLE, tables=object())
    )
    assert watch == monitored_tables.Watch(ready=monitors, waiting=())


def test_a_schedule_rests_until_the_tables_that_it_reads_are_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Those that a step before makes, as the predictions, are nobody else's."""
    jobs = stack_files()[PROD].workloads.jobs
    looks = answering(monkeypatch, workspace=WHOLE, tables=RuntimeError("it does not exist"))
    schema = "ml_prod_catalog.feature_store"
    logs = "ml_prod_catalog.serving.inference_logs_churn_payload"
    assert waiting_jobs.waiting(jobs, looks) == {
        "quality": f"table {TABLE}",
        "drift": f"tables {TABLE}, {schema}.customer_features_reference",
        "performance": f"tables {logs}, {schema}.churn_labels",
        "rehearsal": f"table {TABLE}",
    }
    there = answering(monkeypatch, workspace=WHOLE, tables=object())
    assert waiting_jobs.waiting(jobs, there) == {}


def test_an_endpoint_waits_for_its_model_s_version(monkeypatch: pytest.MonkeyPatch) -> None:
    endpoints = stack_files()[PROD].serving.endpoints
    found = SimpleNamespace(model_versions=[SimpleNamespace(version=2)])
    looks = answering(monkeypatch, workspace=WHOLE, models=found)
    ((_, reason),) = model_versions.divide(endpoints, looks).waiting
    assert reason == "ml_models_catalog.production_models.churn version 1"
    found.model_versions.append(SimpleNamespace(version=1))
    assert model_versions.divide(endpoints, looks).ready == endpoints


def test_an_endpoint_that_a_controller_moved_on_waits_for_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (endpoint,) = stack_files()[PROD].serving.endpoints
    archived = SimpleNamespace(model_versions=[SimpleNamespace(version=2)])
    looks = answering(monkeypatch, workspace=WHOLE, models=archived, endpoints=("churn",))
    moved = endpoint.model_copy(update={"release": "controller"})
    assert model_versions.divide((moved,), looks).ready == (moved,)
    stated = endpoint.model_copy(update={"release": "settings"})
    assert model_versions.divide((stated,), looks).ready == ()


def test_another_refusal_than_absence_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    refused = RuntimeError("403: the caller may not read this")
    with pytest.raises(RuntimeError, match="may not read"):
        answering(monkeypatch, workspace=WHOLE, tables=refused).table(TABLE)
    with pytest.raises(RuntimeError, match="may not read"):
        _ = answering(monkeypatch, workspace=refused).workspace


def test_with_nothing_declared_no_cloud_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = answering(monkeypatch, workspace=RuntimeError("asked"))
    assert monitored_tables.divide((), "c", looks).ready == ()
    # Dev's one schedule rests by its settings, and what starts on demand waits for nothing.
    assert waiting_jobs.waiting(stack_files()["dev"].workloads.jobs, looks) == {}
    assert model_versions.divide((), looks).ready == ()
