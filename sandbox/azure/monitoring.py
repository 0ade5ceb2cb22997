"""Log Analytics, diagnostic settings, action groups and budgets."""

from __future__ import annotations

import datetime
import re
from typing import TYPE_CHECKING, Any, cast

from sandbox.azure import ids
from sandbox.azure.common import created_at
from sandbox.azure.groups import blob_service_account, require_scope
from sandbox.azure.values import at, between, flag, items, one_of, referenced, texts
from sandbox.rules import Refusal, admit, check, outputs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.rules import Cloud, Request

RETENTION = "https://learn.microsoft.com/azure/azure-monitor/logs/data-retention-configure"
DAILY_CAP = "https://learn.microsoft.com/azure/azure-monitor/logs/daily-cap"
DIAGNOSTICS = "https://learn.microsoft.com/azure/azure-monitor/platform/diagnostic-settings"
SINKS = "https://github.com/Azure/terraform-azurerm-avm-ptn-aiml-landing-zone/issues/19"
ACTION_GROUPS = "https://learn.microsoft.com/azure/azure-monitor/alerts/action-groups"
BUDGETS = "https://learn.microsoft.com/rest/api/consumption/budgets/create-or-update"
_SINKS = ("workspaceId", "storageAccountId", "eventHubAuthorizationRuleId", "marketplacePartnerId")
_FREE_DAYS = 7
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
_WITHOUT_METRICS = {"microsoft.databricks/workspaces", "microsoft.network/networksecuritygroups"}


@check(ids.LOG_ANALYTICS, source=RETENTION)
def retention_suits_the_tier(request: Request) -> None:
    """Data is kept 30 to 730 days; the legacy free tier keeps seven."""
    sku, days = at(request.inputs, "sku.name"), request.inputs.get("retentionInDays")
    skus = (
        "PerGB2018",
        "CapacityReservation",
        "LACluster",
        "Free",
        "PerNode",
        "Standalone",
        "Standard",
        "Premium",
    )
    one_of(sku, skus, prop="sku.name")
    if not (sku == "Free" and days == _FREE_DAYS):
        between(days, 30, 730, prop="retentionInDays", code="InvalidParameter", unit=" days")


@check(ids.LOG_ANALYTICS, source=DAILY_CAP)
def daily_cap_is_positive(request: Request) -> None:
    """The daily cap is a positive number of gigabytes, or -1 for none."""
    cap = at(request.inputs, "workspaceCapping.dailyQuotaGb")
    if isinstance(cap, (int, float)) and cap <= 0 and cap != -1:
        raise Refusal(
            "InvalidParameter",
            f"workspaceCapping.dailyQuotaGb is {cap}: allowed is more than 0 (GB a day), or -1 for no cap.",
            prop="workspaceCapping.dailyQuotaGb",
        )


@outputs(
    ids.LOG_ANALYTICS,
    source="https://learn.microsoft.com/rest/api/loganalytics/workspaces/create-or-update",
)
def workspace_customer(request: Request, _cloud: Cloud) -> Mapping[str, Any]:
    """The workspace's customer id and the API's defaults."""
    return {
        "customerId": ids.seeded_uuid(request.seed, "customer"),
        "createdDate": created_at(request),
        "modifiedDate": created_at(request),
        "retentionInDays": request.inputs.get("retentionInDays", 30),
        "sku": request.inputs.get("sku", {"name": "PerGB2018"}),
        "publicNetworkAccessForIngestion": request.inputs.get(
            "publicNetworkAccessForIngestion", "Enabled"
        ),
        "publicNetworkAccessForQuery": request.inputs.get("publicNetworkAccessForQuery", "Enabled"),
    }


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
    """The target's type has the category groups and the metrics that are asked for."""
    parsed = ids.parse(request.inputs.get("resourceUri"))
    kind = parsed.type.lower() if parsed else ""
    allowed = GROUPS.get(kind)
    for entry in items(request.inputs.get("logs")):
        group = at(entry, "categoryGroup")
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
                    f"'{other.id.rsplit('/', 1)[-1]}' for category '{both[0]}'. Data sinks can't be "
                    "reused in different settings on the same category for the same resource.",
                    status=409,
                    prop=sink,
                )


@outputs(ids.DIAGNOSTICS, source=DIAGNOSTICS)
def setting_type(request: Request, _cloud: Cloud) -> Mapping[str, Any]:
    """A storage account's blob service is a resource of its own: the answer names no location."""
    return (
        {"storageAccountId": request.inputs.get("storageAccountId") or None}
        if blob_service_account(request.inputs.get("resourceUri"))
        else {}
    )


@check(ids.ACTION_GROUP, source=ACTION_GROUPS)
def receivers_are_reachable(request: Request) -> None:
    """The short name has 1 to 12 characters; receivers have unique names and real addresses."""
    short = request.inputs.get("groupShortName")
    if isinstance(short, str) and not 1 <= len(short) <= 12:  # noqa: PLR2004 - the documented limit
        raise Refusal(
            "GroupShortNameTooLong",
            f"groupShortName '{short}' has {len(short)} characters; 1 to 12 are allowed.",
            prop="groupShortName",
        )
    names: set[str] = set()
    for kind in ("emailReceivers", "smsReceivers", "webhookReceivers", "armRoleReceivers"):
        for receiver in items(request.inputs.get(kind)):
            name = at(receiver, "name")
            if isinstance(name, str) and name.lower() in names:
                raise Refusal(
                    "DuplicateReceiverName", f"Receiver name '{name}' is used twice.", prop=kind
                )
            names.add(str(name).lower())
            mail = at(receiver, "emailAddress")
            if isinstance(mail, str) and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", mail):
                raise Refusal(
                    "InvalidEmailReceiver", f"'{mail}' is not an email address.", prop=kind
                )


@check(ids.BUDGET, source=BUDGETS)
def budget_is_well_formed(request: Request) -> None:
    """A positive amount, a known grain, and a period that begins on the first of a month."""
    inputs = request.inputs
    grains = ("Monthly", "Quarterly", "Annually", "BillingMonth", "BillingQuarter", "BillingAnnual")
    one_of(inputs.get("timeGrain"), grains, prop="timeGrain", code="400")
    one_of(inputs.get("category"), ("Cost",), prop="category", code="400")
    amount = inputs.get("amount")
    if isinstance(amount, (int, float)) and amount <= 0:
        raise Refusal("400", f"Budget amount must be greater than 0, not {amount}.", prop="amount")
    start, end = (
        _date(at(inputs, f"timePeriod.{edge}"), edge) for edge in ("startDate", "endDate")
    )
    if start and (start.day != 1 or start < datetime.date(2017, 6, 1)):
        raise Refusal(
            "400",
            f"Start date {start} must be the first of a month, on or after 2017-06-01.",
            prop="timePeriod.startDate",
        )
    if start and end and end <= start:
        raise Refusal(
            "400", f"End date {end} must be after start date {start}.", prop="timePeriod.endDate"
        )


def _date(value: object, edge: str) -> datetime.date | None:
    if not isinstance(value, str):
        return None
    try:
        return datetime.date.fromisoformat(value[:10])
    except ValueError:
        raise Refusal(
            "400",
            f"'{value}' is not a date such as 2026-01-01T00:00:00Z.",
            prop=f"timePeriod.{edge}",
        ) from None


@check(ids.BUDGET, source=BUDGETS)
def notifications_are_within_limits(request: Request) -> None:
    """At most five notifications, each with a threshold up to 1000 % and somebody to tell."""
    notifications = request.inputs.get("notifications")
    if not isinstance(notifications, dict):
        return
    entries = cast("dict[str, Any]", notifications)
    if len(entries) > 5:  # noqa: PLR2004 - the documented limit
        raise Refusal(
            "400", f"{len(entries)} notifications; the maximum is 5.", prop="notifications"
        )
    for name, entry in entries.items():
        where = f"notifications.{name}"
        between(
            at(entry, "threshold"), 0.01, 1000, prop=f"{where}.threshold", code="400", unit=" %"
        )
        one_of(
            at(entry, "operator"), ("EqualTo", "GreaterThan", "GreaterThanOrEqualTo"), prop=where
        )
        told = [at(entry, who) for who in ("contactEmails", "contactRoles", "contactGroups")]
        if ids.known(entry) and not any(told):
            raise Refusal(
                "400",
                f"Notification '{name}' needs contactEmails, contactRoles or contactGroups.",
                prop=where,
            )


@admit(ids.BUDGET, source=BUDGETS)
def budget_watches_what_exists(request: Request, cloud: Cloud) -> None:
    """The scope and the action groups of a budget exist."""
    require_scope(request, cloud, "scope")
    entries = cast("dict[str, Any]", request.inputs.get("notifications") or {})
    for entry in entries.values():
        for group in items(at(entry, "contactGroups")):
            referenced(cloud, group, prop="notifications", code="400")


@admit(ids.BUDGET, source=BUDGETS)
def budget_starts_where_it_started(request: Request, _cloud: Cloud) -> None:
    """The start date and the grain of a budget cannot be changed once it is created."""
    for path in ("timePeriod.startDate", "timeGrain") if request.old else ():
        old, new = at(request.old.inputs if request.old else {}, path), at(request.inputs, path)
        if str(old)[:10] != str(new)[:10]:
            raise Refusal(
                "400",
                f"{path} of a budget cannot be changed from {old} to {new}: give the budget another "
                "name, so that it is replaced.",
                prop=path,
            )


@outputs(ids.BUDGET, source=BUDGETS)
def spend_so_far(_request: Request, _cloud: Cloud) -> Mapping[str, Any]:
    """A new budget has spent nothing."""
    return {"currentSpend": {"amount": 0.0, "unit": "USD"}}
