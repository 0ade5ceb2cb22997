"""What Databricks logs of an endpoint, in its words, in one SQLite file.

- The inference table of the endpoint's AI Gateway, named ``<catalog>.<schema>.<prefix>_payload``;
  failed requests are left out of it, as the documentation warns.
  https://docs.databricks.com/aws/en/ai-gateway/inference-tables-serving-endpoints
- ``system.serving.endpoint_usage`` (every request) and ``system.serving.served_entities``.
  https://learn.microsoft.com/azure/databricks/ai-gateway/configure-ai-gateway-endpoints
"""

from __future__ import annotations

import sqlite3
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

USAGE = "system.serving.endpoint_usage"
ENTITIES = "system.serving.served_entities"
WORKSPACE_ID = "6000000000000001"
"""Number of the one workspace that the router is."""
_UNLOGGED = frozenset({401, 403, 429, 500})
_LOG_COLUMNS = (
    "databricks_request_id, request_date, client_request_id, request_time, status_code, "
    "sampling_fraction, execution_duration_ms, request, response, logging_error_codes, "
    "served_entity_id, requester"
)


@dataclass(frozen=True)
class Exchange:
    """One request and its answer."""

    request_id: str
    client_request_id: str | None
    entity_id: str
    time: datetime
    milliseconds: int
    status: int
    request: str
    response: str
    requester: str


class Tables:
    """The tables, made when they are missing. Safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._lock = threading.Lock()
        self._run("PRAGMA journal_mode = WAL")
        self._run(
            f'CREATE TABLE IF NOT EXISTS "{USAGE}" (databricks_request_id TEXT, '
            "client_request_id TEXT, requester TEXT, status_code INTEGER, request_time TEXT, "
            "served_entity_id TEXT)"
        )
        self._run(
            f'CREATE TABLE IF NOT EXISTS "{ENTITIES}" (served_entity_id TEXT, workspace_id TEXT, '
            "endpoint_name TEXT, "
            "served_entity_name TEXT, entity_type TEXT, entity_name TEXT, entity_version TEXT, "
            "endpoint_config_version INTEGER, change_time TEXT)"
        )

    def add_log(self, table: str) -> None:
        """Make an endpoint's inference table."""
        self._run(f"CREATE TABLE IF NOT EXISTS {_quoted(table)} ({_LOG_COLUMNS})")

    def entity(
        self, *, entity_id: str, endpoint: str, name: str, model: str, version: str, config: int
    ) -> None:
        """Record that an endpoint serves an entity."""
        self._run(
            f'INSERT INTO "{ENTITIES}" VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',  # noqa: S608 - a constant
            entity_id, WORKSPACE_ID, endpoint, name, "CUSTOM_MODEL", model, version, config,
            _text(_now()),
        )  # fmt: skip

    def exchange(self, table: str | None, seen: Exchange) -> None:
        """Record a request in the usage, and in the inference table unless that leaves it out."""
        time = _text(seen.time)
        self._run(
            f'INSERT INTO "{USAGE}" VALUES (?, ?, ?, ?, ?, ?)',  # noqa: S608 - a constant
            seen.request_id, seen.client_request_id, seen.requester, seen.status, time,
            seen.entity_id,
        )  # fmt: skip
        if table is not None and seen.status not in _UNLOGGED:
            self._run(
                f"INSERT INTO {_quoted(table)} VALUES ({', '.join('?' * 12)})",  # noqa: S608 - quoted
                seen.request_id, time[:10], seen.client_request_id, time, seen.status, 1.0,
                seen.milliseconds, seen.request, seen.response, None, seen.entity_id,
                seen.requester,
            )  # fmt: skip

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def _run(self, statement: str, *values: object) -> None:
        with self._lock:
            self._connection.execute(statement, values)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="milliseconds")


def _now() -> datetime:
    return datetime.now(UTC)
