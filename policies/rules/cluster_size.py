"""How large clusters get, and whether anything keeps them running."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from policies import tokens
from policies.clusters import CLUSTER_TYPES, clusters
from policies.findings import (
    Deferred,
    Violation,
    between,
    is_false,
    is_number,
    require,
    require_value,
    within,
)
from policies.model import UNKNOWN, dig
from policies.registry import EVERYWHERE, Mappings, integer, rule

if TYPE_CHECKING:
    from policies.clusters import Block
    from policies.findings import Findings
    from policies.model import Resource
    from policies.registry import Config

# What a pipeline's cluster gets where it does not say.
# https://learn.microsoft.com/azure/databricks/ldp/configure-compute
_PIPELINE_DEFAULT = {"minWorkers": 1, "maxWorkers": 5}


@rule(
    "cost-05-cluster-size",
    title="A cluster grows and shrinks with its work, up to a limit",
    severity="medium",
    rationale="A fixed size is paid for while it idles; one without a limit is paid for by typo.",
    remediation="Set autoscale with minWorkers below maxWorkers within the limit; a job's cluster "
    "may have a fixed numWorkers, and a single-node one says so with isSingleNode.",
    types=CLUSTER_TYPES,
    levels=EVERYWHERE,
    config={"maximumWorkers": integer("Most workers of a cluster.", dev=4, test=8, prod=16)},
    mappings=Mappings(kics=("953c0cc6",)),
)
def cluster_size(resource: Resource, config: Config) -> Findings:
    """A pipeline's maintenance cluster is sized by Databricks."""
    for block in clusters(resource):
        if not (block.kind == "pipeline" and block.get("label") == "maintenance"):
            yield from _size(block, config["maximumWorkers"])


def _size(block: Block, limit: int) -> Findings:
    fixed, scale, single = block.get("numWorkers"), block.get("autoscale"), _single_node(block)
    if any(value is UNKNOWN for value in (fixed, scale, single)):
        yield Deferred(block.at("numWorkers"))
        return
    if scale is None and fixed is None and block.kind == "pipeline":
        scale = _PIPELINE_DEFAULT
    if scale is None and fixed in (None, 0):
        if not single:
            yield Violation(
                f"{block.at('numWorkers')} is 0 without isSingleNode; set autoscale up to {limit} "
                "workers, or isSingleNode to true"
            )
        return
    if fixed not in (None, 0):
        yield from require_value(
            fixed, block.at("numWorkers"), between(1, limit), f"set it to at most {limit}"
        )
        if scale is None and block.kind == "all-purpose":
            yield Violation("autoscale is not set; set it, since people's work comes in bursts")
    if scale is not None:
        yield from _scale(block, scale, limit)


def _scale(block: Block, scale: Any, limit: int) -> Findings:
    most, least = dig(scale, "maxWorkers"), dig(scale, "minWorkers")
    yield from require_value(most, block.at("autoscale.maxWorkers"), *within(1, limit))
    if is_number(most) and most <= limit:
        yield from require_value(
            least,
            block.at("autoscale.minWorkers"),
            lambda value: is_number(value) and 0 <= value < most,
            f"set it below maxWorkers, {most}",
        )


def _single_node(block: Block) -> Any:
    """Whether the cluster is its driver alone, said in the new way or in the old one."""
    flag, conf = block.get("isSingleNode"), block.get("sparkConf")
    if flag is True:
        return True
    if flag is UNKNOWN or conf is UNKNOWN:
        return UNKNOWN
    settings = cast("dict[str, Any]", conf) if isinstance(conf, dict) else {}
    profile = settings.get("spark.databricks.cluster.profile")
    return UNKNOWN if profile is UNKNOWN else profile == "singleNode"


@rule(
    "cost-29-nothing-kept-running",
    title="Neither a pin nor a job keeps compute running for ever",
    severity="low",
    rationale="A pinned cluster outlives the clean-up of unused ones, and an always-running job "
    "has no idle time after which it would end.",
    remediation="Leave isPinned and alwaysRunning off; use a continuous job where one is meant.",
    types=[tokens.CLUSTER, tokens.JOB],
    levels=EVERYWHERE,
    mappings=Mappings(sat=("GOV-4",)),
)
def nothing_kept_running(resource: Resource, _config: Config) -> Findings:
    """Both default to off."""
    name = "isPinned" if resource.type == tokens.CLUSTER else "alwaysRunning"
    yield from require(resource, name, is_false, "leave it off", default=False)
