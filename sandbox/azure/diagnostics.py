"""Diagnostic settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.azure import ids
from sandbox.azure.groups import require_scope
from sandbox.azure.values import at, flag, items, one_of, referenced, texts
from sandbox.rules import Refusal, admit, check

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.rules import Cloud, Request

DIAGNOSTICS = "https://learn.microsoft.com/azure/azure-monitor/platform/diagnostic-settings"
SINKS = "https://github.com/Azure/terraform-azurerm-avm-ptn-aiml-landing-zone/issues/19"
_SINKS = ("workspaceId", "storageAccountId", "eventHubAuthorizationRuleId", "marketplacePartnerId")
# Category groups per type: https://learn.microsoft.com/azure/azure-monitor/reference/supported-logs/logs-index
GROUPS: dict[str, tuple[str, ...]] = {
    "microsoft.databricks/workspaces": ("allLogs",),
    "microsoft.keyvault/vaults": ("audit", "allLogs"),
    "microsoft.storage/storageaccounts": (),
    "microsoft.storage/storageaccounts/blobservices": ("audit", "allLogs"),
    "microsoft.network/networksecuritygroups": ("allLogs",),
    "microsoft.network/virtualnetworks": ("allLogs",),
    "microsoft.network/publicipaddresses": ("audit", "allLogs"),
    "microsoft.operationalinsights/workspaces": ("audit", "allLogs"),
}
# https://learn.microsoft.com/azure/azure-monitor/reference/supported-logs/microsoft-databricks-workspaces-logs
_DATABRICKS_CATEGORIES = (
    "accounts", "apps", "brickstorehttpgateway", "budgetpolicycentral", "capsule8dataplane",
    "clamavscan", "cloudstoragemetadata", "clusterlibraries", "clusterpolicies", "clusters",
    "dashboards", "databrickssql", "datamonitoring", "datarooms", "dbfs", "deltapipelines",
    "featurestore", "files", "filesystem", "genie", "gitcredentials", "globalinitscripts", "groups",
    "iamrole", "ingestion", "instancepools", "jobs", "lakeviewconfig", "lineagetracking",
    "marketplaceconsumer", "marketplaceprovider", "mlflowacledartifact", "mlflowexperiment",
    "modelregistry", "notebook", "onlinetables", "partnerhub", "predictiveoptimization", "rbac",
    "remotehistoryservice", "repos", "rfa", "secrets", "serverlessrealtimeinference",
    "sqlanalytics", "sqlpermissions", "ssh", "unitycatalog", "vectorsearch",
    "webhooknotifications", "webterminal", "workspace", "workspacefiles",
)  # fmt: skip
CATEGORIES: dict[str, tuple[str, ...]] = {
    "microsoft.databricks/workspaces": _DATABRICKS_CATEGORIES,
}
"""Single categories per type, in lower case, where the list is written down."""
_WITHOUT_METRICS = {"microsoft.databricks/workspaces", "microsoft.network/networksecuritygroups"}


@check(ids.DIAGNOSTICS, source=DIAGNOSTICS)
def setting_sends_something_somewhere(request: Request) -> None:
    """A setting has a destination and at least one log or metric."""
    inputs = request.inputs
    if all(inputs.get(sink) is None for sink in _SINKS):
        raise Refusal(
            "BadRequest",
            f"At least one data sink needs to be specified: {', '.join(_SINKS)}.",
            prop="workspaceId",
        )
    if ids.known(inputs.get("logs"), inputs.get("metrics")) and not (
        inputs.get("logs") or inputs.get("metrics")
    ):
        raise Refusal("BadRequest", "A diagnostic setting needs logs or metrics.", prop="logs")
    one_of(inputs.get("logAnalyticsDestinationType"), ("Dedicated", "AzureDiagnostics"),
           prop="logAnalyticsDestinationType")  # fmt: skip


@check(ids.DIAGNOSTICS, source=DIAGNOSTICS)
def log_entries_name_what_they_select(request: Request) -> None:
    """Each log names a category or a category group, and groups and categories do not mix."""
    kinds: set[str] = set()
    for entry in items(request.inputs.get("logs")):
        category, group = at(entry, "category"), at(entry, "categoryGroup")
        if not ids.known(entry, request.inputs.get("workspaceId")):
            continue
        if (category is None) == (group is None):
            raise Refusal(
                "BadRequest", "Set either category or categoryGroup of a log.", prop="logs"
            )
        kinds.add("category" if group is None else "categoryGroup")
        if (flag(entry, "retentionPolicy.enabled")) and request.inputs.get(
            "workspaceId"
        ) is not None:
            raise Refusal(
                "BadRequest",
                "Diagnostic settings do not support retention for new diagnostic settings: set the "
                "retention of the Log Analytics workspace.",
                prop="logs",
            )
    if len(kinds) > 1:
        raise Refusal(
            "BadRequest", "Log categories and category groups cannot be mixed.", prop="logs"
        )


@check(
    ids.DIAGNOSTICS,
    source="https://learn.microsoft.com/azure/azure-monitor/reference/supported-logs/logs-index",
)
def categories_exist_for_the_type(request: Request) -> None:
    """The target's type has the categories, their groups and the metrics that are asked for."""
    parsed = ids.parse(request.inputs.get("resourceUri"))
    kind = parsed.type.lower() if parsed else ""
    allowed = GROUPS.get(kind)
    categories = CATEGORIES.get(kind)
    for entry in items(request.inputs.get("logs")):
        category, group = at(entry, "category"), at(entry, "categoryGroup")
        # https://github.com/hashicorp/terraform-provider-azurerm/issues/2985
        if categories and isinstance(category, str) and category.lower() not in categories:
            raise Refusal("BadRequest", f"Category '{category}' is not supported.", prop="logs")
        if (
            allowed is not None
            and isinstance(group, str)
            and group.lower() not in {a.lower() for a in allowed}
        ):
            raise Refusal(
                "BadRequest",
                f"Category group '{group}' is not supported by {parsed.type if parsed else ''}: "
                f"{', '.join(allowed) or 'it has no logs; use its blobServices/default'}.",
                prop="logs",
            )
    if kind in _WITHOUT_METRICS and items(request.inputs.get("metrics")):
        raise Refusal(
            "BadRequest", "Metric category 'AllMetrics' is not supported.", prop="metrics"
        )


@admit(ids.DIAGNOSTICS, source=DIAGNOSTICS)
def setting_joins_what_exists(request: Request, cloud: Cloud) -> None:
    """The resource and the destinations of a setting exist."""
    require_scope(request, cloud, "resourceUri")
    for sink in ("workspaceId", "storageAccountId"):
        referenced(cloud, request.inputs.get(sink), prop=sink, code="ResourceNotFound")


def _selected(inputs: Mapping[str, Any]) -> set[str]:
    entries = [*items(inputs.get("logs")), *items(inputs.get("metrics"))]
    active = [entry for entry in entries if at(entry, "enabled") is True]
    return {*texts(*(at(e, "category") for e in active), *(at(e, "categoryGroup") for e in active))}


@admit(ids.DIAGNOSTICS, source=SINKS)
def sink_is_used_once_per_category(request: Request, cloud: Cloud) -> None:
    """Two settings of a resource do not send one category to one destination; five at most."""
    own = ids.compose(request.token, request.inputs, request.provider)
    target = request.inputs.get("resourceUri")
    others = [
        setting
        for setting in cloud.all(ids.DIAGNOSTICS)
        if ids.same(setting.inputs.get("resourceUri"), target) and not ids.same(setting.id, own)
    ]
    if len(others) >= 5:  # noqa: PLR2004 - the documented limit
        raise Refusal("BadRequest", f"{target} has five diagnostic settings already, the maximum.")
    for other in others:
        both = sorted(_selected(other.inputs) & _selected(request.inputs))
        for sink in _SINKS:
            value = request.inputs.get(sink)
            if both and ids.same(value, other.inputs.get(sink)):
                raise Refusal(
                    "Conflict",
                    f"Data sink '{value}' is already used in diagnostic setting "
                    f"'{other.id.rsplit('/', 1)[-1]}' for category '{both[0]}'. Data sinks "
                    "can't be "
                    "reused in different settings on the same category for the same resource.",
                    status=409,
                    prop=sink,
                )
