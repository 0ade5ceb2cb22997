"""Cluster policies: what a user of the workspace may create without any program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policies import tokens
from policies.findings import Deferred, Violation, is_number, require, within, words
from policies.model import dig
from policies.policy_language import any_value, bounded, definition_of, limited
from policies.registry import EVERYWHERE, integer, rule, strings

if TYPE_CHECKING:
    from policies.findings import Findings
    from policies.model import Resource
    from policies.policy_language import Definition
    from policies.registry import Config


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
    """Databricks computes the attribute, and limits it by the upper end of a range alone."""
    definition = definition_of(resource)
    if isinstance(definition, (Violation, Deferred)):
        yield definition
        return
    limit = config["maximumDbusPerHour"]
    ranged = dig(definition.get("dbus_per_hour"), "type") == "range"
    if not ranged or not _capped(definition, "dbus_per_hour", limit):
        yield Violation(
            f"dbus_per_hour has no maxValue up to {limit}; add it as a range with that maxValue"
        )


@rule(
    "cost-12-policy-bounds",
    title="A cluster policy bounds size, lifetime and tags",
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
    """A pool settles node type and tags, and a jobs policy has no idle time.

    The access mode is SEC-53's and the runtime SEC-54's.
    """
    definition = definition_of(resource)
    if isinstance(definition, (Violation, Deferred)):
        yield definition
        return
    workers = config["maximumWorkers"]
    demands: dict[str, tuple[bool, str]] = {
        "cluster_type": (
            bounded(definition, "cluster_type", words("all-purpose", "job", "dlt")),
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
        # A pool of the user's choice brings its own node type.
        "instance_pool_id": (_closed(definition, "instance_pool_id"), "fix or forbid it"),
        "driver_instance_pool_id": (
            _closed(definition, "driver_instance_pool_id"),
            "fix or forbid it",
        ),
        "autoscale.max_workers": (
            _workers_capped(definition, "autoscale.max_workers", workers),
            f"bound it to {config['maximumWorkers']}, or forbid it",
        ),
        "num_workers": (
            _workers_capped(definition, "num_workers", workers),
            f"bound it to {config['maximumWorkers']}, or forbid it",
        ),
    }
    # The pool's tags reach the bill of its clusters, and win over theirs; COST-02 judges the pool.
    # https://learn.microsoft.com/azure/databricks/admin/account-settings/usage-detail-tags
    pooled = bounded(definition, "instance_pool_id", any_value)
    if not pooled:
        demands |= _bought(definition)
    for tag in () if pooled else config["requiredTags"]:
        demands[f"custom_tags.{tag}"] = (
            bounded(definition, f"custom_tags.{tag}", lambda value: value not in (None, "")),
            "fix the tag's value, or allow named values",
        )
    for attribute, (satisfied, fix) in demands.items():
        if not satisfied:
            yield Violation(f"{attribute} is not bounded; {fix}")


def _capped(definition: Definition, name: str, limit: int) -> bool:
    return limited(
        definition.get(name),
        lambda value: is_number(value) and value <= limit,
        lower=lambda _: True,
    )


def _workers_capped(definition: Definition, name: str, limit: int) -> bool:
    # Forbidden or left out, it makes no cluster larger.
    return dig(definition.get(name), "type") == "forbidden" or _capped(definition, name, limit)


def _bought(definition: Definition) -> dict[str, tuple[bool, str]]:
    """What decides on the machines of a cluster without a pool, beside their type."""
    demands = {
        # Alternates are tried when the named type is short, and need not be in its list.
        f"{role}_node_type_flexibility.alternate_node_type_ids": "forbid it, or allow named types"
        for role in ("worker", "driver")
    } | {"azure_attributes.availability": "fix it"}
    return {name: (_closed(definition, name), fix) for name, fix in demands.items()}


def _closed(definition: Definition, name: str) -> bool:
    """Whether nobody can set it to anything that is not named."""
    forbidden = dig(definition.get(name), "type") == "forbidden"
    return forbidden or limited(definition.get(name), any_value, lower=any_value)


def _idle_bounded(definition: Definition, limit: int) -> bool:
    # Every type that the policy admits has to be one without idle time.
    if limited(definition.get("cluster_type"), words("job", "dlt"), lower=any_value):
        return True
    attribute = definition.get("autotermination_minutes")
    # 0 means never, so a range must say where it starts.
    return dig(attribute, "isOptional") in (None, False) and limited(
        attribute,
        lambda value: is_number(value) and 1 <= value <= limit,
        lower=lambda value: is_number(value) and value >= 1,
    )


def _nodes_bounded(definition: Definition, role: str) -> bool:
    if bounded(definition, f"{role}node_type_id", any_value):
        return True
    # A driver without a pool of its own comes from the workers' pool.
    pools = {f"{role}instance_pool_id", "instance_pool_id"}
    return any(bounded(definition, name, any_value) for name in pools)


@rule(
    "cost-13-policy-clusters-per-user",
    title="A cluster policy for people limits how many clusters each of them may hold",
    severity="medium",
    rationale="A second cluster is started in a minute and forgotten for a week.",
    remediation="Set maxClustersPerUser within the limit.",
    types=[tokens.CLUSTER_POLICY],
    levels=EVERYWHERE,
    config={"maximumClusters": integer("Most clusters of one user.", dev=1, test=2, prod=2)},
)
def policy_clusters_per_user(resource: Resource, config: Config) -> Findings:
    """Jobs and pipelines start their own. What cannot be read is taken for a policy for people."""
    definition = definition_of(resource)
    if isinstance(definition, dict) and limited(
        definition.get("cluster_type"), words("job", "dlt"), lower=any_value
    ):
        return
    findings = list(
        require(
            resource,
            "maxClustersPerUser",
            *within(1, config["maximumClusters"]),
        )
    )
    # Only where it matters: a definition that is not known yet may be that of a jobs policy.
    yield from [definition] if findings and isinstance(definition, Deferred) else findings
