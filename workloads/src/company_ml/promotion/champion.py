"""Moves the champion: forward when a release is through, back when it was a mistake."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from company_ml import aliases
from company_ml.audit import AuditRecord, Outcome
from company_ml.cli import JobError
from company_ml.ports import ModelVersion, NotFoundError
from company_ml.promotion import steps
from company_ml.release import back, core
from company_ml.release.back import BackPlan, Rollback

if TYPE_CHECKING:
    from company_ml.ports import Endpoint
    from company_ml.release.run import World
    from company_ml.wiring import Lifecycle


@dataclass(frozen=True, kw_only=True)
class RolledBack:
    """What a rollback led to."""

    champion: ModelVersion
    left: tuple[str, ...] = ()
    """What somebody has to do about endpoints whose settings own their traffic."""


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


def rollback(
    world: Lifecycle,
    model_name: str,
    model_version: str,
    reason: str,
    endpoints: World | None = None,
) -> RolledBack:
    """Go back to the version that this champion replaced: traffic first, then the alias.

    The version is marked first, so that no release brings it back while its traffic goes away.
    Killed anywhere and run again it ends where an undisturbed one does.

    Args:
        world: The ports.
        model_name: A production model.
        model_version: The version to get away from.
        reason: Why, for the audit log and the version's tag.
        endpoints: The workspace's endpoints and their releases; None moves the alias alone.

    Raises:
        JobError: The version is not the champion, or there is no earlier one to go back to.
        ReleaseRefusedError: An endpoint is being released or changed; nothing was done.
        LeaseHeldError: Another run works on an endpoint.
        NotBackError: An endpoint's traffic could not be taken back, so the alias stays.
    """
    name = steps.production_name(world.environment, model_name)
    bad = _version(world, name, model_version)
    champion = world.registry.by_alias(name, aliases.CHAMPION)
    previous = bad.tags.get(aliases.REPLACED)
    if previous is None:
        raise JobError(f"{bad.uri} replaced no champion, so there is nothing to go back to")
    good = _version(world, name, previous)
    at = champion.version if champion else "nothing"
    if at != bad.version and not (aliases.ROLLED_BACK in bad.tags and at == previous):
        raise JobError(f"champion of {name} is {at}, not {bad.version}: there is nothing to undo")
    if not good.ready:
        raise JobError(f"{good.uri}, the champion before, is unfinished and cannot be loaded")
    wanted = Rollback(bad=bad, good=good, actor=world.actor)
    planned = back.look(wanted, endpoints) if endpoints else BackPlan()
    if aliases.ROLLED_BACK not in bad.tags:
        world.registry.set_tag(name, bad.version, aliases.ROLLED_BACK, reason)
    if endpoints is not None:
        back.move(planned, endpoints)
    if at == bad.version:
        world.registry.set_alias(name, aliases.CHAMPION, previous)
    said = world.registry.version(name, bad.version).tags[aliases.ROLLED_BACK]
    steps.record(
        world, f"champion-{name}-{bad.version}", "promotion.rollback", bad, Outcome.DONE,
        back_to=previous, reason=said,
    )  # fmt: skip
    return RolledBack(
        champion=world.registry.version(name, previous),
        left=tuple(_left(world, endpoint, wanted) for endpoint in planned.left),
    )


def _left(world: Lifecycle, endpoint: Endpoint, wanted: Rollback) -> str:
    """Record and say what its owner has to do, as the endpoint's settings own its traffic."""
    bad, good = wanted.bad, wanted.good
    setting = f"mlops:serving.endpoints[name={endpoint.name}].entities[version={bad.version}]"
    serves = core.shares(endpoint.entities)
    world.audit.append(
        AuditRecord(
            actor=world.actor, action="promotion.rollback", object=endpoint.name,
            version=bad.version, outcome=Outcome.WAITING, time=world.clock.now(),
            correlation=f"champion-{bad.name}-{bad.version}",
            details={"serves": serves, "setting": f"{setting}.version", "to": good.version},
        )
    )  # fmt: skip
    return (
        f"endpoint {endpoint.name} still serves {serves}: no release brought it there, so its "
        f"settings own its traffic. Set {setting}.version to '{good.version}' in the "
        f"environment's stack file, deploy, and run this again (an endpoint with release: "
        f"controller takes company_ml release --version {good.version})"
    )


def _version(world: Lifecycle, name: str, version: str) -> ModelVersion:
    try:
        return world.registry.version(name, version)
    except NotFoundError as error:
        raise JobError(
            f"{error}; an archived version comes back with company_ml recover-model"
        ) from error
