"""The names Azure accepts, per type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.azure import ids
from sandbox.azure.values import matches
from sandbox.rules import check

if TYPE_CHECKING:
    from sandbox.rules import Request

NAMES = "https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules"

# (pattern, what it allows); the documented rule per ARM type at NAMES.
_NETWORK = (
    r"[A-Za-z0-9]([A-Za-z0-9_.-]{0,78}[A-Za-z0-9_])?",
    "1 to 80 letters, digits, '_', '.', '-'; begins with a letter or digit, ends with one or '_'",
)
_NETWORK_SHORT = (
    r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}[A-Za-z0-9_]",
    "2 to 64 letters, digits, '_', '.', '-'; begins with a letter or digit, ends with one or '_'",
)
_DATABRICKS = (r"[A-Za-z0-9_-]{3,64}", "3 to 64 letters, digits, '_', '-'")
_DEFAULT = (r"default", "it must be 'default'")
NAME_RULES: dict[str, tuple[str, str]] = {
    ids.RESOURCE_GROUP: (
        r"[\w().-]{0,89}[\w()-]",
        "1 to 90 letters, digits, '_', '-', '.', parentheses; it must not end with a period",
    ),
    ids.VNET: _NETWORK_SHORT,
    ids.SUBNET: _NETWORK,
    ids.NSG: _NETWORK,
    ids.NAT: _NETWORK,
    ids.PUBLIC_IP: _NETWORK,
    ids.ROUTE_TABLE: _NETWORK,
    ids.ENDPOINT: _NETWORK_SHORT,
    ids.ZONE_GROUP: _NETWORK,
    ids.ZONE: (
        (
            r"(?=.{1,253}$)([A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.){1,33}"
            r"[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
        ),
        "2 to 34 labels of 1 to 63 letters, digits, '_', '-', without a trailing dot",
    ),
    ids.ZONE_LINK: _NETWORK,
    ids.WORKSPACE: _DATABRICKS,
    ids.CONNECTOR: _DATABRICKS,
    ids.VAULT: (
        r"(?!.*--)[A-Za-z][A-Za-z0-9-]{1,22}[A-Za-z0-9]",
        "3 to 24 letters, digits and single '-'; begins with a letter, ends with a letter or digit",
    ),
    ids.STORAGE: (r"[a-z0-9]{3,24}", "3 to 24 lower-case letters and digits"),
    ids.CONTAINER: (
        r"\$root|\$web|(?!.*--)[a-z0-9][a-z0-9-]{1,61}[a-z0-9]",
        "3 to 63 lower-case letters, digits and single '-'; begins and ends with a letter or digit",
    ),
    ids.BLOB_SERVICE: _DEFAULT,
    ids.LIFECYCLE: _DEFAULT,
    ids.ROLE_ASSIGNMENT: (
        r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
        "the role assignment ID must be a GUID",
    ),
    ids.LOCK: (
        r"[A-Za-z0-9_().-]{0,89}[A-Za-z0-9_()-]",
        "1 to 90 letters, digits, '.', '_', '-', parentheses; it must not end with a period",
    ),
    ids.LOG_ANALYTICS: (
        r"[A-Za-z0-9][A-Za-z0-9-]{2,61}[A-Za-z0-9]",
        "4 to 63 letters, digits, '-'; begins and ends with a letter or digit",
    ),
    ids.DIAGNOSTICS: (
        r"[^<>*%&:?+/\\\x00-\x1f]{1,260}",
        "1 to 260 characters other than <>*%&:?+/\\",
    ),
    ids.ACTION_GROUP: (
        r"[^:<>+/&%\\?|\x00-\x1f]{0,259}[^:<>+/&%\\?|\x00-\x1f .]",
        "1 to 260 characters other than :<>+/&%\\?|; it must not end with a space or period",
    ),
    ids.BUDGET: (r"[A-Za-z0-9_-]{1,63}", "1 to 63 letters, digits, '_', '-'"),
}


@check(*ids.TYPES, source=NAMES)
def name_is_valid(request: Request) -> None:
    """A name has the length and characters of its type."""
    prop = ids.TYPES[request.token].name
    pattern, rule = NAME_RULES[request.token]
    code = (
        "InvalidRoleAssignmentId" if request.token == ids.ROLE_ASSIGNMENT else "InvalidResourceName"
    )
    matches(request.inputs.get(prop), pattern, prop=prop, code=code, rule=rule)
