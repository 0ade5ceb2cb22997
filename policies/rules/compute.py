"""Clusters and pools; the cluster policies that bound them are in cluster_policy.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policies import tokens
from policies.clusters import CLUSTER_TYPES, clusters
from policies.findings import Deferred, Violation, between, present, require, show, within
from policies.model import UNKNOWN
from policies.registry import EVERYWHERE, Mappings, integer, rule

if TYPE_CHECKING:
    from policies.findings import Findings
    from policies.model import Resource
    from policies.registry import Config

_DEFAULT_AUTOTERMINATION = 60  # minutes, where the property is absent


@rule(
    "cost-03-cluster-autotermination",
    title="An all-purpose cluster ends itself soon after its last command",
    severity="high",
    rationale="A forgotten cluster costs the same as a busy one.",
    remediation="Set autoterminationMinutes within the limit; 0 means never.",
    types=[tokens.CLUSTER],
    levels=EVERYWHERE,
    config={"maximumMinutes": integer("Longest idle time in minutes.", dev=20, test=20, prod=30)},
    mappings=Mappings(sat=("GOV-4",)),
)
def cluster_autotermination(resource: Resource, config: Config) -> Findings:
    """Absent means 60 minutes, which is judged like any other number."""
    yield from require(
        resource,
        "autoterminationMinutes",
        *within(1, config["maximumMinutes"], "minutes"),
        default=_DEFAULT_AUTOTERMINATION,
    )


@rule(
    "cost-10-cluster-has-policy",
    title="A cluster is bound by a cluster policy",
    severity="high",
    rationale="Without a policy, size, lifetime and tags of a cluster are anybody's choice.",
    remediation="Set policyId.",
    types=CLUSTER_TYPES,
    levels=EVERYWHERE,
    mappings=Mappings(sat=("GOV-1",)),
)
def cluster_has_policy(resource: Resource, _config: Config) -> Findings:
    """The id of a policy that is created in the same update is not known yet, and passes."""
    for block in clusters(resource):
        policy = block.get("policyId")
        if block.props is UNKNOWN:
            yield Deferred(block.path)
        elif policy is not UNKNOWN and not present(policy):
            yield Violation(f"{block.at('policyId')} is {show(policy)}; name a cluster policy")


@rule(
    "cost-14-pool-bounded",
    title="An instance pool keeps few idle machines, for a short time, below a ceiling",
    severity="medium",
    rationale="Idle machines of a pool cost their full virtual machine price.",
    remediation="Set idleInstanceAutoterminationMinutes and maxCapacity within the limits, "
    "minIdleInstances to 0 outside production.",
    types=[tokens.INSTANCE_POOL],
    levels=EVERYWHERE,
    config={
        "maximumIdleMinutes": integer(
            "Longest time an idle machine stays, in minutes.", dev=10, test=20, prod=30
        ),
        "maximumMinIdle": integer("Most machines kept idle on purpose.", dev=0, test=0, prod=4),
        "maximumCapacity": integer("Most machines the pool may hold.", dev=16, test=32, prod=64),
    },
)
def pool_bounded(resource: Resource, config: Config) -> Findings:
    """No capacity means no ceiling; no minimum means none is kept."""
    yield from require(
        resource,
        "idleInstanceAutoterminationMinutes",
        between(0, config["maximumIdleMinutes"]),
        f"set it to at most {config['maximumIdleMinutes']} minutes",
    )
    yield from require(
        resource,
        "minIdleInstances",
        between(0, config["maximumMinIdle"]),
        f"set it to at most {config['maximumMinIdle']}",
        default=0,
    )
    yield from require(resource, "maxCapacity", *within(1, config["maximumCapacity"]))
