"""The network security rules of the subnets, as data. Pure.

Databricks adds rules of its own to the group of its subnets and binds them to the network; a later
write of the group without them is refused (ConflictWithNetworkIntentPolicy,
https://github.com/Azure/azure-quickstart-templates/issues/6670). So they are declared here from the
start, under the names and priorities that Databricks uses when the back end is private:
https://learn.microsoft.com/azure/databricks/security/network/classic/vnet-inject
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

DENY_PRIORITY = 4000
"""After every allowance, before Azure's own defaults at 65000."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule. Source and destination are service tags or ``*``; ports as Azure writes them."""

    name: str
    description: str
    direction: Literal["Inbound", "Outbound"]
    access: Literal["Allow", "Deny"]
    priority: int
    protocol: Literal["Tcp", "*"]
    source: str
    destination: str
    port: str


def _allow(
    name: str,
    description: str,
    priority: int,
    destination: str,
    port: str,
    *,
    direction: Literal["Inbound", "Outbound"] = "Outbound",
    protocol: Literal["Tcp", "*"] = "Tcp",
) -> Rule:
    return Rule(
        name=name,
        description=description,
        direction=direction,
        access="Allow",
        priority=priority,
        protocol=protocol,
        source="VirtualNetwork",
        destination=destination,
        port=port,
    )


def _databricks(role: str, purpose: str, priority: int, destination: str, port: str) -> Rule:
    return _allow(
        f"Microsoft.Databricks-workspaces_UseOnly_databricks-{role}",
        f"Required for {purpose}.",
        priority,
        destination,
        port,
    )


NETWORK = "VirtualNetwork"
OWNED_BY_DATABRICKS = (
    replace(
        _databricks(
            "worker-to-worker-inbound",
            "worker nodes communication within a cluster",
            100,
            NETWORK,
            "*",
        ),
        direction="Inbound",
        protocol="*",
    ),
    _databricks(
        "worker-to-sql", "workers communication with Azure SQL services", 101, "Sql", "3306"
    ),
    _databricks(
        "worker-to-storage",
        "workers communication with Azure Storage services",
        102,
        "Storage",
        "443",
    ),
    replace(
        _databricks(
            "worker-to-worker-outbound",
            "worker nodes communication within a cluster",
            103,
            NETWORK,
            "*",
        ),
        protocol="*",
    ),
    _databricks(
        "worker-to-eventhub",
        "worker communication with Azure Eventhub services",
        104,
        "EventHub",
        "9093",
    ),
)
SIGN_IN = (
    # https://registry.terraform.io/providers/databricks/databricks/latest/docs/guides/azure-private-link-workspace-standard
    _allow("allow-entra", "Tokens from Microsoft Entra", 200, "AzureActiveDirectory", "443"),
    _allow("allow-front-door", "Pages behind Entra", 201, "AzureFrontDoor.Frontend", "443"),
)
WITHIN_NETWORK = _allow(
    "allow-vnet-inbound",
    "Everything in the network reaches the private endpoints",
    100,
    NETWORK,
    "*",
    direction="Inbound",
    protocol="*",
)
NO_INBOUND = Rule(
    name="deny-inbound",
    description="Nothing else gets in",
    direction="Inbound",
    access="Deny",
    priority=DENY_PRIORITY,
    protocol="*",
    source="*",
    destination="*",
    port="*",
)
NO_INTERNET = Rule(
    name="deny-internet-outbound",
    description="Nodes open no connection to the public internet",
    direction="Outbound",
    access="Deny",
    priority=DENY_PRIORITY,
    protocol="*",
    source="*",
    destination="Internet",
    port="*",
)


def databricks_rules(*, internet_outbound: bool) -> tuple[Rule, ...]:
    """The rules of the host and container subnets."""
    rules = (*OWNED_BY_DATABRICKS, *SIGN_IN, NO_INBOUND)
    return rules if internet_outbound else (*rules, NO_INTERNET)


def endpoint_rules() -> tuple[Rule, ...]:
    """The rules of the private-endpoint subnet: the network itself, and nobody else."""
    return (WITHIN_NETWORK, NO_INBOUND)
