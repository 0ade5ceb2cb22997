"""Mistakes with roles, logs, alerts and budgets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.sandbox.azure.estate import ESTATE, GROUP, LOGS, NOTIFICATION, ROLE, STORAGE, WORKSPACE
from tests.sandbox.azure.mistakes.actions import add, change
from tests.sandbox.azure.world import arm

if TYPE_CHECKING:
    from tests.sandbox.azure.mistakes.actions import Mistakes

LOST = arm("Microsoft.Network/natGateways/lost")

DIMENSION = {"dimensions": {"name": "ResourceGroupName", "operator": "In", "values": ["rg"]}}


MISTAKES: Mistakes = {
    "role_exists": [
        (
            "RoleDefinitionDoesNotExist",
            add("role", roleDefinitionId=f"{ROLE}ba92f5b4-0000-4000-8000-000000000000"),
        ),
        (
            "RoleDefinitionDoesNotExist",
            add("role", roleDefinitionId="Storage Blob Data Contributor"),
        ),
    ],
    "principal_is_an_object": [
        ("InvalidPrincipalId", add("role", principalId="data_scientists")),
        ("InvalidParameter", add("role", principalType="Robot")),
        ("InvalidConditionVersion", add("role", condition="true")),
    ],
    "identity_needs_its_type": [
        (
            "PrincipalNotFound",
            lambda w: w.add(
                "role",
                principalId=w.record("connector").outputs["identity"]["principalId"],
                principalType=None,
            ),
        ),
        (
            "UnmatchedPrincipalType",
            lambda w: w.add(
                "role", principalId=w.record("connector").outputs["identity"]["principalId"]
            ),
        ),
    ],
    "assignment_is_the_only_one": [
        (
            "RoleAssignmentExists",
            add("role", roleAssignmentName="7f1c0c4e-0000-4000-8000-000000000002"),
        ),
        ("ResourceNotFound", add("role", scope=LOST)),
    ],
    "assignment_keeps_its_role": [
        (
            "RoleAssignmentUpdateNotPermitted",
            change("role", roleDefinitionId=f"{ROLE}2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"),
        ),
    ],
    "retention_suits_the_tier": [
        ("InvalidParameter", change("logs", retentionInDays=7)),
        ("InvalidParameter", change("logs", retentionInDays=731)),
    ],
    "daily_cap_is_positive": [
        ("InvalidParameter", change("logs", workspaceCapping__dailyQuotaGb=0)),
    ],
    "setting_sends_something_somewhere": [
        ("BadRequest", change("diagnostics", workspaceId=None)),
        ("BadRequest", change("diagnostics", logs=None)),
    ],
    "log_entries_name_what_they_select": [
        ("BadRequest", change("diagnostics", logs=[{"enabled": True}])),
        (
            "BadRequest",
            change("diagnostics", logs=[{"categoryGroup": "allLogs"}, {"category": "jobs"}]),
        ),
        (
            "BadRequest",
            change(
                "diagnostics",
                logs=[{"categoryGroup": "allLogs", "retentionPolicy": {"enabled": True}}],
            ),
        ),
    ],
    "categories_exist_for_the_type": [
        ("BadRequest", change("diagnostics", logs=[{"categoryGroup": "audit"}])),
        ("BadRequest", change("diagnostics", logs=[{"category": "AuditEvent", "enabled": True}])),
        (
            "BadRequest",
            change("diagnostics", metrics=[{"category": "AllMetrics", "enabled": True}]),
        ),
        ("BadRequest", add("diagnostics", resourceUri=STORAGE)),
    ],
    "setting_joins_what_exists": [
        ("ResourceNotFound", add("diagnostics", resourceUri=f"{WORKSPACE}-lost")),
        ("ResourceNotFound", change("diagnostics", workspaceId=f"{LOGS}-lost")),
    ],
    "sink_is_used_once_per_category": [
        ("Conflict", add("diagnostics", name="again")),
        (
            "BadRequest",
            lambda w: [
                w.add("diagnostics", name=f"d-{one}", logs=[{"category": one, "enabled": True}])
                for one in ("accounts", "clusters", "jobs", "secrets", "workspace")
            ],
        ),
    ],
    "receivers_are_reachable": [
        ("GroupShortNameTooLong", change("alerts", groupShortName="platform-owners")),
        (
            "InvalidEmailReceiver",
            change("alerts", emailReceivers=[{"name": "a", "emailAddress": "nobody"}]),
        ),
        (
            "DuplicateReceiverName",
            change("alerts", emailReceivers=ESTATE["alerts"][1]["emailReceivers"] * 2),
        ),
    ],
    "budget_is_well_formed": [
        ("400", add("budget", amount=0)),
        ("400", add("budget", timeGrain="Daily")),
        ("400", add("budget", timePeriod__startDate="2026-12-02")),
        ("400", add("budget", timePeriod__startDate="December")),
        ("400", add("budget", timePeriod__endDate="2026-11-01")),
    ],
    "notifications_are_within_limits": [
        ("400", change("budget", notifications={str(n): NOTIFICATION for n in range(6)})),
        ("400", change("budget", notifications__warning__threshold=1001)),
        ("400", change("budget", notifications__warning__threshold=0)),
        ("400", change("budget", notifications__warning={"threshold": 50})),
        ("400", change("budget", notifications__warning={"contactRoles": ["Owner"]})),
        ("400", change("budget", notifications__warning__contactEmails=["owner"])),
        ("400", change("budget", notifications__warning__contactEmails=["a@b.example"] * 51)),
    ],
    "filter_is_one_expression": [
        ("400", add("budget", filter={"and": [DIMENSION]})),
        ("400", add("budget", filter={**DIMENSION, "and": [DIMENSION, DIMENSION]})),
        ("400", add("budget", filter={"dimensions": {**DIMENSION["dimensions"], "name": "Group"}})),
        ("400", add("budget", filter={"tags": {"name": "env", "operator": "Is"}})),
    ],
    "budget_watches_what_exists": [
        ("ResourceNotFound", add("budget", scope=GROUP.replace("mlops-dev-rg", "lost"))),
        ("400", change("budget", notifications__warning__contactGroups=[LOST])),
    ],
    "budget_starts_where_it_started": [
        ("400", change("budget", timePeriod__startDate="2027-01-01T00:00:00Z")),
    ],
}
