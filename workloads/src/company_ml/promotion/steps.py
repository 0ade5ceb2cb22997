"""What the promotion's jobs share: where a version goes, who asked, and what is recorded."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from company_ml.audit import AuditRecord, Outcome
from company_ml.cli import ExitCode, JobError
from company_ml.ports import ModelVersion, NotFoundError

if TYPE_CHECKING:
    import argparse

    from company_ml.environment import Environment
    from company_ml.wiring import Lifecycle

SEAL = "promoted_seal"
"""Tag of a copy whose lineage is complete: the correlation of the move that made it."""
EXITS = {
    Outcome.DONE: ExitCode.DONE,
    Outcome.REFUSED: ExitCode.REFUSED,
    Outcome.WAITING: ExitCode.WAITING,
    Outcome.FAILED: ExitCode.FAILED,
}


@dataclass(frozen=True, kw_only=True)
class Hop:
    """One move of a version: from its schema to the next."""

    source: ModelVersion
    target: str
    """Three-part name of the model that gets the copy."""
    production: str
    """Three-part name of the production model, whose champion is the one to compare with."""

    @property
    def correlation(self) -> str:
        """Groups the records of this move, however often its jobs run."""
        content = f"{self.source.uri} {self.target}"
        return f"promote-{hashlib.sha256(content.encode()).hexdigest()[:12]}"

    @property
    def to_production(self) -> bool:
        """Whether this is the last move: the one that a person has to approve."""
        return self.target == self.production


def is_about_a_move(tag: str) -> bool:
    """Whether a tag says something of one move, and must not go along with the next copy."""
    return tag.startswith(("promotion_", "promoted_", "approval"))


def add_version_arguments(parser: argparse.ArgumentParser) -> None:
    """The version to move. A Databricks deployment job has exactly these two job parameters.

    https://docs.databricks.com/aws/en/mlflow/deployment-job
    """
    parser.add_argument("--model-name", required=True, help="catalog.schema.model, the origin")
    parser.add_argument("--model-version", required=True)


def hop(world: Lifecycle, model_name: str, model_version: str) -> Hop:
    """The move that a version's schema says.

    Raises:
        JobError: The version does not exist or is unfinished, or its schema leads nowhere.
    """
    env = world.environment
    catalog, schema, model = _parts(model_name)
    schemas = env.registry_schemas
    following = {schemas.development: schemas.candidate, schemas.candidate: schemas.production}
    if catalog != env.registry_catalog or schema not in following:
        raise JobError(
            f"--model-name {model_name}: versions are promoted from {env.registry_catalog}."
            f"{schemas.development} or .{schemas.candidate}"
        )
    try:
        source = world.registry.version(model_name, model_version)
    except NotFoundError as error:
        raise JobError(str(error)) from error
    if not source.ready:
        raise JobError(f"{source.uri} is unfinished: its files were not all registered")
    return Hop(
        source=source,
        target=env.model(following[schema], model),
        production=env.model(schemas.production, model),
    )


def existing_copy(world: Lifecycle, move: Hop) -> ModelVersion | None:
    """The finished copy of this move's version, if an earlier run made one.

    By its source, not by our tags: they come after the copy, and a run may die in between.
    """
    copies = [
        each
        for each in world.registry.versions(move.target)
        if each.ready and move.source.uri in (each.source, each.tags.get("promoted_from"))
    ]
    return copies[0] if copies else None


def record(
    world: Lifecycle,
    correlation: str,
    action: str,
    version: ModelVersion,
    outcome: Outcome,
    **details: str,
) -> None:
    """Add an audit record; the same one is kept once, so every run may say it again."""
    world.audit.append(
        AuditRecord(
            actor=world.actor, action=action, object=version.name, version=version.version,
            outcome=outcome, time=world.clock.now(), correlation=correlation, details=details,
        )
    )  # fmt: skip


def production_name(env: Environment, model_name: str) -> str:
    """The name itself, when it is a production model's.

    Raises:
        JobError: It is another schema's.
    """
    catalog, schema, model = _parts(model_name)
    wanted = env.model(env.registry_schemas.production, model)
    if model_name != wanted:
        raise JobError(f"--model-name {catalog}.{schema}.{model}: aliases move in {wanted} alone")
    return model_name


def _parts(model_name: str) -> tuple[str, str, str]:
    parts = model_name.split(".")
    if len(parts) != 3:  # noqa: PLR2004 - catalog.schema.model
        raise JobError(f"--model-name {model_name!r} is not catalog.schema.model")
    return parts[0], parts[1], parts[2]
