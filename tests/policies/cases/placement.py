"""Cases of policies/rules/placement.py."""

# ruff: noqa: FBT003 - the booleans are wire values under test

from __future__ import annotations

from tests.policies.cases import For
from tests.policies.harness import Secret

rule = For("sec-38-allowed-locations")
rule.fails("rg", "location", "westeurope", "eastus", "East US", "")
rule.fails("azure", "location", "westeurope")
rule.absent("passes", "rg", "location")
rule.absent("passes", "azure", "location")
rule.unknown("defers", "workspace", "location")

rule = For("sec-39-providers-without-secrets")
for name in ("token", "password", "azureClientSecret", "clientSecret", "googleCredentials"):
    rule.fails("explicit", name, Secret("dapi0123456789"))
for name in ("clientSecret", "clientCertificatePassword", "oidcToken"):
    rule.fails("azure", name, "hush-hush")
rule.fails("explicit", "skipVerify", "true", True, "1")
rule.other("fail", "fails", "lake", "@provider", "default_3_29_0")
rule.other("fail", "fails", "vnet", "@provider", "default")
rule.absent("passes", "explicit", "skipVerify")
rule.unknown("defers", "explicit", "skipVerify")
rule.unknown("fails", "explicit", "token")
