"""Cases of policies/rules/workspace_switches.py."""

from __future__ import annotations

from tests.policies.cases import For

rule = For("sec-45-exports-off")
for name in (
    "enableResultsDownloading", "enableExportNotebook", "enableNotebookTableClipboard",
    "enableFileStoreEndpoint", "enableDbfsFileBrowser",
):  # fmt: skip
    rule.fails("conf-exports", f"customConfig.{name}", "true", "")
    rule.absent("fails", "conf-exports", f"customConfig.{name}")
rule.fails("conf-exports", "customConfig.storeInteractiveNotebookResultsInCustomerAccount", "false")
rule.absent("fails", "conf-exports", "", "customConfig")
rule.unknown("defers", "conf-exports", "customConfig", "customConfig.enableExportNotebook")

rule = For("sec-47-verbose-audit-logs")
rule.fails("conf-audit", "customConfig.enableVerboseAuditLogs", "false", "yes")
rule.absent("fails", "conf-audit", "", "customConfig.enableVerboseAuditLogs")
rule.unknown("defers", "conf-audit", "customConfig", "customConfig.enableVerboseAuditLogs")

rule = For("sec-48-git-allow-list")
rule.fails("conf-git", "customConfig.enableProjectsAllowList", "false")
for prefixes in ("https://github.com/", "https://a.b/c/,https://d", "*"):
    rule.fails("conf-git", "customConfig.projectsAllowList", prefixes)
rule.absent("fails", "conf-git", "customConfig.enableProjectsAllowList")
rule.absent("passes", "conf-git", "customConfig.projectsAllowList")
rule.unknown("defers", "conf-git", "customConfig", "customConfig.projectsAllowList")
