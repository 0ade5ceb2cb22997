"""Cases of policies/rules/network.py."""

# ruff: noqa: FBT003 - the booleans are wire values under test

from __future__ import annotations

from tests.policies.cases import For

rule = For("sec-28-databricks-subnets-confined")
rule.fails("host", "defaultOutboundAccess", True)
rule.fails("container", "delegations", [{"serviceName": "Microsoft.Sql/managedInstances"}])
rule.fails(
    "vnet",
    "subnets",
    [
        {
            "name": "inline",
            "addressPrefix": "10.2.4.0/24",
            "delegations": [{"serviceName": "Microsoft.Databricks/workspaces"}],
        }
    ],
)
rule.absent("fails", "host", "defaultOutboundAccess", "networkSecurityGroup", "natGateway")
rule.fails("host", "networkSecurityGroup", {}, {"id": ""})
rule.fails("container", "natGateway", {}, {"id": ""})
rule.absent("fails", "host", "delegations")
rule.unknown("defers", "host", "defaultOutboundAccess", "delegations")
rule.unknown("passes", "host", "networkSecurityGroup.id", "natGateway.id")

rule = For("sec-30-nsg-no-inbound-from-internet")
for source in (
    "*", "Internet", "internet", "0.0.0.0/0", "::/0", "0.0.0.0/1", "128.0.0.0/1",
    "AzureCloud", "azurecloud.EastUS2",
):  # fmt: skip
    rule.fails("nsg", "securityRules.0.sourceAddressPrefix", source)
rule.fails("nsg", "securityRules.0.sourceAddressPrefix", "AzureCloud")
rule.fails("relay", "sourceAddressPrefixes", ["10.0.0.0/8", "*"])
rule.absent("passes", "nsg", "securityRules")
rule.unknown("defers", "nsg", "securityRules", "securityRules.0.sourceAddressPrefix")
rule.unknown("defers", "nsg", "securityRules.1.access")
rule.unknown("defers", "relay", "sourceAddressPrefixes")
