"""The retraining trigger: reads the monitoring jobs' alerts, and starts the training job."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from company_ml import limits, monitoring
from company_ml.cli import ExitCode
from company_ml.ports import Message
from company_ml.retraining import core
from company_ml.retraining.core import Step

if TYPE_CHECKING:
    import argparse
    from collections.abc import Collection, Sequence

    from company_ml.ports import Clock, Notifier


class Alerts(Protocol):
    """Where the monitoring jobs leave their verdicts."""

    def standing(self, model: str) -> Sequence[core.Alert]:
        """The model's alerts: a kind whose latest verdict is good has none."""
        ...


class Claims(Protocol):
    """A model's triggers, durable, and each number admitted once whoever tries."""

    def last(self, model: str) -> core.Claim | None:
        """The latest claim."""
        ...

    def make(self, claim: core.Claim) -> bool:
        """Keep a claim unless one with its number exists: False then."""
        ...

    def finish(self, claim: core.Claim, run_id: str) -> None:
        """Note that it was carried out; a second time changes nothing."""
        ...


class Training(Protocol):
    """Starts the training job."""

    def start(self, token: str) -> str:
        """The id of the run that this token started, now or at an earlier call."""
        ...


def run(
    alerts: Alerts,
    claims: Claims,
    training: Training,
    notifier: Notifier,
    clock: Clock,
    *,
    model: str,
    cool_down: timedelta,
    kinds: Collection[str],
) -> core.Decision:
    """Decide, and when it is time start the training once."""
    last = claims.last(model)
    decision = core.decide(
        model,
        alerts.standing(model),
        last,
        now=clock.now(),
        cool_down=cool_down,
        kinds=kinds,
    )
    if decision.claim is None:
        return decision
    if decision.step is Step.TRIGGER and not claims.make(decision.claim):
        return core.Decision(step=Step.COOLING_DOWN, reason="another run claimed it just now")
    run_id = training.start(decision.claim.token)
    # People are told before the claim is finished: killed in between, the next run tells them
    # again, and the token makes it start nothing.
    notifier.send(
        Message(
            title=f"Retraining of {model} started",
            text=decision.claim.reason,
            facts={"Run": run_id, "Next not before": str(decision.claim.claimed + cool_down)},
        )
    )
    claims.finish(decision.claim, run_id)
    return decision


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the job's parameters."""
    monitoring.add_environment(parser)
    parser.add_argument("--model", required=True, help="three-part name")
    parser.add_argument("--training-job-id", required=True, type=int, help="the job to start")
    parser.add_argument(
        "--claims", required=True, help="Delta table, or folder with a slash, for the triggers"
    )
    parser.add_argument("--limits", help="a YAML file; default: the packaged limits")
    monitoring.add_run_key(parser)
    monitoring.add_output(parser)


def main(arguments: argparse.Namespace) -> ExitCode:
    """Run the job: DONE whether or not training was started, NOT_YET while it cools down."""
    environment = monitoring.environment(arguments)
    found = limits.load("retraining", arguments.limits)
    decision = run(
        monitoring.alerts(environment, found["alerts"]),
        monitoring.claims(arguments.claims),
        monitoring.training(arguments.training_job_id),
        monitoring.notifier(arguments),
        monitoring.clock(),
        model=arguments.model,
        cool_down=timedelta(days=found["cool_down_days"]),
        kinds=found["alerts"],
    )
    monitoring.output(asdict(decision), arguments.output)
    return ExitCode.NOT_YET if decision.step is Step.COOLING_DOWN else ExitCode.DONE
