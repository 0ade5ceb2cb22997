"""The router as a process of its own, before real (small) server processes, over HTTP."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from sandbox.serving_router.configuration import parse
from sandbox.serving_router.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[3]
API = "/api/2.0/serving-endpoints"
MODEL = "ml.models.churn"
LOG = "ml_prod.serving.logs_churn_payload"


def config(**shares: int) -> dict[str, Any]:
    """Versions by entity name (``v2`` is version 2) and their shares."""
    return {
        "served_entities": [
            {"name": name, "entity_name": MODEL, "entity_version": name[1:]} for name in shares
        ],
        "traffic_config": {
            "routes": [
                {"served_entity_name": name, "traffic_percentage": share}
                for name, share in shares.items()
            ]
        },
    }


@dataclass(frozen=True)
class Router:
    """The running process."""

    port: int
    folder: Path

    def ask(self, method: str, path: str, body: object = None) -> tuple[int, dict[str, Any]]:
        """Status and JSON of an answer."""
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
            sent = body if isinstance(body, bytes) else json.dumps(body or {}).encode()
            connection.request(method, path, sent)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())

    def settled(self) -> dict[str, Any]:
        """The endpoint once no update runs."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            _, shown = self.ask("GET", f"{API}/churn")
            if shown["state"]["config_update"] != "IN_PROGRESS":
                return shown
            time.sleep(0.05)
        raise AssertionError("the update does not end")

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """What the tables hold."""
        with closing(sqlite3.connect(self.folder / "tables.db")) as connection:
            return connection.execute(statement).fetchall()


@pytest.fixture
def router(tmp_path: Path) -> Iterator[Router]:
    stand_in = Path(__file__).with_name("stand_in")
    process = subprocess.Popen(
        [sys.executable, "-m", "sandbox.serving_router", "--registry-uri", "http://nowhere",
         "--port", "0", "--folder", tmp_path, "--python", sys.executable],
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(stand_in)},
    )  # fmt: skip
    try:
        assert process.stdout is not None
        port = int(process.stdout.readline().rsplit(":", 1)[-1])
        router = Router(port, tmp_path)
        body = {
            "name": "churn",
            "config": config(v1=90, v2=10),
            "ai_gateway": {
                "inference_table_config": {
                    "enabled": True, "catalog_name": "ml_prod", "schema_name": "serving",
                    "table_name_prefix": "logs_churn",
                }
            },
        }  # fmt: skip
        status, shown = router.ask("POST", API, body)
        assert (status, shown["state"]["config_update"]) == (200, "IN_PROGRESS")
        assert router.settled()["state"]["ready"] == "READY"
        yield router
    finally:
        process.terminate()
        assert process.wait(60) == 0
        if process.stdout is not None:
            process.stdout.close()


def test_requests_are_divided_by_share_the_same_way_each_time(router: Router) -> None:
    def versions() -> Counter[str]:
        return Counter(
            router.ask(
                "POST", "/serving-endpoints/churn/invocations", {"client_request_id": f"c{n}"}
            )[1]["predictions"][0]
            for n in range(150)
        )

    first = versions()
    assert 5 <= first["2"] <= 28
    assert versions() == first
    path = "/serving-endpoints/churn/served-models/v2/invocations"
    status, answer = router.ask("POST", path, {"inputs": [1], "client_request_id": "mine"})
    assert (status, answer["predictions"], answer["asked"]) == (200, ["2"], {"inputs": [1]})
    assert router.rows(f'SELECT COUNT(*) FROM "{LOG}"') == [(301,)]  # noqa: S608 - a constant
    ((entity, request),) = router.rows(
        f'SELECT served_entity_name, request FROM "{LOG}" JOIN "system.serving.served_entities" '  # noqa: S608 - constants
        "USING (served_entity_id) WHERE client_request_id = 'mine'"
    )
    assert (entity, json.loads(request)["inputs"]) == ("v2", [1])


def test_an_update_takes_over_when_it_is_ready_and_one_at_a_time(router: Router) -> None:
    status, shown = router.ask("PUT", f"{API}/churn/config", config(v2=50, v3=50))
    assert (status, shown["state"]["config_update"]) == (200, "IN_PROGRESS")
    assert [e["name"] for e in shown["config"]["served_entities"]] == ["v1", "v2"]
    status, refused = router.ask("PUT", f"{API}/churn/config", config(v1=100))
    assert (status, refused["error_code"]) == (409, "RESOURCE_CONFLICT")
    shown = router.settled()
    assert [e["name"] for e in shown["config"]["served_entities"]] == ["v2", "v3"]
    assert "pending_config" not in shown
    failed = "/serving-endpoints/churn/served-models/v3/invocations"
    assert router.ask("POST", failed)[0] == 500
    assert router.rows('SELECT status_code FROM "system.serving.endpoint_usage"') == [(500,)]
    assert router.rows(f'SELECT * FROM "{LOG}"') == [], "failures are left out"  # noqa: S608


def test_an_update_that_cannot_start_leaves_everything_as_it_was(router: Router) -> None:
    router.ask("PUT", f"{API}/churn/config", config(v1=50, v9=50))
    shown = router.settled()
    assert shown["state"] == {"ready": "READY", "config_update": "UPDATE_FAILED"}
    assert [e["name"] for e in shown["config"]["served_entities"]] == ["v1", "v2"]
    assert router.ask("POST", "/serving-endpoints/churn/invocations")[0] == 200


def test_what_is_not_there_or_not_json_is_answered_as_the_api_does(router: Router) -> None:
    for method, path in (
        ("GET", f"{API}/nobody"), ("PUT", f"{API}/nobody/config"), ("DELETE", f"{API}/nobody"),
        ("POST", "/serving-endpoints/churn/served-models/v7/invocations"),
        *((method, "/elsewhere") for method in ("GET", "POST", "PUT", "DELETE")),
    ):  # fmt: skip
        body = config(v1=100) if method == "PUT" else None
        status, answer = router.ask(method, path, body)
        assert (status, answer["error_code"]) == (404, "RESOURCE_DOES_NOT_EXIST"), path
    for body in (b"no json", b"[1]"):
        status, answer = router.ask("POST", "/serving-endpoints/churn/invocations", body)
        assert (status, answer["error_code"]) == (400, "BAD_REQUEST")
    status, answer = router.ask("POST", API, {"name": "churn", "config": config(v1=100)})
    assert (status, answer["error_code"]) == (400, "RESOURCE_ALREADY_EXISTS")
    assert [each["name"] for each in router.ask("GET", API)[1]["endpoints"]] == ["churn"]
    assert router.ask("DELETE", f"{API}/churn")[0] == 200
    assert router.ask("GET", API)[1]["endpoints"] == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({}, "1 to 15 entities"),
        (config(v1=90), "must be 100, not 90"),
        (config(v1=150, v2=-50), "must be 100"),
        ({**config(v1=100), "traffic_config": config(v2=100)["traffic_config"]}, "refers to 'v2'"),
        ({"served_entities": config(v1=1, v2=1)["served_entities"]}, "traffic_config is required"),
        ({"served_entities": [{"entity_name": MODEL}]}, "entity_version"),
        ({"served_entities": config(v1=1)["served_entities"] * 2}, "more than once"),
        ({"served_entities": [{"name": "a b", "entity_name": MODEL, "entity_version": "1"}]},
         "'a b' is invalid"),
    ],
)  # fmt: skip
def test_a_wrong_configuration_is_refused(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(ApiError, match=said):
        parse(wrong)


def test_one_entity_needs_no_traffic_config_and_gets_the_apis_name() -> None:
    found = parse({"served_entities": [{"entity_name": MODEL, "entity_version": "4"}]})
    assert dict(found.shares) == {"churn-4": 100}
    assert found.choose("anything").version == "4"
