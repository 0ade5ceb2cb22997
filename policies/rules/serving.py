"""Model serving endpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policies import tokens
from policies.findings import Deferred, Violation, elements, is_number, is_true, require_value, show
from policies.model import UNKNOWN, dig
from policies.registry import EVERYWHERE, Levels, Option, rule

if TYPE_CHECKING:
    from policies.findings import Findings
    from policies.model import Resource
    from policies.registry import Config

_ALL_TRAFFIC = 100  # per cent


@rule(
    "cost-17-serving-scale-to-zero",
    title="A serving endpoint costs nothing while nobody calls it, unless decided otherwise",
    severity="high",
    rationale="A small endpoint that never sleeps burns about 200 USD a month unused.",
    remediation="Set scaleToZeroEnabled to true on every served entity; in production to true or "
    "false, explicitly.",
    types=[tokens.MODEL_SERVING],
    levels=Levels("mandatory", "mandatory", "advisory"),
    config={
        "decision": Option(
            "'on': must be true. 'explicit': true or false, but not left out, since a cold start "
            "may be worse than the cost.",
            "on",
            {"type": "string", "enum": ["on", "explicit"]},
            {"prod": "explicit"},
        )
    },
)
def scale_to_zero(resource: Resource, config: Config) -> Findings:
    """External models and provisioned throughput have no such setting."""
    entities = resource.get("config.servedEntities")
    legacy = resource.get("config.servedModels")
    if entities is UNKNOWN or legacy is UNKNOWN:
        yield Deferred("config.servedEntities")
    for index, entity in enumerate([*elements(entities), *elements(legacy)]):
        if dig(entity, "externalModel") is not None:
            continue
        path = f"config.servedEntities[{index}].scaleToZeroEnabled"
        value = dig(entity, "scaleToZeroEnabled")
        if config["decision"] == "on":
            yield from require_value(value, path, is_true, "set it to true")
        else:
            yield from require_value(
                value, path, lambda item: isinstance(item, bool), "decide: true or false"
            )


@rule(
    "rel-18-traffic-sums-to-100",
    title="The traffic routes of a serving endpoint sum to 100 per cent",
    severity="medium",
    rationale="Databricks refuses the endpoint otherwise, in the middle of an update.",
    remediation="Set the trafficPercentage of all routes so that they sum to 100.",
    types=[tokens.MODEL_SERVING],
    levels=EVERYWHERE,
)
def traffic_sums_to_100(resource: Resource, _config: Config) -> Findings:
    """Without routes all traffic goes to the only entity; several entities need routes."""
    routes = resource.get("config.trafficConfig.routes")
    if routes is UNKNOWN:
        yield Deferred("config.trafficConfig.routes")
        return
    if not elements(routes):
        if len(elements(resource.get("config.servedEntities"))) > 1:
            yield Violation("several entities are served, but config.trafficConfig has no routes")
        return
    shares = [dig(route, "trafficPercentage") for route in elements(routes)]
    if UNKNOWN in shares:
        yield Deferred("config.trafficConfig.routes")
        return
    wrong = [share for share in shares if not is_number(share) or not 0 <= share <= _ALL_TRAFFIC]
    if wrong:
        yield Violation(f"a trafficPercentage is {show(wrong[0])}; set it between 0 and 100")
    elif sum(shares) != _ALL_TRAFFIC:
        yield Violation(f"the trafficPercentage of all routes sums to {sum(shares)}, not to 100")
