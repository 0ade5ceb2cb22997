"""The language of cluster policies: what a definition may say, what it lets a cluster be.

https://learn.microsoft.com/azure/databricks/admin/clusters/policy-definition
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, cast

from sandbox.databricks.errors import invalid
from sandbox.databricks.nodes import NODES, SPECIAL, runtime_known
from sandbox.databricks.values import number

# Type → fields it must have, fields it may have. Each may be hidden.
_SHAPES: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "fixed": (frozenset({"value"}), frozenset()),
    "forbidden": (frozenset(), frozenset()),
    "allowlist": (frozenset({"values"}), frozenset({"defaultValue", "isOptional"})),
    "blocklist": (frozenset({"values"}), frozenset({"defaultValue", "isOptional"})),
    "regex": (frozenset({"pattern"}), frozenset({"defaultValue", "isOptional"})),
    "range": (frozenset(), frozenset({"minValue", "maxValue", "defaultValue", "isOptional"})),
    "unlimited": (frozenset(), frozenset({"defaultValue", "isOptional"})),
}
_PATHS = (
    r"(spark_conf|custom_tags|spark_env_vars)\.\S.*|ssh_public_keys\.(\*|\d+)"
    r"|init_scripts\.(\*|\d+)\.(workspace|volumes|abfss|dbfs|s3|gcs|file)\.(destination|region)"
    r"|(worker|driver)_node_type_flexibility\.alternate_node_type_ids(\.(\*|\d+))?"
    r"|azure_attributes\.(availability|first_on_demand|spot_bid_max_price|capacity_reservation_group)"
    r"|cluster_log_conf\.(type|path|region)|docker_image\.(url|basic_auth\.(username|password))"
    r"|autoscale\.(min|max)_workers|workload_type\.clients\.(jobs|notebooks)"
    r"|autotermination_minutes|cluster_name|data_security_mode|driver_instance_pool_id"
    r"|driver_node_type_id|enable_elastic_disk|enable_local_disk_encryption|instance_pool_id"
    r"|is_single_node|kind|node_type_id|num_workers|runtime_engine|single_user_name|spark_version"
    r"|use_ml_runtime|remote_disk_throughput|total_initial_remote_disk_size|cluster_type|dbus_per_hour"
)
_NUMBERS = (
    r"autoscale\..*|autotermination_minutes|num_workers|dbus_per_hour|azure_attributes\.(first|spot).*"
    r"|remote_disk_throughput|total_initial_remote_disk_size"
)
DATA_SECURITY_MODES = (
    "NONE", "SINGLE_USER", "USER_ISOLATION", "LEGACY_TABLE_ACL", "LEGACY_PASSTHROUGH",
    "LEGACY_SINGLE_USER",
    "LEGACY_SINGLE_USER_STANDARD", "DATA_SECURITY_MODE_AUTO", "DATA_SECURITY_MODE_STANDARD",
    "DATA_SECURITY_MODE_DEDICATED",
)  # fmt: skip
AVAILABILITIES = ("ON_DEMAND_AZURE", "SPOT_AZURE", "SPOT_WITH_FALLBACK_AZURE")
_ENUMS: dict[str, tuple[str, ...]] = {
    "data_security_mode": DATA_SECURITY_MODES,
    "azure_attributes.availability": AVAILABILITIES,
    "runtime_engine": ("STANDARD", "PHOTON"),
    "cluster_type": ("all-purpose", "job", "dlt"),
    "kind": ("CLASSIC_PREVIEW",),
}


def parse(definition: str) -> dict[str, dict[str, Any]]:
    """The attributes of a definition; refuses what is not an object of objects."""
    try:
        parsed: object = json.loads(definition)
    except json.JSONDecodeError as error:
        raise invalid(f"Invalid policy definition JSON: {error}", "definition") from error
    if not isinstance(parsed, Mapping) or not all(
        isinstance(value, Mapping) for value in cast("Mapping[str, Any]", parsed).values()
    ):
        raise invalid(
            "Invalid policy definition JSON: it must be an object of attribute paths, each with "
            "an object.",
            "definition",
        )
    return {str(path): dict(rule) for path, rule in cast("Mapping[str, Any]", parsed).items()}


def validate(definition: str) -> None:
    """Refuse a definition that the policies API refuses."""
    for path, rule in parse(definition).items():
        if not re.fullmatch(_PATHS, path):
            raise _wrong(path, "is not an attribute of the Clusters API or a virtual attribute")
        _validate_shape(path, rule)
        _validate_numbers(path, rule)
        _validate_values(path, rule)


def _wrong(path: str, what: str) -> Exception:
    return invalid(
        f"Validation failed for policy definition: attribute '{path}' {what}.", "definition"
    )


def _validate_shape(path: str, rule: Mapping[str, Any]) -> None:
    kind = rule.get("type")
    if not isinstance(kind, str) or kind not in _SHAPES:
        raise _wrong(path, f"has type '{kind}'; allowed: {', '.join(_SHAPES)}")
    must, may = _SHAPES[kind]
    for name in sorted(must - rule.keys()):
        raise _wrong(path, f"is of type {kind} and needs '{name}'")
    for name in sorted(rule.keys() - must - may - {"type", "hidden"}):
        raise _wrong(path, f"is of type {kind}, which has no '{name}'")
    if kind == "range" and not {"minValue", "maxValue"} & rule.keys():
        raise _wrong(path, "is of type range and needs 'minValue' or 'maxValue'")
    if path == "dbus_per_hour" and kind != "range":
        raise _wrong(path, "can only be of type range")
    _validate_fields(path, rule)


def _validate_fields(path: str, rule: Mapping[str, Any]) -> None:
    for name in ("hidden", "isOptional"):
        if name in rule and not isinstance(rule[name], bool):
            raise _wrong(path, f"has '{name}' {rule[name]!r}: it must be true or false")
    if "values" in rule and not (isinstance(rule["values"], list) and rule["values"]):
        raise _wrong(path, "has 'values' that are not a list of at least one value")
    try:
        re.compile(str(rule.get("pattern", "")))
    except re.error as error:
        raise _wrong(path, f"has a pattern that is no regular expression: {error}") from error


def _validate_numbers(path: str, rule: Mapping[str, Any]) -> None:
    for name in ("minValue", "maxValue"):
        if name in rule and number(rule[name]) is None:
            raise _wrong(path, f"has '{name}' {rule[name]!r}, which is not a number")
    low, high = number(rule.get("minValue")), number(rule.get("maxValue"))
    if low is not None and high is not None and low > high:
        raise _wrong(path, f"has minValue {low:g} above maxValue {high:g}")
    if rule["type"] == "range" and not re.fullmatch(_NUMBERS, path):
        raise _wrong(path, "is no number, so it cannot be of type range")
    default = rule.get("defaultValue")
    if default is not None and (reason := forbids({**rule, "defaultValue": None}, default)):
        raise _wrong(path, f"has a defaultValue that it does not allow itself: {reason}")


def _validate_values(path: str, rule: Mapping[str, Any]) -> None:
    stated = [rule[name] for name in ("value", "defaultValue") if rule.get(name) is not None]
    stated += rule["values"] if isinstance(rule.get("values"), list) else []
    for value in stated:
        if path in _ENUMS and value not in _ENUMS[path]:
            raise _wrong(path, f"has the value '{value}'; allowed: {', '.join(_ENUMS[path])}")
        if path == "spark_version" and not (
            runtime_known(str(value)) or re.fullmatch(SPECIAL, str(value))
        ):
            raise _wrong(path, f"has the value '{value}', which is no runtime version")
        if path.endswith("node_type_id") and value not in NODES:
            raise _wrong(
                path, f"has the value '{value}', which is no node type of Azure Databricks"
            )


def forbids(rule: Mapping[str, Any], value: object) -> str:
    """Why an attribute's rule does not allow a value; empty where it does."""
    listed = [str(allowed) for allowed in rule.get("values", ())]
    match rule.get("type"):
        case "forbidden":
            return "the value must not be present"
        case "fixed" if str(value) != str(rule.get("value")):
            wanted = f"be {rule.get('value')}"
        case "allowlist" if str(value) not in listed:
            wanted = f"be one of {', '.join(listed)}"
        case "blocklist" if str(value) in listed:
            wanted = f"not be one of {', '.join(listed)}"
        case "regex" if not re.fullmatch(str(rule["pattern"]), str(value)):
            wanted = f"match {rule['pattern']}"
        case "range":
            wanted = _outside(rule, number(value))
        case _:
            wanted = ""
    return f'the value must {wanted} (is "{value}")' if wanted else ""


def _outside(rule: Mapping[str, Any], seen: float | None) -> str:
    low, high = number(rule.get("minValue")), number(rule.get("maxValue"))
    if low is not None and (seen is None or seen < low):
        return f"be at least {low:g}"
    if high is not None and (seen is None or seen > high):
        return f"be at most {high:g}"
    return ""


def requires(rule: Mapping[str, Any]) -> bool:
    """Whether a cluster must state the attribute: limited, not optional, and without a default."""
    limiting = rule.get("type") in ("allowlist", "blocklist", "regex", "range", "unlimited")
    return limiting and not rule.get("isOptional") and rule.get("defaultValue") is None
