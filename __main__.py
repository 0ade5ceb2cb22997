"""Composition root: load the settings, wire the components, export what others need.

There is no branch on a stack's name; what differs between environments is in the stack files.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import runtime

runtime.start()

import pulumi  # noqa: E402 - the start above is what makes these imports cheap
import pulumi_azure_native as azure  # noqa: E402
import pulumi_databricks as databricks  # noqa: E402
from pulumi import Output, ResourceOptions  # noqa: E402
from pulumi_azure_native import resources  # noqa: E402

from components import access, model_versions, monitored_tables, waiting_jobs, wheel  # noqa: E402
from components.automation import Automation, AutomationArgs  # noqa: E402
from components.budgets import Budgets, BudgetsArgs  # noqa: E402
from components.cluster_policy import ClusterPolicy, ClusterPolicyArgs  # noqa: E402
from components.existing import Existing  # noqa: E402
from components.naming import Names  # noqa: E402
from components.network_perimeter import NetworkPerimeter, NetworkPerimeterArgs  # noqa: E402
from components.observability import Observability, ObservabilityArgs  # noqa: E402
from components.serving_endpoint import ServingEndpoint, ServingEndpointArgs  # noqa: E402
from components.shared_estate import (  # noqa: E402
    Estate,
    SharedEstate,
    SharedEstateArgs,
    SharedEstateReference,
)
from components.tags import platform_tags  # noqa: E402
from components.unity_catalog import UnityCatalog, UnityCatalogArgs  # noqa: E402
from components.workload_environment import AUDIT_TABLE  # noqa: E402
from components.workloads import Workloads, WorkloadsArgs  # noqa: E402
from components.workspace import Workspace, WorkspaceArgs  # noqa: E402
from components.workspace_hardening import (  # noqa: E402
    WorkspaceHardening,
    WorkspaceHardeningArgs,
)
from settings.estate import OwnedEstate  # noqa: E402
from settings.load import load  # noqa: E402

PROJECT = Path(__file__).parent
WORKLOADS = PROJECT / "workloads"
BUILT = PROJECT / ".cache" / "wheels"

settings = load()
environment = settings.environment
location = settings.azure.location
tags = platform_tags(settings)
names = Names(
    prefix=environment.prefix,
    environment=environment.name,
    subscription_id=settings.azure.subscription_id,
)

azure_provider = azure.Provider(
    "azure",
    subscription_id=settings.azure.subscription_id,
    tenant_id=settings.azure.tenant_id,
    location=location,
)
account_provider = databricks.Provider(
    "account",
    host=settings.databricks.account_host,
    account_id=settings.databricks.account_id,
    azure_tenant_id=settings.azure.tenant_id,
)
on_azure = ResourceOptions(provider=azure_provider)

resource_group = resources.ResourceGroup(
    "resource-group",
    resource_group_name=names.of("rg"),
    location=location,
    tags=tags,
    opts=ResourceOptions(provider=azure_provider, protect=environment.protect),
)

estate: Estate
if isinstance(settings.shared_estate, OwnedEstate):
    owned = SharedEstate(
        "shared-estate",
        SharedEstateArgs(
            settings=settings.shared_estate,
            location=location,
            account_id=settings.databricks.account_id,
            protect=environment.protect,
            account_provider=account_provider,
        ),
    )
    pulumi.export(SharedEstateReference.OUTPUT, owned.exported)
    estate = owned
else:
    estate = SharedEstateReference("shared-estate", settings.shared_estate.stack)

perimeter = NetworkPerimeter(
    "perimeter",
    NetworkPerimeterArgs(
        settings=settings.network,
        names=names,
        resource_group_name=resource_group.name,
        location=location,
        tags=tags,
    ),
    on_azure,
)
members = access.workspace_roles(settings.catalog)
workspace = Workspace(
    "workspace",
    WorkspaceArgs(
        settings=settings.workspace,
        names=names,
        resource_group_name=resource_group.name,
        location=location,
        tenant_id=settings.azure.tenant_id,
        tags=tags,
        protect=environment.protect,
        virtual_network_id=perimeter.virtual_network_id,
        host_subnet_name=perimeter.host_subnet_name,
        container_subnet_name=perimeter.container_subnet_name,
        private_link=perimeter.private_link,
        metastore_id=estate.metastore_id,
        connectivity_id=estate.connectivity_id,
        members={
            key: estate.group_ids[key]
            for key in (*(role.value for role in members), access.OBSERVERS)
        },
        administrators=estate.group_ids[access.OWNERS],
        account_provider=account_provider,
        outlived_by=estate.lasting,
    ),
    on_azure,
)
# Configured with what is known before the workspace exists: with an unknown argument a provider
# checks nothing at preview. The dependency makes everything inside the workspace wait for it.
workspace_provider = databricks.Provider(
    "workspace",
    azure_workspace_resource_id=names.workspace_id,
    azure_tenant_id=settings.azure.tenant_id,
    opts=ResourceOptions(depends_on=[workspace]),
)
WorkspaceHardening(
    "hardening",
    WorkspaceHardeningArgs(
        settings=settings.workspace.hardening, workspace_provider=workspace_provider
    ),
)

catalog_plan = access.environment_catalog(
    settings.catalog, environment.name, profiled=bool(settings.observability.monitors)
)
catalog_args = UnityCatalogArgs(
    plan=catalog_plan,
    storage=settings.catalog.storage,
    storage_role="ct",
    names=names,
    resource_group_name=resource_group.name,
    location=location,
    tenant_id=settings.azure.tenant_id,
    tags=tags,
    protect=environment.protect,
    private_link=workspace.private_link,
    log_workspace_id=workspace.log_workspace_id,
    workspace_id=workspace.workspace_id,
    groups=estate.group_names,
    workspace_provider=workspace_provider,
)
catalog = UnityCatalog("catalog", catalog_args, on_azure)
rights = catalog_plan.table()
if isinstance(settings.shared_estate, OwnedEstate):
    registry_plan = access.registry_catalog(settings.shared_estate.registry)
    UnityCatalog(
        "registry",
        replace(
            catalog_args,
            plan=registry_plan,
            storage=settings.shared_estate.registry.storage,
            storage_role="rg",
            system_schemas=settings.shared_estate.system_schemas,
        ),
        on_azure,
    )
    rights += registry_plan.table() + access.system_table(settings.shared_estate.system_schemas)

interactive_roles, job_roles = access.compute_roles(settings.catalog)
compute = ClusterPolicy(
    "compute",
    ClusterPolicyArgs(
        settings=settings.compute,
        names=names,
        tags=tags,
        interactive_users=[estate.group_names[role.value] for role in interactive_roles],
        job_users=[estate.group_names[role.value] for role in job_roles],
        workspace_provider=workspace_provider,
    ),
)

budgets = Budgets(
    "budgets",
    BudgetsArgs(
        settings=settings.budget,
        names=names,
        tags=tags,
        workspace_id=workspace.workspace_id,
        account_provider=account_provider,
    ),
    on_azure,
)
automation = Automation(
    "automation",
    AutomationArgs(
        names=names,
        account_id=settings.databricks.account_id,
        workspace_id=workspace.joined_workspace_id,
        groups={
            key: estate.group_ids[key]
            for key in (*settings.workloads.identity_groups, access.OBSERVERS)
        },
        deployers=estate.group_names[access.OWNERS],
        account_provider=account_provider,
    ),
)
existing = Existing(
    resource_group_name=names.of("rg"),
    workspace_name=names.of("workspace"),
    azure_provider=azure_provider,
    workspace_provider=workspace_provider,
)
resting = waiting_jobs.waiting(settings.workloads.jobs, existing)
workloads = Workloads(
    "workloads",
    WorkloadsArgs(
        settings=settings.workloads,
        compute=settings.compute,
        environment=environment.name,
        names=names,
        wheel=str(wheel.build(WORKLOADS, BUILT).relative_to(PROJECT)),
        pins=wheel.pins(WORKLOADS),
        catalog_name=catalog.catalog_name,
        schema_name=catalog.schemas[settings.workloads.schema_name],
        registry=estate.registry,
        workspace_url=workspace.url,
        jobs_policy_id=compute.jobs_policy_id,
        usage_policy_id=budgets.usage_policy_id,
        run_as=automation.ready,
        owner=estate.group_names[access.OWNERS],
        experimenters={
            level: [estate.group_names[role.value] for role in roles]
            for level, roles in access.folder_levels(settings.catalog).items()
        },
        waiting=resting,
        operators=[estate.group_names[role.value] for role in job_roles],
        vault_id=workspace.vault_id,
        vault_uri=workspace.vault_uri,
        tags=tags,
        workspace_provider=workspace_provider,
    ),
    on_azure,
)

readiness = model_versions.divide(settings.serving.endpoints, existing)
for endpoint in readiness.ready:
    ServingEndpoint(
        f"serving-{endpoint.name}",
        ServingEndpointArgs(
            settings=endpoint,
            catalog_name=catalog.catalog_name,
            tags=tags,
            usage_policy_id=budgets.usage_policy_id,
            consumers=[estate.group_names[role.value] for role in endpoint.query_roles],
            protect=environment.protect,
            workspace_provider=workspace_provider,
        ),
    )

watch = monitored_tables.divide(settings.observability.monitors, settings.catalog.name, existing)
audit_table = f"{settings.catalog.name}.{settings.workloads.schema_name}.{AUDIT_TABLE}"
observability = Observability(
    "observability",
    ObservabilityArgs(
        settings=settings.observability,
        environment=environment.name,
        names=names,
        workspace_id=workspace.joined_workspace_id,
        monitors=watch.ready,
        catalog_name=settings.catalog.name,
        metrics_schema=settings.workloads.schema_name,
        audit_table=audit_table if existing.table(audit_table) else None,
        contacts=settings.workloads.contacts,
        run_as=automation.ready,
        viewers=[
            estate.group_names[key]
            for key in (access.OBSERVERS, *(role.value for role in job_roles))
        ],
        tags=tags,
        workspace_provider=workspace_provider,
    ),
)

pulumi.export("environment", environment.name)
pulumi.export("workspaceUrl", workspace.url)
pulumi.export("vaultUri", workspace.vault_uri)
pulumi.export("jobs", workloads.job_ids)
pulumi.export("jobIdentity", automation.application_id)
pulumi.export("catalog", catalog.catalog_name)
pulumi.export("registry", estate.registry)
pulumi.export("jobsPolicyId", compute.jobs_policy_id)
pulumi.export("interactivePolicyId", compute.interactive_policy_id)
pulumi.export("experimentFolder", workloads.experiment_folder)
pulumi.export("warehouseId", observability.warehouse_id)
pulumi.export("dashboards", observability.dashboard_ids)
pulumi.export("operators", [estate.group_names[role.value] for role in job_roles])
pulumi.export("contacts", [*settings.workloads.contacts])
pulumi.export("libraryPath", workloads.library_path)
pulumi.export("environmentPath", workloads.environment_path)
pulumi.export(
    "accessTable",
    Output.all(**estate.group_names).apply(
        lambda groups: [
            {"principal": groups[who], "securable": securable, "privileges": [*privileges]}
            for who, securable, privileges in rights
        ]
    ),
)
pulumi.export(
    "waitingEndpoints",
    [{"name": endpoint.name, "waitsFor": reason} for endpoint, reason in readiness.waiting],
)
pulumi.export(
    "waitingMonitors",
    [{"name": monitor.table, "waitsFor": reason} for monitor, reason in watch.waiting],
)
pulumi.export("waitingJobs", [{"name": job, "waitsFor": reason} for job, reason in resting.items()])
