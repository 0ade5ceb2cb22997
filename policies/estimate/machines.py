"""What a cluster costs in an hour: driver and workers, virtual machines and DBU."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

from policies import tokens
from policies.estimate.amounts import NOTHING, Charge, Span
from policies.estimate.context import NotYetKnownError, UnpriceableError
from policies.estimate.nodes import admits, named, node, photon
from policies.estimate.policy_values import completed
from policies.findings import is_number
from policies.model import UNKNOWN, dig

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.estimate.amounts import Basis
    from policies.estimate.context import Context
    from policies.estimate.nodes import Node
    from policies.model import Resource

ALL_PURPOSE: Final = "all-purpose"
JOBS: Final = "jobs"
_PROFILE: Final = "spark.databricks.cluster.profile"
SPOT: Final = ("SPOT_AZURE", "SPOT_WITH_FALLBACK_AZURE")


@dataclass(frozen=True)
class Hourly:
    """What a cluster costs in an hour that it runs.

    Attributes:
        vm: USD for machines; ``high`` is the most workers, all machines on demand.
        peak: The same at list price.
        dbu: USD for DBU at list price.
        pooled: The machines are of a pool with a ceiling, whose own worst hour has them already.
        detail: The expected hour in words.
    """

    vm: Span
    peak: float
    dbu: Span
    pooled: bool
    detail: str


def charges(
    urn: str,
    hour: Hourly,
    hours: Span,
    workload: str,
    *,
    basis: Basis = "usage",
    at_once: float = 1,
) -> Iterator[Charge]:
    """The two lines that a cluster makes on a bill.

    Args:
        urn: Whose they are.
        hour: The cluster's hour.
        hours: Hours a month that it runs.
        workload: What the DBU meter is called after.
        basis: See :class:`~policies.estimate.amounts.Charge`.
        at_once: How many such clusters may run at once.
    """
    detail = f"{hours.expected:g} h x {hour.detail}"
    machines = 0 if hour.pooled else hour.peak * at_once
    yield Charge(urn, "Virtual machines", "vm", basis, hour.vm * hours, machines, detail)
    dbus = hour.dbu.high * at_once
    yield Charge(urn, f"DBU {workload}", "dbu", basis, hour.dbu * hours, dbus, detail)


def hourly(
    context: Context, resource: Resource, spec: Any, workload: str, prop: str = ""
) -> Hourly:
    """The hour of a cluster described as in Databricks' API, with camelCase names.

    Args:
        context: Prices and the stack around it.
        resource: Whose cluster it is.
        spec: The description: a cluster's properties, or a job's ``newCluster``.
        workload: Which DBU rate and Photon factor holds.
        prop: Where in the resource the description stands; empty for the resource itself.

    Raises:
        UnpriceableError: Neither node type nor pool is named.
        NotYetKnownError: The node type or the number of workers is not known yet.
        UnknownPriceError: The book does not have the node type.
    """
    spec = completed(context, resource, spec, prop)
    pool = _pool(context, resource, spec, "instancePoolId", prop)
    choices, drivers = _nodes(context, resource, spec, prop, pool)
    usual, driver = choices[0], drivers[0]
    number = _workers(context, spec, prop)
    source = spec if pool is None else pool.props
    first, spot = _availability(source, pooled=pool is not None)
    bid = dig(source, "azureAttributes.spotBidMaxPrice")
    vm = Span(
        _machines(driver, usual, number.low, first, spot=spot, bid=bid),
        _machines(driver, usual, number.expected, first, spot=spot, bid=bid),
        # Without spot capacity the fallback is the same machines on demand.
        max(item.paid for item in drivers) + number.high * max(item.paid for item in choices),
    )
    peak = max(item.vm for item in drivers) + number.high * max(item.vm for item in choices)
    factor = photon(context, workload) if _has_photon(context, resource, spec, prop) else 1.0
    dbu = Span(
        driver.dbus + number.low * usual.dbus,
        driver.dbus + number.expected * usual.dbus,
        max(item.dbus for item in drivers) + number.high * max(item.dbus for item in choices),
    ) * (factor * context.price(f"dbu-rate/{workload}"))
    names = usual.name if driver.name == usual.name else f"{driver.name} and {usual.name}"
    notes = f"{', spot' if spot else ''}{f', Photon x {factor:g}' if factor > 1 else ''}"
    return Hourly(
        vm,
        peak,
        dbu,
        pooled=has_ceiling(pool),
        detail=f"{number.expected + 1:g} x {names}{notes}",
    )


def has_ceiling(pool: Resource | None) -> bool:
    """Whether a pool bounds how many machines there are."""
    return pool is not None and is_number(pool.get("maxCapacity"))


def _has_photon(context: Context, resource: Resource, spec: Any, prop: str) -> bool:
    # Left out, the version's name decides.
    # https://docs.databricks.com/api/azure/workspace/clusters/create (runtime_engine)
    path = "sparkVersion" if dig(spec, "runtimeEngine") is None else "runtimeEngine"
    value = dig(spec, path)
    if value is UNKNOWN:
        context.defer(resource, _path(prop, path), "priced with Photon")
        return True
    return str(value).upper() == "PHOTON" or (path == "sparkVersion" and "-photon-" in str(value))


def _workers(context: Context, spec: Any, prop: str) -> Span:
    """The workers beside the driver; a single node has none."""
    for path in ("autoscale", "autoscale.minWorkers", "autoscale.maxWorkers", "numWorkers"):
        if dig(spec, path) is UNKNOWN:
            raise NotYetKnownError(_path(prop, path))
    lowest, highest = dig(spec, "autoscale.minWorkers"), dig(spec, "autoscale.maxWorkers")
    if is_number(highest):
        low = max(0.0, float(lowest)) if is_number(lowest) else 1.0
        return between(context, low, max(low, float(highest)))
    number = dig(spec, "numWorkers")
    conf = dig(spec, "sparkConf")
    # Not dig: the key has dots of its own.
    profile = cast("dict[str, Any]", conf).get(_PROFILE) if isinstance(conf, dict) else None
    single = dig(spec, "isSingleNode") is True or profile == "singleNode"
    return Span.of(max(0.0, number)) if is_number(number) and not single else NOTHING


def between(context: Context, low: float, high: float) -> Span:
    """A range that autoscaling moves in, with where it is assumed to be."""
    return Span(low, low + (high - low) * context.assumptions.autoscale_percent / 100, high)


def _machines(
    driver: Node, worker: Node, number: float, first: float, *, spot: bool, bid: Any
) -> float:
    """USD per hour of the machines, the first ones of which, driver included, are on demand."""
    if not spot:
        return driver.paid + number * worker.paid
    on_demand = min(number, max(0.0, first - 1))
    return (
        (driver.paid if first >= 1 else _spot(driver, bid))
        + on_demand * worker.paid
        + (number - on_demand) * _spot(worker, bid)
    )


def _spot(node: Node, bid: Any) -> float:
    return node.spot if admits(bid, node.spot) else node.paid


def _availability(source: Any, *, pooled: bool) -> tuple[float, bool]:
    """How many machines are on demand first, and whether the others are spot.

    All machines of a pool are of one kind. Without a pool the driver is on demand by default.
    https://docs.databricks.com/api/azure/workspace/clusters/create (azure_attributes)
    """
    first = dig(source, "azureAttributes.firstOnDemand")
    spot = dig(source, "azureAttributes.availability") in SPOT
    if pooled:
        return 0.0, spot
    return (float(first) if is_number(first) else 1.0), spot


def _nodes(
    context: Context, resource: Resource, spec: Any, prop: str, pool: Resource | None
) -> tuple[list[Node], list[Node]]:
    """What the workers may be and what the driver may be, the usual first."""
    if pool is not None:
        workers = [node(context, named(pool.get("nodeTypeId"), "nodeTypeId of the pool"))]
    else:
        names = [dig(spec, "nodeTypeId"), *_alternates(spec, "workerNodeTypeFlexibility")]
        workers = [node(context, named(name, _path(prop, "nodeTypeId"))) for name in names]
    driver_pool = _pool(context, resource, spec, "driverInstancePoolId", prop)
    if driver_pool is not None:
        name = named(driver_pool.get("nodeTypeId"), "nodeTypeId of the driver's pool")
        return workers, [node(context, name)]
    if pool is not None:
        return workers, workers
    driver = dig(spec, "driverNodeTypeId")
    driver = dig(spec, "nodeTypeId") if driver is None or driver == "" else driver
    names = [driver, *_alternates(spec, "driverNodeTypeFlexibility")]
    return workers, [node(context, named(name, _path(prop, "driverNodeTypeId"))) for name in names]


def _alternates(spec: Any, flexibility: str) -> list[Any]:
    listed = dig(spec, f"{flexibility}.alternateNodeTypeIds")
    return cast("list[Any]", listed) if isinstance(listed, list) else []


def _path(prop: str, path: str) -> str:
    return f"{prop}.{path}" if prop else path


def _pool(context: Context, resource: Resource, spec: Any, key: str, prop: str) -> Resource | None:
    value = dig(spec, key)
    if value is None or value == "":
        return None
    pool = context.referred(resource, prop.partition("[")[0] or key, value, tokens.INSTANCE_POOL)
    if pool is None:
        raise UnpriceableError(
            f"{_path(prop, key)} is a pool outside of this stack, so its node type is not known "
            "here; declare the pool in this stack"
        )
    return pool
