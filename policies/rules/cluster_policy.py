"""Cluster policies: what a user of the workspace may create without any program."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

from policies import tokens
from policies.findings import Deferred, Violation, is_number, words
from policies.model import UNKNOWN, dig
from policies.registry import EVERYWHERE, integer, rule, strings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from policies.findings import Findings
    from policies.model import Resource
    from policies.registry import Config

    Definition = Mapping[str, Any]

_PROPERTIES = ("definition", "policyFamilyDefinitionOverrides")
_UNITY_CATALOG_MODES = (
    "USER_ISOLATION",
    "SINGLE_USER",
    "DATA_SECURITY_MODE_STANDARD",
    "DATA_SECURITY_MODE_DEDICATED",
    "DATA_SECURITY_MODE_AUTO",
)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # JSON takes the last of two equal keys, and a reader sees the first.
    keys = [key for key, _ in pairs]
    for key in keys:
        if keys.count(key) > 1:
            raise ValueError(f"the key '{key}' stands in it twice")
    return dict(pairs)


def _definition(policy: Resource) -> Definition | Violation | Deferred:
    """The attributes that the policy limits, or why they cannot be judged."""
    merged: dict[str, Any] = {}
    for name in _PROPERTIES:
        text = policy.get(name)
        if text is UNKNOWN:
            return Deferred(name)
        if text is None:
            continue
        try:
            parsed = json.loads(text, object_pairs_hook=_unique) if isinstance(text, str) else text
        except ValueError as error:
            reason = "is not valid JSON" if isinstance(error, json.JSONDecodeError) else str(error)
            return Violation(f"{name}: {reason}; write one JSON object")
        if not isinstance(parsed, dict):
            return Violation(f"{name} is not a JSON object; write one")
        merged.update(cast("dict[str, Any]", parsed))
    return merged


def _limit(attribute: Any, accepts: Callable[[Any], bool], *, lower: Callable[[Any], bool]) -> bool:
    """Whether every value that the attribute admits is accepted.

    https://learn.microsoft.com/azure/databricks/admin/clusters/policy-definition
    """
    kind = dig(attribute, "type")
    if kind == "fixed":
        return accepts(dig(attribute, "value"))
    if kind == "allowlist":
        values = dig(attribute, "values")
        listed = cast("list[Any]", values) if isinstance(values, list) else []
        return bool(listed) and all(map(accepts, listed))
    if kind == "range":
        return accepts(dig(attribute, "maxValue")) and lower(dig(attribute, "minValue"))
    return False


def _any(value: Any) -> bool:
    return value is not None


@rule(
    "cost-11-policy-dbu-ceiling",
    title="A cluster policy caps the DBU per hour of any cluster made with it",
    severity="high",
    rationale="It is the one limit that no combination of node types and workers gets around.",
    remediation="Add dbus_per_hour with type 'range' and maxValue within the limit.",
    types=[tokens.CLUSTER_POLICY],
    levels=EVERYWHERE,
    config={
        "maximumDbusPerHour": integer("Highest cap in DBU per hour.", dev=10, test=20, prod=100)
    },
)
def policy_dbu_ceiling(resource: Resource, config: Config) -> Findings:
    """The attribute is computed by Databricks, so only a range's upper end matters."""
    definition = _definition(resource)
    if isinstance(definition, (Violation, Deferred)):
        yield definition
        return
    limit = config["maximumDbusPerHour"]
    if not _capped(definition, "dbus_per_hour", limit):
        yield Violation(
            f"dbus_per_hour has no maxValue up to {limit}; add it as a range with that maxValue"
        )


@rule(
    "cost-12-policy-bounds",
    title="A cluster policy bounds size, lifetime, runtime, access mode and tags",
    severity="high",
    rationale="What a policy does not mention is unrestricted for everybody who may use it.",
    remediation="Bound each attribute with a type of fixed, allowlist or range; an optional "
    "attribute is not bounded.",
    types=[tokens.CLUSTER_POLICY],
    levels=EVERYWHERE,
    config={
        "maximumMinutes": integer(
            "Longest autotermination_minutes of all-purpose clusters.", dev=20, test=20, prod=30
        ),
        "maximumWorkers": integer("Most workers of a cluster.", dev=4, test=8, prod=16),
        "requiredTags": strings(
            "Tags that the policy must set.",
            "env",
            "owner",
            "cost-center",
            "project",
            "data-class",
        ),
    },
)
def policy_bounds(resource: Resource, config: Config) -> Findings:
    """A pool settles node type and tags, and a jobs policy has no idle time."""
    definition = _definition(resource)
    if isinstance(definition, (Violation, Deferred)):
        yield definition
        return
    workers = config["maximumWorkers"]
    demands: dict[str, tuple[bool, str]] = {
        "cluster_type": (
            _bounded(definition, "cluster_type", words("all-purpose", "job", "dlt")),
            "fix it to 'all-purpose' or 'job'",
        ),
        "autotermination_minutes": (
            _idle_bounded(definition, config["maximumMinutes"]),
            f"bound it between 1 and {config['maximumMinutes']}",
        ),
        "node_type_id": (_nodes_bounded(definition, ""), "allow named node types, or fix a pool"),
        "driver_node_type_id": (
            _nodes_bounded(definition, "driver_"),
            "allow named node types, or fix a pool",
        ),
        "autoscale.max_workers": (
            _workers_capped(definition, "autoscale.max_workers", workers),
            f"bound it to {config['maximumWorkers']}, or forbid it",
        ),
        "num_workers": (
            _workers_capped(definition, "num_workers", workers),
            f"bound it to {config['maximumWorkers']}, or forbid it",
        ),
        "spark_version": (
            _bounded(definition, "spark_version", _any),
            "fix it, or allow named versions",
        ),
        "data_security_mode": (
            _bounded(definition, "data_security_mode", words(*_UNITY_CATALOG_MODES)),
            "fix a mode that Unity Catalog governs",
        ),
    }
    # The pool's tags reach the bill of its clusters, and win over theirs; COST-02 judges the pool.
    # https://learn.microsoft.com/azure/databricks/admin/account-settings/usage-detail-tags
    pooled = _bounded(definition, "instance_pool_id", _any)
    for tag in () if pooled else config["requiredTags"]:
        demands[f"custom_tags.{tag}"] = (
            _bounded(definition, f"custom_tags.{tag}", lambda value: value not in (None, "")),
            "fix the tag's value, or allow named values",
        )
    for attribute, (satisfied, fix) in demands.items():
        if not satisfied:
            yield Violation(f"{attribute} is not bounded; {fix}")


def _bounded(definition: Definition, name: str, accepts: Callable[[Any], bool]) -> bool:
    attribute = definition.get(name)
    # Optional means that the user may leave the attribute out, and the workspace's default holds.
    return dig(attribute, "isOptional") is not True and _limit(
        attribute, accepts, lower=lambda _: True
    )


def _capped(definition: Definition, name: str, limit: int) -> bool:
    return _limit(
        definition.get(name),
        lambda value: is_number(value) and value <= limit,
        lower=lambda _: True,
    )


def _workers_capped(definition: Definition, name: str, limit: int) -> bool:
    # Forbidden or left out, it makes no cluster larger.
    return dig(definition.get(name), "type") == "forbidden" or _capped(definition, name, limit)


def _idle_bounded(definition: Definition, limit: int) -> bool:
    if words("job", "dlt")(dig(definition.get("cluster_type"), "value")):
        return True
    attribute = definition.get("autotermination_minutes")
    # 0 means never, so a range must say where it starts.
    return dig(attribute, "isOptional") is not True and _limit(
        attribute,
        lambda value: is_number(value) and 1 <= value <= limit,
        lower=lambda value: is_number(value) and value >= 1,
    )


def _nodes_bounded(definition: Definition, role: str) -> bool:
    if _bounded(definition, f"{role}node_type_id", _any):
        return True
    # A driver without a pool of its own comes from the workers' pool.
    pools = {f"{role}instance_pool_id", "instance_pool_id"}
    return any(_bounded(definition, name, _any) for name in pools)
