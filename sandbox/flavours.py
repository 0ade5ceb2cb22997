"""What the two providers do differently: names, ids, previews, error words, who can be reached."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Protocol

from sandbox import naming
from sandbox.rules import UNKNOWN, Refusal
from sandbox.wire import has_unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from sandbox.provider import Provider, Values
    from sandbox.schema import Shape


class Flavour(Protocol):
    """The differences, one method each."""

    def defaults(
        self, provider: Provider, urn: str, shape: Shape, news: Values, olds: Values, seed: bytes
    ) -> Values:
        """The inputs with what the provider fills in by itself."""
        ...

    def replacing(self, token: str, shape: Shape) -> Collection[str]:
        """Properties whose change replaces, beside those the SDK and the rules name."""
        ...

    def deletes_first(self, shape: Shape, old: Values, new: Values) -> bool:
        """Whether a replacement deletes before it creates, because names would clash."""
        ...

    def preview(self, shape: Shape, inputs: Values, old: Values | None) -> Values:
        """The outputs as far as a preview knows them; ``old`` are those before an update."""
        ...

    def path_id(self, provider: Provider, token: str, shape: Shape, inputs: Values) -> str | None:
        """The id that follows from the inputs alone, where the cloud's ids do."""
        ...

    def new_id(self, inputs: Values, seed: str) -> str:
        """The id of a resource for which no rule gives one."""
        ...

    def outputs(self, token: str, shape: Shape, inputs: Values) -> Values:
        """What every resource of the cloud answers, before the rules speak."""
        ...

    def reach(self, provider: Provider, token: str) -> None:
        """Refuse when this provider instance cannot talk to the API behind the type or function."""
        ...

    def exists(self, token: str, resource_id: str) -> Refusal:
        """The refusal to create what exists."""
        ...

    def gone(self, token: str, resource_id: str) -> Refusal:
        """The refusal to update what does not exist."""
        ...

    def worded(self, refusal: Refusal, operation: str, token: str, urn: str) -> str:
        """A refusal as the provider reports it."""
        ...

    def function(self, provider: Provider, token: str) -> Callable[..., Mapping[str, Any]] | None:
        """The answer to a function without a rule of its own, where one follows from the type."""
        ...

    def unknown_type_hint(self, token: str) -> str:
        """What to know about a type token the SDK does not have."""
        ...


class AzureNative:
    """https://github.com/pulumi/pulumi-azure-native/blob/master/provider/pkg/provider/provider.go."""

    def defaults(
        self, provider: Provider, urn: str, shape: Shape, news: Values, olds: Values, seed: bytes
    ) -> Values:
        """Names, the location of the resource group, the API version."""
        from sandbox.azure.ids import TYPES  # the databricks provider needs none of it

        token = naming.type_token(urn)
        arm = TYPES.get(token)
        own = arm.name if arm else naming.own_name(token, shape)
        if own and own in shape.inputs and own not in news:
            kind = arm.autoname if arm else "random"
            news[own] = olds.get(own) or naming.azure_name(urn, seed, kind)
        if "location" in shape.inputs and "location" not in news:
            location = olds.get("location") or self._location(provider, news)
            if location is not None:
                news["location"] = location
        if shape.api_version:
            news.setdefault("azureApiVersion", shape.api_version)
        return news

    @staticmethod
    def _location(provider: Provider, news: Values) -> Any:
        if (configured := provider.config.get("location")) is not None:
            return configured
        group = news.get("resourceGroupName")
        if group is UNKNOWN:
            return UNKNOWN
        if group is None:
            return None
        subscription = provider.config.get("subscriptionId") or naming.SUBSCRIPTION
        record = provider.cloud.get(f"/subscriptions/{subscription}/resourceGroups/{group}")
        return record.outputs.get("location") if record else None

    def replacing(self, token: str, shape: Shape) -> Collection[str]:
        """The parts of the ARM path, and the location where rules do not say otherwise."""
        from sandbox.azure.ids import TYPES

        if token in TYPES:
            return ()
        return {*naming.arm_path(token, shape), "resourceGroupName", "location", "scope"}

    def deletes_first(self, shape: Shape, old: Values, new: Values) -> bool:
        """Always, unless the name was invented: then both can exist."""
        del shape, old, new
        return True

    def preview(self, shape: Shape, inputs: Values, old: Values | None) -> Values:
        """Inputs echoed, the rest unknown; an update keeps name and location, nothing else."""
        outputs = {name: inputs.get(name, UNKNOWN) for name in shape.outputs}
        for name in ("name", "location"):
            if old and name in old:
                outputs[name] = old[name]
        return outputs

    def path_id(self, provider: Provider, token: str, shape: Shape, inputs: Values) -> str | None:
        """The ARM id."""
        from sandbox.azure.ids import TYPES, compose

        if token in TYPES:
            return compose(token, inputs, provider.config)
        return naming.arm_id(token, shape, inputs, provider.config)

    def new_id(self, inputs: Values, seed: str) -> str:
        """Never needed for a type with a path."""
        del inputs
        return f"/subscriptions/{naming.SUBSCRIPTION}/providers/Sandbox/{seed[:16]}"

    def outputs(self, token: str, shape: Shape, inputs: Values) -> Values:
        """The name in the path is the resource's ``name``; what was made is in state Succeeded."""
        from sandbox.azure.ids import TYPES

        arm = TYPES.get(token)
        own = arm.name if arm else naming.own_name(token, shape)
        answer = {"name": inputs.get(own), "provisioningState": "Succeeded"}
        return {
            name: value
            for name, value in answer.items()
            if name in shape.outputs and value is not None
        }

    def reach(self, provider: Provider, token: str) -> None:
        """The sandbox's tenant lets everyone in."""

    def exists(self, token: str, resource_id: str) -> Refusal:
        """The provider asks first, since ARM would silently update."""
        del token
        return Refusal(
            "",
            f"cannot create already existing resource '{resource_id}'. To take it into the stack, "
            "import it (pulumi import) or remove it.",
            status=409,
        )

    def gone(self, token: str, resource_id: str) -> Refusal:
        """The words of a GET; a PUT would create, but the engine believes that it exists."""
        del token
        parts = resource_id.split("/")
        return Refusal(
            "ResourceNotFound",
            f"The Resource '{'/'.join(parts[-3:])}' under resource group "
            f"'{parts[4] if len(parts) > 4 else ''}' was not found. Run 'pulumi refresh'.",  # noqa: PLR2004 - the group's place in an ARM id
            status=404,
        )

    def worded(self, refusal: Refusal, operation: str, token: str, urn: str) -> str:
        """``azcore``'s form of an ARM error."""
        del operation, token, urn
        if not refusal.code:
            return refusal.message
        return f'Status={refusal.status} Code="{refusal.code}" Message="{refusal.message}"'

    def function(self, provider: Provider, token: str) -> Callable[..., Mapping[str, Any]] | None:
        """``getX`` reads resource ``X`` by the parts of its path."""
        head, _, name = token.rpartition(":")
        if not name.startswith("get"):
            return None
        resource = f"{head}:{name[3:]}"
        shape = provider.schema.resource(resource)
        if shape is None:
            return None

        def read(invocation: Any, cloud: Any) -> Mapping[str, Any]:
            resource_id = self.path_id(provider, resource, shape, dict(invocation.args))
            record = cloud.get(resource_id) if resource_id else None
            if record is None:
                raise self.gone(resource, resource_id or resource)
            return {"id": record.id, **provider.answer(record)}

        return read

    def unknown_type_hint(self, token: str) -> str:
        """Types pinned to an API version are not in this SDK."""
        if re.match(r"azure-native:\w+/v\d", token):
            return (
                " Types pinned to an API version come with an SDK of their own (pulumi package add "
                "azure-native <module> <version>), which the sandbox does not serve; use the type "
                "without the version."
            )
        return ""


class Databricks:
    """https://github.com/pulumi/pulumi-terraform-bridge/blob/main/pkg/tfbridge/provider.go."""

    def defaults(
        self, provider: Provider, urn: str, shape: Shape, news: Values, olds: Values, seed: bytes
    ) -> Values:
        """A missing ``name`` becomes the logical name and seven hexadecimal digits."""
        del provider
        name = naming.databricks_name_property(shape)
        if name and name not in news:
            defaulted = name in olds.get("__defaults", ())
            news[name] = olds[name] if defaulted else naming.databricks_name(urn, seed)
            news["__defaults"] = [name]
        else:
            news["__defaults"] = []
        return news

    def replacing(self, token: str, shape: Shape) -> Collection[str]:
        """All in the table of facts."""
        del token, shape
        return ()

    def deletes_first(self, shape: Shape, old: Values, new: Values) -> bool:
        """When the name stays and was given by hand, old and new would clash."""
        name = naming.databricks_name_property(shape)
        return bool(name and old.get(name) == new.get(name) and not new.get("__defaults"))

    def preview(self, shape: Shape, inputs: Values, old: Values | None) -> Values:
        """A plan: inputs echoed; what only the cloud knows is unknown on create, kept on update."""
        given = {name: value for name, value in inputs.items() if name in shape.outputs}
        if old is not None:
            return {**old, **given}
        unknown = {name: UNKNOWN for name in shape.outputs if _computed(name, shape)}
        return {**unknown, **given}

    def path_id(self, provider: Provider, token: str, shape: Shape, inputs: Values) -> str | None:
        """Ids are minted, or told by a rule."""
        del provider, token, shape, inputs
        return None

    def new_id(self, inputs: Values, seed: str) -> str:
        """The name, else a digest."""
        name = inputs.get("name")
        return name if isinstance(name, str) else seed[:16]

    def outputs(self, token: str, shape: Shape, inputs: Values) -> Values:
        """Nothing that all types have in common."""
        del token, shape, inputs
        return {}

    def reach(self, provider: Provider, token: str) -> None:
        """The right level of provider, and a workspace that exists."""
        from sandbox.levels import reach  # azure-native has no levels

        reach(provider.config, token, provider.cloud)

    def exists(self, token: str, resource_id: str) -> Refusal:
        """As the Unity Catalog and workspace APIs say it."""
        kind = token.rsplit(":", 1)[1]
        return Refusal(
            "RESOURCE_ALREADY_EXISTS",
            f"{kind} '{resource_id}' already exists. Import it (pulumi import {token} NAME "
            f"{resource_id}) or choose another name.",
            status=409,
        )

    def gone(self, token: str, resource_id: str) -> Refusal:
        """As the APIs say it."""
        kind = token.rsplit(":", 1)[1]
        return Refusal(
            "RESOURCE_DOES_NOT_EXIST",
            f"{kind} '{resource_id}' does not exist. Run 'pulumi refresh'.",
            status=404,
        )

    def worded(self, refusal: Refusal, operation: str, token: str, urn: str) -> str:
        """``cannot create schema: …``, the form of the Terraform provider's diagnostics."""
        del urn
        kind = token.rsplit(":", 1)[1]
        words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", kind).lower()
        code = f" ({refusal.code})" if refusal.code else ""
        return f"cannot {operation} {words}: {refusal.message}{code}"

    def function(self, provider: Provider, token: str) -> Callable[..., Mapping[str, Any]] | None:
        """Data sources have no common form."""
        del provider, token

    def unknown_type_hint(self, token: str) -> str:
        """Nothing to add."""
        del token
        return ""


def _computed(name: str, shape: Shape) -> bool:
    if name in shape.computed or name not in shape.inputs:
        return True
    # Which optional properties the API fills in, the SDK does not say; a scalar may be one.
    return isinstance(shape.inputs[name]["type"], str) and shape.inputs[name]["type"] != "boolean"


__all__ = ["AzureNative", "Databricks", "Flavour", "has_unknown"]
