"""How a serving endpoint divides its requests over what it serves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.databricks import tokens
from sandbox.databricks.errors import invalid
from sandbox.databricks.serving import served, served_name
from sandbox.databricks.values import at, items, number, text
from sandbox.rules import admit

if TYPE_CHECKING:
    from sandbox.rules import Cloud, Request

SOURCE = "https://learn.microsoft.com/azure/databricks/machine-learning/model-serving/serve-multiple-models-to-serving-endpoint"
_ALL = 100


@admit(tokens.MODEL_SERVING, source=SOURCE)
def routes_lead_to_entities(request: Request, _: Cloud) -> None:
    """Each route names one served entity, and each entity once."""
    names = {served_name(entity) for entity in served(request)}
    seen: set[str] = set()
    for route in items(at(request.inputs, "config", "trafficConfig", "routes")):
        name = text(route.get("servedEntityName")) or text(route.get("servedModelName"))
        if name not in names:
            raise invalid(
                f"Traffic route refers to '{name}', which the endpoint does not serve. It serves "
                f"{', '.join(sorted(names)) or 'nothing'}.",
                "config.trafficConfig",
            )
        if name in seen:
            raise invalid(
                f"Traffic config has more than one route to '{name}'.", "config.trafficConfig"
            )
        seen.add(name)


@admit(tokens.MODEL_SERVING, source=SOURCE)
def routes_sum_to_a_hundred(request: Request, _: Cloud) -> None:
    """Whole percentages from 0 to 100 that sum to 100."""
    shares = [
        number(route.get("trafficPercentage")) or 0
        for route in items(at(request.inputs, "config", "trafficConfig", "routes"))
    ]
    if any(not 0 <= share <= _ALL for share in shares):
        raise invalid("Traffic percentages must be between 0 and 100.", "config.trafficConfig")
    if shares and sum(shares) != _ALL:
        raise invalid(
            f"The sum of traffic percentages must be 100, not {sum(shares):g}.",
            "config.trafficConfig",
        )
