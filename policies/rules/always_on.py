"""Services that bill by the hour whether or not anybody uses them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from policies import tokens
from policies.findings import Deferred, Violation, between, is_true, require
from policies.model import UNKNOWN
from policies.registry import Levels, Option, integer, rule, strings

if TYPE_CHECKING:
    from policies.findings import Findings
    from policies.model import Resource
    from policies.registry import Config

CAPACITIES: Final = ("CU_1", "CU_2", "CU_4", "CU_8")


@rule(
    "cost-28-nothing-left-on",
    title="Vector search, databases, apps and online stores are small, and off where they can be",
    severity="medium",
    rationale="Each bills around the clock from the moment it exists: a vector search endpoint "
    "alone is 4 DBU an hour.",
    remediation="Stop what can be stopped, name what must stay on in keptOn, and take the "
    "smallest size.",
    types=[
        tokens.VECTOR_SEARCH,
        tokens.DATABASE_INSTANCE,
        tokens.APP,
        tokens.ONLINE_STORE,
    ],
    levels=Levels("mandatory", "advisory", "disabled"),
    config={
        "keptOn": strings("Names of services that stay on, since somebody decided so."),
        "largestCapacity": Option(
            "Largest capacity of a database instance or an online store.",
            "CU_1",
            {"type": "string", "enum": list(CAPACITIES)},
            {"prod": "CU_4"},
        ),
        "maximumNodes": integer("Most nodes or replicas of one.", dev=1, test=1, prod=3),
        "appSizes": Option(
            "What computeSize of an app may be.",
            ["MEDIUM"],
            {"type": "array", "items": {"type": "string"}},
            {"prod": ["MEDIUM", "LARGE"]},
        ),
    },
)
def nothing_left_on(resource: Resource, config: Config) -> Findings:
    """Neither a vector search endpoint nor an online store can be stopped, only removed."""
    name = resource.get("name")
    kept = name is not UNKNOWN and name in config["keptOn"]
    if resource.type == tokens.DATABASE_INSTANCE:
        if not kept:
            yield from require(resource, "stopped", is_true, "stop it, or name it in keptOn")
        yield from _sized(resource, config)
        yield from _at_most(resource, "nodeCount", config["maximumNodes"])
    elif resource.type == tokens.APP:
        if not kept:
            yield from require(
                resource, "noCompute", is_true, "set it to true, or name the app in keptOn"
            )
        sizes: list[str] = config["appSizes"]
        yield from require(
            resource,
            "computeSize",
            lambda value: value in sizes,
            f"use {' or '.join(sizes)}",
            default="MEDIUM",
        )
        yield from _at_most(resource, "computeMaxInstances", config["maximumNodes"])
    else:
        yield from _unstoppable(resource, kept=kept, config=config)


def _unstoppable(resource: Resource, *, kept: bool, config: Config) -> Findings:
    name = resource.get("name")
    if name is UNKNOWN:
        yield Deferred("name")
    elif not kept:
        yield Violation("it cannot be stopped; remove it, or name it in keptOn")
    if resource.type == tokens.ONLINE_STORE:
        yield from _sized(resource, config)
        yield from _at_most(resource, "readReplicaCount", config["maximumNodes"])
    else:
        yield from require(
            resource,
            "endpointType",
            lambda value: value == "STANDARD",
            "use STANDARD; the storage-optimised type costs four times as much",
        )


def _sized(resource: Resource, config: Config) -> Findings:
    allowed = CAPACITIES[: CAPACITIES.index(config["largestCapacity"]) + 1]
    yield from require(
        resource,
        "capacity",
        lambda value: value in allowed,
        f"use {' or '.join(allowed)}",
    )


def _at_most(resource: Resource, path: str, limit: int) -> Findings:
    yield from require(resource, path, between(0, limit), f"set it to at most {limit}", default=1)
