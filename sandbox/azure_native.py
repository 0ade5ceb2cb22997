"""How azure-native behaves, whatever the type.

Source of each: https://github.com/pulumi/pulumi-azure-native/tree/master/provider/pkg/provider.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sandbox import naming
from sandbox.azure import ids
from sandbox.rules import UNKNOWN, Refusal
from sandbox.wire import is_list, is_object

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from sandbox.flavours import Draft, Values
    from sandbox.rules import Cloud, Invocation, Request
    from sandbox.schema import Schema, Shape

# The provider's own mark in the inputs: the name was invented, so a replacement gets another one.
CREATE_FIRST = "__createBeforeDelete"
_PINNED = r"azure-native:\w+/v\d"


class AzureNative:
    """The :class:`sandbox.flavours.Flavour` of azure-native."""

    def defaults(self, draft: Draft, cloud: Cloud) -> Values:
        """The resource's name, the location of its resource group, the API version."""
        inputs = dict(draft.news)
        arm = ids.TYPES.get(draft.token)
        own = _own_name(draft.token, draft.shape)
        if own in draft.shape.inputs and own not in inputs:
            kind = arm.autoname if arm else "random"
            inputs[own] = draft.olds.get(own) or naming.azure_name(draft.urn, draft.salt(), kind)
            if kind != "copy" and (own not in draft.olds or draft.olds.get(CREATE_FIRST)):
                inputs[CREATE_FIRST] = True
        if "location" in draft.shape.inputs and "location" not in inputs:
            location = draft.olds.get("location") or _location(inputs, draft.config, cloud)
            if location is not None:
                inputs["location"] = location
        return inputs

    def replacing(self, token: str, shape: Shape) -> Collection[str]:
        """The parts of the ARM path and the location, for types whose rules do not say."""
        if token in ids.TYPES:
            return ()
        return {*naming.arm_path(token, shape), "resourceGroupName", "location", "scope"}

    def deletes_first(self, shape: Shape, old: Values, new: Values) -> bool:
        """Always, unless the name was invented: then both can exist."""
        del shape, new
        return not old.get(CREATE_FIRST)

    def preview(self, schema: Schema, shape: Shape, inputs: Values, old: Values | None) -> Values:
        """Inputs echoed, the rest unknown, at any depth; an update keeps name and location."""
        outputs = _previewed(schema, shape, inputs)
        for name in ("name", "location"):
            if old and name in old:
                outputs[name] = old[name]
        return outputs

    def path_id(self, token: str, shape: Shape, inputs: Values, config: Values) -> str | None:
        """The ARM id."""
        if token in ids.TYPES:
            return ids.compose(token, inputs, config)
        return naming.arm_id(token, shape, inputs, ids.subscription(config))

    def new_id(self, inputs: Values, seed: str) -> str:
        """Of a type whose ARM path nobody knows."""
        del inputs
        return f"/subscriptions/{ids.DEFAULT_SUBSCRIPTION}/providers/Sandbox.Unknown/{seed[:16]}"

    def outputs(self, token: str, shape: Shape, inputs: Values) -> Values:
        """The last name in the path is the resource's ``name``; what was made is in order."""
        answer = {"name": inputs.get(_own_name(token, shape)), "provisioningState": "Succeeded"}
        return {
            name: value
            for name, value in answer.items()
            if name in shape.outputs and value is not None
        }

    def realm(self, request: Request, cloud: Cloud) -> str:
        """None: an ARM id is a path from the root."""
        del request, cloud
        return ""

    def reach(self, request: Request, cloud: Cloud) -> None:
        """The sandbox's tenant lets everyone in."""
        del request, cloud

    def exists(self, token: str, resource_id: str) -> Refusal:
        """The provider asks first, since ARM would silently update."""
        return Refusal(
            "",
            f"cannot create already existing resource '{resource_id}'. Import it (pulumi import "
            f"{token} NAME '{resource_id}') or remove it; after an interrupted run, see Recovery "
            "in sandbox/README.md.",
            status=409,
        )

    def gone(self, token: str, resource_id: str) -> Refusal:
        """The words of ARM."""
        del token
        parsed = ids.parse(resource_id)
        what = f"{parsed.type}/{parsed.name}" if parsed else resource_id
        group = parsed.resource_group if parsed else ""
        return Refusal(
            "ResourceNotFound",
            f"The Resource '{what}' under resource group '{group}' was not found. If it was "
            "removed behind the stack's back, run pulumi refresh.",
            status=404,
        )

    def worded(self, refusal: Refusal, operation: str, token: str) -> str:
        """``azcore``'s form of an ARM error."""
        del operation, token
        if not refusal.code:
            return refusal.message
        return f'Status={refusal.status} Code="{refusal.code}" Message="{refusal.message}"'

    def function(
        self, token: str, schema: Schema
    ) -> Callable[[Invocation, Cloud], Mapping[str, Any]] | None:
        """``getX`` reads resource ``X`` by the parts of its path."""
        head, _, name = token.rpartition(":")
        resource = f"{head}:{name.removeprefix('get')}"
        shape = schema.resource(resource)
        if not name.startswith("get") or shape is None:
            return None

        def read(invocation: Invocation, cloud: Cloud) -> Mapping[str, Any]:
            config = dict(invocation.provider)
            resource_id = self.path_id(resource, shape, dict(invocation.args), config)
            record = cloud.get(resource_id, resource) if resource_id else None
            if record is None:
                raise self.gone(resource, resource_id or resource)
            return {
                name: record.outputs[name] for name in shape.outputs if name in record.outputs
            } | {
                "id": record.id,
                "azureApiVersion": shape.api_version,
            }

        return read

    def unknown_type(self, token: str) -> str:
        """Types pinned to an API version are not in this SDK."""
        if not re.match(_PINNED, token):
            return ""
        return (
            " Types pinned to an API version come with an SDK of their own (pulumi package add "
            "azure-native MODULE VERSION), which the sandbox does not serve; use the type without "
            "the version."
        )


def _previewed(schema: Schema, shape: Shape, inputs: Values) -> Values:
    """See convert/previewOutputs.go: an object inside the outputs is treated as the whole is."""
    return {
        name: _echoed(schema, shape.objects.get(name), inputs[name]) if name in inputs else UNKNOWN
        for name in shape.outputs
    }


def _echoed(schema: Schema, kind: Any, value: Any) -> Any:
    if not is_object(kind):
        return value
    if "object" in kind and is_object(value):
        return _previewed(schema, schema.answered(kind["object"]), value)
    if "list" in kind and is_list(value):
        return [_echoed(schema, kind["list"], item) for item in value]
    if "map" in kind and is_object(value):
        return {key: _echoed(schema, kind["map"], item) for key, item in value.items()}
    return value


def _own_name(token: str, shape: Shape) -> str:
    arm = ids.TYPES.get(token)
    return arm.name if arm else naming.own_name(token, shape)


def _location(inputs: Values, config: Values, cloud: Cloud) -> Any:
    if (configured := config.get("location")) is not None:
        return configured
    group = inputs.get("resourceGroupName")
    if not isinstance(group, str):
        return UNKNOWN if group is UNKNOWN else None
    record = cloud.get(ids.resource_group_id(config, group))
    return record.outputs.get("location") if record else None
