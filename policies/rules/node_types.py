"""Which machines clusters are made of, wherever a machine can be named."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Final, cast

from policies import tokens
from policies.clusters import CLUSTER_TYPES, clusters
from policies.findings import Deferred, Violation, present, require_value, show
from policies.model import UNKNOWN, dig
from policies.policy_language import definition_of, given
from policies.registry import ADVISED_IN_DEV, EVERYWHERE, Option, rule, strings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from policies.clusters import Block
    from policies.findings import Findings
    from policies.model import Resource
    from policies.registry import Config

_TYPES = (*CLUSTER_TYPES, tokens.INSTANCE_POOL, tokens.CLUSTER_POLICY)
_GPU: Final = "Standard_N*"
# Alternates are tried when the named type is short, so they are as good as named.
# https://learn.microsoft.com/azure/databricks/compute/flexible-node-types
_LISTS = (
    "workerNodeTypeFlexibility.alternateNodeTypeIds",
    "driverNodeTypeFlexibility.alternateNodeTypeIds",
    "nodeTypeFlexibility.alternateNodeTypeIds",
)
_ATTRIBUTES = re.compile(
    r"(?:driver_)?node_type_id|(?:worker|driver)_node_type_flexibility\.alternate_node_type_ids(?:\..*)?"
)


@dataclass(frozen=True)
class _Named:
    """One place where a machine is or should be named, and the tags of what it is for."""

    path: str
    value: Any
    tags: Any


def _named(resource: Resource) -> Iterator[_Named]:
    if resource.type == tokens.CLUSTER_POLICY:
        yield from _in_policy(resource)
    elif resource.type == tokens.INSTANCE_POOL:
        yield _Named("nodeTypeId", resource.get("nodeTypeId"), resource.get("customTags"))
        yield from _alternates(resource.get, lambda path: path, resource.get("customTags"))
    else:
        for block in clusters(resource):
            yield from _in_cluster(block)


def _in_cluster(block: Block) -> Iterator[_Named]:
    if block.props is UNKNOWN:
        yield _Named(block.path, UNKNOWN, None)
        return
    tags = block.get("customTags")
    # The pool decides what its machines are, and is judged itself.
    settled = block.get("instancePoolId") is not None or block.get("label") == "maintenance"
    for name, optional in (("nodeTypeId", settled), ("driverNodeTypeId", True)):
        value = block.get(name)
        if value is not None or not optional:
            yield _Named(block.at(name), value, tags)
    yield from _alternates(block.get, block.at, tags)


def _alternates(get: Callable[[str], Any], at: Callable[[str], str], tags: Any) -> Iterator[_Named]:
    for path in _LISTS:
        value = get(path)
        listed = cast("list[Any]", value) if isinstance(value, list) else [value]
        yield from (_Named(at(path), item, tags) for item in listed if item is not None)


def _in_policy(policy: Resource) -> Iterator[_Named]:
    """What the policy names; that it names anything at all is COST-12's demand."""
    definition = definition_of(policy)
    if isinstance(definition, Violation):
        return
    if isinstance(definition, Deferred):
        yield _Named(definition.path, UNKNOWN, None)
        return
    tags = {
        name.removeprefix("custom_tags."): dig(attribute, "value")
        for name, attribute in definition.items()
        if name.startswith("custom_tags.")
    }
    for name, attribute in definition.items():
        # What is on a block list is not allowed but refused; that it bounds nothing is COST-12's.
        if _ATTRIBUTES.fullmatch(name) and dig(attribute, "type") != "blocklist":
            for value in given(attribute):
                listed = cast("list[Any]", value) if isinstance(value, list) else [value]
                yield from (_Named(name, item, tags) for item in listed)


@rule(
    "cost-06-node-types",
    title="Clusters, pools and cluster policies name no machines but the environment's own",
    severity="high",
    rationale="The price of a node type goes from cents to dollars an hour, and nobody reads it.",
    remediation="Name an allowed node type, also for the driver and for every alternate; tag a "
    "cluster that needs GPUs with the approval.",
    types=_TYPES,
    levels=EVERYWHERE,
    config={
        "allowed": Option(
            "Node types that may be used.",
            ["Standard_D4ds_v5"],
            {"type": "array", "items": {"type": "string"}},
            {
                "test": ["Standard_D4ds_v5", "Standard_D8ds_v5"],
                "prod": ["Standard_D4ds_v5", "Standard_D8ds_v5", "Standard_D16ds_v5"],
            },
        ),
        "approvalTag": Option(
            "Tag that allows a GPU node type; its value says who approved.",
            "gpu-approved",
            {"type": "string"},
        ),
    },
)
def node_types(resource: Resource, config: Config) -> Findings:
    """A cluster from a pool names none; whether an unlisted pool exists is not known here."""
    allowed: list[str] = config["allowed"]
    for named in _named(resource):
        if named.value is not UNKNOWN and _approved(named, config["approvalTag"]):
            continue
        yield from require_value(
            named.value,
            named.path,
            lambda value: value in allowed,
            f"use {', '.join(allowed)}, or tag approved GPUs with {config['approvalTag']}",
        )


def _approved(named: _Named, tag: str) -> bool:
    approval = named.tags.get(tag) if isinstance(named.tags, dict) else None  # pyright: ignore[reportUnknownMemberType,reportUnknownVariableType] - plain wire data
    gpu = isinstance(named.value, str) and fnmatchcase(named.value, _GPU)
    return gpu and (approval is UNKNOWN or present(approval))


@rule(
    "cost-07-node-generation",
    title="No machine is of a generation that Azure takes away",
    severity="medium",
    rationale="Old generations cost more for the same work, have lost their reservations, and "
    "clusters stop starting on the day they end.",
    remediation="Use a generation of today, for example Standard_D4ds_v5.",
    types=_TYPES,
    levels=ADVISED_IN_DEV,
    config={
        # https://learn.microsoft.com/azure/virtual-machines/sizes/retirement/retired-sizes-list
        "retiring": strings(
            "Patterns of node types that end or have ended.",
            "Standard_A*",
            "Standard_D[0-9]",
            "Standard_D[0-9][0-9]",
            "Standard_DS[0-9]",
            "Standard_DS[0-9][0-9]",
            "Standard_D*_v2",
            "Standard_F[0-9]",
            "Standard_F[0-9][0-9]",
            "Standard_F*[0-9]s",
            "Standard_F*[0-9]s_v2",
            "Standard_G*",
            "Standard_L*s",
            "Standard_L*s_v2",
            "Standard_NC[0-9]",
            "Standard_NC[0-9][0-9]",
            "Standard_NC*s_v2",
            "Standard_NC[0-9]s_v3",
            "Standard_NC[0-9][0-9]*s_v3",
            "Standard_ND[0-9]*s",
            "Standard_NV[0-9]",
            "Standard_NV[0-9][0-9]",
            "Standard_NV*s_v3",
        )
    },
)
def node_generation(resource: Resource, config: Config) -> Findings:
    """What no rule of generations covers, COST-06's list does."""
    for named in _named(resource):
        if named.value is UNKNOWN:
            yield Deferred(named.path)
        elif isinstance(named.value, str) and _matches(named.value, config["retiring"]):
            yield Violation(
                f"{named.path} is {show(named.value)}, which Azure retires; "
                "use a generation of today"
            )


def _matches(name: str, patterns: list[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)
