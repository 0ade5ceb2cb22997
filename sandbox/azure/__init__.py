"""Azure's rules for the types the platform uses; importing this package registers all of them.

Order matters where one rule presupposes another: ``common`` and ``groups`` come first, so that a
missing resource group is reported before what would be missing inside it.
"""

from sandbox.azure import (  # isort: skip
    common,
    groups,
    network,
    security_groups,
    egress,
    endpoints,
    dns,
    workspaces,
    workspace_network,
    workspace_state,
    connectors,
    storage,
    key_vault,
    authorization,
    monitoring,
)

__all__ = [
    "authorization",
    "common",
    "connectors",
    "dns",
    "egress",
    "endpoints",
    "groups",
    "key_vault",
    "monitoring",
    "network",
    "security_groups",
    "storage",
    "workspace_network",
    "workspace_state",
    "workspaces",
]
