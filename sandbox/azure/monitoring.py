"""Log Analytics workspaces and action groups."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sandbox.azure import ids
from sandbox.azure.common import created_at
from sandbox.azure.values import at, between, items, one_of
from sandbox.rules import Refusal, check, outputs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.rules import Cloud, Request

RETENTION = "https://learn.microsoft.com/azure/azure-monitor/logs/data-retention-configure"
DAILY_CAP = "https://learn.microsoft.com/azure/azure-monitor/logs/daily-cap"
ACTION_GROUPS = "https://learn.microsoft.com/azure/azure-monitor/alerts/action-groups"
_FREE_DAYS = 7


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
            f"workspaceCapping.dailyQuotaGb is {cap}: allowed is more than 0 (GB a day), or -1 "
            "for no cap.",
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
