"""Holds a provider instance's own configuration against the SDK's shape and the rules for it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sandbox.rules import UNKNOWN
from sandbox.validate import Fault, validate

if TYPE_CHECKING:
    from sandbox.schema import Schema

Values = dict[str, Any]

# Options of the resource, which the engine hands over among the arguments.
_OPTIONS = frozenset({"version", "pluginDownloadURL", "pluginChecksums"})


def token(schema: Schema) -> str:
    """The type token of the package's provider resource."""
    return f"pulumi:providers:{schema.package}"


def parse(schema: Schema, values: Values) -> Values:
    """Configuration as typed values; the engine hands over anything but strings as JSON text."""
    shape = schema.resource(token(schema))
    kinds = {name: prop["type"] for name, prop in shape.inputs.items()} if shape else {}
    return {
        name: _typed(value) if kinds.get(name, "string") != "string" else value
        for name, value in values.items()
        if name not in _OPTIONS
    }


def _typed(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except json.JSONDecodeError:
        return value


def check(schema: Schema, values: Values) -> list[Fault]:
    """Everything wrong with a provider's configuration that its shape shows."""
    shape = schema.resource(token(schema))
    faults = validate(schema, shape, values) if shape else []
    if schema.package == "databricks":
        faults += _databricks(values)
    return faults


def _databricks(values: Values) -> list[Fault]:
    faults = [
        Fault(
            name,
            f"the provider argument '{name}' is not known at preview. The real provider then "
            "checks nothing, silently, until the update: build it from values known at preview "
            "(azure_workspace_resource_id from subscription, resource group and workspace name) "
            "and order creation with depends_on",
        )
        for name, value in values.items()
        if value is UNKNOWN
    ]
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
