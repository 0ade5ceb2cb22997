"""Settings of a workspace that are resources of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policies import tokens
from policies.findings import Deferred, Violation, is_false, is_true, require_value, words
from policies.model import UNKNOWN
from policies.registry import (
    ADVISED_IN_DEV,
    EVERYWHERE,
    OFF_ADVISED_ADVISED,
    Mappings,
    rule,
    strings,
)

if TYPE_CHECKING:
    from policies.findings import Findings
    from policies.model import Stack
    from policies.registry import Config

_RESTRICTED = "RESTRICT_TOKENS_AND_JOB_RUN_AS"
_ADMINS = "restrictWorkspaceAdmins"


def _needs(stack: Stack, message: str) -> Findings:
    for workspace in stack.all(tokens.WORKSPACE):
        yield Violation(message, workspace.urn)


@rule(
    "sec-46-sql-download-off",
    title="Results of SQL queries and dashboards cannot be downloaded",
    severity="medium",
    rationale="The SQL editor has a download of its own, which the notebook switches do not cover.",
    remediation="Declare a WorkspaceSettingV2 with the setting's name and booleanVal.value false.",
    types=[tokens.WORKSPACE, tokens.WORKSPACE_SETTING],
    # Advice in production: the name that the settings API has for it is not documented, only that
    # GET /api/2.1/settings-metadata lists it, so this program does not write it unseen.
    levels=OFF_ADVISED_ADVISED,
    scope="stack",
    config={
        "settingNames": strings(
            "What the settings API calls the setting; its names differ from the older API's.",
            "sql_results_download",
            "sqlResultsDownload",
        )
    },
    mappings=Mappings(sat=("DP-11",)),
)
def sql_download_off(stack: Stack, config: Config) -> Findings:
    """On by default.

    https://databricks-sdk-py.readthedocs.io/en/latest/workspace/settings/sql_results_download.html
    """
    names = words(*config["settingNames"])
    found = [
        setting
        for setting in stack.all(tokens.WORKSPACE_SETTING)
        if setting.get("name") is not UNKNOWN and names(setting.get("name"))
    ]
    for setting in found:
        yield from require_value(
            setting.get("booleanVal.value"),
            "booleanVal.value",
            is_false,
            "set it to false",
            urn=setting.urn,
        )
    hidden = [item for item in stack.all(tokens.WORKSPACE_SETTING) if item.get("name") is UNKNOWN]
    if hidden and not found:
        yield Deferred("name", hidden[0].urn)
    elif not found:
        yield from _needs(
            stack,
            f"no WorkspaceSettingV2 sets {config['settingNames'][0]}; declare one with "
            "booleanVal.value false",
        )


@rule(
    "sec-49-legacy-off",
    title="A workspace has no way around Unity Catalog: no Hive metastore, no DBFS root",
    severity="high",
    rationale="Both are open to every user of the workspace and know no grants.",
    remediation="Declare DisableLegacyAccessSetting and DisableLegacyDbfsSetting with value true.",
    types=[
        tokens.WORKSPACE,
        tokens.LEGACY_ACCESS,
        tokens.LEGACY_DBFS,
        tokens.LEGACY_FEATURES,
    ],
    levels=EVERYWHERE,
    scope="stack",
    mappings=Mappings(sat=("DP-10", "GOV-37", "GOV-38")),
)
def legacy_off(stack: Stack, _config: Config) -> Findings:
    """The account's setting concerns new workspaces only, so it replaces neither of the two."""
    kinds = {
        tokens.LEGACY_ACCESS: ("disableLegacyAccess.value", "DisableLegacyAccessSetting"),
        tokens.LEGACY_DBFS: ("disableLegacyDbfs.value", "DisableLegacyDbfsSetting"),
        tokens.LEGACY_FEATURES: ("disableLegacyFeatures.value", ""),
    }
    for token, (path, name) in kinds.items():
        settings = list(stack.all(token))
        for setting in settings:
            yield from require_value(
                setting.get(path), path, is_true, "set it to true", urn=setting.urn
            )
        if name and not settings:
            yield from _needs(stack, f"the stack has no {name}; declare one with value true")


@rule(
    "sec-50-admins-restricted",
    title="A workspace administrator cannot act as somebody else",
    severity="high",
    rationale="Otherwise every administrator can run a job as any service principal, or make a "
    "token for it, and holds all its grants.",
    remediation="Declare a RestrictWorkspaceAdminsSetting with status "
    "'RESTRICT_TOKENS_AND_JOB_RUN_AS'.",
    types=[tokens.WORKSPACE, tokens.RESTRICT_ADMINS, tokens.WORKSPACE_SETTING],
    levels=ADVISED_IN_DEV,
    scope="stack",
    mappings=Mappings(sat=("GOV-35",)),
)
def admins_restricted(stack: Stack, _config: Config) -> Findings:
    """The newer settings resource can say the same."""
    settings = [
        *stack.all(tokens.RESTRICT_ADMINS),
        *(item for item in stack.all(tokens.WORKSPACE_SETTING) if item.get(_ADMINS) is not None),
    ]
    for setting in settings:
        yield from require_value(
            setting.get(f"{_ADMINS}.status"),
            f"{_ADMINS}.status",
            words(_RESTRICTED),
            f"set it to '{_RESTRICTED}'",
            urn=setting.urn,
        )
    if not settings:
        yield from _needs(
            stack,
            f"the stack has no RestrictWorkspaceAdminsSetting; declare one with '{_RESTRICTED}'",
        )
