"""Azure's rules for the types the platform uses; importing this package registers all of them.

Order matters where one rule presupposes another: ``names``, ``common`` and ``groups`` come first,
so that a missing resource group is reported before what would be missing inside it.
"""

from sandbox.azure import (  # isort: skip
    names,
    common,
    groups,
    network,
    subnets,
    security_groups,
    egress,
    endpoints,
    dns,
    zone_groups,
    workspaces,
    workspace_network,
    workspace_state,
    connectors,
    storage,
    blobs,
    key_vault,
    authorization,
    monitoring,
    diagnostics,
    budgets,
)

__all__ = [
    "authorization",
    "blobs",
    "budgets",
    "common",
    "connectors",
    "diagnostics",
    "dns",
    "egress",
    "endpoints",
    "groups",
    "key_vault",
    "monitoring",
    "names",
    "network",
    "security_groups",
    "storage",
    "subnets",
    "workspace_network",
    "workspace_state",
    "workspaces",
    "zone_groups",
]
