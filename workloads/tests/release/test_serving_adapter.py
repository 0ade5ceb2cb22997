"""What the adapter makes of the API's answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from databricks.sdk.service.serving import ServingEndpointDetailed

from company_ml.adapters.serving_endpoints import DatabricksServing

if TYPE_CHECKING:
    from company_ml.ports import Endpoint

ENTITY = {"name": "churn-1", "entity_name": "a.b.churn", "entity_version": "1"}
NEW = {**ENTITY, "name": "churn-2", "entity_version": "2"}


class _Client:
    """A workspace client that has one answer."""

    def __init__(self, plain: dict[str, Any]) -> None:
        self.serving_endpoints = self
        self._plain = plain

    def get(self, name: str) -> ServingEndpointDetailed:
        return ServingEndpointDetailed.from_dict({"name": name, **self._plain})


def read(state: str, **more: Any) -> Endpoint:
    config = {
        "served_entities": [ENTITY],
        "traffic_config": {"routes": [{"served_model_name": "churn-1", "traffic_percentage": 100}]},
    }
    plain = {"state": {"ready": "READY", "config_update": state}, "config": config, **more}
    client: Any = _Client(plain)
    return DatabricksServing(client).endpoint("churn")


def test_routes_by_the_old_word_are_understood() -> None:
    (entity,) = read("NOT_UPDATING").entities
    assert (entity.name, entity.version, entity.percent) == ("churn-1", "1", 100)


def test_only_a_running_update_is_pending() -> None:
    coming = {"pending_config": {"served_entities": [NEW]}}
    assert [each.name for each in read("IN_PROGRESS", **coming).pending] == ["churn-2"]
    assert read("UPDATE_FAILED", **coming).pending == ()
    assert read("NOT_UPDATING").pending == ()
    assert read("IN_PROGRESS").pending, "an update that does not show what it brings is one"
