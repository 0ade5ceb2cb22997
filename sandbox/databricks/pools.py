"""Instance pools."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.databricks import scope, tokens
from sandbox.databricks.errors import exists, invalid
from sandbox.databricks.nodes import NODES, runtime_known
from sandbox.databricks.values import (
    at,
    between,
    conflicts,
    digest,
    digits,
    number,
    one_of,
    prop,
    text,
    texts,
)
from sandbox.rules import Refusal, admit, check, outputs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.rules import Cloud, Request

DOC = "https://registry.terraform.io/providers/databricks/databricks/latest/docs/resources/instance_pool"
API = "https://docs.databricks.com/api/workspace/instancepools/create"
NODE_TYPES = "https://docs.databricks.com/api/workspace/clusters/listnodetypes"
_MOST_TAGS, _LONGEST_NAME = 43, 99


@check(tokens.INSTANCE_POOL, source=DOC)
def pool_is_well_formed(request: Request) -> None:
    """One cloud's attributes, with that cloud's words; idle time in the allowed range."""
    inputs = request.inputs
    conflicts(inputs, ("azureAttributes", "awsAttributes", "gcpAttributes"))
    one_of(
        at(inputs, "azureAttributes", "availability"),
        ("SPOT_AZURE", "ON_DEMAND_AZURE"),
        "azureAttributes.availability",
    )
    between(
        inputs.get("idleInstanceAutoterminationMinutes"),
        0,
        10_000,
        "idleInstanceAutoterminationMinutes",
    )


@admit(tokens.INSTANCE_POOL, source=API)
def pool_name_is_free(request: Request, cloud: Cloud) -> None:
    """1 to 99 characters, unique in the workspace."""
    name = text(request.inputs.get("instancePoolName"))
    if not 1 <= len(name) <= _LONGEST_NAME:
        raise invalid(
            f"instance_pool_name must have 1 to {_LONGEST_NAME} characters.", "instancePoolName"
        )
    if any(prop(other, "instancePoolName") == name for other in scope.neighbours(request, cloud)):
        raise exists(f"Instance pool with name '{name}' already exists", "instancePoolName")


@admit(tokens.INSTANCE_POOL, source=NODE_TYPES)
def pool_has_a_node_type(request: Request, _: Cloud) -> None:
    """The provider lets a pool without node type through; the API does not, nor another cloud's."""
    name = text(request.inputs.get("nodeTypeId"))
    if not name:
        raise invalid("node_type_id must be specified", "nodeTypeId")
    if name not in NODES:
        raise invalid(
            f"Node type {name} is not supported. Use getNodeType or a type of Azure.", "nodeTypeId"
        )
    for cloud_name in ("awsAttributes", "gcpAttributes"):
        if request.inputs.get(cloud_name):
            raise invalid(
                f"{cloud_name} is not supported on Azure. Use azureAttributes.", cloud_name
            )


@admit(tokens.INSTANCE_POOL, source=API)
def pool_numbers_agree(request: Request, _: Cloud) -> None:
    """Idle instances fit the capacity; one preloaded runtime; 43 tags of one's own."""
    idle = number(request.inputs.get("minIdleInstances")) or 0
    most = number(request.inputs.get("maxCapacity"))
    if idle < 0 or (most is not None and idle > most):
        raise invalid(
            f"min_idle_instances {idle:g} must be between 0 and max_capacity {most}",
            "minIdleInstances",
        )
    preloaded = texts(request.inputs.get("preloadedSparkVersions"))
    if len(preloaded) > 1 or not all(runtime_known(key) for key in preloaded):
        raise invalid(
            f"preloaded_spark_versions {preloaded}: at most one runtime version, and one that "
            "exists",
            "preloadedSparkVersions",
        )
    if len(request.inputs.get("customTags") or ()) > _MOST_TAGS:
        raise Refusal(
            "INVALID_PARAMETER_VALUE",
            f"At most {_MOST_TAGS} custom tags are allowed.",
            prop="customTags",
        )


@outputs(tokens.INSTANCE_POOL, source=DOC)
def instance_pool(request: Request, cloud: Cloud) -> Mapping[str, Any]:
    """The id holds the moment of creation, a word and eight characters."""
    when, word = digits(6, request.seed), f"pond{digits(2, request.seed)}"
    minted = f"0101-{when}-{word}-pool-{digest(request.seed)[:8]}"
    key = scope.keep(request, "id", minted)
    return {"id": key, "instancePoolId": key, **scope.stamp(request, cloud)}
