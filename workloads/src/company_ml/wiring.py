"""Real adapters for an environment, and the arguments every job has."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from company_ml import environment
from company_ml.adapters.clock import SystemClock
from company_ml.adapters.features import AnyFeatures
from company_ml.adapters.identity import current_actor

if TYPE_CHECKING:
    import argparse

    from company_ml.environment import Environment
    from company_ml.ports import (
        AuditLog,
        Clock,
        FeatureSource,
        ModelPublisher,
        ModelRegistry,
        Models,
        Tracking,
    )


@dataclass(frozen=True, kw_only=True)
class Lifecycle:
    """What the jobs that move models work with."""

    environment: Environment
    actor: str
    registry: ModelRegistry
    models: Models
    publisher: ModelPublisher
    tracking: Tracking
    features: FeatureSource
    audit: AuditLog
    clock: Clock


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of every job that moves models."""
    parser.add_argument(
        "--environment", required=True,
        help=f"one of {', '.join(environment.packaged())}, or a JSON or YAML file",
    )  # fmt: skip
    add_audit_place(parser)
    parser.add_argument(
        "--max-rows", type=int, default=5_000_000,
        help="larger feature tables are refused, since rows come into memory (default %(default)s)",
    )  # fmt: skip


def add_audit_place(parser: argparse.ArgumentParser) -> None:
    """Declare ``--audit``, which every job that leaves a record has."""
    parser.add_argument(
        "--audit",
        help="audit records go to this Delta table or file *.jsonl; the environment's by default",
    )


def lifecycle(arguments: argparse.Namespace) -> Lifecycle:
    """Connect to what the arguments name."""
    from company_ml.adapters.mlflow_models import MlflowModels
    from company_ml.adapters.mlflow_registry import MlflowRegistry
    from company_ml.adapters.mlflow_tracking import MlflowTracking

    env = environment.load(arguments.environment)
    mlflow = env.mlflow
    models = MlflowModels(mlflow.tracking_uri, mlflow.registry_uri, mlflow.artifact_location)
    return Lifecycle(
        environment=env,
        actor=current_actor(mlflow.tracking_uri),
        registry=MlflowRegistry(mlflow.tracking_uri, mlflow.registry_uri),
        models=models,
        publisher=models,
        tracking=MlflowTracking(mlflow.tracking_uri, mlflow.artifact_location),
        features=AnyFeatures(arguments.max_rows),
        audit=audit_log(arguments.audit or env.audit_table),
        clock=SystemClock(),
    )


def audit_log(place: str) -> AuditLog:
    """The audit log in a file ``*.jsonl``, or in a Delta table."""
    if place.endswith(".jsonl"):
        from company_ml.adapters.audit_files import JsonLinesAudit

        return JsonLinesAudit(Path(place))
    from company_ml.adapters.audit_delta import DeltaAudit
    from company_ml.adapters.spark_sql import SparkSql, session

    return DeltaAudit(SparkSql(session()), place)
