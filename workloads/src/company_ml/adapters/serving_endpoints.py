"""Serving endpoints through Databricks' REST API; the sandbox's router speaks the same.

https://docs.databricks.com/api/workspace/servingendpoints
"""

from __future__ import annotations

import json
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, cast

import requests
from databricks.sdk.errors import BadRequest, NotFound, ResourceConflict
from databricks.sdk.service import serving

from company_ml.ports import VERSION_VARIABLE, Endpoint, NotFoundError, ServedEntity
from company_ml.release.ports import Answer, UpdateConflictError, UpdateRefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from databricks.sdk import WorkspaceClient

    from company_ml.ports import Row

_SETTABLE = frozenset(serving.ServedEntityInput.__dataclass_fields__)
PATIENCE_SECONDS = 120
"""As long may an answer take: Databricks gives a model up to 297 seconds on CPU, and a model that
needs half of that for one request is no candidate."""
NO_ANSWER = 504
"""The status that a gateway would give where the model gave none."""


class DatabricksServing:
    """Serving and Invoker ports on a workspace client."""

    def __init__(self, client: WorkspaceClient) -> None:
        self._client = client

    def workspace_id(self) -> str:
        """Number of the workspace, as the system tables name it."""
        return str(self._client.get_workspace_id())

    def endpoint(self, name: str) -> Endpoint:
        """The endpoint as it is; NotFoundError when there is none."""
        return _endpoint(self._detail(name))

    def endpoints(self) -> list[Endpoint]:
        """All endpoints."""
        # A list entry lacks the traffic, so each is read by itself.
        names = [listed.name for listed in self._client.serving_endpoints.list()]
        return [self.endpoint(name) for name in names if name]

    def update(self, name: str, entities: Sequence[ServedEntity]) -> None:
        """Ask for these entities and shares; returns before they are in place.

        The configuration is replaced as a whole, so what a port's entity does not say (environment
        variables, concurrency, instance profile) is taken from what is served now under this name;
        a new name is served like the entity with the largest share. A variable that names the
        version (``VERSION_VARIABLE``) names its own.

        Raises:
            UpdateConflictError: An update is under way.
            UpdateRefusedError: The endpoint does not take this.
            NotFoundError: No such endpoint.
        """
        detail = self._detail(name)
        served = _by_name(detail)
        like = max(_endpoint(detail).entities, key=lambda each: each.percent, default=None)
        inputs: list[serving.ServedEntityInput] = []
        for entity in entities:
            held = served.get(entity.name) or (served[like.name] if like else {})
            inputs.append(_input(entity, held, known=entity.name in served))
        routes = [
            serving.Route(served_entity_name=each.name, traffic_percentage=each.percent)
            for each in entities
        ]
        try:
            self._client.serving_endpoints.update_config(
                name, served_entities=inputs, traffic_config=serving.TrafficConfig(routes=routes)
            )
        except ResourceConflict as error:
            raise UpdateConflictError(str(error)) from error
        except (BadRequest, NotFound) as error:
            raise UpdateRefusedError(str(error)) from error

    def score(
        self, name: str, records: Sequence[Row], *, entity: str | None = None
    ) -> Mapping[str, object]:
        """The endpoint's answer to records; of one entity whatever its share when named."""
        body = {"dataframe_records": [dict(record) for record in records]}
        answer = self._client.api_client.do("POST", _path(name, entity), body=body)
        return cast("dict[str, object]", answer)

    def invoke(self, endpoint: str, entity: str, body: str, *, request_id: str) -> Answer:
        """The entity's answer; a failure of the model is an answer too, and so is none in time."""
        content, kind = _marked(body, request_id)
        config = self._client.config
        status, text = NO_ANSWER, ""
        started = time.monotonic()
        # Not through the client, which retries failures and hides their status: here they count.
        with suppress(requests.ReadTimeout):
            answer = requests.post(
                f"{config.host}{_path(endpoint, entity)}",
                data=content,
                headers={**config.authenticate(), "Content-Type": kind},
                timeout=PATIENCE_SECONDS,
            )
            status, text = answer.status_code, answer.text
        return Answer(
            status=status, body=text, milliseconds=round((time.monotonic() - started) * 1000)
        )

    def _detail(self, name: str) -> serving.ServingEndpointDetailed:
        try:
            return self._client.serving_endpoints.get(name)
        except NotFound as error:
            raise NotFoundError(f"there is no serving endpoint {name}") from error


def connected(router: str | None = None) -> DatabricksServing:
    """The workspace that the job runs in, or the sandbox's router at this address."""
    from databricks.sdk import WorkspaceClient  # a second to import

    if router is None:
        return DatabricksServing(WorkspaceClient())
    return DatabricksServing(
        WorkspaceClient(host=router, token="none", auth_type="pat")  # noqa: S106 - it takes any
    )


def _path(endpoint: str, entity: str | None) -> str:
    """Of the endpoint, or of one entity in it.

    https://docs.databricks.com/aws/en/machine-learning/model-serving/serve-multiple-models-to-serving-endpoint
    """
    within = f"/served-models/{entity}" if entity else ""
    return f"/serving-endpoints/{endpoint}{within}/invocations"


def _marked(body: str, request_id: str) -> tuple[bytes, str]:
    """A request with its id, and its media type; CSV, MLflow's other form, has no place for one.

    https://mlflow.org/docs/3.0.1/model/serving-custom/#accepted-csv-input-format
    """
    try:
        plain = json.loads(body)
    except ValueError:
        return body.encode(), "text/csv"
    marked = {**plain, "client_request_id": request_id} if isinstance(plain, dict) else plain
    return json.dumps(marked).encode(), "application/json"


def _endpoint(detail: serving.ServingEndpointDetailed) -> Endpoint:
    state = detail.state or serving.EndpointState()
    updating = state.config_update is serving.EndpointStateConfigUpdate.IN_PROGRESS
    # A failed update leaves its pending configuration in the answer; nothing is coming of it. A
    # running one may not show what it brings: that something is pending must not get lost by that.
    return Endpoint(
        name=detail.name or "",
        entities=_entities(detail.config),
        pending=(_entities(detail.pending_config) or _entities(detail.config)) if updating else (),
        ready=state.ready is serving.EndpointStateReady.READY,
    )


def _entities(
    config: serving.EndpointCoreConfigOutput | serving.EndpointPendingConfig | None,
) -> tuple[ServedEntity, ...]:
    if config is None:
        return ()
    traffic = config.traffic_config.routes if config.traffic_config else None
    shares = {
        route.served_entity_name or route.served_model_name: route.traffic_percentage
        for route in traffic or ()
    }
    return tuple(
        ServedEntity(
            name=each.name or "",
            model=each.entity_name or "",
            version=each.entity_version or "",
            percent=shares.get(each.name, 0),
            workload_size=each.workload_size or "",
            scale_to_zero=bool(each.scale_to_zero_enabled),
        )
        for each in config.served_entities or ()
    )


def _by_name(detail: serving.ServingEndpointDetailed) -> dict[str, dict[str, Any]]:
    entities = detail.config.served_entities if detail.config else None
    return {each.name: each.as_dict() for each in entities or () if each.name}


def _input(
    entity: ServedEntity, held: Mapping[str, Any], *, known: bool
) -> serving.ServedEntityInput:
    kept = {key: value for key, value in held.items() if key in _SETTABLE}
    kept |= {
        "name": entity.name,
        "entity_name": entity.model,
        "entity_version": entity.version,
    }
    if VERSION_VARIABLE in (variables := kept.get("environment_vars") or {}):
        kept["environment_vars"] = {**variables, VERSION_VARIABLE: entity.version}
    if not known and not held:
        kept |= {
            "workload_size": entity.workload_size,
            "scale_to_zero_enabled": entity.scale_to_zero,
        }
    return serving.ServedEntityInput.from_dict(kept)
