"""The router's HTTP side: the paths of Databricks' REST API."""

from __future__ import annotations

import json
import re
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from sandbox.serving_router.errors import ApiError, missing
from sandbox.serving_router.tables import WORKSPACE_ID

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.serving_router.endpoints import Endpoints

_API = "/api/2.0/serving-endpoints"
_ONE = re.compile(rf"{_API}/([^/]+)")
_CONFIG = re.compile(rf"{_API}/([^/]+)/config")
_INVOKE = re.compile(r"/serving-endpoints/([^/]+)(?:/served-models/([^/]+))?/invocations")
_ME = "/api/2.0/preview/scim/v2/Me"
_OK = 200


def serve(endpoints: Endpoints, port: int) -> ThreadingHTTPServer:
    """A server on the loopback address; port 0 takes a free one."""

    class Handler(_Handler):
        served = endpoints

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    return server


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    served: Endpoints

    def do_GET(self) -> None:
        self._answer(self._get)

    def do_POST(self) -> None:
        self._answer(self._post)

    def do_PUT(self) -> None:
        self._answer(self._put)

    def do_DELETE(self) -> None:
        self._answer(self._delete)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Say nothing: the tables are the log."""

    def _get(self, _: bytes) -> tuple[int, bytes]:
        if self.path == _API:
            return _json({"endpoints": self.served.listed()})
        if found := _ONE.fullmatch(self.path):
            return _json(self.served.shown(found[1]))
        if self.path == _ME:
            return _json({"userName": "sandbox"})
        raise missing(f"No API found for 'GET {self.path}'")

    def _post(self, body: bytes) -> tuple[int, bytes]:
        if self.path == _API:
            return _json(self.served.create(json.loads(body)))
        if found := _INVOKE.fullmatch(self.path):
            return self.served.invoke(found[1], found[2], body, "sandbox")
        raise missing(f"No API found for 'POST {self.path}'")

    def _put(self, body: bytes) -> tuple[int, bytes]:
        if found := _CONFIG.fullmatch(self.path):
            return _json(self.served.update(found[1], json.loads(body)))
        raise missing(f"No API found for 'PUT {self.path}'")

    def _delete(self, _: bytes) -> tuple[int, bytes]:
        if found := _ONE.fullmatch(self.path):
            self.served.delete(found[1])
            return _json({})
        raise missing(f"No API found for 'DELETE {self.path}'")

    def _answer(self, work: Callable[[bytes], tuple[int, bytes]]) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            status, answer = work(body)
        except ApiError as error:
            plain = {"error_code": error.code, "message": str(error)}
            status, answer = error.status, json.dumps(plain).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        # Clients read the workspace's number from it, on any answer:
        # https://github.com/databricks/databricks-sdk-py/blob/main/databricks/sdk/__init__.py
        self.send_header("X-Databricks-Org-Id", WORKSPACE_ID)
        self.end_headers()
        self.wfile.write(answer)


def _json(plain: dict[str, Any]) -> tuple[int, bytes]:
    return _OK, json.dumps(plain).encode()
