"""What a cluster policy adds to a cluster that leaves something out.

Values that a policy fixes are always added, its defaults only where the cluster asks for them by
``applyPolicyDefaultValues``; neither replaces what the cluster says itself.
https://github.com/databricks/cli/pull/6531
https://learn.microsoft.com/azure/databricks/admin/clusters/policy-definition
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

from policies import tokens
from policies.estimate.assumptions import camel
from policies.estimate.context import NotYetKnownError, UnboundedError
from policies.findings import Deferred, Violation
from policies.model import UNKNOWN, dig
from policies.policy_language import definition_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from policies.estimate.context import Context
    from policies.model import Resource

_ATTRIBUTES: Final = (
    *("node_type_id", "driver_node_type_id", "instance_pool_id", "driver_instance_pool_id"),
    *("runtime_engine", "spark_version", "is_single_node", "autotermination_minutes"),
    *("azure_attributes.availability", "azure_attributes.first_on_demand"),
    "azure_attributes.spot_bid_max_price",
    "spark_conf.spark.databricks.cluster.profile",
)
_SIZES: Final = ("num_workers", "autoscale.min_workers", "autoscale.max_workers")


def definition(policy: Resource) -> Mapping[str, Any]:
    """The attributes that a policy limits.

    Raises:
        NotYetKnownError: The JSON is not known yet.
        UnboundedError: It cannot be read as one JSON object.
    """
    found = definition_of(policy)
    if isinstance(found, Deferred):
        raise NotYetKnownError(found.path)
    if isinstance(found, Violation):
        raise UnboundedError(found.message)
    return found


def completed(context: Context, resource: Resource, spec: Any, prop: str = "") -> Any:
    """A cluster's description with what its policy adds.

    Args:
        context: The stack around it; a policy outside of it adds nothing that is known here.
        resource: Whose cluster it is.
        spec: The description, as in Databricks' API with camelCase names.
        prop: Where in the resource it stands; empty for the resource itself.

    Raises:
        NotYetKnownError: The policy's definition is not known yet, nor without it the machines.
    """
    value = dig(spec, "policyId")
    if value is None or not isinstance(spec, dict):
        return spec
    described = cast("dict[str, Any]", spec)
    source = prop.partition("[")[0] or "policyId"
    policy = context.referred(resource, source, value, tokens.CLUSTER_POLICY)
    if policy is None:
        return described
    try:
        limits = definition(policy)
    except NotYetKnownError:
        if dig(spec, "nodeTypeId") is None and dig(spec, "instancePoolId") is None:
            raise
        path = f"{prop}.policyId" if prop else "policyId"
        context.defer(resource, path, "priced without what the policy adds")
        return described
    except UnboundedError:
        return described  # COST-11 and COST-12 refuse such a policy
    sized = dig(described, "numWorkers") is not None or dig(described, "autoscale") is not None
    defaults = dig(described, "applyPolicyDefaultValues") is True
    for name in (*_ATTRIBUTES, *(() if sized else _SIZES)):
        described = _with(described, name, _added(limits.get(name), defaults=defaults))
    return described


def _added(attribute: Any, *, defaults: bool) -> Any:
    if dig(attribute, "type") == "fixed":
        return dig(attribute, "value")
    return dig(attribute, "defaultValue") if defaults else None


def _with(spec: dict[str, Any], name: str, value: Any) -> dict[str, Any]:
    """A copy with a value where there is none; only the first dot of a name leads inwards."""
    if value is None:
        return spec
    outer, _, inner = name.partition(".")
    key = camel(outer)
    present = spec.get(key)
    if not inner:
        return {**spec, key: value} if present is None or present == "" else spec
    if present is UNKNOWN or not isinstance(present, (dict, type(None))):
        return spec
    nested = cast("dict[str, Any]", present or {})
    within = inner if outer == "spark_conf" else camel(inner)
    return {**spec, key: {within: value, **nested}}
