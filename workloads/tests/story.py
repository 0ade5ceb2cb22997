"""What the story is told with: the command line, callers of an endpoint, a jobs API, a reporter."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import requests

from company_ml import cli
from company_ml.adapters.audit_files import JsonLinesAudit
from company_ml.adapters.mlflow_registry import MlflowRegistry
from company_ml.train import example_data
from environments import write_environment
from local_http import Answer, Request, answering

if TYPE_CHECKING:
    from collections.abc import Generator

    import pytest

SOURCE = Path(cli.__file__).parents[1]
ENDPOINT = "progression"
JOB_ID = 7
TRAINING = (
    "--label", example_data.LABEL, "--key", example_data.KEY, "--tag", "pii=false",
    "--tag", "gdpr=compliant",
)  # fmt: skip


@dataclass
class Story:
    """One model's estate on this machine, and whoever acts in it."""

    server: str
    folder: Path
    model: str
    capsys: pytest.CaptureFixture[str]
    monkeypatch: pytest.MonkeyPatch
    live: bool
    """Whether to tell what happens while it happens."""
    started: float = field(default_factory=time.monotonic)
    output: str = ""
    error: str = ""

    def __post_init__(self) -> None:
        self.environment = write_environment(self.folder, self.server, "prod")
        self.registry = MlflowRegistry(self.server, self.server)
        self.audit_file = self.folder / "audit.jsonl"
        self.audit = JsonLinesAudit(self.audit_file)

    def say(self, text: str) -> None:
        """A line for whoever watches."""
        if self.live:
            with self.capsys.disabled():
                print(f"{time.monotonic() - self.started:6.1f} s  {text}", flush=True)  # noqa: T201 - what it is for

    def acting(self, who: str) -> None:
        """Log in as someone: what a laptop has for an identity."""
        self.monkeypatch.setenv("LOGNAME", who)

    def run(self, job: str, *arguments: str | Path, audited: bool = True) -> int:
        """The exit code of ``company_ml``; what it says stays in ``output`` and ``error``."""
        audit = ("--audit", self.audit_file) if audited else ()
        plain = job in {"example-data", "compliance"}
        where = () if plain else ("--environment", self.environment, *audit)
        try:
            cli.main([job, *map(str, (*where, *arguments))])
            code = 0
        except SystemExit as ended:
            code = int(str(ended.code))
        captured = self.capsys.readouterr()
        self.output, self.error = captured.out, captured.err
        return code

    def answer(self) -> dict[str, Any]:
        """The JSON that the last job's output ends with."""
        return json.loads(self.output.splitlines()[-1])

    def file(self, name: str) -> Path:
        """A table of this story in a file."""
        return self.folder / f"{name}.parquet"

    def name(self, schema: str) -> str:
        """The model's name in one of the registry's schemas."""
        return f"ml_models_catalog.{schema}_models.{self.model}"

    def alias(self, alias: str) -> str | None:
        """The production version that an alias points to."""
        found = self.registry.by_alias(self.name("production"), alias)
        return found.version if found else None

    def train_arguments(self, features: Path, *extra: str) -> list[str]:
        """Arguments of the training job, without the environment."""
        return ["--model", self.model, "--features", str(features), *TRAINING, *extra]


class Callers:
    """Callers who ask an endpoint about a patient at a time, from another thread."""

    def __init__(self, url: str) -> None:
        self._url = f"{url}/serving-endpoints/{ENDPOINT}/invocations"
        table = example_data.patients().drop(columns=[example_data.KEY, example_data.LABEL])
        self._bodies = [
            {"dataframe_split": {"columns": list(table.columns), "data": [row]}}
            for row in table.to_numpy().tolist()
        ]
        self._end = threading.Event()
        self.statuses: list[int] = []

    def ask(self, number: int = 0) -> requests.Response:
        """One caller's request."""
        body = self._bodies[number % len(self._bodies)]
        return requests.post(
            self._url, json=body | {"client_request_id": f"caller-{number}"}, timeout=60
        )

    @property
    def failures(self) -> int:
        """How many were not answered."""
        return sum(status != requests.codes.ok for status in self.statuses)

    @contextmanager
    def calling(self) -> Generator[Callers]:
        """Ask again and again until the block ends."""
        self.statuses.clear()
        self._end.clear()
        thread = threading.Thread(target=self._call)
        thread.start()
        try:
            yield self
        finally:
            self._end.set()
            thread.join()

    def _call(self) -> None:
        while not self._end.wait(0.01):
            self.statuses.append(self.ask(len(self.statuses)).status_code)


@contextmanager
def jobs_api(story: Story, features: Path) -> Generator[list[subprocess.Popen[bytes]]]:
    """The training job behind a workspace's Jobs API: run-now starts ``company_ml train``.

    The processes it started; a token that it knows starts none, as
    https://docs.databricks.com/api/workspace/jobs/runnow says.
    """
    runs: dict[str, subprocess.Popen[bytes]] = {}
    started: list[subprocess.Popen[bytes]] = []

    def answer(request: Request) -> Answer:
        if not request.path.endswith("/jobs/run-now"):
            return Answer(404)  # the client also looks for other things
        asked = json.loads(request.body)
        assert asked["job_id"] == JOB_ID
        token = asked["idempotency_token"]
        if token not in runs:
            arguments = [
                "train", "--environment", str(story.environment), "--audit", str(story.audit_file),
                *story.train_arguments(features, "--run-key", token),
            ]  # fmt: skip
            with (story.folder / "retraining.log").open("wb") as log:
                runs[token] = subprocess.Popen(
                    [sys.executable, "-c", "from company_ml import cli; cli.main()", *arguments],
                    stdout=log, stderr=subprocess.STDOUT,
                    env=os.environ | {"PYTHONPATH": str(SOURCE)},
                )  # fmt: skip
            started.append(runs[token])
        return Answer(body=json.dumps({"run_id": runs[token].pid, "number_in_job": 1}).encode())

    with answering(answer) as url, story.monkeypatch.context() as patch:
        patch.setenv("DATABRICKS_HOST", url)
        patch.setenv("DATABRICKS_TOKEN", "a-story's")
        try:
            yield started
        finally:
            for process in started:
                process.wait(180)
