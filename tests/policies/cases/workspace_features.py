"""Cases of policies/rules/workspace_features.py."""

# ruff: noqa: FBT003 - the booleans are wire values under test

from __future__ import annotations

from tests.policies.cases import For

rule = For("sec-46-sql-download-off")
rule.fails("sql-download", "booleanVal.value", True, "false")
rule.fails("sql-download", "name", "llm_proxy_partner_powered")
rule.absent("fails", "sql-download", "", "booleanVal")
rule.unknown("defers", "sql-download", "booleanVal", "booleanVal.value")
rule.unknown("defers", "sql-download", "name")

rule = For("sec-49-legacy-off")
for name, path in (
    ("legacy-access", "disableLegacyAccess"),
    ("legacy-dbfs", "disableLegacyDbfs"),
    ("legacy-features", "disableLegacyFeatures"),
):
    rule.fails(name, f"{path}.value", False, "true")
    rule.absent("fails", name, path)
    rule.unknown("defers", name, path, f"{path}.value")
rule.absent("fails", "legacy-access", "")
rule.absent("fails", "legacy-dbfs", "")
rule.absent("passes", "legacy-features", "")

rule = For("sec-50-admins-restricted")
rule.fails("admins", "restrictWorkspaceAdmins.status", "ALLOW_ALL")
rule.absent("fails", "admins", "", "restrictWorkspaceAdmins")
rule.unknown("defers", "admins", "restrictWorkspaceAdmins", "restrictWorkspaceAdmins.status")
