"""What the adapter makes of the API's answers."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from databricks.sdk.service.serving import ServingEndpointDetailed

from company_ml.adapters import serving_endpoints
from company_ml.adapters.serving_endpoints import DatabricksServing
from company_ml.ports import ServedEntity
from local_http import Answer, Request, answering

if TYPE_CHECKING:
    import pytest

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


class _Workspace(_Client):
    """One that is asked over HTTP, and remembers the last configuration it got."""

    def __init__(self, plain: dict[str, Any], host: str = "") -> None:
        super().__init__(plain)
        self.config, self.host, self.given = self, host, {}

    def authenticate(self) -> dict[str, str]:
        return {}

    def update_config(self, name: str, **given: Any) -> None:
        self.given = {"name": name, **given}


def test_a_model_that_does_not_answer_in_time_has_answered_that(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(serving_endpoints, "PATIENCE_SECONDS", 0.2)
    done = threading.Event()

    def hang(_: Request) -> Answer:
        done.wait(20)
        return Answer()

    with answering(hang) as url:
        client: Any = _Workspace({}, url)
        answer = DatabricksServing(client).invoke("churn", "churn-2", "{}", request_id="r")
        done.set()
    assert (answer.status, answer.body) == (504, "")
    assert answer.milliseconds >= 200


def test_recorded_requests_of_either_form_are_sent_as_they_were() -> None:
    seen: list[bytes] = []

    def keep(request: Request) -> Answer:
        seen.append(request.body)
        return Answer()

    with answering(keep) as url:
        client: Any = _Workspace({}, url)
        for body in ('{"inputs": [1]}', "age,bmi\n31,22.5\n"):
            DatabricksServing(client).invoke("churn", "churn-2", body, request_id="r")
    assert seen == [b'{"inputs": [1], "client_request_id": "r"}', b"age,bmi\n31,22.5\n"]


def test_a_variable_that_names_the_version_names_the_entitys_own() -> None:
    served = {**ENTITY, "environment_vars": {"MODEL_VERSION": "1", "MODE": "fast"}}
    routes = [{"served_model_name": "churn-1", "traffic_percentage": 100}]
    client: Any = _Workspace(
        {"config": {"served_entities": [served], "traffic_config": {"routes": routes}}}
    )
    blue = ServedEntity(name="churn-1", model="a.b.churn", version="1", percent=90)
    green = ServedEntity(name="churn-2", model="a.b.churn", version="2", percent=10)
    DatabricksServing(client).update("churn", [blue, green])
    assert [each.environment_vars for each in client.given["served_entities"]] == [
        {"MODEL_VERSION": "1", "MODE": "fast"}, {"MODEL_VERSION": "2", "MODE": "fast"},
    ]  # fmt: skip


def test_routes_by_the_old_word_are_understood() -> None:
    (entity,) = read("NOT_UPDATING").entities
    assert (entity.name, entity.version, entity.percent) == ("churn-1", "1", 100)


def test_only_a_running_update_is_pending() -> None:
    coming = {"pending_config": {"served_entities": [NEW]}}
    assert [each.name for each in read("IN_PROGRESS", **coming).pending] == ["churn-2"]
    assert read("UPDATE_FAILED", **coming).pending == ()
    assert read("NOT_UPDATING").pending == ()
    assert read("IN_PROGRESS").pending, "an update that does not show what it brings is one"
