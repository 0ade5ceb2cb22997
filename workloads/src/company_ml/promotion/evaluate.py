"""Holds a version to its gates on held-out data, against the champion; the verdict is kept.

The deployment job's evaluation task, and the first step of ``promote``.
"""

from __future__ import annotations

import json
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from company_ml import aliases, wiring
from company_ml.audit import Outcome
from company_ml.cli import JobError
from company_ml.ports import NotFoundError
from company_ml.promotion import answers, core, gates, steps

if TYPE_CHECKING:
    import argparse

    import pandas as pd

    from company_ml.cli import ExitCode
    from company_ml.ports import FeatureSet, ModelVersion
    from company_ml.promotion.core import Facts, Verdict
    from company_ml.promotion.gates import Gates
    from company_ml.promotion.steps import Hop
    from company_ml.wiring import Lifecycle


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """A verdict, and what it was reached on."""

    evidence: str
    passed: bool
    run_id: str
    """The MLflow run that shows it."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the job's parameters."""
    wiring.add_arguments(parser)
    steps.add_version_arguments(parser)
    add_gate_arguments(parser)


def add_gate_arguments(parser: argparse.ArgumentParser) -> None:
    """What the version is judged by and on."""
    parser.add_argument("--gates", help="YAML file; the wheel's example gates by default")
    parser.add_argument("--holdout", required=True, help="a Delta table, or a file *.parquet")
    parser.add_argument("--holdout-version", help="the table's version; the newest by default")


def main(arguments: argparse.Namespace) -> ExitCode:
    """Run the job with real adapters."""
    world = wiring.lifecycle(arguments)
    move = steps.hop(world, arguments.model_name, arguments.model_version)
    found = evaluate(
        world, move, gates.load(arguments.gates), arguments.holdout, arguments.holdout_version
    )
    print(json.dumps(asdict(found)))  # noqa: T201 - the job's answer
    return steps.EXITS[Outcome.DONE if found.passed else Outcome.REFUSED]


def evaluate(
    world: Lifecycle, move: Hop, wanted: Gates, holdout: str, holdout_version: str | None = None
) -> Evaluation:
    """Judge, or give back the verdict that was reached on the same evidence before.

    Raises:
        JobError: There is no evidence to judge.
    """
    source = move.source
    try:
        rows = world.features.read(holdout, holdout_version)
    except NotFoundError as error:
        raise JobError(str(error)) from error
    champion = world.registry.by_alias(move.production, aliases.CHAMPION)
    key = core.evidence(
        wanted,
        source.uri,
        champion.uri if champion else "",
        f"{rows.source} {rows.version}",
        [source.tags.get(tag, "") for tag in wanted.required_tags],
    )
    if source.tags.get("promotion_evidence") == key:
        found = Evaluation(evidence=key, passed=source.tags["promotion_verdict"] == "passed",
                           run_id=source.tags["promotion_run"])  # fmt: skip
    else:
        found = _judge(world, move, wanted, rows=rows, champion=champion, key=key)
    steps.record(
        world, move.correlation, "promotion.evaluate", source,
        Outcome.DONE if found.passed else Outcome.REFUSED,
        evidence=key, run=found.run_id, target=move.target,
        champion=champion.uri if champion else "", holdout=rows.source,
        holdout_version=rows.version,
    )  # fmt: skip
    return found


def _judge(
    world: Lifecycle,
    move: Hop,
    wanted: Gates,
    *,
    rows: FeatureSet,
    champion: ModelVersion | None,
    key: str,
) -> Evaluation:
    """Ask both models, judge, keep the run, then the tags: the evidence tag last, as the seal."""
    experiment = f"{world.environment.mlflow.experiment_path}/promotions"
    try:
        facts = _facts(world, move.source, wanted, rows, champion)
    except (answers.EvidenceError, ValueError) as error:
        raise JobError(f"{move.source.uri} on {rows.source}: {error}") from error
    verdict = core.judge(wanted, facts)
    # A killed run may have logged it already, before it could tag the version.
    run_id = world.tracking.find(experiment, "evidence", key)
    if run_id is None:
        run_id = _log(world, move, facts, verdict, experiment=experiment, key=key)
    tag = world.registry.set_tag
    name, version = move.source.name, move.source.version
    tag(name, version, "promotion_verdict", "passed" if verdict.passed else "failed")
    tag(name, version, "promotion_run", run_id)
    tag(name, version, "promotion_requested_by", world.actor)
    tag(name, version, "promotion_evidence", key)
    return Evaluation(evidence=key, passed=verdict.passed, run_id=run_id)


def _facts(
    world: Lifecycle,
    source: ModelVersion,
    wanted: Gates,
    rows: FeatureSet,
    champion: ModelVersion | None,
) -> Facts:
    models, frame = world.models, rows.frame
    problem = answers.problem(wanted, frame)
    answer = models.predict(source, frame)
    return core.Facts(
        problem=problem,
        rows=len(frame),
        tags=source.tags,
        candidate=core.measure(wanted, frame, answer),
        champion=_measured(world, champion, wanted, frame) if champion else None,
        groups=core.groups(wanted, frame, answer),
        candidate_signature=models.signature(source),
        champion_signature=models.signature(champion) if champion else None,
    )


def _measured(
    world: Lifecycle, champion: ModelVersion, wanted: Gates, frame: pd.DataFrame
) -> dict[str, float]:
    try:
        return core.measure(wanted, frame, world.models.predict(champion, frame))
    except (answers.EvidenceError, ValueError) as error:
        raise answers.EvidenceError(f"the champion, {champion.uri}: {error}") from error


def _log(
    world: Lifecycle, move: Hop, facts: Facts, verdict: Verdict, *, experiment: str, key: str
) -> str:
    measured = {f"candidate_{name}": value for name, value in facts.candidate.items()}
    measured |= {f"champion_{name}": value for name, value in (facts.champion or {}).items()}
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "gates.json"
        report.write_text(json.dumps([asdict(each) for each in verdict.results], indent=2))
        return world.tracking.log(
            experiment=experiment,
            run_name=f"{move.source.name} {move.source.version}",
            parameters={
                "source": move.source.uri,
                "target": move.target,
                "problem": facts.problem.value,
            },
            metrics=measured,
            tags={"evidence": key, "verdict": "passed" if verdict.passed else "failed"},
            artifacts=[report],
        )
