"""The Azure Databricks workspace itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policies import tokens
from policies.findings import NotApplicable, is_true, require, require_present, words
from policies.model import UNKNOWN
from policies.registry import (
    ADVISED,
    ADVISED_IN_DEV,
    BINDING_IN_PROD,
    EVERYWHERE,
    Mappings,
    Option,
    rule,
)

if TYPE_CHECKING:
    from policies.findings import Findings
    from policies.model import Resource
    from policies.registry import Config

# A serverless workspace has no network of its own and refuses these properties:
# https://learn.microsoft.com/azure/databricks/admin/workspace/serverless-workspaces
SERVERLESS = NotApplicable("a serverless workspace has no virtual network of the customer's")


def serverless(workspace: Resource) -> bool:
    """Whether a workspace is known to have no network of its own."""
    mode = workspace.get("computeMode")
    return mode is not UNKNOWN and words("Serverless")(mode)


@rule(
    "sec-01-workspace-premium-sku",
    title="A Databricks workspace has the premium SKU",
    severity="high",
    rationale="Role-based access, private link and Unity Catalog governance exist on premium only.",
    remediation="Set sku.name to 'premium'.",
    types=[tokens.WORKSPACE],
    levels=EVERYWHERE,
    mappings=Mappings(azp=("2cc2c3b5",)),
)
def premium_sku(resource: Resource, _config: Config) -> Findings:
    """An upgrade later is possible, a downgrade is not."""
    yield from require(resource, "sku.name", words("premium"), "set it to 'premium'")


@rule(
    "sec-02-workspace-vnet-injection",
    title="A Databricks workspace runs its compute in the customer's virtual network",
    severity="high",
    rationale="Without VNet injection, traffic of clusters can be neither inspected nor confined.",
    remediation="Set parameters.customVirtualNetworkId, customPublicSubnetName and "
    "customPrivateSubnetName.",
    types=[tokens.WORKSPACE],
    levels=ADVISED_IN_DEV,
    mappings=Mappings(sat=("NS-4",), cis=("2.1.1",), azp=("9c25c9e4",)),
)
def vnet_injection(resource: Resource, _config: Config) -> Findings:
    """A value that is not known yet is a value: the virtual network is being created."""
    if serverless(resource):
        yield SERVERLESS
        return
    for name in ("customVirtualNetworkId", "customPublicSubnetName", "customPrivateSubnetName"):
        yield from require_present(
            resource, f"parameters.{name}.value", "name the customer's own network and subnets"
        )


@rule(
    "sec-03-workspace-no-public-ip",
    title="Databricks clusters have no public IP addresses",
    severity="critical",
    rationale="Secure cluster connectivity lets clusters call out through a relay, so that no node "
    "listens on the Internet.",
    remediation="Set parameters.enableNoPublicIp.value to true.",
    types=[tokens.WORKSPACE],
    levels=EVERYWHERE,
    mappings=Mappings(sat=("NS-6",), cis=("2.1.9",), azp=("51c1490f",)),
)
def no_public_ip(resource: Resource, _config: Config) -> Findings:
    """Absent depends on the API version, so only an explicit true is safe."""
    if serverless(resource):
        yield SERVERLESS
        return
    yield from require(
        resource, "parameters.enableNoPublicIp.value", is_true, "set it to true explicitly"
    )


@rule(
    "sec-04-workspace-public-access-off",
    title="A Databricks workspace is reached through private link only",
    severity="high",
    rationale="An open front end lets a stolen credential be used from anywhere.",
    remediation="Set publicNetworkAccess to 'Disabled'.",
    types=[tokens.WORKSPACE],
    levels=BINDING_IN_PROD,
    config={
        "ipAccessListSuffices": Option(
            "Whether 'Enabled' will do, because SEC-40 then asks for an IP access list.",
            default=False,
            schema={"type": "boolean"},
        )
    },
    mappings=Mappings(cis=("2.1.10",), azp=("0e7849de",), ckv=("CKV_AZURE_158",)),
)
def public_access_off(resource: Resource, config: Config) -> Findings:
    """Absent means Enabled."""
    if config["ipAccessListSuffices"]:
        yield NotApplicable("an IP access list, which SEC-40 asks for, stands in for it")
        return
    yield from require(resource, "publicNetworkAccess", words("Disabled"), "set it to 'Disabled'")


@rule(
    "sec-08-workspace-root-storage-firewall",
    title="The workspace's own storage account is behind its firewall",
    severity="high",
    rationale="The root storage holds notebooks' results and job logs, and by default every "
    "network reaches it.",
    remediation="Set defaultStorageFirewall to 'Enabled' and accessConnector to the connector that "
    "may pass it.",
    types=[tokens.WORKSPACE],
    levels=BINDING_IN_PROD,
    mappings=Mappings(none="no catalogue looks at the firewall of the managed storage account"),
)
def root_storage_firewall(resource: Resource, _config: Config) -> Findings:
    """The firewall refuses the workspace itself when no connector is named."""
    if serverless(resource):
        yield SERVERLESS
        return
    yield from require(resource, "defaultStorageFirewall", words("Enabled"), "set it to 'Enabled'")
    yield from require_present(
        resource, "accessConnector.id", "name the access connector that may pass the firewall"
    )


@rule(
    "sec-13-workspace-unity-catalog",
    title="A workspace starts with Unity Catalog",
    severity="low",
    rationale="In the Hive metastore every user of a cluster sees every table.",
    remediation="Set defaultCatalog.initialType to 'UnityCatalog'.",
    types=[tokens.WORKSPACE],
    levels=ADVISED,
    mappings=Mappings(sat=("GOV-16",)),
)
def unity_catalog(resource: Resource, _config: Config) -> Findings:
    """Absent leaves it to the age of the account."""
    yield from require(
        resource, "defaultCatalog.initialType", words("UnityCatalog"), "set it to 'UnityCatalog'"
    )
