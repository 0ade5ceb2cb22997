"""Cases of policies/rules/workspace_encryption.py."""

# ruff: noqa: FBT003 - the booleans are wire values under test

from __future__ import annotations

from tests.policies.cases import For

SERVICES = "encryption.entities.managedServices"
DISK = "encryption.entities.managedDisk"
ROOT = "parameters.encryption.value"

rule = For("sec-09-workspace-own-keys")
rule.fails("workspace", f"{SERVICES}.keySource", "Default")
rule.fails("workspace", f"{DISK}.keyVaultProperties.keyName", "")
rule.absent("fails", "workspace", "encryption", SERVICES, DISK, f"{DISK}.keyVaultProperties")
rule.unknown("defers", "workspace", "encryption", f"{SERVICES}.keySource")
rule.unknown("passes", "workspace", f"{DISK}.keyVaultProperties.keyName")

rule = For("sec-10-workspace-root-own-key")
rule.fails("workspace", f"{ROOT}.keySource", "Default")
rule.fails("workspace", "parameters.prepareEncryption.value", False, "true")
rule.absent("fails", "workspace", "parameters.encryption", "parameters.prepareEncryption")
rule.absent("fails", "workspace", f"{ROOT}.keyName", f"{ROOT}.keyVaultUri")
rule.unknown("defers", "workspace", "parameters.encryption", "parameters.prepareEncryption.value")
rule.unknown("passes", "workspace", f"{ROOT}.keyName")

rule = For("sec-11-workspace-double-encryption")
rule.fails("workspace", "parameters.requireInfrastructureEncryption.value", False, "true", 1)
rule.absent("fails", "workspace", "parameters.requireInfrastructureEncryption")
rule.unknown("defers", "workspace", "parameters.requireInfrastructureEncryption.value")

rule = For("sec-12-workspace-enhanced-security")
rule.fails(
    "workspace", "enhancedSecurityCompliance.enhancedSecurityMonitoring.value", "Disabled", True
)
rule.fails("updates", "automaticClusterUpdateWorkspace.enabled", False, "true")
rule.absent("fails", "workspace", "enhancedSecurityCompliance")
rule.absent("fails", "updates", "", "automaticClusterUpdateWorkspace")
rule.unknown("defers", "workspace", "enhancedSecurityCompliance")
rule.unknown("defers", "updates", "automaticClusterUpdateWorkspace.enabled")

rule = For("sec-20-storage-own-key")
rule.fails("lake", "encryption.keySource", "Microsoft.Storage")
rule.fails("lake", "encryption.requireInfrastructureEncryption", False, "true")
rule.fails("lake", "encryption.keyVaultProperties.keyName", "")
rule.absent("fails", "lake", "encryption", "encryption.keyVaultProperties")
rule.unknown("defers", "lake", "encryption", "encryption.keySource")
rule.unknown("passes", "lake", "encryption.keyVaultProperties.keyName")
