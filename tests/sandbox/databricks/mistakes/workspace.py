"""Mistakes with serving endpoints, experiments and a workspace's settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.sandbox.databricks.mistakes.actions import REMOVED, Mistake, another, instead
from tests.sandbox.databricks.parts.places import AS_CI, STRANGER

if TYPE_CHECKING:
    from tests.sandbox.databricks.world import World

_FORMS = "INVALID_PARAMETER_VALUE"
_ENTITY, _ROUTES = "config.servedEntities.0", "config.trafficConfig.routes"
_TABLE, _LIMIT = "aiGateway.inferenceTableConfig", "aiGateway.rateLimits.0"


def _no_gateway(world: World) -> dict[str, object]:
    del world
    return {"aiGateway": REMOVED}


MISTAKES: dict[str, list[tuple[str, Mistake]]] = {
    "endpoint_serves_in_one_way": [
        (
            "CONFLICTING_PROPERTIES",
            instead("endpoint", {"config.servedModels": [{"modelName": "m", "modelVersion": "1"}]}),
        ),
        (
            "CONFLICTING_PROPERTIES",
            instead("endpoint", {f"{_ENTITY}.minProvisionedConcurrency": 4}),
        ),
    ],
    "endpoint_name_is_valid_and_free": [
        (_FORMS, instead("endpoint", {"name": "churn.v1"})),
        (_FORMS, instead("endpoint", {"name": "c" * 64})),
        (_FORMS, instead("endpoint", {"name": "databricks-churn"})),
        ("RESOURCE_ALREADY_EXISTS", another("endpoint")),
    ],
    "entities_are_distinct": [
        (_FORMS, instead("endpoint", {f"{_ENTITY}.name": "challenger"})),
        (_FORMS, instead("endpoint", {f"{_ENTITY}.name": "champion.1"})),
        (
            _FORMS,
            instead(
                "endpoint",
                lambda w: {
                    "config.servedEntities": [
                        {**w.inputs("endpoint")["config"]["servedEntities"][0], "name": f"e{n}"}
                        for n in range(16)
                    ]
                },
            ),
        ),
    ],
    "entities_name_a_version": [
        (_FORMS, instead("endpoint", {f"{_ENTITY}.entityVersion": REMOVED})),
        (_FORMS, instead("endpoint", {f"{_ENTITY}.entityVersion": "latest"})),
        (_FORMS, instead("endpoint", {f"{_ENTITY}.entityName": REMOVED})),
        (_FORMS, instead("endpoint", {f"{_ENTITY}.externalModel": {"name": "gpt"}})),
    ],
    "workloads_are_azures": [
        (_FORMS, instead("endpoint", {f"{_ENTITY}.workloadSize": "Huge"})),
        (_FORMS, instead("endpoint", {f"{_ENTITY}.workloadType": "GPU_MEDIUM"})),
    ],
    "served_models_exist": [
        ("RESOURCE_DOES_NOT_EXIST", instead("endpoint", {f"{_ENTITY}.entityName": "churn"})),
        (
            "RESOURCE_DOES_NOT_EXIST",
            instead("endpoint", {f"{_ENTITY}.entityName": "ml_prod_catalog.models.absent"}),
        ),
        ("RESOURCE_DOES_NOT_EXIST", instead("endpoint", {f"{_ENTITY}.entityVersion": "2"})),
        ("PERMISSION_DENIED", instead("endpoint", _no_gateway, provider=AS_CI)),
        (
            "PERMISSION_DENIED",
            instead("endpoint", _no_gateway, provider={**AS_CI, "azureClientId": STRANGER}),
        ),
    ],
    "routes_lead_to_entities": [
        (_FORMS, instead("endpoint", {f"{_ROUTES}.0.servedEntityName": "absent"})),
        (_FORMS, instead("endpoint", {f"{_ROUTES}.0.servedEntityName": "challenger"})),
    ],
    "routes_sum_to_a_hundred": [
        (_FORMS, instead("endpoint", {f"{_ROUTES}.0.trafficPercentage": 80})),
        (
            _FORMS,
            instead(
                "endpoint",
                {f"{_ROUTES}.0.trafficPercentage": 110, f"{_ROUTES}.1.trafficPercentage": -10},
            ),
        ),
    ],
    "legacy_capture_is_closed": [
        (
            "FEATURE_DISABLED",
            instead("endpoint", {"config.autoCaptureConfig": {"catalogName": "ml_prod_catalog"}}),
        ),
    ],
    "inference_table_has_a_place": [
        ("CATALOG_DOES_NOT_EXIST", instead("endpoint", {f"{_TABLE}.catalogName": "absent"})),
        ("SCHEMA_DOES_NOT_EXIST", instead("endpoint", {f"{_TABLE}.schemaName": "absent"})),
        (_FORMS, instead("endpoint", {f"{_TABLE}.schemaName": REMOVED})),
        (_FORMS, instead("endpoint", {f"{_TABLE}.tableNamePrefix": "a-b"})),
        (
            "PERMISSION_DENIED",
            instead("endpoint", {"config": {"servedEntities": []}}, provider=AS_CI),
        ),
    ],
    "rate_limits_are_understood": [
        (_FORMS, instead("endpoint", {f"{_LIMIT}.renewalPeriod": "hour"})),
        (_FORMS, instead("endpoint", {f"{_LIMIT}.key": "planet"})),
        (_FORMS, instead("endpoint", {f"{_LIMIT}.calls": REMOVED})),
    ],
    "tags_have_distinct_keys": [
        (_FORMS, instead("endpoint", {"tags": [{"key": "env"}, {"key": "env"}]})),
    ],
    "experiment_name_is_a_path": [
        (_FORMS, instead("experiment", {"name": "churn"})),
    ],
    "experiment_has_a_parent": [
        ("RESOURCE_DOES_NOT_EXIST", instead("experiment", {"name": "/absent/churn"})),
    ],
    "experiment_name_is_free": [
        ("RESOURCE_ALREADY_EXISTS", another("experiment", {"name": "/ml_experiments/prod/churn"})),
    ],
    "configuration_keys_are_known": [
        ("BAD_REQUEST", instead("conf", {"customConfig.enableTokenConfig": "true"})),
    ],
    "configuration_values_are_texts": [
        (_FORMS, instead("conf", {"customConfig.enableTokensConfig": "yes"})),
        (_FORMS, instead("conf", {"customConfig.maxTokenLifetimeDays": "731"})),
    ],
    "admin_status_is_known": [
        (_FORMS, instead("admins", {"restrictWorkspaceAdmins.status": "DENY_ALL"})),
    ],
    "setting_is_the_default_one": [
        (_FORMS, instead("admins", {"settingName": "mine"})),
        (_FORMS, instead("legacy_access", {"settingName": "mine"})),
        (_FORMS, instead("legacy_dbfs", {"settingName": "mine"})),
    ],
}
