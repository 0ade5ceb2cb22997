"""What the APIs judge about a cluster, whether it stands alone or is part of a job."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sandbox.databricks import tokens
from sandbox.databricks.errors import invalid, not_found
from sandbox.databricks.nodes import NODES, resolved, runtime_known
from sandbox.databricks.policy_language import (
    AVAILABILITIES,
    DATA_SECURITY_MODES,
    forbids,
    parse,
    requires,
)
from sandbox.databricks.values import conflicts, fields, given, number, prop, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sandbox.rules import Cloud, Record

# The provider's own words: clusters/resource_cluster.go of the Terraform provider.
NO_WORKERS = (
    "NumWorkers could be 0 only for SingleNode clusters. See "
    "https://docs.databricks.com/clusters/single-node.html for more details"
)
_LONGEST_IDLE, _SHORTEST_IDLE = 10_000, 10


def check_shape(spec: Mapping[str, Any]) -> None:
    """What the provider refuses at preview: other clouds' attributes, a pool beside a node type."""
    conflicts(spec, ("azureAttributes", "awsAttributes", "gcpAttributes"))
    conflicts(spec, ("instancePoolId", "nodeTypeId"))
    conflicts(spec, ("instancePoolId", "driverNodeTypeId"))


def judge(spec: Mapping[str, Any], workspace: str, cloud: Cloud, kind: str) -> None:
    """Refuse a cluster that cannot start; ``kind`` is ``all-purpose`` or ``job``."""
    policy = _policy(spec, workspace, cloud)
    rules = _resolved(parse(text(prop(policy, "definition")) or "{}")) if policy else {}
    filled = _with_policy(spec, rules)
    _judge_size(filled)
    _judge_nodes(filled, workspace, cloud)
    _judge_modes(filled)
    if policy is not None:
        _judge_policy(filled, policy, rules, kind)


def _resolved(rules: Mapping[str, Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """The policy with the runtimes that its special values stand for."""
    rule = dict(rules.get("spark_version", {}))
    for name in ("value", "defaultValue"):
        if name in rule:
            rule[name] = resolved(str(rule[name]))
    if "values" in rule:
        rule["values"] = [resolved(str(value)) for value in rule["values"]]
    return {**rules, **({"spark_version": rule} if rule else {})}


def _policy(spec: Mapping[str, Any], workspace: str, cloud: Cloud) -> Record | None:
    named = text(spec.get("policyId"))
    if not named:
        return None
    found = cloud.get(named, tokens.CLUSTER_POLICY, workspace)
    if found is None:
        raise not_found(f"Can't find a cluster policy with id: {named}.", "policyId")
    return found


def snake(name: str) -> str:
    """An attribute's name as the API and policies spell it."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def flatten(spec: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """A cluster's attributes as policy paths; the keys of its maps as they are."""
    for name, value in spec.items():
        path = snake(name)
        maps = name in ("sparkConf", "customTags", "sparkEnvVars")
        inside = fields(value)
        for key, inner in inside.items():
            if given(inner):
                yield f"{path}.{key if maps else snake(key)}", inner
        if given(value) and not inside:
            yield path, value


def _with_policy(spec: Mapping[str, Any], rules: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The attributes as policy paths; fixed ones and, if asked for, defaults are the policy's."""
    filled = dict(flatten(spec))
    for path, rule in rules.items():
        value = rule.get("value") if rule.get("type") == "fixed" else None
        if spec.get("applyPolicyDefaultValues") is True and rule.get("defaultValue") is not None:
            value = rule["defaultValue"]
        if value is not None:
            filled.setdefault(path, value)
    return filled


def _judge_size(filled: Mapping[str, Any]) -> None:
    low, high = (
        number(filled.get("autoscale.min_workers")),
        number(filled.get("autoscale.max_workers")),
    )
    if low is not None and high is not None and low > high:
        raise invalid(
            f"autoscale min_workers {low:g} is greater than max_workers {high:g}", "autoscale"
        )
    single = filled.get("is_single_node") is True or (
        filled.get("spark_conf.spark.databricks.cluster.profile") == "singleNode"
        and str(filled.get("spark_conf.spark.master", "")).startswith("local")
        and filled.get("custom_tags.ResourceClass") == "SingleNode"
    )
    if high is None and not (number(filled.get("num_workers")) or 0) and not single:
        raise invalid(NO_WORKERS, "numWorkers")
    idle = number(filled.get("autotermination_minutes"))
    if idle and not _SHORTEST_IDLE <= idle <= _LONGEST_IDLE:
        raise invalid(
            f"autotermination_minutes {idle:g} must be 0 or between {_SHORTEST_IDLE} and "
            f"{_LONGEST_IDLE}",
            "autoterminationMinutes",
        )


def _judge_nodes(filled: Mapping[str, Any], workspace: str, cloud: Cloud) -> None:
    for path in ("instance_pool_id", "driver_instance_pool_id"):
        named = text(filled.get(path))
        if named and cloud.get(named, tokens.INSTANCE_POOL, workspace) is None:
            raise not_found(f"Can't find an instance pool with id: {named}.", "instancePoolId")
    if not filled.get("instance_pool_id") and not filled.get("node_type_id"):
        raise invalid(
            "Exactly one of node_type_id or instance_pool_id must be specified", "nodeTypeId"
        )
    for path in ("node_type_id", "driver_node_type_id"):
        if filled.get(path) and filled[path] not in NODES:
            raise invalid(f"Node type {filled[path]} is not supported", "nodeTypeId")
    runtime = text(filled.get("spark_version"))
    # A special value is a policy's to resolve; a cluster that states it is refused:
    # https://github.com/databricks/cli/issues/1327
    if not runtime_known(runtime):
        raise invalid(
            f"Invalid spark version {runtime}. Choose one with getSparkVersion.", "sparkVersion"
        )


def _judge_modes(filled: Mapping[str, Any]) -> None:
    for path, allowed in (
        ("data_security_mode", DATA_SECURITY_MODES),
        ("azure_attributes.availability", AVAILABILITIES),
        ("runtime_engine", ("STANDARD", "PHOTON")),
    ):
        if path in filled and filled[path] not in allowed:
            raise invalid(f"{path} '{filled[path]}' is not one of {', '.join(allowed)}", path)


def _judge_policy(
    filled: Mapping[str, Any], policy: Record, rules: Mapping[str, Mapping[str, Any]], kind: str
) -> None:
    stated = {**filled, "cluster_type": kind}
    for path, rule in rules.items():
        if path == "dbus_per_hour":  # the sandbox knows no prices; see DIVERGENCES.md
            continue
        if path not in stated and requires(rule) and not _unneeded(path, stated):
            raise invalid(
                f"Cluster validation error: Validation failed for {path}, the value must be "
                "present "
                f"(policy {prop(policy, 'name')})"
            )
        if path in stated and (reason := forbids(rule, stated[path])):
            raise invalid(
                f"Cluster validation error: Validation failed for {path}, {reason} "
                f"(policy {prop(policy, 'name')})"
            )


def _unneeded(path: str, stated: Mapping[str, Any]) -> bool:
    """Whether the attribute's place is taken: fixed or automatic size, pool or node type."""
    if path.startswith("autoscale."):
        return "num_workers" in stated
    if path == "num_workers":
        return "autoscale.max_workers" in stated
    if path.endswith("node_type_id"):
        return "instance_pool_id" in stated or path.startswith("driver")
    return False
