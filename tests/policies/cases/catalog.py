"""Cases of policies/rules/catalog.py."""

# ruff: noqa: FBT003 - the booleans are wire values under test

from __future__ import annotations

from tests.policies.cases import For

rule = For("sec-60-storage-credential-managed-identity")
rule.fails("credential", "azureServicePrincipal", {"clientSecret": "geheim-geheim"})
rule.fails("credential", "skipValidation", True)
rule.fails("credential", "isolationMode", "ISOLATION_MODE_OPEN")
rule.fails("service", "azureServicePrincipal", {"clientSecret": "geheim-geheim"})
rule.fails("root-access", "azureServicePrincipal", {"clientSecret": "geheim-geheim"})
rule.absent("fails", "credential", "azureManagedIdentity", "isolationMode")
rule.unknown("defers", "credential", "isolationMode")
rule.absent("passes", "credential", "skipValidation")
rule.unknown("defers", "credential", "skipValidation")
rule.unknown("passes", "credential", "azureManagedIdentity")

rule = For("sec-62-catalog-isolated")
rule.fails("catalog", "isolationMode", "OPEN")
rule.fails("registry", "name", "ml_other_catalog")
rule.fails("binding", "securableType", "external_location")
rule.fails("binding", "securableName", "ml_other_catalog")
rule.fails("binding", "workspaceId", "2002")
rule.absent("fails", "catalog", "isolationMode")
rule.absent("fails", "binding", "")
rule.unknown("defers", "catalog", "isolationMode")
rule.unknown("defers", "registry", "name")
rule.unknown("defers", "binding", "securableName")

rule = For("sec-63-metastore-sharing-bounded")
rule.fails("metastore", "owner", "someone@example.com", "")
rule.fails("metastore", "deltaSharingScope", "INTERNAL_AND_EXTERNAL")
rule.fails("metastore", "deltaSharingRecipientTokenLifetimeInSeconds", 90, 0, 31_536_000)
rule.fails("metastore", "externalAccessEnabled", True)
rule.absent("fails", "metastore", "owner", "deltaSharingScope")
rule.absent("fails", "metastore", "deltaSharingRecipientTokenLifetimeInSeconds")
rule.absent("passes", "metastore", "externalAccessEnabled")
rule.unknown("defers", "metastore", "owner", "deltaSharingScope", "externalAccessEnabled")
