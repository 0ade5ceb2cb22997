"""Moves the champion alias: forward when a release is through, back when it was a mistake."""

from __future__ import annotations

from typing import TYPE_CHECKING

from company_ml import aliases, wiring
from company_ml.audit import Outcome
from company_ml.cli import ExitCode, JobError
from company_ml.ports import ModelVersion, NotFoundError
from company_ml.promotion import steps

if TYPE_CHECKING:
    import argparse

    from company_ml.wiring import Lifecycle


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the rollback job's parameters."""
    wiring.add_arguments(parser)
    steps.add_version_arguments(parser)
    parser.add_argument("--reason", required=True, help="kept in the audit record")


def main(arguments: argparse.Namespace) -> ExitCode:
    """Roll back with real adapters; ``--model-version`` is the one to get away from."""
    back = rollback(wiring.lifecycle(arguments), arguments.model_name, arguments.model_version,
                    arguments.reason)  # fmt: skip
    print(f"champion of {back.name} is version {back.version}")  # noqa: T201 - the job's answer
    return ExitCode.DONE


def crown(world: Lifecycle, model_name: str, model_version: str, reason: str) -> ModelVersion:
    """Make a production version the champion; it remembers whom it replaced.

    Raises:
        JobError: The version does not exist or was rolled back.
    """
    name = steps.production_name(world.environment, model_name)
    version = _version(world, name, model_version)
    if aliases.ROLLED_BACK in version.tags:
        raise JobError(
            f"{version.uri} was rolled back ({version.tags[aliases.ROLLED_BACK]}); "
            "promote a new version"
        )
    aliases.crown(world.registry, name, version.version)
    crowned = world.registry.version(name, version.version)
    steps.record(
        world, f"champion-{name}-{version.version}", "promotion.champion", crowned, Outcome.DONE,
        replaced=crowned.tags.get(aliases.REPLACED, ""), reason=reason,
    )  # fmt: skip
    return crowned


def rollback(world: Lifecycle, model_name: str, model_version: str, reason: str) -> ModelVersion:
    """Give the alias back to the version that this champion replaced, and mark this one.

    Raises:
        JobError: The version is not the champion, or there is no earlier one to go back to.
    """
    name = steps.production_name(world.environment, model_name)
    bad = _version(world, name, model_version)
    champion = world.registry.by_alias(name, aliases.CHAMPION)
    previous = bad.tags.get(aliases.REPLACED)
    if previous is None:
        raise JobError(f"{bad.uri} replaced no champion, so there is nothing to go back to")
    at = champion.version if champion else "nothing"
    if at == bad.version:
        good = _version(world, name, previous)
        if not good.ready:
            raise JobError(f"{good.uri}, the champion before, is unfinished and cannot be loaded")
        world.registry.set_tag(name, bad.version, aliases.ROLLED_BACK, reason)
        world.registry.set_alias(name, aliases.CHAMPION, previous)
    elif not (aliases.ROLLED_BACK in bad.tags and at == previous):
        raise JobError(f"champion of {name} is {at}, not {bad.version}: there is nothing to undo")
    good = _version(world, name, previous)
    said = world.registry.version(name, bad.version).tags[aliases.ROLLED_BACK]
    steps.record(
        world, f"champion-{name}-{bad.version}", "promotion.rollback", bad, Outcome.DONE,
        back_to=previous, reason=said,
    )  # fmt: skip
    return good


def _version(world: Lifecycle, name: str, version: str) -> ModelVersion:
    try:
        return world.registry.version(name, version)
    except NotFoundError as error:
        raise JobError(
            f"{error}; an archived version comes back with company_ml recover-model"
        ) from error
