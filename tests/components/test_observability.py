"""What an environment is watched with."""

from __future__ import annotations

import json
from typing import Any

import pytest

from components import access, queries
from components.alerts import alerts
from components.dashboards import dashboards
from settings.observability import ObservabilitySettings
from tests.components.build import Builder, stack_files
from tests.components.harness import Graph, deploy

ALERT = "databricks:index/alertV2:AlertV2"
DASHBOARD = "databricks:index/dashboard:Dashboard"
MONITOR = "databricks:index/qualityMonitor:QualityMonitor"
PERMISSIONS = "databricks:index/permissions:Permissions"
INFERENCE = {
    "kind": "inference", "table": "serving.scored", "timestampColumn": "at",
    "predictionColumn": "score", "modelIdColumn": "version", "problem": "regression",
}  # fmt: skip


def watched(stack: str = "prod", **changes: Any) -> Graph:
    given = {"alerts": {"dailyCostUsd": 1000}, **changes}
    settings = ObservabilitySettings.model_validate_json(json.dumps(given))
    return deploy(lambda: Builder(stack).observability(settings=settings))


def test_the_warehouse_is_serverless_small_and_stops_soon() -> None:
    graph = deploy(lambda: Builder("dev").observability())
    warehouse = graph.one("databricks:index/sqlEndpoint:SqlEndpoint", "watch-warehouse").inputs
    assert warehouse["enableServerlessCompute"] is True
    assert (warehouse["warehouseType"], warehouse["clusterSize"]) == ("PRO", "2X-Small")
    assert (warehouse["autoStopMins"], warehouse["maxNumClusters"]) == (10, 1)


def test_alerts_compare_with_the_settings_and_mail_the_contacts() -> None:
    graph = watched()
    found = {
        alert.name: alert.inputs["evaluation"]["threshold"]["value"]["doubleValue"]
        for alert in graph.all(ALERT)
    }
    assert found == {
        "watch-alert-daily-cost": 1000,
        "watch-alert-failed-runs": 0,
        "watch-alert-denied-attempts": 20,
        "watch-alert-drift": 0.3,
    }
    destination = graph.one(
        "databricks:index/notificationDestination:NotificationDestination", "watch-contacts"
    )
    assert destination.inputs["config"]["email"]["addresses"] == ["ml-platform@example.com"]
    for alert in graph.all(ALERT):
        (told,) = alert.inputs["evaluation"]["notification"]["subscriptions"]
        assert told == {"destinationId": "watch-contacts-id"}
        assert alert.inputs["runAs"] == {"servicePrincipalName": "application"}


def test_an_alert_gives_its_statement_every_parameter_and_no_other() -> None:
    for alert in watched().all(ALERT):
        names = {each["name"] for each in alert.inputs["parameters"]}
        assert names == {name for name in names if f":{name}" in alert.inputs["queryText"]}
        assert "workspace_id" in names
    for alert in alerts(stack_files()["prod"].observability.alerts):
        given = {*alert.values, "workspace_id"}
        assert {*queries.parameters(alert.statement)} == given, alert.name
        assert f"AS {alert.column}" in queries.statement(alert.statement)


def test_dashboards_show_viewers_what_they_may_read_themselves() -> None:
    graph = watched()
    assert {each.name for each in graph.all(DASHBOARD)} == {
        "watch-dashboard-cost", "watch-dashboard-drift-and-quality", "watch-dashboard-audit",
    }  # fmt: skip
    for dashboard in graph.all(DASHBOARD):
        assert dashboard.inputs["embedCredentials"] is False
        assert dashboard.inputs["warehouseId"] == "watch-warehouse-id"
        assert '"1001"' in dashboard.inputs["serializedDashboard"]


def test_viewers_and_the_alerts_identity_may_use_what_dashboards_need() -> None:
    graph = watched()
    for name, level in (("watch-users", "CAN_USE"), ("watch-viewers", "CAN_RUN")):
        assert graph.one(PERMISSIONS, name).inputs["accessControls"] == [
            {"servicePrincipalName": "application", "permissionLevel": level},
            {"groupName": "observers", "permissionLevel": level},
        ]


def test_each_kind_of_monitor_is_told_how_to_read_its_table() -> None:
    graph = watched(
        monitors=[
            {"kind": "snapshot", "table": "feature_store.customer_features"},
            {"kind": "timeSeries", "table": "serving.logs", "timestampColumn": "request_time"},
            INFERENCE,
        ]
    )
    features = graph.one(MONITOR, "watch-monitor-feature-store-customer-features")
    assert features.ignore_changes == ("dataClassificationConfig",)
    snapshot = features.inputs
    assert snapshot["tableName"] == "ml_dev_catalog.feature_store.customer_features"
    assert snapshot["outputSchemaName"] == "ml_dev_catalog.experiments"
    assert snapshot["snapshot"] == {}
    series = graph.one(MONITOR, "watch-monitor-serving-logs").inputs["timeSeries"]
    assert series == {"granularities": ["1 day"], "timestampCol": "request_time"}
    inference = graph.one(MONITOR, "watch-monitor-serving-scored").inputs["inferenceLog"]
    assert inference["problemType"] == "PROBLEM_TYPE_REGRESSION"
    assert "labelCol" not in inference
    content = graph.one(DASHBOARD, "watch-dashboard-drift-and-quality").inputs[
        "serializedDashboard"
    ]
    datasets = json.loads(content)["datasets"]
    assert [each["name"] for each in datasets] == ["drift", "quality_1", "quality_2", "quality_3"]


def drawn(audit_table: str | None = "c.s.audit") -> list[dict[str, Any]]:
    profiles = {"s.t": "c.s.t_profile_metrics"}
    made = dashboards("1001", "USD", audit_table, profiles)
    return [json.loads(each.serialized()) for each in made]


def test_a_dashboard_is_the_same_text_each_time() -> None:
    one, two = (dashboards("1", "USD", None, {"a.b": "p", "c.d": "q"}) for _ in range(2))
    assert [each.serialized() for each in one] == [each.serialized() for each in two]


def test_every_widget_draws_columns_of_a_dataset_of_its_dashboard() -> None:
    for dashboard in drawn():
        columns = {each["name"]: "".join(each["queryLines"]) for each in dashboard["datasets"]}
        (page,) = dashboard["pages"]
        used = set[str]()
        for place in page["layout"]:
            (query,) = place["widget"]["queries"]
            statement = columns[query["query"]["datasetName"]]
            used.add(query["query"]["datasetName"])
            names = {field["name"] for field in query["query"]["fields"]}
            for field in query["query"]["fields"]:
                column = field["expression"].split("`")[1]
                assert f"AS {column}" in statement
            encodings = json.dumps(place["widget"]["spec"]["encodings"])
            assert all(f'"fieldName": "{name}"' in encodings for name in names)
        assert used == set(columns)


def test_widgets_stay_on_the_grid_and_cover_no_other() -> None:
    for dashboard in drawn():
        taken = set[tuple[int, int]]()
        for place in dashboard["pages"][0]["layout"]:
            at = place["position"]
            cells = {
                (x, y)
                for x in range(at["x"], at["x"] + at["width"])
                for y in range(at["y"], at["y"] + at["height"])
            }
            assert max(x for x, _ in cells) < 6
            assert not cells & taken
            taken |= cells


def test_a_dataset_starts_with_a_value_for_each_parameter_of_its_statement() -> None:
    for dashboard in drawn():
        for dataset in dashboard["datasets"]:
            statement = "".join(dataset["queryLines"])
            for parameter in dataset["parameters"]:
                assert f":{parameter['keyword']}" in statement
                assert parameter["defaultSelection"]["values"]["values"][0]["value"]
            assert statement.count(":") >= len(dataset["parameters"])


def test_what_jobs_did_is_shown_once_their_table_exists() -> None:
    names = [each["name"] for each in drawn(None)[2]["datasets"]]
    assert names == ["changes", "denied"]
    assert [each["name"] for each in drawn()[2]["datasets"]] == [*names, "jobs"]


def test_observers_read_system_tables_and_other_grants_on_them_stay() -> None:
    graph = deploy(lambda: Builder().catalog(system_schemas=("access",)))
    granted = {each.inputs["schema"]: each for each in graph.all("databricks:index/grant:Grant")}
    assert set(granted) == {"system.access", "system.billing"}
    for each in granted.values():
        assert each.inputs["principal"] == "observers"
        assert each.inputs["privileges"] == ["USE_SCHEMA", "SELECT"]
    assert "cat-system-access" in granted["system.access"].depends_on
    assert not deploy(lambda: Builder().catalog()).all("databricks:index/grant:Grant")


@pytest.mark.parametrize("profiled", [True, False])
def test_owners_read_tables_only_where_monitors_profile_them(*, profiled: bool) -> None:
    settings = stack_files()["prod"].catalog
    plan = access.environment_catalog(settings, "prod", profiled=profiled)
    assert ("SELECT" in plan.grants.get(access.OWNERS, ())) is profiled
