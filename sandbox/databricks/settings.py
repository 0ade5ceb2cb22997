"""A workspace's configuration and its settings, of which there is one each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.databricks import scope, tokens
from sandbox.databricks.errors import invalid
from sandbox.databricks.values import at, text
from sandbox.naming import digest
from sandbox.rules import Refusal, admit, adopts, outputs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.rules import Cloud, Request

CONF = "https://docs.databricks.com/api/workspace/workspaceconf/setstatus"
CONF_DOC = "https://registry.terraform.io/providers/databricks/databricks/latest/docs/resources/workspace_conf"
CONF_CODE = "https://github.com/databricks/terraform-provider-databricks/blob/main/workspace/resource_workspace_conf.go"
ADMINS = "https://docs.databricks.com/api/workspace/restrictworkspaceadmins/update"
ACCESS = "https://docs.databricks.com/api/workspace/disablelegacyaccess/update"
SETTING_DOC = "https://registry.terraform.io/providers/databricks/databricks/latest/docs/resources/restrict_workspace_admins_setting"

SWITCHES = frozenset(
    {
        "enable-X-Content-Type-Options", "enable-X-Frame-Options", "enable-X-XSS-Protection",
        "enableDbfsFileBrowser",
        "enableDcs", "enableDeprecatedClusterNamedInitScripts", "enableDeprecatedGlobalInitScripts",
        "enableEnforceImdsV2", "enableExportNotebook", "enableFileStoreEndpoint", "enableGp3",
        "enableHlsRuntime",
        "enableIpAccessLists", "enableJobViewAcls", "enableJobsEmailsV2",
        "enableLibraryAndInitScriptOnSharedCluster",
        "enableNotebookGitVersioning", "enableNotebookTableClipboard",
        "enableProjectTypeInWorkspace",
        "enableProjectsAllowList", "enableResultsDownloading", "enableTokens", "enableTokensConfig",
        "enableUploadDataUis", "enableVerboseAuditLogs", "enableWebTerminal",
        "enableWorkspaceFilesystem",
        "enforceClusterViewAcls", "enforceUserIsolation", "enforceWorkspaceViewAcls",
        "mlflowModelRegistryEmailNotificationsEnabled",
        "mlflowModelServingEndpointCreationEnabled", "mlflowRunArtifactDownloadEnabled",
        "rStudioUserDefaultHomeBase",
        "storeInteractiveNotebookResultsInCustomerAccount",
    }
)  # fmt: skip
_OTHERS = frozenset(
    {
        "customerApprovedWSLoginExpirationTime",
        "heapAnalyticsAPIEnabled",
        "projectsAllowList",
        "projectsAllowListPermissions",
        "reposIpynbResultsExportPolicy",
    }
)
_LIFETIME, _LONGEST_LIFETIME = "maxTokenLifetimeDays", 730
_STATUSES = ("ALLOW_ALL", "RESTRICT_TOKENS_AND_JOB_RUN_AS")
_SETTINGS = (tokens.RESTRICT_ADMINS, tokens.DISABLE_LEGACY_ACCESS, tokens.DISABLE_LEGACY_DBFS)


@admit(tokens.WORKSPACE_CONF, source=CONF)
def configuration_keys_are_known(request: Request, _: Cloud) -> None:
    """The API answers to a list of keys only."""
    config: Mapping[str, Any] = request.inputs.get("customConfig") or {}
    wrong = sorted(config.keys() - SWITCHES - _OTHERS - {_LIFETIME})
    if wrong:
        listed = ",".join(f'"{key}"' for key in wrong)
        raise Refusal("BAD_REQUEST", f"Invalid keys: [{listed}]", prop="customConfig")


@admit(tokens.WORKSPACE_CONF, source=CONF_DOC)
def configuration_values_are_texts(request: Request, _: Cloud) -> None:
    """Switches are "true" or "false"; tokens live 1 to 730 days."""
    config: Mapping[str, Any] = request.inputs.get("customConfig") or {}
    for key, value in config.items():
        if key in SWITCHES and str(value) not in ("true", "false", ""):
            raise invalid(
                f'Invalid value \'{value}\' for {key}: it must be "true" or "false".',
                "customConfig",
            )
        if key == _LIFETIME and not (
            str(value).isdigit() and 1 <= int(str(value)) <= _LONGEST_LIFETIME
        ):
            raise invalid(
                f"{key} '{value}' must be a whole number from 1 to {_LONGEST_LIFETIME}.",
                "customConfig",
            )


@outputs(tokens.WORKSPACE_CONF, source=CONF_CODE)
def workspace_conf(request: Request, cloud: Cloud) -> Mapping[str, Any]:
    """The provider calls every workspace's configuration "_"."""
    return {"id": "_", **scope.stamp(request, cloud)}


@admit(tokens.RESTRICT_ADMINS, source=ADMINS)
def admin_status_is_known(request: Request, _: Cloud) -> None:
    """ALLOW_ALL or RESTRICT_TOKENS_AND_JOB_RUN_AS."""
    status = text(at(request.inputs, "restrictWorkspaceAdmins", "status"))
    if status not in _STATUSES:
        raise invalid(
            f"status '{status}' is not one of {', '.join(_STATUSES)}.", "restrictWorkspaceAdmins"
        )


@admit(*_SETTINGS, source=ACCESS)
def setting_is_the_default_one(request: Request, _: Cloud) -> None:
    """There is one setting of each kind, and its name is default."""
    name = text(request.inputs.get("settingName"))
    if name not in ("", "default"):
        raise invalid(f"Setting name '{name}' must be 'default'. Leave it out.", "settingName")


@outputs(*_SETTINGS, source=SETTING_DOC)
def setting(request: Request, cloud: Cloud) -> Mapping[str, Any]:
    """The provider's id is "global"; the etag changes with the value."""
    return {
        "id": "global",
        "settingName": "default",
        "etag": digest(request.seed, repr(sorted(request.inputs.items())))[:24],
        **scope.stamp(request, cloud),
    }


adopts(tokens.WORKSPACE_CONF, source=CONF)
adopts(*_SETTINGS, source=ACCESS)
