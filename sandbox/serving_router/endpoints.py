"""Endpoints and their updates: the old configuration answers until the new one is ready.

https://docs.databricks.com/api/workspace/servingendpoints/updateconfig
"""

from __future__ import annotations

import json
import threading
import time
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sandbox.serving_router.configuration import Configuration, Entity, parse
from sandbox.serving_router.errors import ApiError, conflict, invalid, missing
from sandbox.serving_router.model_servers import StartError
from sandbox.serving_router.tables import Exchange

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.serving_router.model_servers import Launcher, ModelServer
    from sandbox.serving_router.tables import Tables


@dataclass
class Endpoint:
    """One endpoint; ``active`` answers, ``pending`` is being made ready."""

    name: str
    id: str
    log_table: str | None
    gateway: Mapping[str, Any]
    active: Configuration | None = None
    pending: Configuration | None = None
    version: int = 0
    update: str = "NOT_UPDATING"
    servers: dict[tuple[str, str], ModelServer] = field(
        default_factory=dict[tuple[str, str], "ModelServer"]
    )
    entity_ids: dict[tuple[str, str, str], str] = field(
        default_factory=dict[tuple[str, str, str], str]
    )
    in_flight: int = 0
    idle: threading.Condition = field(default_factory=threading.Condition)

    def to_json(self) -> dict[str, Any]:
        """As the API shows it."""
        shown: dict[str, Any] = {
            "name": self.name,
            "id": self.id,
            "creator": "sandbox",
            "state": {
                "ready": "READY" if self.active else "NOT_READY",
                "config_update": self.update,
            },
            "ai_gateway": dict(self.gateway),
        }
        if self.active:
            shown["config"] = {**self.active.to_json(), "config_version": self.version}
        if self.pending:
            shown["pending_config"] = {
                **self.pending.to_json(),
                "config_version": self.version + 1,
            }
        return shown


class Endpoints:
    """All endpoints of the router. Methods may be called from several threads."""

    def __init__(self, launcher: Launcher, tables: Tables) -> None:
        self._launcher = launcher
        self._tables = tables
        self._endpoints: dict[str, Endpoint] = {}
        self._lock = threading.Lock()
        self._updates: list[threading.Thread] = []
        self._requests = 0

    def listed(self) -> list[dict[str, Any]]:
        """Every endpoint, as the API shows it."""
        with self._lock:
            return [endpoint.to_json() for endpoint in self._endpoints.values()]

    def shown(self, name: str) -> dict[str, Any]:
        """One endpoint, as the API shows it."""
        with self._lock:
            return self._need(name).to_json()

    def create(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Make an endpoint and start what it serves."""
        name, configuration = str(body.get("name") or ""), parse(body.get("config") or {})
        gateway: dict[str, Any] = body.get("ai_gateway") or {}
        with self._lock:
            if not name or name in self._endpoints:
                raise ApiError(
                    400, "RESOURCE_ALREADY_EXISTS", f"Endpoint with name '{name}' already exists."
                )
            table = _log_table(gateway)
            if table is not None:
                self._tables.add_log(table)
            endpoint = Endpoint(name, uuid.uuid4().hex, table, gateway)
            self._endpoints[name] = endpoint
            return self._start(endpoint, configuration)

    def update(self, name: str, config: Mapping[str, Any]) -> dict[str, Any]:
        """Replace an endpoint's configuration; returns while it is being made ready."""
        with self._lock:
            endpoint = self._need(name)
            if endpoint.update == "IN_PROGRESS":
                raise conflict(f"Endpoint {name} is already being updated; wait until it is done.")
            return self._start(endpoint, parse(config))

    def delete(self, name: str) -> None:
        """Remove an endpoint and end its processes."""
        with self._lock:
            endpoint = self._need(name)
            if endpoint.update == "IN_PROGRESS":
                raise conflict(f"Endpoint {name} is being updated; wait until it is done.")
            del self._endpoints[name]
        _stop_all(list(endpoint.servers.values()))

    def invoke(
        self, name: str, entity_name: str | None, body: bytes, requester: str
    ) -> tuple[int, bytes]:
        """The answer of the entity named, or of the one that the shares choose."""
        plain = _body(body)
        client_id = plain.pop("client_request_id", None)
        with self._lock:
            endpoint = self._need(name)
            if endpoint.active is None:
                raise invalid(f"Endpoint {name} is not ready.")
            self._requests += 1
            request_id = str(uuid.uuid5(uuid.UUID(endpoint.id), str(self._requests)))
            chosen = _chosen(endpoint.active, entity_name, client_id or str(self._requests))
            server = endpoint.servers[chosen.model, chosen.version]
            entity_id = endpoint.entity_ids[_identity(chosen)]
            endpoint.in_flight += 1
        begun, started = datetime.now(UTC), time.monotonic()
        try:
            status, answer = server.ask(json.dumps(plain).encode())
        finally:
            with endpoint.idle:
                endpoint.in_flight -= 1
                endpoint.idle.notify_all()
        self._tables.exchange(
            endpoint.log_table,
            Exchange(
                request_id=request_id,
                client_request_id=client_id,
                entity_id=entity_id,
                time=begun,
                milliseconds=round((time.monotonic() - started) * 1000),
                status=status,
                request=body.decode(),
                response=answer.decode(errors="replace"),
                requester=requester,
            ),
        )
        return status, answer

    def close(self) -> None:
        """Wait for updates and end every process."""
        for update in self._updates:
            update.join()
        for endpoint in self._endpoints.values():
            _stop_all(list(endpoint.servers.values()))

    def _need(self, name: str) -> Endpoint:
        if name not in self._endpoints:
            raise missing(f"Endpoint with name '{name}' does not exist.")
        return self._endpoints[name]

    def _start(self, endpoint: Endpoint, wanted: Configuration) -> dict[str, Any]:
        endpoint.pending, endpoint.update = wanted, "IN_PROGRESS"
        shown = endpoint.to_json()
        update = threading.Thread(target=self._bring_up, args=(endpoint, wanted), daemon=True)
        self._updates.append(update)
        update.start()
        return shown

    def _bring_up(self, endpoint: Endpoint, wanted: Configuration) -> None:
        """Start what is new, switch over at once, end what is no longer served."""
        needed = {(entity.model, entity.version) for entity in wanted.entities}
        new = {each: self._launcher.start(*each) for each in sorted(needed - set(endpoint.servers))}
        try:
            for server in new.values():
                server.wait_until_ready()
        except StartError:
            _stop_all(list(new.values()))
            with self._lock:
                endpoint.update = "UPDATE_FAILED"
            return
        with self._lock:
            endpoint.servers |= new
            endpoint.version += 1
            endpoint.active, endpoint.pending = wanted, None
            self._record(endpoint, wanted)
            old = [endpoint.servers.pop(each) for each in set(endpoint.servers) - needed]
        with endpoint.idle:  # answers that the old configuration owes come first
            endpoint.idle.wait_for(lambda: endpoint.in_flight == 0, timeout=30)
        _stop_all(old)
        with self._lock:
            endpoint.update = "NOT_UPDATING"

    def _record(self, endpoint: Endpoint, configuration: Configuration) -> None:
        for entity in configuration.entities:
            entity_id = endpoint.entity_ids.setdefault(_identity(entity), uuid.uuid4().hex)
            self._tables.entity(
                entity_id=entity_id,
                endpoint=endpoint.name,
                name=entity.name,
                model=entity.model,
                version=entity.version,
                config=endpoint.version,
            )


def _identity(entity: Entity) -> tuple[str, str, str]:
    return entity.name, entity.model, entity.version


def _chosen(active: Configuration, name: str | None, key: str) -> Entity:
    if name is None:
        return active.choose(key)
    entity = active.entity(name)
    if entity is None:
        raise missing(f"The endpoint serves no entity '{name}'.")
    return entity


def _body(body: bytes) -> dict[str, Any]:
    try:
        plain = json.loads(body)
    except ValueError as error:
        raise ApiError(400, "BAD_REQUEST", f"The body is no JSON: {error}") from error
    if not isinstance(plain, dict):
        raise ApiError(400, "BAD_REQUEST", "The body is no JSON object.")
    return plain  # pyright: ignore[reportUnknownVariableType] - whatever the caller sent


def _log_table(gateway: Mapping[str, Any]) -> str | None:
    table: dict[str, Any] = gateway.get("inference_table_config") or {}
    if not table.get("enabled"):
        return None
    prefix = table.get("table_name_prefix")
    return f"{table['catalog_name']}.{table['schema_name']}.{prefix}_payload"


def _stop_all(servers: list[ModelServer]) -> None:
    for server in servers:
        server.stop()
