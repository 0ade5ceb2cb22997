"""The job ``recover-model``: an archived version comes back, to its endpoint if it has one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from company_ml import environment, wiring
from company_ml.adapters.clock import SystemClock
from company_ml.adapters.identity import current_actor
from company_ml.adapters.mlflow_registry import MlflowRegistry
from company_ml.adapters.model_files import MlflowModelFiles
from company_ml.cli import ExitCode, JobError
from company_ml.ports import NotFoundError
from company_ml.recovery.core import NotRetainedError, RefusedError
from company_ml.recovery.models import World, restore
from company_ml.release import job

if TYPE_CHECKING:
    import argparse

    from company_ml.environment import Environment


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the job's parameters."""
    job.add_endpoint_arguments(parser, required=False)
    parser.add_argument("--archived", required=True, help="three-part name in the archive")
    parser.add_argument("--version", required=True, help="the archived version")
    parser.add_argument("--to", required=True, help="three-part name to restore to")
    parser.add_argument("--correlation", required=True, help="id of the incident or exercise")


def main(arguments: argparse.Namespace) -> ExitCode:
    """Run the job with real adapters: REFUSED when it is no version that may come back there."""
    env = environment.load(arguments.environment)
    if arguments.endpoint and not (arguments.log and arguments.states):
        raise JobError("--endpoint needs --log and --states: the version gets there by a release")
    if arguments.archived != (archive := archive_of(env, arguments.to, "--to")):
        raise JobError(
            f"--archived {arguments.archived}: the archive of {arguments.to} is {archive}"
        )
    world = connect(arguments, env)
    try:
        archived = world.registry.version(arguments.archived, arguments.version)
        restored = restore(
            archived, arguments.to, arguments.correlation, world,
            release=(lambda version: job.released(arguments, env, version))
            if arguments.endpoint
            else None,
        )  # fmt: skip
    except RefusedError as error:
        print(error)  # noqa: T201 - the job's answer
        return ExitCode.REFUSED
    except (NotRetainedError, NotFoundError) as error:
        raise JobError(str(error)) from error
    print(f"{archived.uri} is back as {restored.uri}")  # noqa: T201 - the job's answer
    return ExitCode.DONE


def archive_of(env: Environment, model_name: str, option: str) -> str:
    """The model's name in the archive.

    Raises:
        JobError: It is no model of the registry's, or is one of the archive's.
    """
    schemas = env.registry_schemas
    model = model_name.rsplit(".", 1)[-1]
    kept = (schemas.development, schemas.candidate, schemas.production)
    allowed = [env.model(schema, model) for schema in kept]
    if model_name not in allowed:
        raise JobError(f"{option} {model_name}: the archive keeps {', '.join(allowed)}")
    return env.model(schemas.archived, model)


def connect(arguments: argparse.Namespace, env: Environment) -> World:
    """The ports."""
    mlflow = env.mlflow
    return World(
        registry=MlflowRegistry(mlflow.tracking_uri, mlflow.registry_uri),
        files=MlflowModelFiles(mlflow.tracking_uri, mlflow.registry_uri),
        audit=wiring.audit_log(arguments.audit or env.audit_table),
        clock=SystemClock(),
        actor=current_actor(mlflow.tracking_uri),
    )
