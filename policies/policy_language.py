"""The language of cluster policies, as far as a rule needs it to say what a policy lets pass.

https://learn.microsoft.com/azure/databricks/admin/clusters/policy-definition
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, cast

from policies.findings import Deferred, Violation
from policies.model import UNKNOWN, dig

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from policies.model import Resource

    Definition = Mapping[str, Any]

PROPERTIES: Final = ("definition", "policyFamilyDefinitionOverrides")
# The access modes that Unity Catalog governs; the last three are newer names of the first two.
# https://docs.databricks.com/api/azure/workspace/clusters/create#data_security_mode
UNITY_CATALOG_MODES: Final = (
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


def _no_number(text: str) -> Any:
    # Python reads NaN and Infinity, which JSON does not have, and a limit of them is none.
    raise ValueError(f"'{text}' is not JSON")


@lru_cache(maxsize=256)
def _parsed(text: str) -> Any:
    """Remembered, since several rules and the estimate read the same policy."""
    return json.loads(text, object_pairs_hook=_unique, parse_constant=_no_number)


def definition_of(policy: Resource) -> Definition | Violation | Deferred:
    """The attributes that the policy limits, or why they cannot be judged."""
    return policy.once(_definition)


def _definition(policy: Resource) -> Definition | Violation | Deferred:
    merged: dict[str, Any] = {}
    for name in PROPERTIES:
        text = policy.get(name)
        if text is UNKNOWN:
            return Deferred(name)
        if text is None:
            continue
        try:
            parsed = _parsed(text) if isinstance(text, str) else text
        except RecursionError:
            return Violation(f"{name}: it is nested too deep to be read; write one JSON object")
        except ValueError as error:
            reason = "is not valid JSON" if isinstance(error, json.JSONDecodeError) else str(error)
            return Violation(f"{name}: {reason}; write one JSON object")
        if not isinstance(parsed, dict):
            return Violation(f"{name} is not a JSON object; write one")
        merged.update(cast("dict[str, Any]", parsed))
    return merged


def limited(
    attribute: Any, accepts: Callable[[Any], bool], *, lower: Callable[[Any], bool]
) -> bool:
    """Whether every value that the attribute admits is accepted; a pattern cannot be judged."""
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


def given(attribute: Any) -> list[Any]:
    """Every value that an attribute fixes, offers or proposes."""
    values = dig(attribute, "values")
    listed = cast("list[Any]", values) if isinstance(values, list) else [values]
    found = (dig(attribute, "value"), dig(attribute, "defaultValue"), *listed)
    return [value for value in found if value is not None]


def any_value(value: Any) -> bool:
    """Accepts every value that is named at all."""
    return value is not None


def bounded(definition: Definition, name: str, accepts: Callable[[Any], bool]) -> bool:
    """Whether a user can choose none but accepted values, and cannot leave the attribute out."""
    attribute = definition.get(name)
    # Optional means that the user may leave the attribute out, and the workspace's default holds;
    # anything but a plain no may be read as a yes.
    return dig(attribute, "isOptional") in (None, False) and limited(
        attribute, accepts, lower=lambda _: True
    )
