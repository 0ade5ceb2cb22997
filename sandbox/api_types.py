"""Holds the databricks resources of a state against the request types of Databricks' own SDK.

A maintainers' check. The sandbox's schema comes from the Pulumi SDK; this asks somebody else: a
property that the API has not, a word outside of an enumeration, a value of another type. It needs
databricks-sdk, which the workloads' environment has:

    ./engine/sandboxed pulumi stack export -s prod | workloads/.venv/bin/python -m sandbox.api_types
"""

from __future__ import annotations

import dataclasses
import enum
import importlib
import json
import re
import sys
import types
import typing
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

REQUESTS = {
    "AccessControlRuleSet": "iam.RuleSetUpdateRequest",
    "AlertV2": "sql.AlertV2",
    "Budget": "billing.CreateBudgetConfigurationBudget",
    "BudgetPolicy": "billing.BudgetPolicy",
    "Catalog": "catalog.CatalogInfo",
    "ClusterPolicy": "compute.Policy",
    "Dashboard": "dashboards.Dashboard",
    "DisableLegacyAccessSetting": "settings.DisableLegacyAccess",
    "DisableLegacyDbfsSetting": "settings.DisableLegacyDbfs",
    "ExternalLocation": "catalog.ExternalLocationInfo",
    "InstancePool": "compute.InstancePoolAndStats",
    "Job": "jobs.JobSettings",
    "Metastore": "catalog.MetastoreInfo",
    "ModelServing": "serving.ServingEndpointDetailed",
    "NotificationDestination": "settings.NotificationDestination",
    "QualityMonitor": "catalog.MonitorInfo",
    "RestrictWorkspaceAdminsSetting": "settings.RestrictWorkspaceAdminsSetting",
    "Schema": "catalog.SchemaInfo",
    "SqlEndpoint": "sql.EndpointInfo",
    "StorageCredential": "catalog.StorageCredentialInfo",
    "Volume": "catalog.VolumeInfo",
}
"""Class of ``databricks.sdk.service`` that the provider fills from a resource's inputs."""
PROVIDERS_OWN = {"embedCredentials", "forceDestroy", "skipBuiltinDashboard"}
"""Inputs that steer the provider, or that another request carries."""
_SECRET = "4dabf18193072939515e22adb298388d"  # noqa: S105 - how the engine marks a secret


def findings(resource: Mapping[str, Any]) -> Iterator[str]:
    """What the SDK's request type does not have of a resource's inputs; none for other types."""
    kind = str(resource["type"]).rsplit(":", 1)[-1]
    if not str(resource["type"]).startswith("databricks:") or kind not in REQUESTS:
        return
    module, name = REQUESTS[kind].split(".")
    request = getattr(importlib.import_module(f"databricks.sdk.service.{module}"), name)
    stated = {
        key: value
        for key, value in resource.get("inputs", {}).items()
        if not key.startswith("__") and key not in PROVIDERS_OWN
    }
    yield from _differences(request, stated, kind)


def _differences(kind: Any, value: Any, path: str) -> Iterator[str]:
    if typing.get_origin(kind) in (typing.Union, types.UnionType):
        (kind,) = (each for each in typing.get_args(kind) if each is not types.NoneType)
    if value is None or _is_secret(value):
        return
    if typing.get_origin(kind) is list:
        for index, each in enumerate(value):
            yield from _differences(typing.get_args(kind)[0], each, f"{path}[{index}]")
    elif dataclasses.is_dataclass(kind):
        yield from _fields(kind, value, path)
    elif isinstance(kind, type) and issubclass(kind, enum.Enum):
        allowed = [str(member.value) for member in kind]
        if value not in allowed:
            yield f"{path} is {value!r}, not one of {', '.join(allowed)}"
    elif kind in (str, int, bool, float):
        fits = (int, float) if kind is float else kind
        if not isinstance(value, fits) or isinstance(value, bool) != (kind is bool):
            yield f"{path} is {value!r}, not of type {kind.__name__}"


def _is_secret(value: object) -> bool:
    return isinstance(value, dict) and _SECRET in cast("dict[str, object]", value)


def _fields(kind: Any, value: Mapping[str, Any], path: str) -> Iterator[str]:
    # Without local names of its own: a field may be called like the module of its type.
    known = typing.get_type_hints(kind, localns={})
    for name, each in value.items():
        snake = re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
        # Pulumi calls a list by the plural of its name.
        field = next((n for n in (snake, snake[:-1], snake[:-2]) if n in known), None)
        if field is None:
            yield f"{path}.{name} is no field of {kind.__name__}"
        else:
            yield from _differences(known[field], each, f"{path}.{name}")


def main() -> int:
    """Print the differences of the state on standard input; 1 if there are any."""
    resources = json.load(sys.stdin)["deployment"]["resources"]
    found = [f"{each['urn']}: {text}" for each in resources for text in findings(each)]
    sys.stdout.write("\n".join([*found, f"{len(found)} differences\n"]))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
