"""Names and ids that a program does not give: autonaming as the providers do it, ids per cloud."""

from __future__ import annotations

import hashlib
import re
import uuid
from typing import TYPE_CHECKING, Any

from sandbox.rules import Unknown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.schema import Shape

# https://github.com/pulumi/pulumi-azure-native/blob/master/provider/pkg/provider/provider.go
AZURE_SUFFIX = 8
# https://github.com/pulumi/pulumi-terraform-bridge/blob/main/pkg/tfbridge/names.go
BRIDGE_SUFFIX = 7
SUBSCRIPTION = "5b1f0c6e-0d5e-4a53-9c2f-7c1a50000001"


def logical_name(urn: str) -> str:
    """The last part of a URN."""
    return urn.rsplit("::", 1)[1]


def type_token(urn: str) -> str:
    """The type token of the resource itself: the last one in a URN's chain of parents."""
    return urn.split("::")[2].rsplit("$", 1)[-1]


def suffix(seed: bytes, length: int) -> str:
    """Hexadecimal characters that depend on the engine's random seed alone."""
    return hashlib.sha256(seed).hexdigest()[:length]


def azure_name(urn: str, seed: bytes, kind: str) -> str:
    """The name azure-native invents: ``kind`` is ``random``, ``copy`` or ``uuid``."""
    if kind == "uuid":
        return str(uuid.UUID(suffix(seed, 32)))
    if kind == "copy":
        return logical_name(urn)
    return logical_name(urn) + suffix(seed, AZURE_SUFFIX)


def databricks_name_property(shape: Shape) -> str:
    """The property the bridge names automatically: an optional, settable ``name``."""
    prop = shape.inputs.get("name")
    named = prop is not None and prop["type"] == "string" and not prop.get("required")
    return "name" if named else ""


def databricks_name(urn: str, seed: bytes) -> str:
    """The name the bridge invents."""
    return f"{logical_name(urn)}-{suffix(seed, BRIDGE_SUFFIX)}"


_PATH_NAME = re.compile(r"(?:Name|Id)$")


def arm_path(token: str, shape: Shape) -> list[str]:
    """The properties of a type's ARM path, guessed from the SDK: required ``…Name`` strings first.

    The Python SDK does not carry ARM paths. ``sandbox.azure.ids`` has the true ones of every type in
    use; this serves the others (a line in DIVERGENCES.md).
    """
    required = [
        name
        for name, prop in shape.inputs.items()
        if prop.get("required") and prop["type"] == "string" and _PATH_NAME.search(name)
        and name not in ("resourceGroupName", "subscriptionId", "principalId", "roleDefinitionId")
    ]  # fmt: skip
    own = own_name(token, shape)
    return [*required, own] if own and own not in required else required


def own_name(token: str, shape: Shape) -> str:
    """The optional name property of a type: ``subnetName`` for ``Subnet``, or one that ends so."""
    kind = token.rsplit(":", 1)[1]
    camel = kind[0].lower() + kind[1:] + "Name"
    optional = [
        name
        for name, prop in shape.inputs.items()
        if name.endswith("Name") and prop["type"] == "string" and not prop.get("required")
    ]
    if camel in optional:
        return camel
    endings = [name for name in optional if camel.lower().endswith(name.lower())]
    return endings[0] if endings else ""


def arm_id(
    token: str, shape: Shape, inputs: Mapping[str, Any], provider: Mapping[str, Any]
) -> str | None:
    """An ARM id along the guessed path, ``None`` while a part of it is unknown."""
    names = arm_path(token, shape)
    parts = [inputs.get(name) for name in names]
    scope = inputs.get("scope") or inputs.get("resourceUri")
    group = inputs.get("resourceGroupName")
    if any(isinstance(part, Unknown) or part is None for part in (*parts, scope or group or "")):
        return None
    base = str(scope or f"/subscriptions/{provider.get('subscriptionId') or SUBSCRIPTION}")
    if group and not scope:
        base += f"/resourceGroups/{group}"
    module, kind = token.split(":")[1:]
    pairs = zip([*(name.removesuffix("Name") for name in names[:-1]), kind], parts, strict=False)
    return f"{base}/providers/Microsoft.{module}/" + "/".join(f"{a}/{b}" for a, b in pairs)
