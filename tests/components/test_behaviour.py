"""What each component promises on its own."""

from __future__ import annotations

import json
from typing import Literal

from components import access
from components.workspace_hardening import WorkspaceHardening, WorkspaceHardeningArgs
from settings.estate import RegistrySettings
from tests.components.build import Builder, stack_files
from tests.components.harness import deploy

SUBNET = "azure-native:network:Subnet"
ENDPOINT = "azure-native:network:PrivateEndpoint"


def test_subnets_are_made_one_after_another() -> None:
    graph = deploy(lambda: Builder().perimeter())
    assert "net-host-subnet" in graph.one(SUBNET, "net-container-subnet").depends_on
    assert "net-container-subnet" in graph.one(SUBNET, "net-endpoint-subnet").depends_on


def test_the_rules_databricks_owns_are_declared_from_the_start() -> None:
    graph = deploy(lambda: Builder().perimeter())
    group = graph.one("azure-native:network:NetworkSecurityGroup", "net-databricks-nsg")
    names = [rule["name"] for rule in group.inputs["securityRules"]]
    assert sum("UseOnly_databricks" in name for name in names) == 5
    for direction in ("Inbound", "Outbound"):
        priorities = [
            r["priority"] for r in group.inputs["securityRules"] if r["direction"] == direction
        ]
        assert len(priorities) == len(set(priorities))


def test_the_internet_is_denied_unless_the_settings_allow_it() -> None:
    def denied(stack: str) -> bool:
        graph = deploy(lambda: Builder(stack).perimeter())
        group = graph.one("azure-native:network:NetworkSecurityGroup", "net-databricks-nsg")
        return "deny-internet-outbound" in [r["name"] for r in group.inputs["securityRules"]]

    assert denied("prod")
    assert not denied("dev")


def test_a_workspace_takes_its_endpoints_one_at_a_time_back_end_first() -> None:
    graph = deploy(lambda: Builder("prod").workspace())
    front = graph.one(ENDPOINT, "ws-workspace-browser-authentication-endpoint")
    assert "ws-workspace-databricks-ui-api-records" in front.depends_on
    assert "ws-workspace" in graph.one(ENDPOINT, "ws-secrets-vault-endpoint").depends_on


def test_a_vault_has_no_fixed_name_and_never_an_explicit_off() -> None:
    graph = deploy(lambda: Builder("dev").workspace())
    vault = graph.one("azure-native:keyvault:Vault", "ws-kv").inputs
    assert "vaultName" not in vault
    assert "enablePurgeProtection" not in vault["properties"]


def git_switches(repositories: tuple[str, ...] | None) -> dict[str, str]:
    def build() -> None:
        builder = Builder("prod")
        hardening = builder.settings.workspace.hardening
        settings = hardening.model_copy(update={"git_repositories": repositories})
        args = WorkspaceHardeningArgs(settings=settings, workspace_provider=builder.provider())
        WorkspaceHardening("hardening", args)

    conf = deploy(build).one(
        "databricks:index/workspaceConf:WorkspaceConf", "hardening-configuration"
    )
    switches: dict[str, str] = conf.inputs["customConfig"]
    return {key: value for key, value in switches.items() if "rojects" in key}


def test_git_folders_reach_no_repository_unless_the_settings_name_some() -> None:
    assert git_switches(()) == {
        "enableProjectsAllowList": "true",
        "projectsAllowListPermissions": "ALLOWLISTED_CLONE_COMMIT_PUSH",
    }
    named = git_switches(("https://github.com/contoso/", "https://dev.azure.com/contoso/"))
    assert named["projectsAllowList"] == (
        "https://github.com/contoso/,https://dev.azure.com/contoso/"
    )
    assert git_switches(None) == {"enableProjectsAllowList": "false"}


def test_an_environment_s_catalog_is_isolated_and_its_bindings_outlive_a_destroy() -> None:
    graph = deploy(lambda: Builder().catalog())
    assert graph.one("databricks:index/catalog:Catalog", "cat-catalog").inputs["isolationMode"] == (
        "ISOLATED"
    )
    bindings = graph.all("databricks:index/workspaceBinding:WorkspaceBinding")
    assert len(bindings) == 3
    assert all(binding.retain_on_delete for binding in bindings)


def test_a_lock_comes_after_everything_that_azure_deletes_through_the_account() -> None:
    graph = deploy(lambda: Builder("prod").catalog())
    lock = graph.one("azure-native:authorization:ManagementLockByScope", "cat-storage-lock")
    assert lock.inputs["level"] == "CanNotDelete"
    assert {
        "cat-container",
        "cat-retention",
        "cat-storage-role",
        "cat-storage-logs",
        "cat-storage-dfs-records",
        "cat-storage-blob-records",
    } <= set(lock.depends_on)


def test_no_lock_and_no_second_encryption_where_the_settings_do_not_ask_for_them() -> None:
    graph = deploy(lambda: Builder("dev").catalog())
    assert not graph.all("azure-native:authorization:ManagementLockByScope")
    account = graph.one("azure-native:storage:StorageAccount", "cat-storage")
    assert "encryption" not in account.inputs


def test_the_registry_is_open_and_unbound() -> None:
    plan = access.registry_catalog(RegistrySettings())
    graph = deploy(lambda: Builder().catalog(plan=plan))
    catalog = graph.one("databricks:index/catalog:Catalog", "cat-catalog")
    assert catalog.inputs["isolationMode"] == "OPEN"
    assert not graph.all("databricks:index/workspaceBinding:WorkspaceBinding")


def test_the_matrix_is_the_platform_s() -> None:
    """Data scientists, ML engineers, DevOps engineers, model consumers."""
    expected = {
        "dev": ("write", "write", "read", None),
        "test": ("read", "write", "write", "read"),
        "prod": ("read", "read", "write", "read"),
    }
    levels = {"read": access.READ, "write": access.WRITE, None: None}
    for stack, columns in expected.items():
        plan = access.environment_catalog(stack_files()[stack].catalog, stack)
        for role, level in zip(access.Role, columns, strict=True):
            assert plan.grants.get(role.value) == levels[level], (stack, role)


def test_a_pool_takes_the_place_of_node_types_and_tags() -> None:
    def definition(stack: str) -> dict[str, object]:
        graph = deploy(lambda: Builder(stack).compute())
        policy = graph.one("databricks:index/clusterPolicy:ClusterPolicy", "comp-interactive")
        return json.loads(policy.inputs["definition"])

    pooled, bought = definition("dev"), definition("prod")
    assert pooled["instance_pool_id"] == {
        "type": "fixed",
        "value": "comp-pool-id",
        "hidden": True,
    }
    assert pooled["node_type_id"] == {"type": "forbidden"}
    assert bought["instance_pool_id"] == {"type": "forbidden"}
    assert bought["custom_tags.env"] == {"type": "fixed", "value": "prod"}


def test_traffic_reaches_every_entity_by_its_share() -> None:
    graph = deploy(lambda: Builder().serving())
    config = graph.one("databricks:index/modelServing:ModelServing", "serve-endpoint").inputs[
        "config"
    ]
    assert [r["servedEntityName"] for r in config["trafficConfig"]["routes"]] == ["champion"]


def test_the_azure_budget_sees_the_group_where_clusters_are_billed() -> None:
    graph = deploy(lambda: Builder("dev").budgets())
    budget = graph.one("azure-native:consumption:Budget", "money-azure").inputs
    assert budget["scope"] == "/subscriptions/00000000"
    assert budget["filter"]["dimensions"]["values"] == ["mlops-dev-rg", "mlops-dev-managed-rg"]
    assert budget["timePeriod"] == {"startDate": "2026-12-01T00:00:00Z"}


def test_alerts_go_out_before_the_money_is_gone_and_when_it_is_about_to_be() -> None:
    graph = deploy(lambda: Builder("dev").budgets())
    alerts = graph.one("azure-native:consumption:Budget", "money-azure").inputs["notifications"]
    told = [(a["thresholdType"], a["threshold"], a["contactEmails"]) for a in alerts.values()]
    to = ["ml-platform@example.com"]
    assert sorted(told) == [
        ("Actual", 50, to), ("Actual", 80, to), ("Actual", 100, to), ("Forecasted", 100, to),
    ]  # fmt: skip
    usage = graph.one("databricks:index/budget:Budget", "money-databricks").inputs
    assert [a["quantityThreshold"] for a in usage["alertConfigurations"]] == [
        "2500", "4000", "5000",
    ]  # fmt: skip
    assert usage["filter"] == {"workspaceId": {"operator": "IN", "values": [1001]}}


def test_an_endpoint_is_billed_under_the_environments_policy() -> None:
    graph = deploy(lambda: Builder().serving())
    endpoint = graph.one("databricks:index/modelServing:ModelServing", "serve-endpoint")
    assert endpoint.inputs["budgetPolicyId"] == "usage"
    policy = deploy(lambda: Builder().budgets()).one(
        "databricks:index/budgetPolicy:BudgetPolicy", "money-usage-policy"
    )
    assert policy.inputs["bindingWorkspaceIds"] == [1001]
    assert {"key": "env", "value": "prod"} in policy.inputs["customTags"]


def test_entities_are_declared_in_the_order_in_which_the_api_answers_them() -> None:
    (champion,) = stack_files()["prod"].serving.endpoints[0].entities
    entities = [
        champion.model_copy(update={"name": name, "traffic_percent": 50})
        for name in ("incumbent", "challenger")
    ]
    graph = deploy(lambda: Builder().serving(entities=entities))
    config = graph.one("databricks:index/modelServing:ModelServing", "serve-endpoint").inputs[
        "config"
    ]
    names = [entity["name"] for entity in config["servedEntities"]]
    routes = [route["servedEntityName"] for route in config["trafficConfig"]["routes"]]
    assert names == routes == ["challenger", "incumbent"]


def test_what_an_endpoint_serves_has_one_owner() -> None:
    def ignored(release: Literal["settings", "controller"]) -> tuple[str, ...]:
        graph = deploy(lambda: Builder().serving(release=release))
        return graph.one(
            "databricks:index/modelServing:ModelServing", "serve-endpoint"
        ).ignore_changes

    assert ignored("settings") == ()
    assert ignored("controller") == ("config",)
