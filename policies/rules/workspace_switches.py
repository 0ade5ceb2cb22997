"""The switches of a workspace's configuration that let data out, or keep a record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from policies import tokens
from policies.findings import Deferred, Violation, show, words
from policies.model import UNKNOWN
from policies.registry import OFF_ADVISED_BINDING, Mappings, rule

if TYPE_CHECKING:
    from collections.abc import Mapping

    from policies.findings import Findings
    from policies.model import Stack
    from policies.registry import Config

_TYPES = (tokens.WORKSPACE, tokens.WORKSPACE_CONF)
# What leaves the workspace by browser: results, notebooks, cells, and files of the DBFS root.
_EXPORTS = {
    "enableResultsDownloading": "false",
    "enableExportNotebook": "false",
    "enableNotebookTableClipboard": "false",
    "enableFileStoreEndpoint": "false",
    "enableDbfsFileBrowser": "false",
    # Otherwise results of notebooks lie in the Databricks account.
    # https://learn.microsoft.com/azure/databricks/admin/workspace-settings/notebook-results
    "storeInteractiveNotebookResultsInCustomerAccount": "true",
}
_GIT_SWITCH, _GIT_LIST = "enableProjectsAllowList", "projectsAllowList"
_WHOLE_HOSTS = 3  # "https://host/": fewer parts of a URL than a path needs


def switches(stack: Stack, wanted: Mapping[str, str]) -> Findings:
    """Judge that a WorkspaceConf sets each of these switches, and sets it so.

    Databricks takes and returns the values as text.
    https://docs.databricks.com/api/azure/workspace/workspaceconf/setstatus
    """
    confs = [(conf, conf.get("customConfig")) for conf in stack.all(tokens.WORKSPACE_CONF)]
    hidden = any(custom is UNKNOWN for _, custom in confs)
    for key, value in wanted.items():
        seen = [
            (conf, cast("dict[str, Any]", custom)[key])
            for conf, custom in confs
            if isinstance(custom, dict) and key in custom
        ]
        for conf, given in seen:
            if given is UNKNOWN:
                yield Deferred(f"customConfig.{key}", conf.urn)
            elif str(given).casefold() != value:
                yield Violation(
                    f"customConfig.{key} is {show(given)}; set it to '{value}'", conf.urn
                )
        if seen:
            continue
        for workspace in stack.all(tokens.WORKSPACE):
            if hidden:
                yield Deferred(f"customConfig.{key}", workspace.urn)
            else:
                yield Violation(
                    f"no WorkspaceConf sets {key}; set customConfig.{key} to '{value}'",
                    workspace.urn,
                )


@rule(
    "sec-45-exports-off",
    title="Data leaves a workspace through governed storage only, not through the browser",
    severity="medium",
    rationale="A download or a copied cell takes data out of reach of every grant, and no log says "
    "where it went.",
    remediation="Declare a WorkspaceConf that switches downloads, exports, clipboard, FileStore "
    "and the DBFS browser off, and keeps results in the customer's account.",
    types=_TYPES,
    levels=OFF_ADVISED_BINDING,
    scope="stack",
    mappings=Mappings(sat=("DP-5", "DP-6", "DP-7", "DP-8", "DP-9", "DP-13")),
)
def exports_off(stack: Stack, _config: Config) -> Findings:
    """A new workspace allows all of them."""
    yield from switches(stack, _EXPORTS)


@rule(
    "sec-47-verbose-audit-logs",
    title="Each command that is run in a workspace is an audit record",
    severity="low",
    rationale="Without them the audit log says that a notebook ran, not what it read.",
    remediation="Declare a WorkspaceConf whose customConfig has enableVerboseAuditLogs 'true'.",
    types=_TYPES,
    levels=OFF_ADVISED_BINDING,
    scope="stack",
    mappings=Mappings(sat=("GOV-15",)),
)
def verbose_audit_logs(stack: Stack, _config: Config) -> Findings:
    """A new workspace leaves them off."""
    yield from switches(stack, {"enableVerboseAuditLogs": "true"})


@rule(
    "sec-48-git-allow-list",
    title="Git folders reach listed repositories only",
    severity="low",
    rationale="A push to a private repository of anybody's own takes code, and data in notebooks, "
    "out of the company.",
    remediation="Declare a WorkspaceConf whose customConfig has enableProjectsAllowList 'true' and "
    "projectsAllowList with URL prefixes of the company's own organisations.",
    types=_TYPES,
    levels=OFF_ADVISED_BINDING,
    scope="stack",
    mappings=Mappings(sat=("INFO-42",)),
)
def git_allow_list(stack: Stack, _config: Config) -> Findings:
    """An empty list allows no repository; a prefix that is a whole host allows everybody's."""
    yield from switches(stack, {_GIT_SWITCH: "true"})
    for conf in stack.all(tokens.WORKSPACE_CONF):
        custom = conf.get("customConfig")
        listed = cast("dict[str, Any]", custom).get(_GIT_LIST) if isinstance(custom, dict) else None
        if listed is UNKNOWN:
            yield Deferred(f"customConfig.{_GIT_LIST}", conf.urn)
            continue
        for prefix in filter(None, (part.strip() for part in str(listed or "").split(","))):
            if words("*")(prefix) or len(prefix.rstrip("/").split("/")) <= _WHOLE_HOSTS:
                yield Violation(
                    f"customConfig.{_GIT_LIST} allows all of '{prefix}'; add the organisation's "
                    "path to it",
                    conf.urn,
                )
