"""Unity Catalog grants: what Grants and Grant have in common, and how privileges are spelt."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, cast

from policies import tokens
from policies.findings import elements
from policies.model import UNKNOWN, dig

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.model import Resource

GRANT_TYPES: Final = (tokens.GRANTS, tokens.GRANT)
# Groups that every user is in.
EVERYBODY: Final = frozenset({"account users", "users"})
# What hands data to somebody outside.
# https://learn.microsoft.com/azure/databricks/data-governance/unity-catalog/manage-privileges/privileges
SHARING: Final = frozenset(
    {"CREATE_PROVIDER", "CREATE_RECIPIENT", "CREATE_SHARE", "SET_SHARE_PERMISSION"}
)
# A service principal is named by its application id, a user by an e-mail address.
_APPLICATION = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
# The properties of Grants and Grant that name what the privileges are on:
# https://www.pulumi.com/registry/packages/databricks/api-docs/grants/
SECURABLES: Final = (
    "catalog",
    "credential",
    "externalLocation",
    "foreignConnection",
    "function",
    "mcpService",
    "metastore",
    "model",
    "modelProviderService",
    "modelService",
    "pipeline",
    "recipient",
    "schema",
    "secret",
    "share",
    "storageCredential",
    "table",
    "volume",
)


def is_group(name: Any) -> bool:
    """Whether a principal's name is that of a group."""
    return (
        isinstance(name, str)
        and name != ""
        and "@" not in name
        and _APPLICATION.fullmatch(name) is None
    )


def entries(resource: Resource) -> Iterator[tuple[str, Any]]:
    """Each grant of a Grants, or the one of a Grant, with the path to it.

    An entry is an object with principal and privileges, or UNKNOWN.
    """
    if resource.type == tokens.GRANT:
        yield "", dict(resource.props)
        return
    grants = resource.get("grants")
    if grants is UNKNOWN:
        yield "grants", UNKNOWN
    for index, entry in enumerate(elements(grants)):
        yield f"grants[{index}].", entry


def privilege(value: Any) -> Any:
    """One spelling for all that the API takes: ``ALL PRIVILEGES``, ``all_privileges``."""
    return "_".join(value.upper().split()) if isinstance(value, str) else value


def held(entry: Any) -> tuple[frozenset[str], bool]:
    """The privileges of an entry that are known, and whether these are all."""
    privileges = dig(entry, "privileges")
    if privileges is UNKNOWN:
        return frozenset(), False
    listed = cast("list[Any]", privileges) if isinstance(privileges, list) else []
    known = frozenset(privilege(item) for item in listed if isinstance(item, str))
    return known, UNKNOWN not in listed
