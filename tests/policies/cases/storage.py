"""Cases of policies/rules/storage.py."""

# ruff: noqa: FBT003 - the booleans are wire values under test

from __future__ import annotations

from tests.policies.cases import For

rule = For("sec-14-storage-encrypted-transport")
rule.fails("lake", "minimumTlsVersion", "TLS1_0", "TLS1_1")
rule.fails("lake", "enableHttpsTrafficOnly", False)
rule.absent("fails", "lake", "minimumTlsVersion")
rule.absent("passes", "lake", "enableHttpsTrafficOnly")
rule.unknown("defers", "lake", "minimumTlsVersion", "enableHttpsTrafficOnly")

rule = For("sec-15-storage-no-anonymous-blobs")
rule.fails("lake", "allowBlobPublicAccess", True)
rule.fails("lake-data", "publicAccess", "Blob", "Container")
rule.absent("passes", "lake", "allowBlobPublicAccess")
rule.absent("passes", "lake-data", "publicAccess")
rule.unknown("defers", "lake", "allowBlobPublicAccess")
rule.unknown("defers", "lake-data", "publicAccess")

rule = For("sec-16-storage-shared-key-off")
rule.fails("lake", "allowSharedKeyAccess", True)
rule.absent("fails", "lake", "allowSharedKeyAccess")
rule.unknown("defers", "lake", "allowSharedKeyAccess", "defaultToOAuthAuthentication")
rule.fails("lake", "defaultToOAuthAuthentication", False)
rule.absent("fails", "lake", "defaultToOAuthAuthentication")

rule = For("sec-17-storage-public-access-off")
rule.fails("lake", "publicNetworkAccess", "Enabled")
rule.fails("lake", "networkRuleSet.defaultAction", "Allow")
rule.fails("lake", "networkRuleSet.ipRules", [{"iPAddressOrRange": "0.0.0.0/1"}])
rule.absent("fails", "lake", "publicNetworkAccess", "networkRuleSet")
rule.unknown("defers", "lake", "publicNetworkAccess", "networkRuleSet")

rule = For("sec-21-storage-no-side-doors")
rule.fails("lake", "isHnsEnabled", False, "true")
rule.absent("fails", "lake", "isHnsEnabled")
for name in ("isSftpEnabled", "enableNfsV3", "isLocalUserEnabled", "allowCrossTenantReplication"):
    rule.fails("lake", name, True)
    rule.absent("fails" if name == "isLocalUserEnabled" else "passes", "lake", name)
    rule.unknown("defers", "lake", name)
