"""What the data sources for runtimes and node types answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.databricks import scope, tokens
from sandbox.databricks.errors import invalid
from sandbox.databricks.nodes import NODES, RUNTIMES, Node
from sandbox.databricks.values import number, text
from sandbox.rules import function

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.rules import Cloud, Invocation

SPARK_CODE = (
    "https://github.com/databricks/databricks-sdk-go/blob/main/service/compute/spark_version.go"
)
NODE_CODE = "https://github.com/databricks/databricks-sdk-go/blob/main/service/compute/node_type.go"


@function(tokens.GET_SPARK_VERSION, source=SPARK_CODE)
def get_spark_version(invocation: Invocation, cloud: Cloud) -> Mapping[str, Any]:
    """The newest runtime that fits; without ``latest`` there must be exactly one."""
    args = invocation.args
    scope.workspace(invocation.provider, args, cloud)
    fitting = [
        runtime
        for runtime in RUNTIMES
        if runtime.ml == (args.get("ml") is True)
        and runtime.gpu == (args.get("gpu") is True)
        and runtime.photon == (args.get("photon") is True)
        and not any(args.get(name) is True for name in ("beta", "genomics", "graviton"))
        and (not text(args.get("scala")) or runtime.scala == args["scala"])
        and runtime.spark.startswith(text(args.get("sparkVersion")))
    ]
    if not fitting:
        raise invalid(
            "spark versions query returned no results. Please change your search criteria and try "
            "again"
        )
    if len(fitting) > 1 and args.get("latest") is False:
        raise invalid(
            "spark versions query returned multiple results "
            f"[{' '.join(runtime.key for runtime in fitting)}]. Please change your search "
            "criteria and try again"
        )
    return {**args, "id": fitting[0].key}


@function(tokens.GET_NODE_TYPE, source=NODE_CODE)
def get_node_type(invocation: Invocation, cloud: Cloud) -> Mapping[str, Any]:
    """The smallest node type that fits; retiring ones only when nothing else does."""
    args = invocation.args
    scope.workspace(invocation.provider, args, cloud)
    fitting = [node for node in NODES.values() if _fits(node, args)]
    if not fitting:
        raise invalid("cannot determine smallest node type: no node type meets the arguments")
    best = min(
        fitting, key=lambda n: (n.retiring, n.gpus, n.cores, n.memory, n.disk, n.category, n.name)
    )
    return {**args, "id": best.name}


def _fits(node: Node, args: Mapping[str, Any]) -> bool:
    least = {
        "minCores": node.cores,
        "minMemoryGb": node.memory,
        "minGpus": node.gpus,
        "localDiskMinSize": node.disk,
    }
    if any((number(args.get(name)) or 0) > has for name, has in least.items()):
        return False
    category = text(args.get("category"))
    per_core = number(args.get("gbPerCore")) or 0
    return (
        (not category or category.casefold() == node.category.casefold())
        and (not per_core or node.memory // node.cores == per_core)
        and (args.get("localDisk") is not True or node.disk > 0)
        and node.arm == (args.get("arm") is True)
        and not any(args.get(name) is True for name in ("fleet", "graviton"))
    )
