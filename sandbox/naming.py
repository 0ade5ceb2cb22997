"""Reads URNs, invents names as the providers do, guesses ARM paths that nobody described."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.schema import Shape

# https://github.com/pulumi/pulumi-azure-native/blob/master/provider/pkg/provider/provider.go
_AZURE_SUFFIX = 8
# https://github.com/pulumi/pulumi-terraform-bridge/blob/main/pkg/tfbridge/names.go
_BRIDGE_SUFFIX = 7
_PATH_NAME = r"(?:Name|Id)$"
_NOT_IN_PATH = frozenset({"resourceGroupName", "subscriptionId", "principalId", "roleDefinitionId"})


def digest(*parts: str) -> str:
    """The hexadecimal text that invented ids and names are made of; stable for the same parts."""
    import hashlib  # loads OpenSSL, which nothing else needs

    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def logical_name(urn: str) -> str:
    """The last part of a URN."""
    return urn.rsplit("::", 1)[1]


def type_token(urn: str) -> str:
    """The type token of the resource itself: the last one in a URN's chain of parents."""
    return urn.split("::")[2].rsplit("$", 1)[-1]


def azure_name(urn: str, salt: str, kind: str) -> str:
    """The name azure-native invents; ``kind`` is ``random``, ``copy`` or ``uuid``."""
    if kind == "uuid":
        return "-".join((salt[:8], salt[8:12], salt[12:16], salt[16:20], salt[20:32]))
    if kind == "copy":
        return logical_name(urn)
    return logical_name(urn) + salt[:_AZURE_SUFFIX]


def databricks_name(urn: str, salt: str) -> str:
    """The name the bridge invents."""
    return f"{logical_name(urn)}-{salt[:_BRIDGE_SUFFIX]}"


def arm_path(token: str, shape: Shape) -> list[str]:
    """The properties of a type's ARM path, guessed from the SDK: required names, its own last.

    The Python SDK does not carry ARM paths. ``sandbox.azure.ids`` has the true ones of the types in
    use; this serves all others.
    """
    own = own_name(token, shape)
    required = [
        name
        for name, prop in shape.inputs.items()
        if prop.get("required") and prop["type"] == "string" and re.search(_PATH_NAME, name)
    ]
    return [
        *(name for name in required if name not in {own, *_NOT_IN_PATH}),
        *([own] if own else []),
    ]


def own_name(token: str, shape: Shape) -> str:
    """The optional name property of a type: ``subnetName`` for ``Subnet``, or one that fits."""
    kind = token.rsplit(":", 1)[1]
    camel = kind[0].lower() + kind[1:] + "Name"
    optional = [
        name
        for name, prop in shape.inputs.items()
        if name.endswith("Name") and prop["type"] == "string" and not prop.get("required")
    ]
    if camel in optional:
        return camel
    return next((name for name in optional if camel.lower().endswith(name.lower())), "")


def arm_id(token: str, shape: Shape, inputs: Mapping[str, Any], subscription: str) -> str | None:
    """An ARM id along the guessed path, ``None`` while a part of it is missing or unknown."""
    names = arm_path(token, shape)
    parts = [inputs.get(name) for name in names]
    scope, group = inputs.get("scope"), inputs.get("resourceGroupName")
    if not names or not all(isinstance(part, str) for part in (*parts, scope or group or "")):
        return None
    base = str(scope or f"/subscriptions/{subscription}")
    if group and not scope:
        base += f"/resourceGroups/{group}"
    _, module, kind = token.split(":")
    kinds = [*(re.sub(_PATH_NAME, "", name) for name in names[:-1]), kind]
    pairs = "/".join(f"{kind}/{part}" for kind, part in zip(kinds, parts, strict=True))
    return f"{base}/providers/Microsoft.{module}/{pairs}"
