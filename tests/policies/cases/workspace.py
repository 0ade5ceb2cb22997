"""Cases of policies/rules/workspace.py."""

# ruff: noqa: FBT003 - the booleans are wire values under test

from __future__ import annotations

from tests.policies.cases import For

rule = For("sec-01-workspace-premium-sku")
rule.fails("workspace", "sku.name", "standard", "trial", True)
rule.absent("fails", "workspace", "sku", "sku.name")
rule.unknown("defers", "workspace", "sku", "sku.name")

rule = For("sec-02-workspace-vnet-injection")
rule.fails("workspace", "parameters.customVirtualNetworkId.value", "")
rule.absent("fails", "workspace", "parameters.customVirtualNetworkId")
rule.unknown("passes", "workspace", "parameters.customVirtualNetworkId.value")
rule.unknown("defers", "workspace", "parameters.customPublicSubnetName")

rule = For("sec-03-workspace-no-public-ip")
rule.fails("workspace", "parameters.enableNoPublicIp.value", False, "true", 1)
rule.absent("fails", "workspace", "parameters.enableNoPublicIp")
rule.unknown("defers", "workspace", "parameters.enableNoPublicIp.value")

rule = For("sec-04-workspace-public-access-off")
rule.fails("workspace", "publicNetworkAccess", "Enabled", False)
rule.absent("fails", "workspace", "publicNetworkAccess")
rule.unknown("defers", "workspace", "publicNetworkAccess")

rule = For("sec-08-workspace-root-storage-firewall")
rule.fails("workspace", "defaultStorageFirewall", "Disabled")
rule.absent("fails", "workspace", "defaultStorageFirewall", "accessConnector")
rule.unknown("defers", "workspace", "defaultStorageFirewall", "accessConnector")
rule.unknown("passes", "workspace", "accessConnector.id")

rule = For("sec-13-workspace-unity-catalog")
rule.fails("workspace", "defaultCatalog.initialType", "HiveMetastore")
rule.absent("fails", "workspace", "defaultCatalog", "defaultCatalog.initialType")
rule.unknown("defers", "workspace", "defaultCatalog", "defaultCatalog.initialType")
