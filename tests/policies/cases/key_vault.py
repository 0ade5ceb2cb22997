"""Cases of policies/rules/key_vault.py."""

# ruff: noqa: FBT003 - the booleans are wire values under test

from __future__ import annotations

from tests.policies.cases import For

rule = For("sec-23-key-vault-rbac")
rule.fails("vault", "properties.enableRbacAuthorization", False)
rule.absent("fails", "vault", "properties.enableRbacAuthorization")
rule.unknown("defers", "vault", "properties.enableRbacAuthorization")

rule = For("sec-24-key-vault-public-access-off")
rule.fails("vault", "properties.publicNetworkAccess", "enabled")
rule.fails("vault", "properties.networkAcls.defaultAction", "Allow")
rule.absent("fails", "vault", "properties.publicNetworkAccess")
rule.absent("passes", "vault", "properties.networkAcls")
rule.unknown("defers", "vault", "properties.publicNetworkAccess")

rule = For("rel-04-key-vault-purge-protection")
rule.fails("vault", "properties.enablePurgeProtection", False)
rule.fails("vault", "properties.enableSoftDelete", False)
rule.fails("vault", "properties.softDeleteRetentionInDays", 7)
rule.absent("fails", "vault", "properties.enablePurgeProtection")
rule.absent("passes", "vault", "properties.enableSoftDelete")
rule.absent("passes", "vault", "properties.softDeleteRetentionInDays")
rule.unknown("defers", "vault", "properties.enablePurgeProtection")
