"""Settings of the workspace and the account of the compliant stack."""

from __future__ import annotations

from typing import Any

from policies import tokens
from tests.policies.harness import Item


def _conf(name: str, **switches: str) -> Item:
    return Item(tokens.WORKSPACE_CONF, name, {"customConfig": switches})


def parts() -> list[Item]:
    restricted = {"status": "RESTRICT_TOKENS_AND_JOB_RUN_AS"}
    download = {"name": "sql_results_download", "booleanVal": {"value": False}}
    offices = {"listType": "ALLOW", "ipAddresses": ["203.0.113.0/24"], "enabled": True}
    egress: dict[str, Any] = {
        "networkAccess": {
            "restrictionMode": "RESTRICTED_ACCESS",
            "policyEnforcement": {"enforcementMode": "ENFORCED"},
        }
    }
    return [
        _conf("conf-ip", enableIpAccessLists="true"),
        _conf(
            "conf-exports",
            enableResultsDownloading="false",
            enableExportNotebook="false",
            enableNotebookTableClipboard="false",
            enableFileStoreEndpoint="false",
            enableDbfsFileBrowser="false",
            storeInteractiveNotebookResultsInCustomerAccount="true",
        ),
        _conf("conf-audit", enableVerboseAuditLogs="true"),
        _conf(
            "conf-git",
            enableProjectsAllowList="true",
            projectsAllowList="https://github.com/contoso/,https://dev.azure.com/contoso/",
        ),
        Item(tokens.WORKSPACE_SETTING, "sql-download", download),
        Item(tokens.LEGACY_ACCESS, "legacy-access", {"disableLegacyAccess": {"value": True}}),
        Item(tokens.LEGACY_DBFS, "legacy-dbfs", {"disableLegacyDbfs": {"value": True}}),
        Item(tokens.LEGACY_FEATURES, "legacy-features", {"disableLegacyFeatures": {"value": True}}),
        Item(tokens.RESTRICT_ADMINS, "admins", {"restrictWorkspaceAdmins": restricted}),
        Item(tokens.IP_ACCESS_LIST, "offices", offices),
        Item(tokens.NETWORK_POLICY, "egress-policy", {"egress": egress}),
        Item(tokens.NETWORK_OPTION, "egress-here", {"workspaceId": "1001", "networkPolicyId": "e"}),
        Item(tokens.NCC_BINDING, "ncc-here", {"workspaceId": "1001"}),
        Item(tokens.METASTORE_ASSIGNMENT, "metastore-here", {"workspaceId": 1001}),
        *(
            Item(tokens.SYSTEM_SCHEMA, f"system-{schema}", {"schema": schema})
            for schema in ("access", "compute", "lakeflow", "serving")
        ),
    ]
