"""A person's decision on a version that passed its gates; ``approval`` checks that there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from company_ml import wiring
from company_ml.audit import Outcome
from company_ml.cli import ExitCode, JobError
from company_ml.promotion import decision, steps

if TYPE_CHECKING:
    import argparse

    from company_ml.promotion.decision import Approval
    from company_ml.promotion.steps import Hop
    from company_ml.wiring import Lifecycle


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the job's parameters."""
    wiring.add_arguments(parser)
    steps.add_version_arguments(parser)
    parser.add_argument("--decision", required=True, choices=[decision.APPROVED, decision.REJECTED])
    parser.add_argument("--reason", required=True, help="kept in the audit record")


def main(arguments: argparse.Namespace) -> ExitCode:
    """Run the job with real adapters: the one who is logged in decides."""
    world = wiring.lifecycle(arguments)
    move = steps.hop(world, arguments.model_name, arguments.model_version)
    decide(world, move, arguments.decision, arguments.reason)
    return ExitCode.DONE


def decide(world: Lifecycle, move: Hop, decided: str, reason: str) -> None:
    """Keep a decision on the evidence that the version has now.

    Raises:
        JobError: The version has not passed its gates, or the decider had asked for it.
    """
    source = move.source
    key = source.tags.get("promotion_evidence", "")
    if source.tags.get("promotion_verdict") != "passed":
        raise JobError(
            f"{source.uri} has not passed its gates for {move.target}; run company_ml evaluate"
        )
    details = {"evidence": key, "reason": reason, "target": move.target}
    if decided == decision.APPROVED and world.actor in requesters(move):
        steps.record(
            world, move.correlation, "promotion.approve", source, Outcome.REFUSED, **details
        )
        raise JobError(
            f"{world.actor} asked for {source.uri} to be promoted and cannot approve it; another "
            "person has to"
        )
    # The decision last: an approval without its evidence counts for nothing.
    world.registry.set_tag(source.name, source.version, "approval_by", world.actor)
    world.registry.set_tag(source.name, source.version, "approval_evidence", key)
    world.registry.set_tag(source.name, source.version, "approval", decided)
    action = "promotion.approve" if decided == decision.APPROVED else "promotion.reject"
    steps.record(world, move.correlation, action, source, Outcome.DONE, **details)


def requesters(move: Hop) -> set[str]:
    """Who asked for the move: who had it evaluated, and who registered the version."""
    people = {move.source.tags.get("promotion_requested_by", ""), move.source.user}
    return people - {""}


def check(world: Lifecycle, move: Hop, evidence: str) -> Approval:
    """Where the approval of this evidence stands; the answer is recorded."""
    found = decision.approval(move.source.tags, evidence, requesters(move))
    steps.record(
        world, move.correlation, "promotion.approval", move.source, found.outcome,
        evidence=evidence, by=found.by, reason=found.reason,
    )  # fmt: skip
    return found
