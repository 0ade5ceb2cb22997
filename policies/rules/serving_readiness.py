"""Whether a serving endpoint answers at once, and divides its traffic as it says."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any, Final

from policies import tokens
from policies.findings import (
    Deferred,
    Violation,
    between,
    elements,
    is_false,
    is_number,
    require_value,
    show,
)
from policies.model import UNKNOWN, dig
from policies.registry import EVERYWHERE, Option, integer, rule
from policies.serving_endpoints import ENDPOINT_TYPES, entities, is_external

if TYPE_CHECKING:
    from collections.abc import Sequence

    from policies.clusters import Block
    from policies.findings import Findings
    from policies.model import Resource
    from policies.registry import Config

_ALL_TRAFFIC: Final = 100  # per cent
_CANARY: Final = 2  # what is released, and what it is compared with
_ROUTES: Final = "config.trafficConfig.routes"
_FLAG: Final = {"type": "boolean"}


@rule(
    "rel-18-serving-ready",
    title="A serving endpoint is awake where that is asked for, and its traffic is whole",
    severity="medium",
    rationale="After a sleep the next caller waits for a cold start, and capacity for it is not "
    "guaranteed; routes that do not sum to 100 per cent end an update in its middle; a canary of "
    "one entity compares nothing.",
    remediation="Set scaleToZeroEnabled to false and the least concurrency to at least one; give "
    "every route a served entity, and a canary two; let trafficPercentage sum to 100.",
    types=ENDPOINT_TYPES,
    levels=EVERYWHERE,
    config={
        "awake": Option(
            "Whether every served entity has to be awake at all times.",
            default=True,
            schema=_FLAG,
            per_environment={"dev": False, "test": False, "prod": True},
        ),
        "minimumConcurrency": integer(
            "Least provisioned concurrency, or throughput, of an entity whose bounds are given.",
            dev=0,
            test=0,
            prod=1,
            strictest=1,
        ),
        "canaryTag": Option(
            "Tag of an endpoint that is released by canary: two entities or more, whatever its "
            "traffic is.",
            "canary",
            {"type": "string"},
        ),
    },
)
def serving_ready(resource: Resource, config: Config) -> Findings:
    """Model units of a hosted model never sleep, and other firms' models run elsewhere."""
    served = list(entities(resource))
    for entity in served:
        if entity.props is UNKNOWN:
            yield Deferred(entity.path)
        elif resource.type == tokens.MODEL_SERVING and _on_own_compute(entity):
            yield from _awake(entity, config)
    known = not any(entity.props is UNKNOWN for entity in served)
    tags = elements(resource.get("tags"))
    canary = any(dig(tag, "key") == config["canaryTag"] for tag in tags)
    if known and canary and len(served) < _CANARY:
        yield Violation(
            f"config.servedEntities has {len(served)} of a canary; serve what is released beside "
            "what it is compared with"
        )
    yield from _traffic(resource, served, known=known)


def _on_own_compute(entity: Block) -> bool:
    return not is_external(entity) and entity.get("provisionedModelUnits") is None


def _awake(entity: Block, config: Config) -> Findings:
    # Left out, an entity may sleep: that is the API's default.
    # https://github.com/databricks/terraform-provider-databricks/blob/main/docs/resources/model_serving.md
    if config["awake"]:
        yield from require_value(
            entity.get("scaleToZeroEnabled"),
            entity.at("scaleToZeroEnabled"),
            is_false,
            "set it to false, so that nobody waits for a cold start",
            default=True,
        )
    least = config["minimumConcurrency"]
    for kind in ("Concurrency", "Throughput"):
        lowest, highest = (f"{end}Provisioned{kind}" for end in ("min", "max"))
        if entity.get(lowest) is not None or entity.get(highest) is not None:
            yield from require_value(
                entity.get(lowest),
                entity.at(lowest),
                between(least, inf),
                f"set it to at least {least}",
                default=0,
            )


def _traffic(resource: Resource, served: Sequence[Block], *, known: bool) -> Findings:
    """Without routes all traffic goes to the only entity; several entities need routes."""
    listed = resource.get(_ROUTES)
    routes = elements(listed)
    if listed is UNKNOWN or UNKNOWN in routes:
        yield Deferred(_ROUTES)
        return
    if not routes:
        if len(served) > 1:
            yield Violation("several entities are served, but config.trafficConfig has no routes")
        return
    shares = [dig(route, "trafficPercentage") for route in routes]
    wrong = [share for share in shares if share is not UNKNOWN and not _is_share(share)]
    if wrong:
        yield Violation(f"a trafficPercentage is {show(wrong[0])}; set it between 0 and 100")
    elif UNKNOWN in shares:
        yield Deferred(_ROUTES)
    elif sum(shares) != _ALL_TRAFFIC:
        yield Violation(f"the trafficPercentage of all routes sums to {sum(shares)}, not to 100")
    yield from _targets(routes, served if known else ())


def _is_share(value: Any) -> bool:
    return is_number(value) and 0 <= value <= _ALL_TRAFFIC


def _targets(routes: Sequence[Any], served: Sequence[Block]) -> Findings:
    """Every route leads to an entity of its own; entities without a name cannot be compared."""
    targets = [_target(route) for route in routes]
    if UNKNOWN in targets:
        yield Deferred(_ROUTES)
        return
    repeated = sorted({str(name) for name in targets if targets.count(name) > 1})
    if repeated:
        yield Violation(
            f"several routes lead to {', '.join(repeated)}; divide traffic between two entities"
        )
    names = [entity.get("name") for entity in served]
    if not names or not all(isinstance(name, str) for name in names):
        return
    for index, name in enumerate(targets):
        if name not in names:
            yield Violation(
                f"{_ROUTES}[{index}] leads to {show(name)}, which is not served; use one of "
                f"{', '.join(names)}"
            )


def _target(route: Any) -> Any:
    """What a route leads to; servedModelName is its older word."""
    name = dig(route, "servedEntityName")
    return dig(route, "servedModelName") if name is None else name
