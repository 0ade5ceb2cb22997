"""What makes a serving endpoint ready: awake, with its traffic whole and its canary comparable."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from policies import registry, tokens
from policies.model import UNKNOWN
from tests.policies.harness import Item, judge

if TYPE_CHECKING:
    from policies.registry import Environment
    from tests.policies.harness import Outcome

READY = "rel-18-serving-ready"
RULE = registry.load()[READY]


def entity(name: str, **props: Any) -> dict[str, Any]:
    return {"name": name, "workloadSize": "Small", "scaleToZeroEnabled": False, **props}


def routes(*shares: tuple[str, Any], word: str = "servedEntityName") -> dict[str, Any]:
    return {"routes": [{word: name, "trafficPercentage": share} for name, share in shares]}


def endpoint(
    *entities: Any, traffic: dict[str, Any] | None = None, tags: tuple[str, ...] = ()
) -> Item:
    config: dict[str, Any] = {"servedEntities": list(entities)}
    if traffic is not None:
        config["trafficConfig"] = traffic
    pairs = [{"key": key, "value": "yes"} for key in tags]
    return Item(tokens.MODEL_SERVING, "endpoint", {"config": config, "tags": pairs})


def judged(item: Item, environment: Environment = "prod", **options: Any) -> Outcome:
    return judge([item], rules=[RULE], environment=environment, settings={READY: options})


SLEEPS = entity("blue", scaleToZeroEnabled=True)


@pytest.mark.parametrize(
    ("environment", "allowed"), [("dev", True), ("test", True), ("prod", False)]
)
def test_an_endpoint_may_sleep_outside_of_production(
    environment: Environment, *, allowed: bool
) -> None:
    outcome = judged(endpoint(SLEEPS), environment)
    assert (outcome.rules == set()) == allowed
    assert judged(endpoint(SLEEPS), environment, awake=False).rules == set()
    assert judged(endpoint(SLEEPS), environment, awake=True).rules == {READY}


def test_every_entity_has_to_be_awake() -> None:
    two = endpoint(entity("green"), SLEEPS, traffic=routes(("green", 90), ("blue", 10)))
    assert "servedEntities[1].scaleToZeroEnabled is true" in judged(two).messages


@pytest.mark.parametrize("kind", ["Concurrency", "Throughput"])
@pytest.mark.parametrize(
    ("least", "broken", "deferred"),
    [(0, True, 0), (1, False, 0), (None, True, 0), ("4", True, 0), (UNKNOWN, False, 1)],
)
def test_bounds_of_its_own_begin_at_one_or_more(
    kind: str, least: Any, *, broken: bool, deferred: int
) -> None:
    props = {f"maxProvisioned{kind}": 8}
    if least is not None:
        props[f"minProvisioned{kind}"] = least
    outcome = judged(endpoint(entity("blue", **props)))
    assert bool(outcome.rules) == broken
    assert outcome.deferred == deferred
    assert judged(endpoint(entity("blue", **props)), "dev").rules <= (
        {READY} if least == "4" else set()
    )


@pytest.mark.parametrize(
    "runs_elsewhere",
    [{"name": "gpt", "externalModel": {"provider": "openai"}}, {"provisionedModelUnits": 50}],
)
def test_what_has_no_compute_of_its_own_is_not_asked_to_stay_awake(
    runs_elsewhere: dict[str, Any],
) -> None:
    assert judged(endpoint(runs_elsewhere)).rules == set()


@pytest.mark.parametrize(
    ("traffic", "says"),
    [
        (routes(("blue", 90), ("green", 10)), ""),
        (routes(("blue", 90), ("green", 10), word="servedModelName"), ""),
        (routes(("blue", 100), ("green", 0)), ""),
        (routes(("blue", 90), ("green", 11)), "sums to 101"),
        (routes(("blue", 50), ("blue", 50)), "several routes lead to blue"),
        (routes(("blue", 90), ("red", 10)), "routes[1] leads to 'red', which is not served"),
        (routes(("blue", 110), ("green", -10)), "a trafficPercentage is 110"),
        (None, "has no routes"),
    ],
)
def test_traffic_is_whole_and_goes_to_what_is_served(
    traffic: dict[str, Any] | None, says: str
) -> None:
    outcome = judged(endpoint(entity("blue"), entity("green"), traffic=traffic), "dev")
    assert bool(outcome.rules) == bool(says)
    assert says in outcome.messages


def test_a_share_that_is_not_known_does_not_hide_a_wrong_target() -> None:
    traffic = routes(("blue", UNKNOWN), ("red", 10))
    outcome = judged(endpoint(entity("blue"), entity("green"), traffic=traffic))
    assert outcome.rules == {READY}
    assert outcome.deferred == 1


def test_entities_that_have_no_name_are_not_compared() -> None:
    nameless = {"scaleToZeroEnabled": False}
    traffic = routes(("churn-1", 90), ("churn-2", 10))
    assert judged(endpoint(nameless, nameless, traffic=traffic)).rules == set()


def test_a_canary_serves_two_entities_or_more() -> None:
    one = endpoint(entity("blue"), tags=("canary",))
    assert "config.servedEntities has 1 of a canary" in judged(one, "dev").messages
    assert judged(one, canaryTag="other").rules == set()
    both = (entity("blue"), entity("green"))
    traffic = routes(("blue", 95), ("green", 5))
    assert judged(endpoint(*both, traffic=traffic, tags=("canary",))).rules == set()


def test_entities_that_are_not_known_yet_are_deferred() -> None:
    item = endpoint(tags=("canary",)).with_value("config.servedEntities", UNKNOWN)
    outcome = judged(item)
    assert outcome.rules == set()
    assert outcome.deferred == 1
