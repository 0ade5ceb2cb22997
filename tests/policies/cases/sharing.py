"""Cases of policies/rules/sharing.py."""

# ruff: noqa: FBT003 - the booleans are wire values under test

from __future__ import annotations

from tests.policies.cases import For

rule = For("sec-61-external-location-isolated")
rule.fails("location", "url", "wasbs://data@a.blob.core.windows.net/", "", "s3://bucket")
rule.fails("location", "isolationMode", "ISOLATION_MODE_OPEN")
rule.fails("location", "fallback", True)
rule.fails("location", "skipValidation", True)
rule.absent("fails", "location", "url", "isolationMode")
rule.absent("passes", "location", "fallback", "skipValidation")
rule.unknown("defers", "location", "url", "isolationMode", "fallback", "skipValidation")
rule.unknown("passes", "location", "name")

rule = For("sec-64-recipient-bounded")
rule.fails("recipient", "ipAccessList.allowedIpAddresses", [], ["0.0.0.0/0"], ["::/0"])
rule.absent("fails", "recipient", "ipAccessList", "expirationTime")
rule.absent("passes", "recipient", "authenticationType")
rule.unknown("defers", "recipient", "authenticationType", "ipAccessList")
rule.unknown("defers", "recipient", "ipAccessList.allowedIpAddresses")
rule.unknown("passes", "recipient", "expirationTime")

rule = For("sec-66-system-schemas")
rule.fails("system-access", "schema", "query")
for name in ("access", "compute", "lakeflow", "serving"):
    rule.absent("fails", f"system-{name}", "")
    rule.unknown("defers", f"system-{name}", "schema")

rule = For("sec-67-no-sharing-grants")
rule.fails("schema-grant", "privileges", ["create recipient"], ["CREATE_SHARE"])
rule.fails("metastore-grant", "principal", "devops_engineers")
rule.absent("passes", "schema-grant", "privileges")
rule.unknown("defers", "schema-grant", "privileges")
rule.unknown("defers", "catalog-grants", "grants")
rule.unknown("defers", "metastore-grant", "principal")
