"""Real adapters for the jobs that watch, from an environment's settings, and their arguments.

What is imported only where it is needed, so that a job that asks no Spark starts none.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from company_ml import environment as environments
from company_ml import wiring
from company_ml.adapters.clock import SystemClock
from company_ml.adapters.identity import current_actor
from company_ml.adapters.teams import TeamsNotifier
from company_ml.cli import JobError
from company_ml.notification.once import ToldOnce

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from typing import Any

    from company_ml.drift.ports import DriftData
    from company_ml.environment import Environment, SecretPlace
    from company_ml.features.core import FeatureStore, OnlinePublisher
    from company_ml.inputs import Tables
    from company_ml.ports import (
        AuditLog,
        Clock,
        Message,
        ModelRegistry,
        Notifier,
        SecretStore,
        SqlWarehouse,
        Tracking,
    )
    from company_ml.predictions.ports import PredictionLog
    from company_ml.retention.run import ServedModels
    from company_ml.retraining.run import Alerts, Claims, Training

TEAMS, STDERR = "teams", "stderr"
WEBHOOK = "teams_webhook"
"""Key of the webhook's place among an environment's secrets."""


def add_environment(parser: argparse.ArgumentParser) -> None:
    """Declare ``--environment`` and ``--notify``, which the jobs that watch have."""
    parser.add_argument(
        "--environment",
        required=True,
        help=f"one of {', '.join(environments.packaged())}, or a JSON or YAML file",
    )
    parser.add_argument(
        "--notify", choices=(TEAMS, STDERR), default=TEAMS,
        help="where alerts go: the environment's Teams channel, or standard error (%(default)s)",
    )  # fmt: skip


def environment(arguments: argparse.Namespace) -> Environment:
    """The environment that the arguments name."""
    return environments.load(arguments.environment)


def add_audit(parser: argparse.ArgumentParser) -> None:
    """Declare what a job that changes things is recorded with."""
    wiring.add_audit_place(parser)
    parser.add_argument("--correlation", required=True, help="groups the records: the job run's id")


def add_run_key(parser: argparse.ArgumentParser) -> None:
    """Declare what makes a verdict logged, and told, once; and where it is noted that it was."""
    wiring.add_audit_place(parser)
    parser.add_argument(
        "--run-key", default="",
        help="the same key logs a verdict and tells people once, however often the job is run "
        "again; {{job.run_id}} on Databricks",
    )  # fmt: skip


def add_workspaces(parser: argparse.ArgumentParser) -> None:
    """Declare whose endpoints protect the versions that they serve."""
    parser.add_argument(
        "--workspace-url", action="append", default=[], metavar="URL",
        help="a workspace whose endpoints read the registry; once for each, at least one",
        required=True,
    )  # fmt: skip


def audit(arguments: argparse.Namespace) -> AuditLog:
    """The audit log that the arguments name, or the environment's."""
    return wiring.audit_log(arguments.audit or environment(arguments).audit_table)


def actor(env: Environment) -> str:
    """The identity that the job runs as."""
    return current_actor(env.mlflow.tracking_uri)


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


def tables() -> Tables:
    """What the Spark session that the job runs in knows of tables."""
    from company_ml.adapters import spark_sql, spark_tables

    return spark_tables.SparkTables(spark_sql.session())


def drift_data() -> DriftData:
    """Tables of the Spark session that the job runs in."""
    from company_ml.adapters import spark_drift, spark_sql

    return spark_drift.SparkDriftData(spark_sql.session())


def prediction_log() -> PredictionLog:
    """Inference tables of the Spark session that the job runs in."""
    from company_ml.adapters import spark_predictions, spark_sql

    return spark_predictions.SparkPredictionLog(spark_sql.session())


def tracking(env: Environment) -> Tracking:
    """The environment's MLflow."""
    from company_ml.adapters.mlflow_tracking import MlflowTracking  # seconds to import

    settings = env.mlflow
    return MlflowTracking(settings.tracking_uri, settings.artifact_location)


def registry(env: Environment) -> ModelRegistry:
    """The environment's model registry."""
    from company_ml.adapters.mlflow_registry import MlflowRegistry  # seconds to import

    return MlflowRegistry(env.mlflow.tracking_uri, env.mlflow.registry_uri)


def served_models(workspace_url: str) -> ServedModels:
    """The endpoints of a workspace, as the identity that the job runs as."""
    from company_ml.adapters import served_models  # a second to import

    return served_models.of_workspace(workspace_url)


def alerts(env: Environment, kinds: Sequence[str]) -> Alerts:
    """What the monitoring jobs of the environment said last."""
    from company_ml.adapters.mlflow_alerts import MlflowAlerts  # seconds to import

    return MlflowAlerts(env.mlflow.tracking_uri, experiment(env), kinds)


def claims(place: str) -> Claims:
    """Retraining's claims in a folder, when ``place`` has a slash, or in a Delta table."""
    from company_ml.adapters.retraining_claims import DeltaClaims, FileClaims

    return FileClaims(Path(place)) if "/" in place else DeltaClaims(sql(), place)


def training(job_id: int) -> Training:
    """A Databricks job of the workspace that this one runs in."""
    from company_ml.adapters import training_job  # a second to import

    return training_job.of_this_workspace(job_id)


def feature_store() -> FeatureStore:
    """Unity Catalog's on Databricks, plain Delta tables elsewhere."""
    from company_ml.adapters import databricks_features, delta_features, spark_sql

    spark = spark_sql.session()
    if not databricks_features.available():
        return delta_features.DeltaFeatureStore(spark)
    return databricks_features.DatabricksFeatureStore(spark, databricks_features.client())


def online_store(file: Path | None, store: str | None, capacity: str) -> OnlinePublisher:
    """A SQLite file when one is named, else a Databricks online store."""
    from company_ml.adapters import databricks_features, delta_features, spark_sql

    if file is not None:
        from company_ml.adapters.sqlite_online import SqliteOnlineStore

        return SqliteOnlineStore(file, delta_features.DeltaFeatureStore(spark_sql.session()))
    return databricks_features.DatabricksOnlineStore(
        databricks_features.client(), str(store), clock(), capacity
    )


def experiment(env: Environment) -> str:
    """Where the monitoring jobs log."""
    return f"{env.mlflow.experiment_path}/monitoring"


def secrets() -> SecretStore:
    """The workspace's secret scopes, which Key Vault backs."""
    from company_ml.adapters import databricks  # a second to import

    return databricks.secrets_of_this_workspace()


def notifier(arguments: argparse.Namespace) -> Notifier:
    """Where the arguments want alerts to go; with a run key each one goes there once."""
    env = environment(arguments)
    found = _channel(arguments, env)
    if not getattr(arguments, "run_key", ""):
        return found
    return LazyOnce(found, arguments)


def _channel(arguments: argparse.Namespace, env: Environment) -> Notifier:
    if arguments.notify == STDERR:
        return StandardError()
    place = env.secrets.get(WEBHOOK)
    if place is None:
        raise JobError(
            f"environment {env.name} has no secret {WEBHOOK!r}: say where it is kept, or use "
            f"--notify {STDERR}"
        )
    return LazyTeams(place)


@dataclass(frozen=True)
class LazyTeams:
    """Notifier port that reads the webhook when there is something to tell."""

    place: SecretPlace

    def send(self, message: Message) -> None:
        """Deliver a message."""
        url = secrets().secret(self.place.scope, self.place.key)
        TeamsNotifier(url, clock()).send(message)


@dataclass(frozen=True)
class LazyOnce:
    """Notifier port that looks into the audit log when there is something to tell."""

    notifier: Notifier
    arguments: argparse.Namespace

    def send(self, message: Message) -> None:
        """Deliver a message unless this run has delivered it before."""
        who, key = actor(environment(self.arguments)), self.arguments.run_key
        ToldOnce(self.notifier, audit(self.arguments), clock(), actor=who, run_key=key).send(
            message
        )


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
