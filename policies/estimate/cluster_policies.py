"""What a cluster policy lets people start: an expected hour, and the worst that it admits.

https://learn.microsoft.com/azure/databricks/admin/clusters/policy-definition
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, cast

from policies import tokens
from policies.estimate import machines, nodes
from policies.estimate.amounts import Span
from policies.estimate.context import UnboundedError, tag
from policies.estimate.policy_values import definition
from policies.findings import is_number
from policies.model import dig

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from policies.estimate.amounts import Charge
    from policies.estimate.context import Context
    from policies.estimate.nodes import Node
    from policies.model import Resource

_WORKLOADS: Final = {"job": machines.JOBS, "dlt": "dlt-advanced"}


def charges(policy: Resource, context: Context) -> Iterator[Charge]:
    """The clusters of people under an interactive policy, or of their jobs under a jobs policy."""
    limits = definition(policy)
    workload = _WORKLOADS.get(str(_usual(limits, "cluster_type")), machines.ALL_PURPOSE)
    pool = _pool(policy, limits, context)
    usage = context.assumptions
    hours = (
        usage.interactive_users * usage.interactive_hours
        if workload == machines.ALL_PURPOSE
        else usage.job_policy_hours
    )
    vm, dbu = _worst(limits, workload, pool, context)
    usual = _proposed(policy, limits, workload, pool, context)
    hour = replace(
        usual,
        vm=replace(usual.vm, high=max(usual.vm.expected, nodes.discounted(context, vm))),
        dbu=replace(usual.dbu, high=max(usual.dbu.expected, dbu)),
        # Not the proposed cluster's own peak, which the policy's limits may never let it reach.
        peak=max(usual.vm.expected, vm),
        pooled=machines.has_ceiling(pool),
    )
    at_once = context.peak_users * context.number(policy, "maxClustersPerUser", 1)
    yield from machines.charges(policy.urn, hour, Span.of(hours), workload, at_once=at_once)


def owner(policy: Resource, context: Context) -> str | None:
    """Whom the clusters are charged to: a pool's tags win over theirs.

    https://learn.microsoft.com/azure/databricks/admin/account-settings/usage-detail-tags
    """
    limits = definition(policy)
    pool = _pool(policy, limits, context)
    fixed = dig(limits.get("custom_tags.owner"), "value")
    named = tag(pool, "owner") if pool is not None else None
    return named or (fixed if isinstance(fixed, str) else None)


def _usual(limits: Mapping[str, Any], name: str) -> Any:
    """What a cluster has that leaves the attribute as it is offered."""
    attribute = limits.get(name)
    value = dig(attribute, "value")
    if value is None:
        value = dig(attribute, "defaultValue")
    values = dig(attribute, "values")
    if value is None and isinstance(values, list) and values:
        value = cast("list[Any]", values)[0]
    return value


def _allowed(limits: Mapping[str, Any], name: str) -> list[Any]:
    """Every value that the attribute admits; none where it admits any."""
    attribute = limits.get(name)
    kind, value, values = (dig(attribute, key) for key in ("type", "value", "values"))
    if kind == "allowlist" and isinstance(values, list):
        return cast("list[Any]", values)
    return [value] if kind == "fixed" and value is not None else []


def _most(limits: Mapping[str, Any], name: str) -> float | None:
    attribute = limits.get(name)
    if dig(attribute, "type") == "forbidden":
        return 0.0
    for key in ("value", "maxValue"):
        if is_number(dig(attribute, key)):
            return float(dig(attribute, key))
    return None


def _proposed(
    policy: Resource,
    limits: Mapping[str, Any],
    workload: str,
    pool: Resource | None,
    context: Context,
) -> machines.Hourly:
    """The hour of a cluster that keeps what the policy proposes."""
    highest, number = _usual(limits, "autoscale.max_workers"), _usual(limits, "num_workers")
    source = None if pool is None else pool.props
    spec = {
        "nodeTypeId": _usual(limits, "node_type_id") if pool is None else dig(source, "nodeTypeId"),
        "driverNodeTypeId": _usual(limits, "driver_node_type_id") if pool is None else None,
        "runtimeEngine": _usual(limits, "runtime_engine"),
        "sparkVersion": _usual(limits, "spark_version"),
        "autoscale": {
            "minWorkers": _usual(limits, "autoscale.min_workers"),
            "maxWorkers": _workers(limits) if highest is None and number is None else highest,
        },
        "numWorkers": number,
        "azureAttributes": {
            "availability": _usual(limits, "azure_attributes.availability")
            if pool is None
            else dig(source, "azureAttributes.availability"),
            "firstOnDemand": _usual(limits, "azure_attributes.first_on_demand")
            if pool is None
            else 0,
            "spotBidMaxPrice": _usual(limits, "azure_attributes.spot_bid_max_price")
            if pool is None
            else dig(source, "azureAttributes.spotBidMaxPrice"),
        },
    }
    return machines.hourly(context, policy, spec, workload, "definition")


def _worst(
    limits: Mapping[str, Any], workload: str, pool: Resource | None, context: Context
) -> tuple[float, float]:
    """USD of machines and of DBU in the dearest hour of one cluster that the policy admits.

    Raises:
        UnboundedError: Nothing bounds it.
    """
    named = _allowed(limits, "node_type_id") if pool is None else [pool.get("nodeTypeId")]
    if not named:
        raise UnboundedError("node_type_id is not bounded; allow named node types, or fix a pool")
    workers = [nodes.node(context, nodes.named(name, "node_type_id")) for name in named]
    listed = _allowed(limits, "driver_node_type_id") if pool is None else []
    drivers = [nodes.node(context, nodes.named(n, "driver_node_type_id")) for n in listed]
    cap, number = _most(limits, "dbus_per_hour"), _workers(limits)
    if cap is None and number is None:
        raise UnboundedError(
            "neither dbus_per_hour nor the number of workers is bounded, so the worst hour has no "
            "limit; add dbus_per_hour as a range with a maxValue"
        )
    engines = _allowed(limits, "runtime_engine")
    plain = bool(engines) and "PHOTON" not in engines
    factors = [1.0] if plain else [1.0, nodes.photon(context, workload)]
    rate = context.price(f"dbu-rate/{workload}")
    hours = [
        _hour(driver, worker, factor, cap, number)
        for factor in factors
        for driver in drivers or workers
        for worker in workers
    ]
    vm, dbus = max(hours, key=lambda hour: hour[0] + hour[1] * rate)
    return vm, dbus * rate


def _hour(
    driver: Node, worker: Node, factor: float, cap: float | None, number: float | None
) -> tuple[float, float]:
    """USD of machines and DBU per hour with as many workers as both limits admit."""
    fit = number if number is not None else float("inf")
    if cap is not None:
        fit = min(fit, (cap / factor - driver.dbus) // worker.dbus)
    if fit < 0:
        return 0.0, 0.0  # not even the driver fits under the cap
    return driver.vm + fit * worker.vm, (driver.dbus + fit * worker.dbus) * factor


def _workers(limits: Mapping[str, Any]) -> float | None:
    """The most workers of a cluster, whichever way their number is given."""
    both = [_most(limits, "autoscale.max_workers"), _most(limits, "num_workers")]
    return None if None in both else max(number for number in both if number is not None)


def _pool(policy: Resource, limits: Mapping[str, Any], context: Context) -> Resource | None:
    value = _usual(limits, "instance_pool_id")
    if value is None or dig(limits.get("instance_pool_id"), "type") == "forbidden":
        return None
    pool = context.referred(policy, "definition", value, tokens.INSTANCE_POOL)
    if pool is None:
        raise UnboundedError(
            "instance_pool_id is a pool outside of this stack, so its node type is not known here; "
            "declare the pool in this stack"
        )
    return pool
