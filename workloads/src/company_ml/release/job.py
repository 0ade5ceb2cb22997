"""The job ``release``: real adapters for a workspace, or for the router on a laptop."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from company_ml import environment, wiring
from company_ml.adapters.clock import SystemClock
from company_ml.adapters.identity import current_actor
from company_ml.cli import ExitCode, JobError
from company_ml.ports import NotFoundError, ServedEntity
from company_ml.release import run, settings
from company_ml.release.core import Phase, ReleaseRefusedError
from company_ml.release.evidence import SHADOW_COLUMNS, SqlEvidence, Tables
from company_ml.release.plan import Check, Release
from company_ml.release.ports import LeaseHeldError, StaleStateError
from company_ml.release.run import World

if TYPE_CHECKING:
    import argparse

    from company_ml.environment import Environment
    from company_ml.ports import ModelRegistry, ModelVersion, SqlWarehouse

EXITS = {
    Phase.COMPLETED: ExitCode.DONE,
    Phase.ROLLED_BACK: ExitCode.REFUSED,
    Phase.INTERRUPTED: ExitCode.FAILED,
}
STATES = "Delta table (or folder) of release states"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the job's parameters."""
    add_endpoint_arguments(parser)
    parser.add_argument("--model", required=True, help="three-part name of the model")
    parser.add_argument("--version", required=True, help="the version that takes over")
    parser.add_argument("--abort", metavar="REASON", help="take the release back instead")


def add_endpoint_arguments(parser: argparse.ArgumentParser, *, required: bool = True) -> None:
    """What every job needs that releases a version; not required where a model may have none."""
    parser.add_argument(
        "--environment", required=True,
        help=f"one of {', '.join(environment.packaged())}, or a JSON or YAML file",
    )  # fmt: skip
    parser.add_argument("--endpoint", required=required, help="name of the serving endpoint")
    parser.add_argument("--settings", type=Path, help="release settings (YAML); packaged ones else")
    parser.add_argument("--log", required=required, help="the endpoint's inference table")
    parser.add_argument("--metrics", default="", help="table of business metrics by request")
    parser.add_argument("--shadow-log", default="", help="table of a shadow's answers")
    parser.add_argument("--states", required=required, help=STATES)
    parser.add_argument(
        "--minutes", type=float, help="give up waiting after this long; the next run goes on"
    )
    parser.add_argument(
        "--smoke-requests", type=Path, help="a JSON request body per line; recorded ones else"
    )
    wiring.add_audit_place(parser)
    add_router_arguments(parser)


def add_router_arguments(parser: argparse.ArgumentParser) -> None:
    """Where endpoints are on a laptop."""
    parser.add_argument(
        "--router", metavar="URL", help="on a laptop: address of python -m sandbox.serving_router"
    )
    parser.add_argument(
        "--router-tables", type=Path, help="on a laptop: the router's tables.db, instead of Spark"
    )


def main(arguments: argparse.Namespace) -> ExitCode:
    """Run the job with real adapters."""
    env = environment.load(arguments.environment)
    return take_over(arguments, env, arguments.model, arguments.version, abort=arguments.abort)


def take_over(
    arguments: argparse.Namespace,
    env: Environment,
    model: str,
    version: str,
    abort: str | None = None,
) -> ExitCode:
    """Release a version to the endpoint, or take its release back."""
    from company_ml.adapters.mlflow_registry import MlflowRegistry

    registry = MlflowRegistry(env.mlflow.tracking_uri, env.mlflow.registry_uri)
    world = connect(arguments, env, _tables(arguments), registry)
    planned = wanted(arguments, current_actor(env.mlflow.tracking_uri), model, version)
    until = None
    if arguments.minutes is not None:
        until = world.clock.now() + timedelta(minutes=arguments.minutes)
    try:
        if abort is not None:
            state = run.abort(planned.id, planned.endpoint, abort, world)
        else:
            state = run.run(
                planned, world, until=until, smoke_requests=bodies(arguments.smoke_requests)
            )
    except (LeaseHeldError, ReleaseRefusedError, StaleStateError, NotFoundError) as error:
        raise JobError(str(error)) from error
    print(run.outcome(state))  # noqa: T201 - the job's answer
    return EXITS.get(state.phase, ExitCode.NOT_YET)


def connect(
    arguments: argparse.Namespace,
    env: Environment,
    tables: Tables,
    registry: ModelRegistry | None,
) -> World:
    """The ports of a release: its evidence is in these tables, its alias in this registry."""
    from company_ml.adapters.release_store_delta import DeltaReleaseStore
    from company_ml.adapters.release_store_files import FileReleaseStore
    from company_ml.adapters.serving_endpoints import connected

    sql = _sql(arguments)
    serving = connected(arguments.router)
    if tables.shadow:
        sql.query(
            f"CREATE TABLE IF NOT EXISTS IDENTIFIER(:shadow) ({SHADOW_COLUMNS})",
            {"shadow": tables.shadow},
        )
    return World(
        serving=serving,
        invoker=serving,
        evidence=SqlEvidence(sql, tables, serving.workspace_id()),
        store=FileReleaseStore(Path(arguments.states))
        if arguments.router_tables
        else DeltaReleaseStore(sql, arguments.states),
        audit=wiring.audit_log(arguments.audit or env.audit_table),
        clock=SystemClock(),
        holder=uuid.uuid4().hex,
        registry=registry,
    )


def _tables(arguments: argparse.Namespace) -> Tables:
    return Tables(log=arguments.log, metrics=arguments.metrics, shadow=arguments.shadow_log)


def _sql(arguments: argparse.Namespace) -> SqlWarehouse:
    if arguments.router_tables:
        from company_ml.adapters.sqlite_sql import SqliteSql

        return SqliteSql(arguments.router_tables)
    from company_ml.adapters.spark_sql import SparkSql, session

    return SparkSql(session())


def wanted(arguments: argparse.Namespace, actor: str, model: str, version: str) -> Release:
    """The release that the arguments ask for.

    Its id is made of endpoint, model and version: running the job again goes on with it.
    """
    read = settings.load(arguments.settings)
    shadowed = any(stage.check is Check.SHADOW for stage in read.stages)
    if shadowed and not arguments.shadow_log:
        raise JobError("--shadow-log is needed for strategy shadow: a table for its answers")
    name = f"{model.rsplit('.', 1)[-1]}-{version}"
    return Release(
        id=f"{arguments.endpoint}-{name}{'-shadow' if shadowed else ''}",
        endpoint=arguments.endpoint,
        candidate=ServedEntity(name=name, model=model, version=version, percent=0),
        stages=read.stages,
        gates=read.gates,
        limits=read.limits,
        actor=actor,
    )


def released(arguments: argparse.Namespace, env: Environment, version: ModelVersion) -> None:
    """Bring a version to its endpoint; JobError unless it then has all traffic."""
    code = take_over(arguments, env, version.name, version.version)
    if code is not ExitCode.DONE:
        raise JobError(
            f"{version.uri} did not take over endpoint {arguments.endpoint}: {code.name}"
        )


def bodies(path: Path | None) -> list[str]:
    """Request bodies of a file, one a line; JobError names a line that is none."""
    if path is None:
        return []
    lines = [line for line in path.read_text("utf-8").splitlines() if line.strip()]
    for number, body in enumerate(lines, 1):
        try:
            json.loads(body)
        except ValueError as error:
            raise JobError(f"--smoke-requests {path}, line {number} is no JSON: {error}") from error
    return lines
