"""Cases of policies/rules/recovery.py."""

# ruff: noqa: FBT003 - the booleans are wire values under test

from __future__ import annotations

from tests.policies.cases import For
from tests.policies.compliant.common import ARM

rule = For("rel-05-blob-soft-delete")
for policy in ("deleteRetentionPolicy", "containerDeleteRetentionPolicy"):
    rule.fails("lake-retention", f"{policy}.enabled", False, "true")
    rule.fails("lake-retention", f"{policy}.days", 29, "30", 366)
    rule.absent("fails", "lake-retention", policy, f"{policy}.days", f"{policy}.enabled")
    rule.unknown("defers", "lake-retention", f"{policy}.days")
rule.fails("lake-retention", "accountName", "another")
rule.absent("fails", "lake-retention", "")
rule.unknown("defers", "lake-retention", "accountName")

rule = For("rel-07-storage-redundant")
rule.fails("lake", "sku.name", "Standard_LRS", "Premium_LRS", "")
rule.fails("workspace", "parameters.storageAccountSkuName.value", "standard_lrs")
rule.absent("fails", "lake", "sku")
rule.absent("passes", "workspace", "parameters.storageAccountSkuName")
rule.unknown("defers", "lake", "sku.name")
rule.unknown("defers", "workspace", "parameters.storageAccountSkuName.value")

rule = For("rel-08-data-locked")
rule.fails("lake-lock", "level", "NotSpecified")
ACCOUNTS = f"{ARM}/Microsoft.Storage/storageAccounts"
for scope in (
    "/subscriptions/0000/resourceGroups/other",
    f"{ACCOUNTS}/another",
    f"{ACCOUNTS}/mlopsprodlake/blobServices/default/containers/catalog",
):
    rule.fails("lake-lock", "scope", scope)
rule.absent("fails", "lake-lock", "", "level")
rule.unknown("defers", "lake-lock", "level", "scope")
