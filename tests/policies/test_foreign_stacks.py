"""Stacks of foreign style: right ones pass, and one thing wrong in them is found."""

from __future__ import annotations

from typing import Any

import pytest

from tests.policies.foreign.engineers import engineers, serverless_team
from tests.policies.foreign.hub import hub_and_spoke
from tests.policies.foreign.pipelines import pipeline_stack
from tests.policies.foreign.platform import group, lake, network, vault
from tests.policies.foreign.spoke_services import spoke_stack
from tests.policies.foreign.team import job_stack
from tests.policies.foreign.workspace import serverless_stack, workspace
from tests.policies.harness import Item, Outcome, judge

BINDING_LEVEL = 1


def refused(items: list[Item], **settings: Any) -> dict[str, str]:
    """What stops the update, by rule."""
    outcome: Outcome = judge(items, settings=settings)
    return {
        item.policyName: item.message
        for item in outcome.diagnostics
        if item.enforcementLevel == BINDING_LEVEL
    }


def test_a_platform_of_inline_children_and_versioned_types_passes() -> None:
    assert refused([group(), *network(), *lake(), *vault(), *workspace()]) == {}


def test_a_teams_jobs_on_a_workspace_of_somebody_else_pass() -> None:
    assert refused(job_stack()) == {}


def test_a_serverless_workspace_behind_an_ip_access_list_passes() -> None:
    settings = {"sec-04-workspace-public-access-off": {"ipAccessListSuffices": True}}
    assert refused(serverless_stack(), **settings) == {}


def test_a_hub_with_a_firewall_and_a_spoke_passes() -> None:
    assert refused(hub_and_spoke()) == {}


def test_pipelines_of_data_engineers_on_a_pool_pass() -> None:
    assert refused(engineers()) == {}


def test_a_team_that_is_serverless_only_passes() -> None:
    assert refused(serverless_team()) == {}


def test_a_spoke_behind_the_firewall_of_a_hub_passes() -> None:
    assert refused(spoke_stack()) == {}


def test_a_data_engineering_team_without_models_passes() -> None:
    assert refused(pipeline_stack()) == {}


# One thing wrong in each, so that these stacks prove that they are looked at.
@pytest.mark.parametrize(
    ("stack", "name", "path", "value", "rule"),
    [
        ("platform", "lake", "isLocalUserEnabled", True, "sec-21-storage-no-side-doors"),
        ("platform", "net", "subnets.0.natGateway", None, "sec-28-databricks-subnets-confined"),
        ("platform", "guard", "securityRules.1.access", "Allow", "sec-31-nsg-outbound-confined"),
        ("platform", "kv-logs", "logs.0.category", "AllMetrics", "sec-34-diagnostic-settings"),
        (
            "jobs",
            "score",
            "tasks.0.newCluster.nodeTypeId",
            "Standard_E64s_v5",
            "cost-06-node-types",
        ),
        (
            "jobs",
            "score",
            "tasks.0.newCluster.workerNodeTypeFlexibility",
            {"alternateNodeTypeIds": ["Standard_E64s_v5"]},
            "cost-06-node-types",
        ),
        ("jobs", "read", "privileges", ["all privileges"], "ml-11-least-privilege"),
        ("hub", "snet-host", "routeTable", None, "sec-28-databricks-subnets-confined"),
        (
            "hub",
            "pe-st-dfs",
            "privateLinkServiceConnections.0.groupIds",
            ["file"],
            "sec-19-storage-private-endpoints",
        ),
        ("hub", "conf", "customConfig.enableTokensConfig", "true", "sec-41-token-lifetime"),
        ("hub", "nsg-dbx-deny", "access", "Allow", "sec-31-nsg-outbound-confined"),
        ("hub", "uc", "workspaceId", "1", "sec-65-metastore-assigned"),
        ("engineers", "silver", "channel", "PREVIEW", "sec-54-supported-runtime"),
        ("engineers", "silver", "clusters.0.autoscale.maxWorkers", 60, "cost-05-cluster-size"),
        (
            "engineers",
            "daily",
            "tasks.1.forEachTask.task.libraries.0",
            {"pypi": {"package": "a"}},
            "sec-74-libraries-pinned",
        ),
        ("engineers", "silver-grants", "grants.0.privileges", ["MODIFY"], "ml-10-access-matrix"),
        (
            "team",
            "enrich",
            "environments.0.spec.dependencies",
            ["polars"],
            "sec-74-libraries-pinned",
        ),
        ("team", "gold", "budgetPolicyId", None, "cost-20-serverless-usage-policy"),
        ("team", "bi", "channel.name", "CHANNEL_NAME_PREVIEW", "sec-54-supported-runtime"),
        (
            "team",
            "assistant",
            "aiGateway.inferenceTableConfig.catalogName",
            None,
            "ml-05-inference-table",
        ),
        ("serverless", "office", "ipAddresses", ["0.0.0.0/1"], "sec-40-ip-access-list"),
        ("spoke", "dbx-host", "routeTable", None, "sec-28-databricks-subnets-confined"),
        (
            "spoke",
            "dbx-container",
            "addressPrefixes",
            ["10.8.4.0/28"],
            "sec-29-databricks-subnet-size",
        ),
        ("spoke", "to-nowhere", "destinationPortRange", "443", "sec-31-nsg-outbound-confined"),
        (
            "spoke",
            "to-sql",
            "destinationAddressPrefix",
            "AzureCloud",
            "sec-31-nsg-outbound-confined",
        ),
        (
            "spoke",
            "within",
            "sourceAddressPrefix",
            "AzureCloud",
            "sec-30-nsg-no-inbound-from-internet",
        ),
        ("spoke", "sso-records", "privateDnsZoneConfigs", [], "sec-07-private-endpoint-names"),
        ("spoke", "disks", "properties.attributes.expires", None, "sec-26-key-expires-and-rotates"),
        ("spoke", "monthly", "notifications.half.enabled", False, "cost-23-azure-budget"),
        ("pipelines", "orders", "clusters.0.autoscale.maxWorkers", 64, "cost-05-cluster-size"),
        ("pipelines", "orders", "clusters.0.nodeTypeId", "Standard_E64s_v5", "cost-06-node-types"),
        ("pipelines", "clicks", "budgetPolicyId", None, "cost-20-serverless-usage-policy"),
        (
            "pipelines",
            "clicks",
            "environment.dependencies.0",
            "pydantic",
            "sec-74-libraries-pinned",
        ),
        ("pipelines", "silver-readers", "grants.0.privileges.1", "modify", "ml-10-access-matrix"),
        (
            "pipelines",
            "landing-zone",
            "url",
            "wasbs://a@b.blob.core.windows.net",
            "sec-61-external-location-isolated",
        ),
    ],
)
def test_one_fault_in_a_foreign_stack_is_found(
    stack: str, name: str, path: str, value: Any, rule: str
) -> None:
    platform = [group(), *network(), *lake(), *vault(), *workspace()]
    stacks = {
        "platform": platform,
        "jobs": job_stack(),
        "serverless": serverless_stack(),
        "hub": hub_and_spoke(),
        "engineers": engineers(),
        "team": serverless_team(),
        "spoke": spoke_stack(),
        "pipelines": pipeline_stack(),
    }
    items = [item.with_value(path, value) if item.name == name else item for item in stacks[stack]]
    settings = {"sec-04-workspace-public-access-off": {"ipAccessListSuffices": True}}
    assert rule in refused(items, **settings)
