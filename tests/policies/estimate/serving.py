"""The retail catalogue over real HTTP: filters, pages, and what goes wrong with them."""

from __future__ import annotations

import json
import re
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    Fault = Callable[["Handler"], None]
    Change = Callable[[dict[str, Any]], Any]

ROWS: list[dict[str, Any]] = json.loads(
    (Path(__file__).with_name("catalogue") / "rows.json").read_text(encoding="utf-8")
)


class Service(ThreadingHTTPServer):
    """One service.

    Attributes:
        rows: What it knows.
        page_size: Rows a page.
        faults: Answers to give before the next good ones, each given once.
        asked: The filter of each request.
        change: What becomes of each page before it is sent.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.rows = list(ROWS)
        self.page_size = 100
        self.faults: list[Fault] = []
        self.asked: list[str] = []
        self.change: Change = lambda page: page

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_address[1]}/api/retail/prices"

    def selected(self, condition: str) -> list[dict[str, Any]]:
        """The rows of a filter: values are compared as they are spelt."""
        parts = re.findall(r"(\w+) eq '([^']*)'", condition)
        wanted: dict[str, set[str]] = {}
        for name, value in parts:
            wanted.setdefault("type" if name == "priceType" else name, set()).add(value)
        return [row for row in self.rows if all(row[name] in some for name, some in wanted.items())]


class Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    server: Service  # pyright: ignore[reportIncompatibleVariableOverride] - the only one that has it

    def do_GET(self) -> None:
        query = parse_qs(urlsplit(self.path).query, keep_blank_values=True)
        self.server.asked.append(query["$filter"][0])
        if self.server.faults:
            self.server.faults.pop(0)(self)
            return
        skip = int(query.get("$skip", ["0"])[0])
        rows = self.server.selected(query["$filter"][0])
        shown = rows[skip : skip + self.server.page_size]
        after = skip + self.server.page_size
        following = urlencode({"$filter": query["$filter"][0], "$skip": after})
        page = {
            "BillingCurrency": "USD",
            "CustomerEntityId": "Default",
            "CustomerEntityType": "Retail",
            "Items": shown,
            "NextPageLink": f"{self.server.address}?{following}" if after < len(rows) else None,
            "Count": len(shown),
        }
        self.answer(json.dumps(self.server.change(page)).encode())

    def answer(self, body: bytes, code: int = 200, **headers: str) -> None:
        """Send an answer; a Content-Length given here may be wrong on purpose."""
        self.send_response(code)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        for name, value in ({"Content-Length": str(len(body))} | named).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Say nothing."""


def fault(code: int, **headers: str) -> Fault:
    """An error's answer."""
    return lambda handler: handler.answer(b"{}", code, **headers)


def says(body: bytes) -> Fault:
    """An answer that is no page."""
    return lambda handler: handler.answer(body)


def cut_off(handler: Handler) -> None:
    """Less than was announced, and then nothing."""
    handler.answer(b'{"Items": [', Content_Length="5000")
    handler.close_connection = True


@contextmanager
def serving() -> Generator[Service]:
    """A service that runs for as long as the block."""
    service = Service()
    thread = threading.Thread(target=service.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield service
    finally:
        service.shutdown()
        service.server_close()
        thread.join()
