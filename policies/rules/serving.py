"""Whether a serving endpoint may sleep; what else it may cost is in serving_cost.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policies import tokens
from policies.findings import Deferred, elements, is_true, require_value
from policies.model import UNKNOWN, dig
from policies.registry import Levels, Option, rule

if TYPE_CHECKING:
    from policies.findings import Findings
    from policies.model import Resource
    from policies.registry import Config


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
