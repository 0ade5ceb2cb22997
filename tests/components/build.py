"""One of each component, wired with plain values and the settings of a real stack file."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import pulumi_databricks as databricks
from pulumi import Output, ResourceOptions

from components import access
from components.automation import Automation, AutomationArgs
from components.budgets import Budgets, BudgetsArgs
from components.cluster_policy import ClusterPolicy, ClusterPolicyArgs
from components.naming import Names
from components.network_perimeter import NetworkPerimeter, NetworkPerimeterArgs
from components.observability import Observability, ObservabilityArgs
from components.private_link import ZONES, PrivateLink
from components.serving_endpoint import ServingEndpoint, ServingEndpointArgs
from components.shared_estate import SharedEstate, SharedEstateArgs
from components.tags import platform_tags
from components.unity_catalog import UnityCatalog, UnityCatalogArgs
from components.workloads import Workloads, WorkloadsArgs
from components.workspace import Workspace, WorkspaceArgs
from components.workspace_hardening import WorkspaceHardening, WorkspaceHardeningArgs
from settings.estate import OwnedEstate, RegistrySettings
from settings.load import load_stack_files

if TYPE_CHECKING:
    from collections.abc import Mapping

    from settings.observability import ObservabilitySettings
    from settings.platform import PlatformSettings
    from settings.workloads import WorkloadSettings

stack_files = cache(load_stack_files)


@dataclass(frozen=True)
class Builder:
    """Builds components from one stack's settings; each call is a program of its own."""

    stack: str = "prod"
    protect: bool = True

    @property
    def settings(self) -> PlatformSettings:
        return stack_files()[self.stack]

    def provider(self) -> databricks.Provider:
        return databricks.Provider("explicit", host="https://adb-1.azure.test")

    def names(self) -> Names:
        return Names(prefix="mlops", environment="dev", subscription_id="0" * 8)

    def link(self) -> PrivateLink:
        zones = {zone: Output.from_input(f"/zones/{zone}") for zone in ZONES.values()}
        return PrivateLink(
            resource_group_name="rg",
            location="eastus2",
            tags=platform_tags(self.settings),
            subnet_id="/subnets/endpoints",
            zone_ids=zones,
        )

    def azure(self) -> dict[str, Any]:
        return {
            "names": self.names(),
            "resource_group_name": "rg",
            "location": "eastus2",
            "tags": platform_tags(self.settings),
        }

    def perimeter(self, name: str = "net", opts: ResourceOptions | None = None) -> NetworkPerimeter:
        args = NetworkPerimeterArgs(settings=self.settings.network, **self.azure())
        return NetworkPerimeter(name, args, opts)

    def workspace(self, name: str = "ws", opts: ResourceOptions | None = None) -> Workspace:
        args = WorkspaceArgs(
            settings=self.settings.workspace,
            tenant_id="tenant",
            protect=self.protect,
            virtual_network_id="/vnet",
            host_subnet_name="host",
            container_subnet_name="container",
            private_link=self.link(),
            metastore_id="metastore",
            connectivity_id="ncc",
            members={"data_scientists": "1"},
            administrators="2",
            account_provider=self.provider(),
            outlived_by=(),
            **self.azure(),
        )
        return Workspace(name, args, opts)

    def hardening(
        self, name: str = "hard", opts: ResourceOptions | None = None
    ) -> WorkspaceHardening:
        args = WorkspaceHardeningArgs(
            settings=self.settings.workspace.hardening, workspace_provider=self.provider()
        )
        return WorkspaceHardening(name, args, opts)

    def estate(self, name: str = "estate", opts: ResourceOptions | None = None) -> SharedEstate:
        owned = stack_files()["prod"].shared_estate
        assert isinstance(owned, OwnedEstate)
        args = SharedEstateArgs(
            settings=owned,
            location="eastus2",
            account_id="account",
            protect=self.protect,
            account_provider=self.provider(),
        )
        return SharedEstate(name, args, opts)

    def catalog(
        self,
        name: str = "cat",
        opts: ResourceOptions | None = None,
        plan: access.CatalogPlan | None = None,
        system_schemas: tuple[str, ...] = (),
    ) -> UnityCatalog:
        args = UnityCatalogArgs(
            plan=plan or access.environment_catalog(self.settings.catalog, "dev"),
            storage=self.settings.catalog.storage,
            storage_role="ct",
            tenant_id="tenant",
            protect=self.protect,
            private_link=self.link(),
            log_workspace_id="/logs",
            workspace_id="1001",
            groups={
                key: key for key in ("platform_owners", "mlops_release", "observers", *access.Role)
            },
            workspace_provider=self.provider(),
            system_schemas=system_schemas,
            **self.azure(),
        )
        return UnityCatalog(name, args, opts)

    def compute(self, name: str = "comp", opts: ResourceOptions | None = None) -> ClusterPolicy:
        args = ClusterPolicyArgs(
            settings=self.settings.compute,
            names=self.names(),
            tags=platform_tags(self.settings),
            interactive_users=["data_scientists"],
            job_users=["ml_engineers"],
            workspace_provider=self.provider(),
        )
        return ClusterPolicy(name, args, opts)

    def budgets(self, name: str = "money", opts: ResourceOptions | None = None) -> Budgets:
        args = BudgetsArgs(
            settings=self.settings.budget,
            names=self.names(),
            tags=platform_tags(self.settings),
            workspace_id="1001",
            account_provider=self.provider(),
        )
        return Budgets(name, args, opts)

    def serving(
        self,
        name: str = "serve",
        opts: ResourceOptions | None = None,
        **changes: Any,
    ) -> ServingEndpoint:
        endpoint = stack_files()["prod"].serving.endpoints[0]
        args = ServingEndpointArgs(
            settings=endpoint.model_copy(update=changes),
            catalog_name="ml_prod_catalog",
            tags=platform_tags(self.settings),
            usage_policy_id="usage",
            consumers=["model_consumers"],
            protect=self.protect,
            workspace_provider=self.provider(),
        )
        return ServingEndpoint(name, args, opts)

    def automation(self, name: str = "auto", opts: ResourceOptions | None = None) -> Automation:
        args = AutomationArgs(
            names=self.names(),
            account_id="account",
            workspace_id="1001",
            groups=dict.fromkeys(self.settings.workloads.identity_groups, "3"),
            deployers="platform_owners",
            account_provider=self.provider(),
        )
        return Automation(name, args, opts)

    def workloads(
        self,
        name: str = "work",
        opts: ResourceOptions | None = None,
        settings: WorkloadSettings | None = None,
        waiting: Mapping[str, str] | None = None,
    ) -> Workloads:
        args = WorkloadsArgs(
            settings=settings or self.settings.workloads,
            compute=self.settings.compute,
            environment="dev",
            names=self.names(),
            wheel=".cache/wheels/company_ml_framework-1.0.0+abc-py3-none-any.whl",
            pins=("mlflow==3.0.1", "evidently==0.7.23"),
            catalog_name="ml_dev_catalog",
            schema_name="experiments",
            registry=RegistrySettings().names,
            workspace_url="https://adb-1.azure.test",
            jobs_policy_id="policy",
            usage_policy_id="usage",
            run_as="application",
            owner="platform_owners",
            experimenters={"CAN_EDIT": ["ml_engineers"]},
            waiting=waiting or {},
            operators=["ml_engineers"],
            vault_id="/vaults/kv",
            vault_uri="https://kv.vault.azure.test/",
            tags=platform_tags(self.settings),
            workspace_provider=self.provider(),
        )
        return Workloads(name, args, opts)

    def observability(
        self,
        name: str = "watch",
        opts: ResourceOptions | None = None,
        settings: ObservabilitySettings | None = None,
        audit_table: str | None = None,
    ) -> Observability:
        chosen = settings or self.settings.observability
        args = ObservabilityArgs(
            settings=chosen,
            environment="dev",
            names=self.names(),
            workspace_id="1001",
            monitors=chosen.monitors,
            catalog_name="ml_dev_catalog",
            metrics_schema="experiments",
            audit_table=audit_table,
            contacts=["ml-platform@example.com"],
            run_as="application",
            viewers=["observers"],
            tags=platform_tags(self.settings),
            workspace_provider=self.provider(),
        )
        return Observability(name, args, opts)


COMPONENTS = (
    "perimeter", "workspace", "hardening", "estate", "catalog", "compute", "budgets", "serving",
    "automation", "workloads", "observability",
)  # fmt: skip
