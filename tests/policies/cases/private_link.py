"""Cases of policies/rules/private_link.py."""

from __future__ import annotations

from tests.policies.cases import For

GROUPS = "privateLinkServiceConnections.0.groupIds"
TARGET = "privateLinkServiceConnections.0.privateLinkServiceId"
ELSEWHERE = "/subscriptions/0000/resourceGroups/other/providers/Microsoft.KeyVault/vaults/other"

rule = For("sec-05-workspace-nsg-rules-private")
rule.fails("workspace", "requiredNsgRules", "AllRules", "")
rule.absent("fails", "workspace", "requiredNsgRules")
rule.unknown("defers", "workspace", "requiredNsgRules")

rule = For("sec-06-workspace-private-endpoints")
rule.fails("ui-endpoint", GROUPS, ["blob"], [], "databricks_ui")
rule.fails("ui-endpoint", TARGET, ELSEWHERE)
rule.fails("log-in-endpoint", GROUPS, ["databricks_ui_api"])
rule.other("fail", "fails", "log-in-endpoint", "@after", [])
rule.absent("fails", "log-in-endpoint", "privateLinkServiceConnections", GROUPS)
rule.unknown("defers", "ui-endpoint", "privateLinkServiceConnections", GROUPS, TARGET)
rule.unknown("defers", "log-in-endpoint", GROUPS)

rule = For("sec-07-private-endpoint-names")
rule.fails("lake-dfs-records", "privateEndpointName", "lake-blob-endpoint")
rule.fails("zone-link", "privateZoneName", "privatelink.vaultcore.azure.net")
rule.fails("zone-link", "virtualNetwork", {})
rule.fails("secrets-records", "privateDnsZoneConfigs", [], [{"name": "vault"}])
rule.absent("fails", "secrets-records", "", "privateDnsZoneConfigs")
rule.absent("fails", "zone-link", "", "virtualNetwork")
rule.unknown("defers", "zone-link", "privateZoneName")
rule.unknown("defers", "zone", "privateZoneName")
rule.unknown("defers", "ui-records", "privateEndpointName", "privateDnsZoneConfigs")
rule.unknown("passes", "ui-records", "privateDnsZoneConfigs.0.privateDnsZoneId")
rule.unknown("passes", "zone-link", "virtualNetwork.id")

rule = For("sec-19-storage-private-endpoints")
rule.fails("lake-dfs-endpoint", GROUPS, ["blob"])
rule.fails("lake-blob-endpoint", TARGET, ELSEWHERE)
rule.absent("fails", "lake-blob-endpoint", "")
rule.unknown("defers", "lake-dfs-endpoint", GROUPS, TARGET)

rule = For("sec-25-key-vault-private-endpoint")
rule.fails("secrets-endpoint", GROUPS, ["vaults"])
rule.fails("secrets-endpoint", TARGET, ELSEWHERE)
rule.absent("fails", "secrets-endpoint", "")
rule.unknown("defers", "secrets-endpoint", GROUPS, TARGET)
