"""Promotes a version to the next schema: gates, approval, copy, alias; each step may be the last.

Every step looks at what is there before it acts, and records what it did before the next begins.
Killed anywhere and run again, the job ends where an undisturbed one does.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from company_ml import aliases, wiring
from company_ml.audit import Outcome
from company_ml.promotion import approve, evaluate, gates, steps

if TYPE_CHECKING:
    import argparse

    from company_ml.cli import ExitCode
    from company_ml.ports import ModelVersion
    from company_ml.promotion.evaluate import Evaluation
    from company_ml.promotion.gates import Gates
    from company_ml.promotion.steps import Hop
    from company_ml.wiring import Lifecycle


@dataclass(frozen=True, kw_only=True)
class Promotion:
    """How far a promotion came."""

    outcome: Outcome
    reason: str
    model_name: str = ""
    model_version: str = ""
    """The copy; empty when there is none."""
    alias: str = ""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the job's parameters."""
    wiring.add_arguments(parser)
    steps.add_version_arguments(parser)
    evaluate.add_gate_arguments(parser)


def main(arguments: argparse.Namespace) -> ExitCode:
    """Run the job with real adapters."""
    world = wiring.lifecycle(arguments)
    found = promote(
        world, arguments.model_name, arguments.model_version, gates.load(arguments.gates),
        holdout=arguments.holdout, holdout_version=arguments.holdout_version,
    )  # fmt: skip
    print(json.dumps(asdict(found)))  # noqa: T201 - the job's answer
    return steps.EXITS[found.outcome]


def promote(
    world: Lifecycle,
    model_name: str,
    model_version: str,
    wanted: Gates,
    *,
    holdout: str,
    holdout_version: str | None = None,
) -> Promotion:
    """Take the version as far as its gates and its approval let it go.

    Raises:
        JobError: The version, the held-out rows or a column do not exist.
    """
    move = steps.hop(world, model_name, model_version)
    copy = steps.existing_copy(world, move)
    # A sealed copy was let through; its alias may have made it the champion since, so that judging
    # again would compare it with itself.
    if copy is None or copy.tags.get(steps.SEAL) != move.correlation:
        found = evaluate.evaluate(world, move, wanted, holdout, holdout_version)
        if not found.passed:
            return Promotion(
                outcome=Outcome.REFUSED, reason=f"a gate said no; see MLflow run {found.run_id}"
            )
        move = steps.hop(world, model_name, model_version)
        if move.to_production:
            approval = approve.check(world, move, found.evidence)
            if approval.outcome is not Outcome.DONE:
                return Promotion(outcome=approval.outcome, reason=approval.reason)
        copy = _copy(world, move, copy, found)
    steps.record(
        world, move.correlation, "promotion.copy", copy, Outcome.DONE,
        source=move.source.uri, evidence=copy.tags["promoted_evidence"],
    )  # fmt: skip
    alias = _alias(world, move, copy)
    steps.record(world, move.correlation, "promotion.alias", copy, Outcome.DONE, alias=alias)
    return Promotion(
        outcome=Outcome.DONE, reason=f"{move.source.uri} is {copy.uri}", model_name=copy.name,
        model_version=copy.version, alias=alias,
    )  # fmt: skip


def _copy(
    world: Lifecycle, move: Hop, copy: ModelVersion | None, found: Evaluation
) -> ModelVersion:
    """The copy with its lineage, without the tags of its origin's promotion."""
    registry = world.registry
    _discard_unfinished(world, move)
    if copy is None:
        copy = registry.copy(move.source, move.target, {})
    tags = move.source.tags
    wanted = {key: value for key, value in tags.items() if not steps.is_about_a_move(key)}
    wanted |= {
        "promoted_from": move.source.uri,
        "promoted_evidence": found.evidence,
        "promoted_run": found.run_id,
    }
    if move.to_production:
        wanted["promoted_approved_by"] = tags["approval_by"]
    for key in sorted(copy.tags):
        if key not in wanted:
            registry.delete_tag(copy.name, copy.version, key)
    for key, value in wanted.items():
        if copy.tags.get(key) != value:
            registry.set_tag(copy.name, copy.version, key, value)
    registry.set_tag(copy.name, copy.version, steps.SEAL, move.correlation)
    return registry.version(copy.name, copy.version)


def _discard_unfinished(world: Lifecycle, move: Hop) -> None:
    """Delete copies of this version whose files never all arrived: they cannot be loaded."""
    for each in world.registry.versions(move.target):
        if not each.ready and each.source == move.source.uri:
            world.registry.delete_version(each.name, each.version)
            steps.record(
                world, move.correlation, "promotion.discard", each, Outcome.DONE,
                reason="its copy was interrupted",
            )  # fmt: skip


def _alias(world: Lifecycle, move: Hop, copy: ModelVersion) -> str:
    """Point the alias that the copy earned; the one it got stays its own ever after.

    The first version of production has nobody to challenge. After that champions change by release
    alone, not by promotion.
    """
    earned = copy.tags.get("promoted_alias")
    if earned is None:
        champion = world.registry.by_alias(move.target, aliases.CHAMPION)
        first = move.to_production and (champion is None or champion.version == copy.version)
        earned = aliases.CHAMPION if first else aliases.CHALLENGER
        world.registry.set_alias(copy.name, earned, copy.version)
        world.registry.set_tag(copy.name, copy.version, "promoted_alias", earned)
    return earned
