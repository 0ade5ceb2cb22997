"""Holds a provider instance's own configuration against what the real providers accept."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sandbox.rules import UNKNOWN
from sandbox.validate import Fault, validate

if TYPE_CHECKING:
    from sandbox.schema import Schema

Values = dict[str, Any]

# https://github.com/databricks/databricks-sdk-go/blob/main/config/config.go: attributes by method.
_METHODS = {
    "pat": ("token",),
    "basic": ("username", "password"),
    "oauth": ("clientId", "clientSecret"),
    "azure": ("azureClientSecret", "azureClientId", "azureTenantId"),
    "google": ("googleCredentials", "googleServiceAccount"),
}
_STATIC = {
    "pat": "token",
    "basic": "password",
    "oauth": "clientSecret",
    "azure": "azureClientSecret",
}
# https://github.com/databricks/databricks-sdk-go/blob/main/config/auth_default.go
AUTH_TYPES = (
    "pat", "basic", "oauth-m2m", "databricks-cli", "metadata-service", "github-oidc",
    "azure-devops-oidc", "env-oidc", "file-oidc", "azure-msi", "azure-client-secret", "azure-cli",
    "google-credentials", "google-id",
)  # fmt: skip


def parse(schema: Schema, values: Values) -> Values:
    """Configuration as typed values; the engine hands over anything but strings as JSON text."""
    shape = schema.resource(f"pulumi:providers:{schema.package}")
    parsed: Values = {}
    for name, value in values.items():
        kind = shape.inputs.get(name, {}).get("type", "string") if shape else "string"
        if kind != "string" and isinstance(value, str):
            try:
                parsed[name] = json.loads(value)
            except json.JSONDecodeError:
                parsed[name] = value
        else:
            parsed[name] = value
    return parsed


def check(schema: Schema, values: Values) -> list[Fault]:
    """Everything wrong with a provider's configuration."""
    shape = schema.resource(f"pulumi:providers:{schema.package}")
    known = {
        name: value
        for name, value in values.items()
        if name not in ("version", "pluginDownloadURL")
    }
    faults = validate(schema, shape, known) if shape else []
    if schema.package == "databricks":
        faults += _databricks(known)
    return faults


def _databricks(values: Values) -> list[Fault]:
    faults = [
        Fault(
            name,
            f"the provider argument '{name}' is not known at preview. The real provider then checks "
            "nothing, silently, until the update: build it from values known at preview "
            "(azure_workspace_resource_id from subscription, resource group and workspace name) and "
            "order creation with depends_on",
        )
        for name, value in values.items()
        if value is UNKNOWN
    ]
    auth = values.get("authType")
    if isinstance(auth, str) and auth not in AUTH_TYPES:
        faults.append(
            Fault("authType", f"unknown auth_type '{auth}': it is one of {', '.join(AUTH_TYPES)}")
        )
    used = sorted(method for method, name in _STATIC.items() if values.get(name))
    if len(used) > 1 and auth is None:
        names = ", ".join(_STATIC[method] for method in used)
        faults.append(
            Fault(
                _STATIC[used[0]],
                f"validate: more than one authorization method configured: {' and '.join(used)} "
                f"(by {names}). Keep one, or name one in auth_type",
            )
        )
    host, workspace = values.get("host"), values.get("azureWorkspaceResourceId")
    if isinstance(host, str) and "accounts." in host and workspace:
        faults.append(
            Fault(
                "host",
                f"host '{host}' is the account console and azure_workspace_resource_id names a "
                "workspace: one provider has one of them; declare two",
            )
        )
    return faults
