"""The processes that answer: one ``mlflow models serve`` per model version."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from contextlib import closing, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_START_SECONDS = 120
_STOP_SECONDS = 10
_ANSWER_SECONDS = 120


class StartError(Exception):
    """A model server did not come up; the message ends with its log."""


@dataclass(frozen=True)
class Launcher:
    """Starts model servers."""

    python: Path
    """The interpreter of an environment with MLflow and what the models need."""
    registry_uri: str
    """Where the model versions are, as MLflow takes it."""
    logs: Path
    """Folder of the servers' logs."""

    def start(self, model: str, version: str) -> ModelServer:
        """A server of this version, before it is ready."""
        port = _free_port()
        log = self.logs / f"{model}-{version}-{port}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(  # noqa: S603 - our own command
                [
                    self.python, "-m", "mlflow", "models", "serve",
                    "--model-uri", f"models:/{model}/{version}", "--env-manager", "local",
                    "--host", "127.0.0.1", "--port", str(port), "--workers", "1",
                ],
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env={
                    **os.environ,
                    # MLflow starts uvicorn by its bare name.
                    "PATH": os.pathsep.join([str(self.python.parent), os.environ["PATH"]]),
                    "MLFLOW_TRACKING_URI": self.registry_uri,
                    "MLFLOW_REGISTRY_URI": self.registry_uri,
                },
            )  # fmt: skip
        return ModelServer(process, port, log)


@dataclass(frozen=True)
class ModelServer:
    """A running process and its address."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    def wait_until_ready(self) -> None:
        """Wait for the first healthy answer.

        Raises:
            StartError: It ended, or takes too long.
        """
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            with suppress(OSError, HTTPException):
                self._send("GET", "/ping", None)
                return
            time.sleep(0.1)
        raise StartError(self.log.read_text(errors="replace")[-2000:])

    def ask(self, body: bytes) -> tuple[int, bytes]:
        """The status and body of the model's answer."""
        try:
            return self._send("POST", "/invocations", body)
        except (OSError, HTTPException) as error:
            return 503, json.dumps({"message": f"no answer from the model: {error}"}).encode()

    def _send(self, method: str, path: str, body: bytes | None) -> tuple[int, bytes]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=_ANSWER_SECONDS)
        with closing(connection):
            connection.request(method, path, body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            return answer.status, answer.read()

    def stop(self) -> None:
        """End the process and its workers."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
