"""Any split of an endpoint's traffic is either whole or refused, and is routed as it stands."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from settings.serving import EndpointSettings

SHARES = st.lists(st.integers(-5, 105), min_size=1, max_size=6)
WHOLE = st.lists(st.integers(0, 100), max_size=5).map(
    lambda cuts: [b - a for a, b in zip([0, *sorted(cuts)], [*sorted(cuts), 100], strict=True)]
)


def endpoint(shares: list[int], names: list[str] | None = None) -> EndpointSettings | None:
    entities = [
        {
            "name": (names or [f"entity-{number}" for number in range(len(shares))])[number],
            "model": "ml_models_catalog.production_models.churn",
            "version": "1",
            "trafficPercent": share,
            "scaleToZero": False,
        }
        for number, share in enumerate(shares)
    ]
    given_: dict[str, Any] = {
        "name": "churn",
        "modelOwner": "growth",
        "riskTier": "limited",
        "entities": tuple(entities),
        "inferenceLogSchema": "serving",
    }
    try:
        return EndpointSettings.model_validate(given_)
    except ValidationError:
        return None


@given(SHARES | WHOLE)
def test_a_split_is_accepted_exactly_when_it_is_whole(shares: list[int]) -> None:
    whole = sum(shares) == 100 and all(0 <= share <= 100 for share in shares)
    assert (endpoint(shares) is not None) == whole


@given(WHOLE)
def test_an_accepted_split_keeps_every_entity_and_its_share(shares: list[int]) -> None:
    accepted = endpoint(shares)
    assert accepted is not None
    assert [entity.traffic_percent for entity in accepted.entities] == shares


@given(WHOLE.filter(lambda shares: len(shares) > 1))
def test_two_entities_of_one_name_are_refused(shares: list[int]) -> None:
    assert endpoint(shares, ["same"] * len(shares)) is None
