"""Databricks' own services through its SDK: secrets, and SQL on a warehouse."""

from __future__ import annotations

import base64
import time
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from databricks.sdk import WorkspaceClient
from databricks.sdk.errors import NotFound
from databricks.sdk.service.sql import (
    Disposition,
    ExecuteStatementRequestOnWaitTimeout,
    Format,
    StatementParameterListItem,
    StatementState,
)

from company_ml.ports import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from databricks.sdk.service.sql import StatementResponse

    from company_ml.ports import Parameter, Row


class DatabricksSecrets:
    """SecretStore port on a workspace's secret scopes, those on Key Vault included."""

    def __init__(self, workspace: WorkspaceClient) -> None:
        self._workspace = workspace

    def secret(self, scope: str, key: str) -> str:
        """A secret's value; the API sends it in base64.

        https://docs.databricks.com/api/workspace/secrets/getsecret
        """
        try:
            found = self._workspace.secrets.get_secret(scope, key)
        except NotFound as error:
            raise NotFoundError(f"secret scope {scope} has no key {key}: {error}") from None
        return base64.b64decode(found.value or "").decode()


def secrets_of_this_workspace() -> DatabricksSecrets:
    """Those of the workspace that the job runs in."""
    return DatabricksSecrets(WorkspaceClient())


class StatementError(Exception):
    """A warehouse refused or failed a statement; the message is its own."""


class WarehouseSql:
    """SqlWarehouse port on the statement execution API, for jobs that have no Spark.

    Args:
        workspace: The client.
        warehouse_id: The warehouse.
        limit: Seconds after which a statement is cancelled.
    """

    def __init__(self, workspace: WorkspaceClient, warehouse_id: str, limit: float = 600) -> None:
        self._api = workspace.statement_execution
        self._warehouse = warehouse_id
        self._limit = limit

    def query(self, statement: str, parameters: Mapping[str, Parameter] | None = None) -> list[Row]:
        """All rows of a statement, whatever the number of chunks they come in.

        https://docs.databricks.com/api/workspace/statementexecution/executestatement
        """
        started = self._api.execute_statement(
            statement, self._warehouse,
            disposition=Disposition.INLINE, format=Format.JSON_ARRAY, wait_timeout="30s",
            on_wait_timeout=ExecuteStatementRequestOnWaitTimeout.CONTINUE,
            parameters=[_parameter(name, value) for name, value in (parameters or {}).items()],
        )  # fmt: skip
        done = self._finished(started)
        schema = done.manifest.schema if done.manifest else None
        columns = schema.columns if schema and schema.columns else []
        names = [column.name or "" for column in columns]
        types = [column.type_name.value if column.type_name else "STRING" for column in columns]
        rows: list[Row] = []
        chunk = done.result
        while chunk is not None:
            for values in chunk.data_array or []:
                cells = zip(names, types, values, strict=True)
                rows.append({name: _value(kind, text) for name, kind, text in cells})
            following = chunk.next_chunk_index
            chunk = (
                None if following is None or done.statement_id is None
                else self._api.get_statement_result_chunk_n(done.statement_id, following)
            )  # fmt: skip
        return rows

    def _finished(self, response: StatementResponse) -> StatementResponse:
        deadline = time.monotonic() + self._limit
        identifier = str(response.statement_id)
        while True:
            state = response.status.state if response.status else None
            if state is StatementState.SUCCEEDED:
                return response
            if state not in (StatementState.PENDING, StatementState.RUNNING):
                error = response.status.error if response.status else None
                raise StatementError(f"{state}: {error.message if error else 'no message'}")
            if time.monotonic() > deadline:
                self._api.cancel_execution(identifier)
                raise StatementError(f"cancelled: it ran longer than {self._limit:g} s")
            time.sleep(1)
            response = self._api.get_statement(identifier)


def _parameter(name: str, value: Parameter) -> StatementParameterListItem:
    """A typed parameter; without a type the API takes a text."""
    match value:
        case None:
            return StatementParameterListItem(name=name, value=None)
        case bool():
            return StatementParameterListItem(name=name, value=str(value).lower(), type="BOOLEAN")
        case int():
            return StatementParameterListItem(name=name, value=str(value), type="BIGINT")
        case float():
            return StatementParameterListItem(name=name, value=repr(value), type="DOUBLE")
        case datetime():
            text = value.astimezone(UTC).isoformat()
            return StatementParameterListItem(name=name, value=text, type="TIMESTAMP")
        case str():
            return StatementParameterListItem(name=name, value=value, type="STRING")


_CONVERTERS: dict[str, Callable[[str], object]] = {
    "BYTE": int, "SHORT": int, "INT": int, "LONG": int, "FLOAT": float, "DOUBLE": float,
    "DECIMAL": Decimal, "BOOLEAN": lambda text: text == "true",
    "TIMESTAMP": datetime.fromisoformat,
}  # fmt: skip


def _value(kind: str, text: str | None) -> object:
    """A cell, which the JSON format sends as text whatever its type."""
    return text if text is None else _CONVERTERS.get(kind, str)(text)
