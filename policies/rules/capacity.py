"""How machines are bought: spot or on demand, with or without Photon."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from policies import tokens
from policies.clusters import CLUSTER_TYPES, clusters
from policies.findings import (
    Deferred,
    Violation,
    is_number,
    present,
    require_value,
    show,
)
from policies.model import UNKNOWN, dig
from policies.registry import BINDING_IN_PROD, Levels, Mappings, Option, rule

if TYPE_CHECKING:
    from policies.clusters import Block
    from policies.findings import Findings
    from policies.model import Resource
    from policies.registry import Config

_ON_DEMAND = "ON_DEMAND_AZURE"
_TO_ON_DEMAND_PRICE = -1
# How a pool says what a cluster calls SPOT_WITH_FALLBACK_AZURE: it has no fallback of its own.
_OF_POOLS = {"SPOT_WITH_FALLBACK_AZURE": "SPOT_AZURE"}


@rule(
    "cost-08-spot-capacity",
    title="Workers are bought as the environment decided, and a driver is never evicted",
    severity="medium",
    rationale="Spot capacity is a fraction of the price where a retry costs little; an evicted "
    "driver loses the whole run, and a low bid never starts.",
    remediation="Set azureAttributes.availability as decided; for spot set firstOnDemand to at "
    "least 1 and leave spotBidMaxPrice at -1.",
    types=[*CLUSTER_TYPES, tokens.INSTANCE_POOL],
    levels=BINDING_IN_PROD,
    config={
        "availability": Option(
            "What azureAttributes.availability must be.",
            _ON_DEMAND,
            {"type": "string", "enum": [_ON_DEMAND, *_OF_POOLS]},
            {"dev": "SPOT_WITH_FALLBACK_AZURE", "test": "SPOT_WITH_FALLBACK_AZURE"},
        )
    },
    mappings=Mappings(kics=("38028698",)),
)
def spot_capacity(resource: Resource, config: Config) -> Findings:
    """A cluster from a pool has the pool's capacity. Absent means on demand."""
    wanted: str = config["availability"]
    if resource.type == tokens.INSTANCE_POOL:
        wanted = _OF_POOLS.get(wanted, wanted)
        yield from _bought(resource.get("azureAttributes"), "azureAttributes", wanted)
        return
    for block in clusters(resource):
        # An id that is not known yet is one.
        if block.props is UNKNOWN or block.get("instancePoolId") is None:
            attributes, path = block.get("azureAttributes"), block.at("azureAttributes")
            yield from _bought(attributes, path, wanted)
            yield from _driver_kept(attributes, path)


def _bought(attributes: Any, path: str, wanted: str) -> Findings:
    yield from require_value(
        dig(attributes, "availability"),
        f"{path}.availability",
        lambda value: value == wanted,
        f"set it to '{wanted}'",
        default=_ON_DEMAND,
    )
    # Databricks asks for spot machines at this percentage of the on-demand price.
    if attributes is not UNKNOWN:
        yield from require_value(
            dig(attributes, "spotBidMaxPrice"),
            f"{path}.spotBidMaxPrice",
            lambda value: value == _TO_ON_DEMAND_PRICE,
            "set it to -1, up to the on-demand price",
            default=_TO_ON_DEMAND_PRICE,
        )


def _driver_kept(attributes: Any, path: str) -> Findings:
    availability = dig(attributes, "availability")
    if isinstance(availability, str) and availability.startswith("SPOT"):
        yield from require_value(
            dig(attributes, "firstOnDemand"),
            f"{path}.firstOnDemand",
            lambda value: is_number(value) and value >= 1,
            "set it to at least 1, which is the driver",
        )


@rule(
    "cost-09-photon-justified",
    title="Photon runs where somebody said why",
    severity="medium",
    rationale="Photon takes two to two and a half times the DBU; it pays only where it is faster "
    "by more than that.",
    remediation="Use the standard engine, or tag the compute with the reason.",
    types=CLUSTER_TYPES,
    levels=Levels("mandatory", "advisory", "advisory"),
    config={
        "justification": Option(
            "Tag that says why Photon pays; empty allows no Photon at all.",
            "",
            {"type": "string"},
            {"test": "photon-reason", "prod": "photon-reason"},
        )
    },
)
def photon_justified(resource: Resource, config: Config) -> Findings:
    """The engine's name decides, or where it is absent the runtime's. Serverless is always so."""
    tag: str = config["justification"]
    if resource.type == tokens.PIPELINE and resource.get("serverless") is not True:
        yield from _engine(resource.get("photon"), "photon", resource.get("tags"), tag)
    for block in clusters(resource):
        if block.kind != "pipeline":
            yield from _engine(_photon(block), _where(block), block.get("customTags"), tag)


def _photon(block: Block) -> Any:
    engine, version = block.get("runtimeEngine"), block.get("sparkVersion")
    if engine not in (None, UNKNOWN, "NULL"):
        return str(engine).upper() == "PHOTON"
    if engine is UNKNOWN or version is UNKNOWN:
        return UNKNOWN
    return isinstance(version, str) and "-photon-" in version


def _where(block: Block) -> str:
    return block.at("sparkVersion" if block.get("runtimeEngine") is None else "runtimeEngine")


def _engine(photon: Any, path: str, tags: Any, tag: str) -> Findings:
    if photon is UNKNOWN:
        yield Deferred(path)
    elif photon is True:
        reason = dig(tags, tag) if tag else None
        if reason is UNKNOWN or present(reason):
            return
        fix = f"say why in the tag {tag}, or take" if tag else "take"
        yield Violation(f"{path} asks for Photon, the reason is {show(reason)}; {fix} STANDARD")
