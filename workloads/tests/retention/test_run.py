"""Retention against a real registry, real HTTP endpoints, and kills in between."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from databricks.sdk import WorkspaceClient
from hypothesis import given
from hypothesis import strategies as st
from mlflow.tracking import MlflowClient

from company_ml import environment, limits
from company_ml.adapters.clock import SystemClock
from company_ml.adapters.fakes import FakeAudit, FakeClock, FakeRegistry
from company_ml.adapters.mlflow_registry import MlflowRegistry
from company_ml.adapters.served_models import WorkspaceServedModels
from company_ml.audit import Outcome
from company_ml.retention import run
from company_ml.retention.core import RetentionRule
from local_http import Answer, Request, answering

if TYPE_CHECKING:
    from collections.abc import Callable

SCHEMA = "c.archived_models"
MODEL = f"{SCHEMA}.churn"
HOLD = "retention_hold"


@dataclass
class Served:
    """A workspace whose endpoints serve these."""

    pairs: frozenset[tuple[str, str]] = frozenset()
    before_each: list[Callable[[], None]] = field(default_factory=list["Callable[[], None]"])

    def served(self) -> frozenset[tuple[str, str]]:
        for act in self.before_each:
            act()
        return self.pairs


def retained(
    registry: Any, served: Served, *, days: int = 30, apply: bool = True, audit: Any = None,
    clock: Any = None, schema: str = SCHEMA,
) -> run.RetentionResult:  # fmt: skip
    return run.run(
        registry,
        [Served(), served],
        audit or FakeAudit(),
        clock or FakeClock(),
        rules={schema: RetentionRule(days=days, keep_newest=1)},
        hold_tag=HOLD,
        apply=apply,
        actor="retention@company",
        correlation="run 7",
    )


def old_versions(count: int) -> tuple[FakeRegistry, FakeClock]:
    registry = FakeRegistry()
    for _ in range(count):
        registry.add(MODEL)
    registry.clock.time += timedelta(days=100)
    return registry, registry.clock


def numbers(registry: Any) -> list[str]:
    return [version.version for version in registry.versions(MODEL)]


def test_without_apply_nothing_changes() -> None:
    registry, clock = old_versions(3)
    result = retained(registry, Served(), apply=False, clock=clock)
    assert [version.version for version in result.plans[SCHEMA].delete] == ["1", "2"]
    assert numbers(registry) == ["1", "2", "3"]


def test_what_becomes_protected_after_the_plan_is_spared_and_recorded() -> None:
    registry, clock = old_versions(4)
    looks = iter(range(100))

    def alias_before_the_second_deletion() -> None:
        if next(looks) == 2:  # one look for the plan, one before each deletion
            registry.set_alias(MODEL, "champion", "2")

    audit, served = FakeAudit(), Served(before_each=[alias_before_the_second_deletion])
    result = retained(registry, served, audit=audit, clock=clock)
    assert [version.version for version in result.deleted] == ["1", "3"]
    assert [version.version for version in result.spared] == ["2"]
    assert numbers(registry) == ["2", "4"]
    assert [(record.version, record.action, record.outcome) for record in audit.kept] == [
        ("1", "retention.announce", Outcome.DONE),
        ("1", "retention.delete", Outcome.DONE),
        ("2", "retention.delete", Outcome.REFUSED),
        ("3", "retention.announce", Outcome.DONE),
        ("3", "retention.delete", Outcome.DONE),
    ]


def test_a_workspace_that_cannot_be_asked_stops_everything() -> None:
    registry, clock = old_versions(3)

    def unreachable() -> None:
        raise ConnectionError("no route")

    with pytest.raises(ConnectionError):
        retained(registry, Served(before_each=[unreachable]), clock=clock)
    assert numbers(registry) == ["1", "2", "3"]


@given(
    st.lists(st.tuples(st.booleans(), st.booleans(), st.booleans()), min_size=1, max_size=8),
    st.integers(0, 8),
)
def test_killed_anywhere_and_run_again_it_ends_the_same_and_no_protected_version_goes(
    history: list[tuple[bool, bool, bool]], killed_at: int
) -> None:
    class KilledError(Exception):
        pass

    registry, clock = old_versions(len(history))
    protected = {str(len(history))}
    served: set[tuple[str, str]] = set()
    for number, (aliased, held, serves) in enumerate(history, 1):
        version = str(number)
        if aliased:
            registry.set_alias(MODEL, f"alias{number}", version)
        if held:
            registry.set_tag(MODEL, version, HOLD, "case 7")
        if serves:
            served.add((MODEL, version))
        if aliased or held or serves:
            protected.add(version)
    looks = iter(range(100))

    def kill() -> None:
        if next(looks) == killed_at:
            raise KilledError

    world = Served(frozenset(served), [kill])
    for _ in range(2):
        try:
            retained(registry, world, clock=clock)
        except KilledError:
            continue
    assert set(numbers(registry)) == protected


@pytest.mark.mlflow
def test_on_a_real_registry_old_versions_go_and_protected_ones_stay(
    mlflow_uri: str, fresh: Callable[[str], str]
) -> None:
    client, catalog = MlflowClient(mlflow_uri, mlflow_uri), fresh("catalog")
    name = f"{catalog}.archived_models.churn"
    client.create_registered_model(name)
    for _ in range(5):
        client.create_model_version(name, source="s3://nowhere/model")
    client.set_registered_model_alias(name, "champion", "1")
    client.set_model_version_tag(name, "2", HOLD, "case 7")

    class InAYear(SystemClock):
        def now(self) -> Any:
            return super().now() + timedelta(days=365)

    registry = MlflowRegistry(mlflow_uri, mlflow_uri)
    served = Served(frozenset({(name, "3")}))
    schema = f"{catalog}.archived_models"
    for clock, left in ((SystemClock(), "12345"), (InAYear(), "1235")):
        retained(registry, served, clock=clock, schema=schema)
        assert "".join(version.version for version in registry.versions(name)) == left


def workspace(endpoints: dict[str, Any]) -> Callable[[Request], Answer]:
    """The two requests of the serving API, answered in its documented shape."""

    def answer(request: Request) -> Answer:
        _, known, name = request.path.split("?")[0].partition("/api/2.0/serving-endpoints")
        if not known:
            return Answer(404)  # the client also looks for other things
        listed = {"endpoints": [{"name": each} for each in endpoints]}
        return Answer(body=json.dumps(endpoints[name.strip("/")] if name else listed).encode())

    return answer


def test_every_entity_of_every_configuration_counts_as_served() -> None:
    def entity(version: str) -> dict[str, str]:
        return {"entity_name": MODEL, "entity_version": version}

    endpoints = {
        "a": {
            "name": "a",
            "config": {"served_entities": [entity("1")]},
            "pending_config": {"served_entities": [entity("2"), entity("1")]},
        },
        "b": {
            "name": "b",
            "config": {"served_models": [{"model_name": "m", "model_version": "7"}]},
        },
        "c": {"name": "c", "config": {"served_entities": [{"external_model": {"name": "gpt"}}]}},
    }
    with answering(workspace(endpoints)) as url:
        client = WorkspaceClient(host=url, token="a-test's")  # noqa: S106 (a test's)
        assert WorkspaceServedModels(client).served() == {(MODEL, "1"), (MODEL, "2"), ("m", "7")}


def test_the_packaged_rules_are_the_platforms() -> None:
    rules = run.rules_of(environment.load("prod"), limits.load("retention"))
    assert {schema: rule.days for schema, rule in rules.items()} == {
        "ml_models_catalog.dev_models": 30,
        "ml_models_catalog.candidate_models": 90,
        "ml_models_catalog.production_models": 365,
        "ml_models_catalog.archived_models": 730,
    }
