"""The retention job: plans per schema, and with ``--apply`` deletes what is planned.

Each deletion looks again at the version, at its model and at all endpoints right before it. It is
announced in the audit log, done, and recorded: killed in between, the next run records what was
done and plans what is left.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

from company_ml import limits, monitoring
from company_ml.audit import AuditRecord, Outcome
from company_ml.cli import ExitCode
from company_ml.ports import NotFoundError
from company_ml.retention import core

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence

    from company_ml.environment import Environment
    from company_ml.ports import AuditLog, Clock, ModelRegistry, ModelVersion


ANNOUNCED, DELETED = "retention.announce", "retention.delete"


class ServedModels(Protocol):
    """A workspace's endpoints, as far as retention looks at them."""

    def served(self) -> frozenset[tuple[str, str]]:
        """Model and version of whatever is served, or is about to be."""
        ...


@dataclass(frozen=True, kw_only=True)
class RetentionResult:
    """What each schema's plan was, and what came of it."""

    plans: Mapping[str, core.RetentionPlan]
    deleted: tuple[ModelVersion, ...] = ()
    spared: tuple[ModelVersion, ...] = ()
    """Planned, but protected or gone by the time of their turn."""


def run(
    registry: ModelRegistry,
    endpoints: Sequence[ServedModels],
    audit: AuditLog,
    clock: Clock,
    *,
    rules: Mapping[str, core.RetentionRule],
    hold_tag: str,
    apply: bool,
    actor: str,
    correlation: str,
) -> RetentionResult:
    """Plan every schema, then delete when told to.

    Args:
        registry: The model registry.
        endpoints: Those of each workspace that reads the registry. When one cannot be asked
            the run fails, since what it serves is then unknown.
        audit: Where each deletion is recorded.
        clock: Time.
        rules: By schema, as ``catalog.schema``.
        hold_tag: The tag that holds a version.
        apply: Delete; without it the run changes nothing.
        actor: The identity that acts.
        correlation: What groups this run's records.
    """
    now = clock.now()
    served = _served(endpoints)
    plans = {
        schema: core.plan(
            {name: registry.versions(name) for name in registry.models(schema)},
            rule,
            served=served,
            hold_tag=hold_tag,
            now=now,
        )
        for schema, rule in rules.items()
    }
    deleted: list[ModelVersion] = []
    spared: list[ModelVersion] = []
    if apply:
        _confirm(registry, audit, clock, correlation)
        for schema, plan in plans.items():
            for version in plan.delete:
                served = _served(endpoints)
                may = core.still_deletable(
                    version,
                    registry.versions(version.name),
                    rules[schema],
                    served=served,
                    hold_tag=hold_tag,
                    now=now,
                )
                told = _record(version, rules[schema], clock, actor, correlation)
                if may:
                    audit.append(replace(told, action=ANNOUNCED))
                done = may and _delete(registry, version)
                audit.append(told if done else replace(told, outcome=Outcome.REFUSED))
                (deleted if done else spared).append(version)
    return RetentionResult(plans=plans, deleted=tuple(deleted), spared=tuple(spared))


def _served(endpoints: Sequence[ServedModels]) -> frozenset[tuple[str, str]]:
    return frozenset(pair for workspace in endpoints for pair in workspace.served())


def _confirm(registry: ModelRegistry, audit: AuditLog, clock: Clock, correlation: str) -> None:
    """Record the deletion that an earlier attempt of this run announced, did and died of."""
    earlier = list(audit.records(correlation))
    ended = {(each.object, each.version) for each in earlier if each.action == DELETED}
    for each in earlier:
        if each.action != ANNOUNCED or (each.object, each.version) in ended:
            continue
        try:
            registry.version(each.object, each.version)
        except NotFoundError:
            audit.append(replace(each, action=DELETED, time=clock.now()))


def _delete(registry: ModelRegistry, version: ModelVersion) -> bool:
    try:
        registry.delete_version(version.name, version.version)
    except NotFoundError:
        return False
    return True


def _record(
    version: ModelVersion,
    rule: core.RetentionRule,
    clock: Clock,
    actor: str,
    correlation: str,
) -> AuditRecord:
    return AuditRecord(
        actor=actor,
        action=DELETED,
        object=version.name,
        version=version.version,
        outcome=Outcome.DONE,
        time=clock.now(),
        correlation=correlation,
        details={"created": version.created.isoformat(), "kept_days": str(rule.days)},
    )


def rules_of(
    environment: Environment, plain: Mapping[str, Any]
) -> Mapping[str, core.RetentionRule]:
    """The rules of a checked ``retention`` document, by the environment's schemas."""
    schemas = environment.registry_schemas
    return {
        f"{environment.registry_catalog}.{schema}": core.RetentionRule(**plain[step])
        for step, schema in (
            ("development", schemas.development),
            ("candidate", schemas.candidate),
            ("production", schemas.production),
            ("archived", schemas.archived),
        )
    }


def plain(result: RetentionResult) -> dict[str, Any]:
    """The result as plain data."""
    return {
        "plans": {
            schema: {
                "delete": [version.uri for version in plan.delete],
                "kept": {kept.version.uri: list(kept.protections) for kept in plan.kept},
            }
            for schema, plan in result.plans.items()
        },
        "deleted": [version.uri for version in result.deleted],
        "spared": [version.uri for version in result.spared],
    }


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the job's parameters."""
    monitoring.add_environment(parser)
    parser.add_argument("--rules", help="a YAML file; default: the packaged ones")
    parser.add_argument("--apply", action="store_true", help="delete; default: show the plan")
    monitoring.add_workspaces(parser)
    monitoring.add_audit(parser)
    monitoring.add_output(parser)


def main(arguments: argparse.Namespace) -> ExitCode:
    """Run the job: DONE whether or not there was anything to delete."""
    environment = monitoring.environment(arguments)
    document = limits.load("retention", arguments.rules)
    result = run(
        monitoring.registry(environment),
        [monitoring.served_models(url) for url in arguments.workspace_url],
        monitoring.audit(arguments),
        monitoring.clock(),
        rules=rules_of(environment, document),
        hold_tag=document["hold_tag"],
        apply=arguments.apply,
        actor=monitoring.actor(environment),
        correlation=arguments.correlation,
    )
    monitoring.output(plain(result), arguments.output)
    return ExitCode.DONE
