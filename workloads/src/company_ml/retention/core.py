"""Which model versions are old enough to be deleted, and which nothing may touch.

Unity Catalog keeps versions for ever; how long each schema keeps them is set here. Protection is
judged before age, and again by :func:`still_deletable` right before each deletion, since an alias
can be moved between a plan and its application.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime, timedelta

    from company_ml.ports import ModelVersion


class Protection(StrEnum):
    """Why a version stays whatever its age."""

    ALIASED = "aliased"
    SERVED = "served"
    """In an endpoint's configuration, or in one that it is being changed to."""
    ON_HOLD = "on hold"
    """A tag holds it: a legal hold, an investigation."""
    NEWEST = "among the newest"


@dataclass(frozen=True, kw_only=True)
class RetentionRule:
    """How long a schema keeps its versions."""

    days: int
    keep_newest: int = 3
    """Newest versions of each model that stay whatever their age; at least one."""

    def __post_init__(self) -> None:
        if self.days < 1 or self.keep_newest < 1:
            raise ValueError(
                f"RetentionRule(days={self.days}, keep_newest={self.keep_newest}): both must be 1 "
                "or more"
            )


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A version that stays although its time is over."""

    version: ModelVersion
    protections: tuple[Protection, ...]


@dataclass(frozen=True, kw_only=True)
class RetentionPlan:
    """What would be deleted, the oldest first, and what is kept by protection alone."""

    delete: tuple[ModelVersion, ...] = ()
    kept: tuple[Kept, ...] = field(default_factory=tuple)


def plan(
    models: Mapping[str, Sequence[ModelVersion]],
    rule: RetentionRule,
    *,
    served: Collection[tuple[str, str]],
    hold_tag: str,
    now: datetime,
) -> RetentionPlan:
    """Divide one schema's versions.

    Args:
        models: All versions of each model of the schema.
        rule: How long they are kept.
        served: Model and version of what any endpoint serves, in any environment.
        hold_tag: A version that has this tag stays, unless the tag says ``false``.
        now: The present, with its time zone.
    """
    delete: list[ModelVersion] = []
    kept: list[Kept] = []
    for versions in models.values():
        newest = {version.version for version in _newest(versions, rule.keep_newest)}
        for version in versions:
            if not _expired(version, rule, now):
                continue
            reasons = protections(version, served=served, hold_tag=hold_tag)
            if version.version in newest:
                reasons = (*reasons, Protection.NEWEST)
            if reasons:
                kept.append(Kept(version=version, protections=reasons))
            else:
                delete.append(version)
    return RetentionPlan(
        delete=tuple(sorted(delete, key=lambda version: (version.created, version.uri))),
        kept=tuple(kept),
    )


def protections(
    version: ModelVersion, *, served: Collection[tuple[str, str]], hold_tag: str
) -> tuple[Protection, ...]:
    """What holds the version, age and number aside."""
    found: list[Protection] = []
    if version.aliases:
        found.append(Protection.ALIASED)
    if (version.name, version.version) in served:
        found.append(Protection.SERVED)
    if version.tags.get(hold_tag, "false").strip().lower() != "false":
        found.append(Protection.ON_HOLD)
    return tuple(found)


def still_deletable(
    planned: ModelVersion,
    versions: Sequence[ModelVersion],
    rule: RetentionRule,
    *,
    served: Collection[tuple[str, str]],
    hold_tag: str,
    now: datetime,
) -> bool:
    """Whether a planned version may go, as the registry and the endpoints are right now."""
    again = plan({planned.name: versions}, rule, served=served, hold_tag=hold_tag, now=now)
    return planned.version in {version.version for version in again.delete}


def _newest(versions: Sequence[ModelVersion], count: int) -> list[ModelVersion]:
    return sorted(versions, key=lambda version: int(version.version), reverse=True)[:count]


def _expired(version: ModelVersion, rule: RetentionRule, now: datetime) -> bool:
    age: timedelta = now - version.created
    return age.days >= rule.days
