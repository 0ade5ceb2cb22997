"""Real adapters for the command line's jobs, from an environment's settings.

What is imported only where it is needed, so that a job that asks no Spark starts none.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from company_ml import environment as environments
from company_ml.adapters.clock import SystemClock
from company_ml.adapters.teams import TeamsNotifier

if TYPE_CHECKING:
    import argparse
    from typing import Any

    from company_ml.drift.ports import DriftData
    from company_ml.ports import (
        Clock,
        Message,
        ModelRegistry,
        Notifier,
        SecretStore,
        SqlWarehouse,
        Tracking,
    )

WEBHOOK = "teams_webhook"
"""Key of the webhook's place among an environment's secrets."""


def add_environment(parser: argparse.ArgumentParser) -> None:
    """Declare ``--environment``, which every job has."""
    parser.add_argument(
        "--environment",
        required=True,
        type=environments.load,
        help=f"one of {', '.join(environments.packaged())}, or a JSON or YAML file",
    )


def add_output(parser: argparse.ArgumentParser) -> None:
    """Declare ``--output``, which every job with a report has."""
    parser.add_argument(
        "--output", type=Path, help="file for the report as JSON; default: standard output"
    )


def clock() -> Clock:
    """The system's time."""
    return SystemClock()


def sql() -> SqlWarehouse:
    """SQL in the Spark session that the job runs in."""
    from company_ml.adapters import spark_sql

    return spark_sql.SparkSql(spark_sql.session())


def drift_data() -> DriftData:
    """Tables of the Spark session that the job runs in."""
    from company_ml.adapters import spark_drift, spark_sql

    return spark_drift.SparkDriftData(spark_sql.session())


def tracking(environment: environments.Environment) -> Tracking:
    """The environment's MLflow."""
    from company_ml.adapters.mlflow_tracking import MlflowTracking  # seconds to import

    settings = environment.mlflow
    return MlflowTracking(settings.tracking_uri, settings.artifact_location)


def registry(environment: environments.Environment) -> ModelRegistry:
    """The environment's model registry."""
    from company_ml.adapters.mlflow_registry import MlflowRegistry  # seconds to import

    return MlflowRegistry(environment.mlflow.tracking_uri, environment.mlflow.registry_uri)


def experiment(environment: environments.Environment) -> str:
    """Where the monitoring jobs log."""
    return f"{environment.mlflow.experiment_path}/monitoring"


def secrets() -> SecretStore:
    """The workspace's secret scopes, which Key Vault backs."""
    from company_ml.adapters.secrets import DatabricksSecrets

    return DatabricksSecrets()


def notifier(environment: environments.Environment) -> Notifier:
    """The environment's Teams channel; standard error where it names no webhook."""
    place = environment.secrets.get(WEBHOOK)
    if place is None:
        return StandardError()
    return TeamsNotifier(secrets().secret(place.scope, place.key), clock())


class StandardError:
    """Notifier port of a laptop: messages go where the job's own complaints go."""

    def send(self, message: Message) -> None:
        """Write a message."""
        lines = [message.title, message.text, *(f"{k}: {v}" for k, v in message.facts.items())]
        print(*lines, message.link, sep="\n", file=sys.stderr)  # noqa: T201 - a command line


def output(report: dict[str, Any], path: Path | None) -> None:
    """A report as JSON, in a file when one is named, else on standard output."""
    text = json.dumps(report, indent=2, ensure_ascii=False, default=str)
    if path is None:
        print(text)  # noqa: T201 - a command line's result
    else:
        path.write_text(f"{text}\n", "utf-8")
