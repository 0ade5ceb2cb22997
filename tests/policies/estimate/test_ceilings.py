"""The ceilings as the engine sees them: what stops an update, and what only warns."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from pulumi.runtime.proto import analyzer_pb2

from policies import registry, tokens
from policies.estimate.book import PriceBook
from policies.rules import cost_estimate
from tests.policies.harness import TODAY, Item, judge

if TYPE_CHECKING:
    from policies.registry import Environment
    from tests.policies.harness import Outcome

MONTH, HOUR, PRICED = (
    f"cost-{name}" for name in ("34-monthly-ceiling", "35-hourly-burn", "36-priced")
)


def judged(
    *items: Item, environment: Environment = "prod", settings: dict[str, Any] | None = None
) -> Outcome:
    rules = [registry.load()[name] for name in (MONTH, HOUR, PRICED)]
    return judge(items, rules=rules, environment=environment, settings=settings)


def levels(outcome: Outcome) -> dict[str, int]:
    return {item.policyName: item.enforcementLevel for item in outcome.diagnostics}


# 730 h x 5 x (0.229 + 0.75 x 0.55) = 2,341.48 a month, 3.21 an hour
CLUSTER = Item(
    tokens.CLUSTER,
    "forgotten",
    {"nodeTypeId": "Standard_DS3_v2", "numWorkers": 4, "autoterminationMinutes": 0},
)


@pytest.mark.parametrize(
    ("ceiling", "level"),
    [
        (2341, analyzer_pb2.MANDATORY),
        (2342, analyzer_pb2.ADVISORY),
        (2926, analyzer_pb2.ADVISORY),
        (2927, None),
    ],
)
def test_a_month_above_the_ceiling_stops_and_near_it_warns(ceiling: int, level: int | None) -> None:
    """The warning starts at 80 %: 2,341.48 / 0.8 = 2,926.84."""
    outcome = judged(CLUSTER, settings={MONTH: {"maximumMonthlyUsd": ceiling}})
    assert levels(outcome).get(MONTH) == level
    if level is not None:
        assert "estimated at 2,341 USD" in outcome.messages
        assert "DBU all-purpose 1,506" in outcome.messages
        assert outcome.diagnostics[0].urn.endswith("::forgotten")


@pytest.mark.parametrize(("environment", "level"), [("dev", "advisory"), ("prod", "mandatory")])
def test_the_environment_decides_how_binding_the_month_is(
    environment: Environment, level: str
) -> None:
    outcome = judged(CLUSTER, environment=environment, settings={MONTH: {"maximumMonthlyUsd": 1}})
    wanted = getattr(analyzer_pb2, level.upper())
    assert levels(outcome)[MONTH] == wanted


def test_usage_is_an_option_of_the_rule() -> None:
    cluster = CLUSTER.with_value("autoterminationMinutes", 20)
    ceiling = {"maximumMonthlyUsd": 100, "warnAtPercent": 100}
    assert not judged(cluster, settings={MONTH: {**ceiling, "clusterHours": 31}}).rules
    assert judged(cluster, settings={MONTH: {**ceiling, "clusterHours": 32}}).rules == {MONTH}


def test_the_worst_hour_counts_what_people_may_start() -> None:
    outcome = judged(CLUSTER, settings={HOUR: {"maximumHourlyUsd": 3}})
    assert levels(outcome) == {HOUR: analyzer_pb2.MANDATORY}
    assert "the worst hour costs 3 USD, of which forgotten 3" in outcome.messages


def test_an_unknown_machine_is_named_and_stops_production() -> None:
    outcome = judged(CLUSTER.with_value("nodeTypeId", "Standard_DS3_v9"))
    assert levels(outcome) == {PRICED: analyzer_pb2.MANDATORY}
    assert "did you mean vm/Standard_DS3_v2/on-demand?" in outcome.messages


@pytest.mark.parametrize(("days", "old"), [(180, False), (181, True)])
def test_an_old_price_book_warns_and_never_stops(
    monkeypatch: pytest.MonkeyPatch, days: int, *, old: bool
) -> None:
    reviewed = TODAY - timedelta(days=days)
    monkeypatch.setattr(cost_estimate, "book_of_prices", lambda: PriceBook([], reviewed))
    outcome = judged()
    assert levels(outcome) == ({PRICED: analyzer_pb2.ADVISORY} if old else {})
    assert ("last reviewed 181 days ago" in outcome.messages) == old
