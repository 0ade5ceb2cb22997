"""Cases of policies/rules/egress.py."""

from __future__ import annotations

from tests.policies.cases import For

TARGET = "securityRules.2.destinationAddressPrefix"

rule = For("sec-31-nsg-outbound-confined")
for target in ("*", "Internet", "any", "0.0.0.0/0", "0.0.0.0/1", "::/0", "AzureCloud"):
    rule.fails("nsg", TARGET, target)
rule.fails("nsg", TARGET, "azurecloud.eastus2")
rule.fails("deny-out", "destinationPortRange", "443", "0-65534")
rule.fails("deny-out", "destinationAddressPrefix", "Storage")
rule.fails("deny-out", "sourceAddressPrefix", "10.2.1.4")
rule.fails("deny-out", "protocol", "Tcp")
rule.fails("deny-out", "direction", "Inbound")
rule.fails("deny-out", "networkSecurityGroupName", "another")
rule.absent("fails", "deny-out", "", "destinationPortRange", "protocol", "access")
rule.unknown("defers", "nsg", "securityRules.2.destinationAddressPrefix", "securityRules.2")
rule.unknown("defers", "deny-out", "access", "protocol", "destinationPortRange")
rule.unknown("defers", "deny-out", "networkSecurityGroupName")

rule = For("sec-32-public-ip-for-egress-only")
rule.fails("nat", "publicIpAddresses", [], [{"id": "/subscriptions/0000/publicIPAddresses/egress"}])
rule.absent("fails", "nat", "publicIpAddresses")
rule.unknown("defers", "nat", "publicIpAddresses", "publicIpAddresses.0.id")
