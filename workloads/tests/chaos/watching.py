"""The jobs that watch, tell, report and tidy up, in worlds of fakes that a kill does not touch."""

# ruff: noqa: ARG001, ARG002 - worlds and fakes have their shape's parameters, needed or not

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.chaos.harness import Job
from tests.features.test_databricks import TABLE, Client, Spark, store_in
from tests.retention.test_run import MODEL as OLD_MODEL
from tests.retention.test_run import Served, numbers, old_versions, retained
from tests.retraining import test_trigger as retraining
from tests.test_promotion import said

from company_ml import limits
from company_ml.adapters.databricks_features import DatabricksOnlineStore
from company_ml.adapters.fakes import (
    FakeAudit,
    FakeClock,
    FakeNotifier,
    FakeSql,
    FakeTracking,
)
from company_ml.compliance import files, manifest
from company_ml.compliance.core import Period, Report, Section, stream
from company_ml.compliance.pictures import pictures
from company_ml.compliance.queries import QUERIES
from company_ml.compliance.run import write
from company_ml.cost import run as cost
from company_ml.cost.core import CostLimits
from company_ml.drift import comparison
from company_ml.drift import run as drift
from company_ml.drift.model import Profile
from company_ml.drift.ports import TableSlice
from company_ml.performance import run as performance
from company_ml.quality import run as quality
from company_ml.quality.core import Check, Expectation

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.chaos.harness import Killer

    from company_ml.drift.model import ColumnComparison, Kind

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def told(notifier: FakeNotifier) -> set[str]:
    """What people know: a message may come again, since a run can die right after it was sent."""
    return {str(message) for message in notifier.sent}


def alerting(watch: Callable[[FakeTracking, FakeNotifier], object]) -> Any:
    """A job that judges, logs a verdict and tells people."""

    def make(killer: Killer, folder: Path) -> Job:
        tracking, notifier = FakeTracking(), FakeNotifier()
        killer.watch(tracking, "log")
        killer.watch(notifier, "send")

        def state() -> object:
            assert notifier.sent, "people were told"
            return tracking.runs, told(notifier)

        return Job(run=lambda: watch(tracking, notifier), state=state)

    return make


def _cost(tracking: FakeTracking, notifier: FakeNotifier) -> object:
    row = {
        "usage_date": date(2026, 11, 24), "workspace_id": "1", "sku_name": "JOBS",
        "product": "JOBS", "usage_unit": "DBU", "owner": "fraud",
        "quantity": 9_000.0, "cost": 2_700.0, "unpriced_quantity": 0.0,
    }  # fmt: skip
    return cost.run(
        FakeSql(lambda _, __: [row]), notifier, day=date(2026, 11, 24), cost_limits=CostLimits(),
        owner_tag="owner",
    )  # fmt: skip


class Shifted:
    """Two tables whose one column drifted."""

    def compare(
        self, reference: TableSlice, current: TableSlice, columns: Sequence[str]
    ) -> Sequence[ColumnComparison]:
        values = np.sort(np.random.default_rng(1).normal(size=2_000))
        profile = Profile(rows=2_000, missing=0, infinite=0, distinct=2_000)
        return [comparison.of_sorted("amount", values, values + 2, (profile, profile))]

    def report(
        self, reference: TableSlice, current: TableSlice, columns: Sequence[tuple[str, Kind]],
        folder: Path,
    ) -> Sequence[Path]:  # fmt: skip
        return ()


def _drift(tracking: FakeTracking, notifier: FakeNotifier) -> object:
    table = TableSlice(table="c.s.t")
    return drift.run(
        Shifted(), tracking, notifier, reference=table, current=table, columns=[],
        drift_limits=drift.limits_of(limits.load("drift")), experiment="e", model="c.s.m",
        run_key="job-1",
    )  # fmt: skip


def _performance(tracking: FakeTracking, notifier: FakeNotifier) -> object:
    row = {
        "group_value": "a", "predictions": 1_000, "labelled": 1_000, "correct": 700,
        "predicted_positive": 500, "actual_positive": 500, "true_positive": 350,
    }  # fmt: skip
    return performance.run(
        FakeSql(lambda _, __: [row]), tracking, notifier, predictions="p", labels="l",
        group_column="g", positive="1", baseline=0.9, found_limits=limits.load("performance"),
        now=NOW, experiment="e", model="c.s.m", run_key="job-1",
    )  # fmt: skip


def _quality(tracking: FakeTracking, notifier: FakeNotifier) -> object:
    return quality.run(
        FakeSql(lambda _, __: [{"rows": 0}]), notifier, table="c.s.t", now=NOW,
        expectations=[Expectation(check=Check.ROWS, at_least=1)],
    )  # fmt: skip


def starting_training(killer: Killer, folder: Path) -> Job:
    """An alert starts the training job once."""
    world, notifier = retraining.World(alert=True), FakeNotifier()
    killer.watch(world, "make", "finish", "start")
    killer.watch(notifier, "send")
    return Job(
        run=lambda: retraining.triggered(world, notifier),
        state=lambda: (world.runs, world.claims, told(notifier)),
    )


def tidying_up(killer: Killer, folder: Path) -> Job:
    """Versions whose time is over go, but for those that something holds."""
    registry, clock = old_versions(6)
    audit = FakeAudit()
    registry.set_alias(OLD_MODEL, "champion", "2")
    killer.watch(registry, "delete_version")
    killer.watch(audit, "append")
    served = Served(frozenset({(OLD_MODEL, "4")}))

    def state() -> object:
        gone = [said(record) for record in audit.kept]
        return numbers(registry), sorted(gone), dict(registry.aliases)

    return Job(
        run=lambda: retained(registry, served, audit=audit, clock=clock),
        state=state,
    )


@cache
def _report() -> Report:
    period = Period(since=date(2026, 10, 1), until=date(2026, 10, 8))
    days = [(day, 3) for day in period.days[1:]]
    return Report(
        period=period, scope=".", generated=NOW, pseudonymised=False,
        sections=tuple(Section(query=query, rows=()) for query in QUERIES),
        streams=(stream("audit", period, days, today=NOW.date(), retained_days=None),),
    )  # fmt: skip


@cache
def _pictures() -> dict[str, bytes]:
    """They take a second to draw, and the report is always the same."""
    return pictures(_report())


def reporting(killer: Killer, folder: Path) -> Job:
    """A report's folder: each file may be torn by the end of the process."""
    place = folder / "report"
    generated = iter(NOW.replace(minute=minute) for minute in range(60))

    def once() -> None:
        write(replace(_report(), generated=next(generated)), place, KEY)

    def torn(whole: Callable[..., object]) -> Callable[..., object]:
        def writes(path: Path, content: Any, **named: Any) -> object:
            whole(path, content[: len(content) // 2], **named)
            killer.step()
            done = whole(path, content, **named)
            killer.step()
            return done

        return writes

    killer.replace(Path, "write_text", torn(Path.write_text))
    killer.replace(Path, "write_bytes", torn(Path.write_bytes))
    killer.replace(files, "pictures", lambda _: _pictures())
    killer.replace(files, "write_table", killer.around(files.write_table))

    def state() -> object:
        assert manifest.verify(place, KEY.public_key()) == []
        found = manifest.content(place)
        assert found is not None
        return sorted(path.name for path in place.iterdir()), found["rows"], found["since"]

    return Job(run=once, state=state)


@dataclass
class Catalog(Spark):
    """A session that knows the tables that the client made."""

    client: Client | None = None

    def tableExists(self, name: str) -> bool:  # noqa: N802 (Spark's name)
        assert self.client is not None
        return any(call == "create_table" for call, _ in self.client.calls)


def making_a_feature_table(killer: Killer, folder: Path) -> Job:
    """A feature table in Unity Catalog, and its online store."""
    client = Client()
    spark: Any = Catalog(["user_id", "at", "amount"], client=client)
    tables: Any = client
    tables.get_table = lambda **_: SimpleNamespace(primary_keys=["user_id", "at"])
    store = store_in(spark, client)
    online = DatabricksOnlineStore(client, "mlops", FakeClock())
    killer.watch(client, "create_table", "create_online_store", "publish_table")
    killer.watch(spark, "sql")

    def once() -> None:
        store.create(TABLE, "source")
        online.publish(TABLE, "c.s.t_online")

    def state() -> object:
        made = [call for call in client.calls if call[0] == "create_table"]
        published = {str(call) for call in client.calls if call[0] == "publish"}
        return made, published, list(client.stores), spark.statements

    return Job(run=once, state=state)


JOBS = {
    "cost": alerting(_cost),
    "drift": alerting(_drift),
    "performance": alerting(_performance),
    "quality": alerting(_quality),
    "retrain": starting_training,
    "retention": tidying_up,
    "compliance": reporting,
    "features in Unity Catalog": making_a_feature_table,
}
