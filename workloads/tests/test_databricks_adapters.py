"""Databricks' services through the real SDK, against a local HTTP server that answers like them."""

from __future__ import annotations

import base64
import json
import threading
from datetime import UTC, datetime
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from databricks.sdk import WorkspaceClient

from company_ml.adapters import deployment_job, identity
from company_ml.adapters.databricks import DatabricksSecrets, StatementError, WarehouseSql
from company_ml.ports import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterator


class Workspace:
    """Answers of a workspace by method and path, and what it was asked."""

    def __init__(self) -> None:
        self.answers: dict[str, list[tuple[int, dict[str, Any]]]] = {}
        self.asked: list[tuple[str, dict[str, Any]]] = []
        workspace = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(length)) if length else {}
                key = f"{self.command} {self.path.split('?')[0].rstrip('/')}"
                workspace.asked.append((key, body))
                left = workspace.answers.get(key, [(404, {"message": f"no answer to {key}"})])
                status, content = left.pop(0) if len(left) > 1 else left[0]
                payload = json.dumps(content).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(payload)))
                self.end_headers()
                self.wfile.write(payload)

            do_GET = do_POST = do_PATCH = answer  # noqa: N815 - the base class's names

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base's name
                del format, args

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def workspace() -> Iterator[Workspace]:
    made = Workspace()
    thread = threading.Thread(target=made.server.serve_forever, daemon=True)
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join()


@pytest.fixture
def client(workspace: Workspace) -> WorkspaceClient:
    return WorkspaceClient(host=workspace.url, token="local", auth_type="pat")  # noqa: S106 - no secret


def test_a_secret_is_decoded_and_a_missing_one_is_named(
    workspace: Workspace, client: WorkspaceClient
) -> None:
    workspace.answers["GET /api/2.0/secrets/get"] = [
        (200, {"key": "k", "value": base64.b64encode(b"s3cret").decode()}),
        (404, {"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "no such secret"}),
    ]
    secrets = DatabricksSecrets(client)
    assert secrets.secret("scope", "k") == "s3cret"
    with pytest.raises(NotFoundError, match="scope has no key other") as caught:
        secrets.secret("scope", "other")
    assert "s3cret" not in str(caught.value)


def _statement(state: str, **more: Any) -> dict[str, Any]:
    return {"statement_id": "s1", "status": {"state": state}, **more}


def test_rows_come_typed_and_from_every_chunk(
    workspace: Workspace, client: WorkspaceClient
) -> None:
    columns = [
        {"name": "n", "type_name": "LONG"}, {"name": "x", "type_name": "DECIMAL"},
        {"name": "at", "type_name": "TIMESTAMP"}, {"name": "ok", "type_name": "BOOLEAN"},
    ]  # fmt: skip
    first = [["1", "0.10", "2026-01-05T09:00:00.000Z", "true"]]
    workspace.answers["POST /api/2.0/sql/statements"] = [(200, _statement("PENDING"))]
    workspace.answers["GET /api/2.0/sql/statements/s1"] = [
        (200, _statement("SUCCEEDED", manifest={"schema": {"columns": columns}},
                         result={"data_array": first, "next_chunk_index": 1}))
    ]  # fmt: skip
    workspace.answers["GET /api/2.0/sql/statements/s1/result/chunks/1"] = [
        (200, {"data_array": [["2", None, None, "false"]]})
    ]
    at = datetime(2026, 1, 5, 9, tzinfo=UTC)
    rows = WarehouseSql(client, "w1").query(
        "SELECT :a", {"a": 1, "b": 0.5, "c": True, "d": at, "e": "x'; --", "f": None}
    )
    assert rows == [
        {"n": 1, "x": Decimal("0.10"), "at": at, "ok": True},
        {"n": 2, "x": None, "at": None, "ok": False},
    ]
    sent = next(body for key, body in workspace.asked if key.startswith("POST"))
    assert sent["statement"] == "SELECT :a", "values never become part of the statement"
    assert [each.get("type") for each in sent["parameters"]] == [
        "BIGINT", "DOUBLE", "BOOLEAN", "TIMESTAMP", "STRING", None,
    ]  # fmt: skip


def test_a_failed_statement_says_what_the_warehouse_said(
    workspace: Workspace, client: WorkspaceClient
) -> None:
    failed = _statement("FAILED")
    failed["status"]["error"] = {"error_code": "BAD_REQUEST", "message": "no such table t"}
    workspace.answers["POST /api/2.0/sql/statements"] = [(200, failed)]
    with pytest.raises(StatementError, match="no such table t"):
        WarehouseSql(client, "w1").query("SELECT * FROM t")


def test_a_statement_that_runs_too_long_is_cancelled(
    workspace: Workspace, client: WorkspaceClient
) -> None:
    workspace.answers["POST /api/2.0/sql/statements"] = [(200, _statement("RUNNING"))]
    workspace.answers["POST /api/2.0/sql/statements/s1/cancel"] = [(200, {})]
    with pytest.raises(StatementError, match="longer than 0 s"):
        WarehouseSql(client, "w1", limit=0).query("SELECT 1")
    assert "POST /api/2.0/sql/statements/s1/cancel" in [key for key, _ in workspace.asked]


def test_the_actor_is_who_the_workspace_says(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace.answers["GET /api/2.0/preview/scim/v2/Me"] = [(200, {"userName": "release-job"})]
    monkeypatch.setenv("DATABRICKS_HOST", workspace.url)
    monkeypatch.setenv("DATABRICKS_TOKEN", "local")
    assert identity.current_actor("databricks") == "release-job"
    workspace.answers["GET /api/2.0/preview/scim/v2/Me"] = [(200, {})]
    with pytest.raises(RuntimeError, match="does not name its own caller"):
        identity.current_actor("databricks")
    monkeypatch.setenv("LOGNAME", "someone")
    assert identity.current_actor("http://127.0.0.1:5000") == "someone"


def test_a_model_is_connected_to_its_deployment_job_once(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABRICKS_HOST", workspace.url)
    monkeypatch.setenv("DATABRICKS_TOKEN", "t")
    name = "ml_models_catalog.dev_models.progression"
    place = "/api/2.0/mlflow/unity-catalog/registered-models"
    model = {"name": name, "description": "of the example"}
    connected = {**model, "deployment_job_id": "7"}
    workspace.answers = {
        f"GET {place}/get": [
            (200, {"registered_model": model}), (200, {"registered_model": connected})
        ],
        f"PATCH {place}/update": [(200, {"registered_model": connected})],
    }  # fmt: skip
    client = deployment_job.client("databricks", "databricks-uc")
    assert deployment_job.connect(client, name, "7")
    assert not deployment_job.connect(client, name, "7")
    changes = [body for asked, body in workspace.asked if asked.startswith("PATCH")]
    assert changes == [{"name": name, "deployment_job_id": "7"}]
