"""SQL warehouses: how large, how many, and how soon they stop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from policies import tokens
from policies.findings import is_number, require, within
from policies.registry import EVERYWHERE, Option, integer, rule

if TYPE_CHECKING:
    from policies.findings import Findings
    from policies.model import Resource
    from policies.registry import Config

# https://learn.microsoft.com/azure/databricks/compute/sql-warehouse/warehouse-behavior
SIZES: Final = (
    "2X-Small", "X-Small", "Small", "Medium", "Large", "X-Large", "2X-Large", "3X-Large",
    "4X-Large", "5X-Large",
)  # fmt: skip
_DEFAULT_STOP = 120  # minutes, where the property is absent


@rule(
    "cost-15-warehouse-auto-stop",
    title="A SQL warehouse stops soon after its last query",
    severity="high",
    rationale="A warehouse that nobody queries costs as much as a busy one, and its default is "
    "two hours.",
    remediation="Set autoStopMins within the limit; 0 means never.",
    types=[tokens.SQL_ENDPOINT],
    levels=EVERYWHERE,
    config={"maximumMinutes": integer("Longest idle time in minutes.", dev=10, test=10, prod=15)},
)
def warehouse_auto_stop(resource: Resource, config: Config) -> Findings:
    """Absent means 120 minutes."""
    yield from require(
        resource,
        "autoStopMins",
        *within(1, config["maximumMinutes"], "minutes"),
        default=_DEFAULT_STOP,
    )


@rule(
    "cost-16-warehouse-size",
    title="A SQL warehouse is no larger than the environment needs",
    severity="medium",
    rationale="Each size doubles the price of the one before, and each cluster adds it once more.",
    remediation="Set clusterSize and maxNumClusters within the limits; leave spotInstancePolicy "
    "at COST_OPTIMIZED outside production.",
    types=[tokens.SQL_ENDPOINT],
    levels=EVERYWHERE,
    config={
        "largestSize": Option(
            "Largest clusterSize.",
            "2X-Small",
            {"type": "string", "enum": list(SIZES)},
            {"test": "X-Small", "prod": "Medium"},
        ),
        "maximumClusters": integer("Most clusters of a warehouse.", dev=1, test=1, prod=4),
        "maximumStatementMinutes": integer(
            "Longest run of one statement in minutes, where statementTimeout says so.",
            dev=60,
            test=120,
            prod=240,
        ),
        "spotInstancePolicies": Option(
            "What spotInstancePolicy may be.",
            ["COST_OPTIMIZED"],
            {"type": "array", "items": {"type": "string"}},
            {"prod": ["COST_OPTIMIZED", "RELIABILITY_OPTIMIZED"]},
        ),
    },
)
def warehouse_size(resource: Resource, config: Config) -> Findings:
    """Absent means one cluster on spot capacity, and a timeout that the workspace decides."""
    allowed = SIZES[: SIZES.index(config["largestSize"]) + 1]
    yield from require(
        resource, "clusterSize", lambda value: value in allowed, f"use one of {', '.join(allowed)}"
    )
    for name in ("maxNumClusters", "minNumClusters"):
        yield from require(resource, name, *within(1, config["maximumClusters"]), default=1)
    policies: list[str] = config["spotInstancePolicies"]
    yield from require(
        resource,
        "spotInstancePolicy",
        lambda value: value in policies,
        f"use {' or '.join(policies)}",
        default="COST_OPTIMIZED",
    )
    longest = config["maximumStatementMinutes"] * 60
    yield from require(
        resource,
        "statementTimeout",
        lambda value: value is None or _bounded(value, longest),
        f"set it to at most {longest} seconds; 0 means none",
    )


def _bounded(value: Any, longest: int) -> bool:
    return is_number(value) and 1 <= value <= longest
