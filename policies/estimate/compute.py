"""Clusters, pools, SQL warehouses, pipelines, apps: what runs because somebody works."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, cast

from policies.estimate import machines, nodes
from policies.estimate.amounts import HOURS_PER_MONTH, Charge, Span, always
from policies.estimate.context import NotYetKnownError, UnpriceableError
from policies.estimate.policy_values import completed
from policies.findings import elements
from policies.model import UNKNOWN, dig

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.estimate.context import Context
    from policies.model import Resource

# Driver's machine and number of workers, which are all _WAREHOUSE_WORKER, by size. They are the
# customer's machines unless the warehouse is serverless.
# https://learn.microsoft.com/azure/databricks/compute/sql-warehouse/warehouse-behavior
_WAREHOUSE_WORKER: Final = "Standard_E8ds_v4"
_WAREHOUSES: Final = {
    "2X-Small": ("Standard_E8ds_v4", 1),
    "X-Small": ("Standard_E8ds_v4", 2),
    "Small": ("Standard_E16ds_v4", 4),
    "Medium": ("Standard_E32ds_v4", 8),
    "Large": ("Standard_E32ds_v4", 16),
    "X-Large": ("Standard_E64ds_v4", 32),
    "2X-Large": ("Standard_E64ds_v4", 64),
    "3X-Large": ("Standard_E64ds_v4", 128),
    "4X-Large": ("Standard_E64ds_v4", 256),
}
_DEFAULT_AUTO_STOP: Final = 120
_DEFAULT_AUTOTERMINATION: Final = 60


def cluster(resource: Resource, context: Context) -> Iterator[Charge]:
    """A declared all-purpose cluster; one that never ends itself runs all month."""
    resource = replace(resource, props=completed(context, resource, resource.props))
    idle = context.known(resource, "autoterminationMinutes", _DEFAULT_AUTOTERMINATION, unknown=0)
    endless = idle == 0
    hours = HOURS_PER_MONTH if endless else context.assumptions.cluster_hours
    hour = machines.hourly(context, resource, resource.props, machines.ALL_PURPOSE)
    yield from machines.charges(
        resource.urn,
        hour,
        Span.of(hours),
        machines.ALL_PURPOSE,
        basis="fixed" if endless else "usage",
    )


def pool(resource: Resource, context: Context) -> Iterator[Charge]:
    """Machines kept idle on purpose. In the worst hour the pool is full."""
    name = nodes.named(resource.get("nodeTypeId"), "nodeTypeId")
    spot = resource.get("azureAttributes.availability") in machines.SPOT
    kept = context.number(resource, "minIdleInstances", 0)
    most = context.number(resource, "maxCapacity", kept)
    bid = resource.get("azureAttributes.spotBidMaxPrice")
    usd = nodes.idle(context, name, spot=spot, bid=bid)
    month = Span(usd, usd, nodes.idle(context, name, spot=False)) * (kept * HOURS_PER_MONTH)
    detail = f"{kept:g} x {name} idle{', spot' if spot else ''}"
    full = max(kept, most) * context.price(f"vm/{name}/on-demand")
    yield Charge(resource.urn, "Virtual machines", "vm", "fixed", month, full, detail)


def warehouse(resource: Resource, context: Context) -> Iterator[Charge]:
    """A SQL warehouse; left out, it is not serverless and of the classic type.

    https://github.com/databricks/terraform-provider-databricks/blob/main/docs/resources/sql_endpoint.md
    """
    size = str(context.known(resource, "clusterSize", "Small", unknown="4X-Large"))
    serverless = context.known(resource, "enableServerlessCompute", default=False) is True
    kind = context.known(resource, "warehouseType", "CLASSIC", unknown="PRO")
    kind = "serverless" if serverless else str(kind).lower()
    if size not in _WAREHOUSES or kind not in {"serverless", "pro", "classic"}:
        raise UnpriceableError(
            f"clusterSize is {size!r} and the type {kind!r}; sizes are {', '.join(_WAREHOUSES)}, "
            "types are PRO and CLASSIC"
        )
    endless = context.known(resource, "autoStopMins", _DEFAULT_AUTO_STOP, unknown=0) == 0
    hours = HOURS_PER_MONTH if endless else context.assumptions.warehouse_hours
    least = context.number(resource, "minNumClusters", 1)
    most = max(least, context.number(resource, "maxNumClusters", 1))
    clusters = machines.between(context, least, most)
    basis = "fixed" if endless else "usage"
    detail = f"{hours:g} h x {clusters.expected:g} x {size}"
    usd = context.price(f"warehouse/{size}") * context.price(f"dbu-rate/sql-{kind}")
    yield Charge(
        resource.urn,
        f"DBU SQL {kind}",
        "dbu",
        basis,
        clusters * (usd * hours),
        usd * most,
        detail,
    )
    if not serverless:
        driver, workers = _WAREHOUSES[size]
        disks = context.price("disk/warehouse-node") * (workers + 1)
        usd = context.price(f"vm/{driver}/on-demand")
        usd += workers * context.price(f"vm/{_WAREHOUSE_WORKER}/on-demand")
        month = clusters * ((nodes.discounted(context, usd) + disks) * hours)
        hour = (usd + disks) * most
        yield Charge(resource.urn, "Virtual machines", "vm", basis, month, hour, detail)


def pipeline(resource: Resource, context: Context) -> Iterator[Charge]:
    """A declarative pipeline, on clusters of its own or serverless."""
    edition = str(context.known(resource, "edition", "ADVANCED")).lower()
    endless = context.known(resource, "continuous", default=False, unknown=True) is True
    hours = Span.of(HOURS_PER_MONTH if endless else context.assumptions.pipeline_hours)
    basis = "fixed" if endless else "usage"
    if context.known(resource, "serverless", default=False) is True:
        # https://docs.databricks.com/resources/pricing.html: 1.5 with the advanced features.
        factor = context.price(
            "serverless/dlt-advanced" if edition == "advanced" else "serverless/dlt"
        )
        usd = (
            context.assumptions.serverless_dbus * factor * context.price("dbu-rate/jobs-serverless")
        )
        detail = f"{hours.expected:g} h serverless"
        yield Charge(resource.urn, "DBU jobs serverless", "dbu", basis, hours * usd, usd, detail)
        return
    described = _updating(_described(resource, "clusters"))
    described["runtimeEngine"] = "PHOTON" if resource.get("photon") is True else "STANDARD"
    hour = machines.hourly(context, resource, described, f"dlt-{edition}", "clusters[0]")
    yield from machines.charges(resource.urn, hour, hours, f"dlt-{edition}", basis=basis)


def _updating(specs: list[Any]) -> dict[str, Any]:
    """The one cluster that updates a pipeline: "updates" overrides what "default" says.

    The maintenance cluster runs minutes a day.
    https://docs.databricks.com/delta-live-tables/configure-compute.html
    """
    merged: dict[str, Any] = {}
    labelled = [(index, spec, dig(spec, "label")) for index, spec in enumerate(specs)]
    for index, spec, label in sorted(labelled, key=lambda item: item[2] == "updates"):
        if not isinstance(spec, dict) or label is UNKNOWN:
            raise NotYetKnownError(f"clusters[{index}]")
        if label == "maintenance":
            continue
        own = cast("dict[str, Any]", spec)
        # One size replaces the other.
        if "autoscale" in own or "numWorkers" in own:
            merged.pop("autoscale", None)
            merged.pop("numWorkers", None)
        merged |= own
    return merged


def _described(resource: Resource, path: str) -> list[Any]:
    value = resource.get(path)
    if value is UNKNOWN:
        raise NotYetKnownError(path)
    found = elements(value)
    if not found:
        raise UnpriceableError(f"{path} is not set, so Databricks chooses the machines; name them")
    return found


def app(resource: Resource, context: Context) -> Iterator[Charge]:
    """A Databricks App: its capacity is charged as long as it is not stopped."""
    if resource.get("noCompute") is True:
        return
    size = context.known(resource, "computeSize", "MEDIUM")
    usd = context.price(f"app/{size}") * context.price("dbu-rate/interactive-serverless")
    yield always(resource.urn, "DBU interactive serverless", "dbu", usd, f"app, {size}")


def vector_search(resource: Resource, context: Context) -> Iterator[Charge]:
    """A vector search endpoint: units by the number of vectors, at the serving rate."""
    kind = context.known(resource, "endpointType", "STANDARD", unknown="STORAGE_OPTIMIZED")
    units = context.assumptions.vector_search_units
    usd = units * context.price(f"vector-search/{kind}") * context.price("dbu-rate/serving")
    yield always(resource.urn, "DBU vector search", "dbu", usd, f"{units:g} units, {kind}")


def database(resource: Resource, context: Context) -> Iterator[Charge]:
    """A Lakebase instance or online store: capacity units on every node, without its storage."""
    if resource.get("stopped") is True:
        return
    capacity = str(context.known(resource, "capacity", "CU_1", unknown="CU_8"))
    units = capacity.removeprefix("CU_")
    if not units.isdecimal():
        raise UnpriceableError(f"capacity is {capacity!r}; it is CU_1, CU_2, CU_4 or CU_8")
    replicas = context.number(resource, "readReplicaCount", 0)
    nodes = max(1.0, context.number(resource, "nodeCount", 1)) + replicas
    usd = int(units) * nodes * context.price("lakebase/CU") * context.price("dbu-rate/database")
    yield always(resource.urn, "DBU Lakebase", "dbu", usd, f"{nodes:g} x {capacity}")
