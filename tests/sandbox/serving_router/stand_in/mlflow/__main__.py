"""``python -m mlflow models serve``, small: version 9 never starts, and version 3 fails."""

from __future__ import annotations

import json
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

URI = sys.argv[sys.argv.index("--model-uri") + 1]
PORT = int(sys.argv[sys.argv.index("--port") + 1])
VERSION = URI.rsplit("/", 1)[-1]


class Handler(BaseHTTPRequestHandler):
    """Answers health checks and requests."""

    def do_GET(self) -> None:
        """Healthy."""
        self._answer(200, {})

    def do_POST(self) -> None:
        """The version, and what was asked."""
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self._answer(500 if VERSION == "3" else 200, {"predictions": [VERSION], "asked": asked})

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's
        """Say nothing."""

    def _answer(self, status: int, plain: dict[str, object]) -> None:
        body = json.dumps(plain).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if VERSION == "9":
    sys.exit("no such version")
HTTPServer(("127.0.0.1", PORT), Handler).serve_forever()
