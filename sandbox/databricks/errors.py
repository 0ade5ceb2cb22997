"""The Databricks APIs' error codes, as refusals.

Codes: https://docs.databricks.com/api/workspace/introduction and, for Unity Catalog,
https://docs.databricks.com/aws/en/error-messages/
"""

from __future__ import annotations

from sandbox.rules import Refusal


def invalid(message: str, prop: str = "") -> Refusal:
    """The request is malformed or contradicts itself."""
    return Refusal("INVALID_PARAMETER_VALUE", message, prop=prop)


def denied(message: str, prop: str = "") -> Refusal:
    """The caller lacks a right."""
    return Refusal("PERMISSION_DENIED", message, status=403, prop=prop)


def absent(kind: str, name: str, prop: str = "") -> Refusal:
    """A Unity Catalog object that is referred to does not exist."""
    code = f"{kind.upper().replace(' ', '_')}_DOES_NOT_EXIST"
    return Refusal(code, f"{kind} '{name}' does not exist.", status=404, prop=prop)


def not_found(message: str, prop: str = "") -> Refusal:
    """A workspace or account object that is referred to does not exist."""
    return Refusal("RESOURCE_DOES_NOT_EXIST", message, status=404, prop=prop)


def taken(kind: str, name: str) -> Refusal:
    """A Unity Catalog object of that name exists already."""
    code = f"{kind.upper().replace(' ', '_')}_ALREADY_EXISTS"
    return Refusal(code, f"{kind} '{name}' already exists", prop="name")


def exists(message: str, prop: str = "name") -> Refusal:
    """A workspace or account object of that name exists already."""
    return Refusal("RESOURCE_ALREADY_EXISTS", message, prop=prop)


def in_the_way(message: str) -> Refusal:
    """Something still depends on the object."""
    return Refusal("INVALID_STATE", message)
