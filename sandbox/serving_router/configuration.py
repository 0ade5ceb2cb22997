"""What an endpoint serves and how it divides its requests, checked as the API checks it. Pure."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from sandbox.serving_router.errors import invalid

if TYPE_CHECKING:
    from collections.abc import Mapping

_NAME = re.compile(r"[A-Za-z0-9_-]{1,63}")
_ALL = 100
_MOST_ENTITIES = 15


@dataclass(frozen=True)
class Entity:
    """A served model version; ``given`` is all that was said of it."""

    name: str
    model: str
    version: str
    given: Mapping[str, Any]


@dataclass(frozen=True)
class Configuration:
    """Entities and each one's share of the requests."""

    entities: tuple[Entity, ...]
    shares: Mapping[str, int]

    def choose(self, key: str) -> Entity:
        """The entity that answers the request with this key: always the same, in the shares' odds.

        Databricks draws at random; a hash makes a test's traffic repeatable.
        """
        point = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8]) % _ALL
        for entity in self.entities:
            point -= self.shares.get(entity.name, 0)
            if point < 0:
                return entity
        raise AssertionError("shares sum to 100")  # held by parse

    def entity(self, name: str) -> Entity | None:
        """The entity of this name."""
        return next((each for each in self.entities if each.name == name), None)

    def to_json(self) -> dict[str, Any]:
        """As the API shows it."""
        return {
            "served_entities": [
                {**entity.given, "name": entity.name, "state": {"deployment": "DEPLOYMENT_READY"}}
                for entity in self.entities
            ],
            "traffic_config": {
                "routes": [
                    {"served_entity_name": name, "served_model_name": name, "traffic_percentage": n}
                    for name, n in self.shares.items()
                ]
            },
        }


def parse(config: Mapping[str, Any]) -> Configuration:
    """The configuration of a create or update request.

    Raises:
        ApiError: In the API's words.
    """
    entities = tuple(_entity(plain) for plain in config.get("served_entities") or ())
    if not 1 <= len(entities) <= _MOST_ENTITIES:
        raise invalid(f"An endpoint serves 1 to {_MOST_ENTITIES} entities, not {len(entities)}.")
    names = [entity.name for entity in entities]
    for name in names:
        if names.count(name) > 1:
            raise invalid(f"Served entity names must be unique; '{name}' is used more than once.")
    routes = cast("dict[str, Any]", config.get("traffic_config") or {}).get("routes")
    if routes is None:
        if len(entities) > 1:
            raise invalid("traffic_config is required when more than one entity is served.")
        return Configuration(entities, {names[0]: _ALL})
    shares: dict[str, int] = {}
    for route in routes:
        name = route.get("served_entity_name") or route.get("served_model_name")
        if name not in names:
            raise invalid(
                f"Traffic route refers to '{name}', which the endpoint does not serve. It serves "
                f"{', '.join(names)}."
            )
        if name in shares:
            raise invalid(f"Traffic config has more than one route to '{name}'.")
        shares[name] = int(route.get("traffic_percentage", 0))
    if any(not 0 <= share <= _ALL for share in shares.values()) or sum(shares.values()) != _ALL:
        raise invalid(f"The sum of traffic percentages must be 100, not {sum(shares.values())}.")
    return Configuration(entities, shares)


def _entity(plain: Mapping[str, Any]) -> Entity:
    model, version = str(plain.get("entity_name") or ""), str(plain.get("entity_version") or "")
    if not model or not version.isdigit():
        raise invalid("A served entity needs entity_name and entity_version, a version's number.")
    name = str(plain.get("name") or f"{model.rsplit('.', 1)[-1]}-{version}")
    if not _NAME.fullmatch(name):
        raise invalid(
            f"Served entity name '{name}' is invalid: letters, digits, dashes, underscores."
        )
    return Entity(name, model, version, dict(plain))
