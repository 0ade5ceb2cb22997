"""The real things that tests meet: one MLflow server and one Spark session for the whole run."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
import requests
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pyspark.sql import SparkSession

BIN = Path(sys.executable).parent
LITTER = {"mlruns", "mlartifacts", "artifacts", "spark-warehouse", "metastore_db", "derby.log"}
"""What MLflow and Spark make in the folder that they are started in."""

# OpenMP's threads wait by spinning: on few busy cores a fit of 0.2 s takes 15.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# How long an example takes says how busy the machine is, and nothing of our code.
settings.register_profile("company_ml", deadline=None)
settings.load_profile("company_ml")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_up(url: str, process: subprocess.Popen[bytes], log: Path, limit: float = 90) -> None:
    """Wait for a server's first answer; fail with its log when it ends or takes too long."""
    deadline = time.monotonic() + limit
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            if requests.get(url, timeout=2).ok:
                return
        except requests.RequestException:
            time.sleep(0.2)
    pytest.fail(f"{url} does not answer; its log ends with:\n{log.read_text()[-3000:]}")


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a server and its children."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.fixture(scope="session", autouse=True)
def litter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Where MLflow writes when a test names no server, and Spark what it has no setting for.

    By default both do it beside whoever ran the tests.
    """
    here = Path.cwd()
    before = set(here.iterdir())
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("mlruns")
        patch.setenv("MLFLOW_TRACKING_URI", folder.as_uri())
        patch.setenv("SPARK_SUBMIT_OPTS", f"-Duser.dir={tmp_path_factory.mktemp('jvm')}")
        yield
    left = {path.name for path in set(here.iterdir()) - before}
    assert not left & LITTER, f"tests left {', '.join(sorted(left & LITTER))} in {here}"


@pytest.fixture(scope="session")
def mlflow_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real MLflow tracking and registry server, SQLite behind it; its URL."""
    folder = tmp_path_factory.mktemp("mlflow")
    port = free_port()
    url, log = f"http://127.0.0.1:{port}", folder / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [BIN / "mlflow", "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1",
             "--backend-store-uri", f"sqlite:///{folder}/mlflow.db",
             "--artifacts-destination", str(folder / "artifacts")],
            stdout=output, stderr=subprocess.STDOUT, cwd=folder, start_new_session=True,
            # Coverage measures our own processes; the server runs none of our code.
            env={key: value for key, value in os.environ.items() if not key.startswith("COVERAGE")},
        )  # fmt: skip
    try:
        wait_until_up(f"{url}/health", process, log)
        yield url
    finally:
        stop(process)


@pytest.fixture
def mlflow_uri(mlflow_server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The server, and MLflow's own global addresses set to it for this test alone."""
    import mlflow

    before = mlflow.get_tracking_uri(), mlflow.get_registry_uri()
    mlflow.set_tracking_uri(mlflow_server)
    mlflow.set_registry_uri(mlflow_server)
    # A killed job's run must not become the parent of the next test's.
    monkeypatch.delenv("MLFLOW_RUN_ID", raising=False)
    yield mlflow_server
    while mlflow.active_run():
        mlflow.end_run()
    mlflow.set_tracking_uri(before[0])
    mlflow.set_registry_uri(before[1])


@pytest.fixture
def fresh() -> Callable[[str], str]:
    """A name nobody else uses: tests share the server and the session, never an object in them."""
    tail = uuid4().hex[:8]
    return lambda stem: f"{stem}_{tail}"


@dataclass(frozen=True)
class Lake:
    """A real Spark session and a database of this test's own in it."""

    spark: SparkSession
    database: str
    folder: Path

    def table(self, name: str) -> str:
        """The full name of a table in the test's database."""
        return f"{self.database}.{name}"


@pytest.fixture(scope="session")
def spark_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    """A real local Spark session with Delta Lake."""
    from company_ml.adapters import spark_sql

    folder = tmp_path_factory.mktemp("spark")
    session = (
        spark_sql.local_builder()
        .config("spark.sql.warehouse.dir", str(folder / "warehouse"))
        .config("spark.local.dir", str(folder / "local"))
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


@pytest.fixture
def lake(
    spark_session: SparkSession, tmp_path: Path, fresh: Callable[[str], str]
) -> Iterator[Lake]:
    """The session, with an empty database that goes away after the test."""
    database = fresh("lake")
    spark_session.sql(f"CREATE DATABASE {database}")
    yield Lake(spark_session, database, tmp_path)
    spark_session.catalog.clearCache()
    spark_session.sql(f"DROP DATABASE {database} CASCADE")
