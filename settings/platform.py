"""All settings of one stack, and what must hold between their groups."""

from __future__ import annotations

from itertools import combinations
from typing import Self

from pydantic import model_validator

from settings.base import Settings
from settings.budget import BudgetSettings
from settings.catalog import CatalogSettings
from settings.compute import ComputeSettings
from settings.environment import (
    AzureSettings,
    DatabricksSettings,
    EnvironmentSettings,
    TagSettings,
)
from settings.estate import EstateSettings
from settings.network import NetworkSettings
from settings.observability import MOST_CONTACTS, ObservabilitySettings
from settings.serving import ServingSettings
from settings.workloads import WorkloadSettings
from settings.workspace import WorkspaceSettings


class PlatformSettings(Settings):
    """One environment of the platform: one stack file."""

    environment: EnvironmentSettings
    azure: AzureSettings
    databricks: DatabricksSettings
    tags: TagSettings
    network: NetworkSettings
    workspace: WorkspaceSettings
    catalog: CatalogSettings
    compute: ComputeSettings
    budget: BudgetSettings
    serving: ServingSettings = ServingSettings()
    workloads: WorkloadSettings
    observability: ObservabilitySettings
    shared_estate: EstateSettings

    @model_validator(mode="after")
    def _clusters_fit_the_network(self) -> Self:
        nodes = self.compute.max_workers + 1
        if nodes > self.network.node_capacity:
            raise ValueError(
                f"mlops:compute.maxWorkers {self.compute.max_workers} needs {nodes} nodes but "
                f"network.hostSubnet holds {self.network.node_capacity}; "
                "lower maxWorkers or choose larger subnets"
            )
        return self

    @model_validator(mode="after")
    def _ids_are_of_what_they_say(self) -> Self:
        keys = {
            "azure.subscriptionId": self.azure.subscription_id,
            "azure.tenantId": self.azure.tenant_id,
            "databricks.accountId": self.databricks.account_id,
        }
        for (key, one), (other_key, other) in combinations(keys.items(), 2):
            if one == other:
                raise ValueError(
                    f"mlops:{key} {one} is also mlops:{other_key}, and no two of them are the "
                    "same; look up which of them it is and correct the other"
                )
        return self

    @model_validator(mode="after")
    def _a_dear_day_is_told_of_in_time(self) -> Self:
        day, month = self.observability.alerts.daily_cost_usd, self.budget.monthly_usd
        if day > month:
            raise ValueError(
                f"mlops:observability.alerts.dailyCostUsd {day:g} is above mlops:budget.monthlyUsd "
                f"{month}, so a whole month's budget may go in a day unnoticed; lower it"
            )
        return self

    @model_validator(mode="after")
    def _workloads_have_a_schema(self) -> Self:
        schema = self.workloads.schema_name
        if schema not in self.catalog.schemas:
            raise ValueError(
                f"mlops:workloads.schema {schema} is not a schema of {self.catalog.name} "
                f"({', '.join(self.catalog.schemas)}); name one of them"
            )
        return self

    @model_validator(mode="after")
    def _folders_are_apart(self) -> Self:
        if self.observability.folder == self.workloads.experiment_folder:
            raise ValueError(
                f"mlops:observability.folder {self.observability.folder} is also "
                "mlops:workloads.experimentFolder; give each a folder of its own"
            )
        return self

    @model_validator(mode="after")
    def _inference_logs_have_a_schema(self) -> Self:
        for endpoint in self.serving.endpoints:
            if endpoint.inference_log_schema not in self.catalog.schemas:
                raise ValueError(
                    f"mlops:serving.endpoints {endpoint.name}: inferenceLogSchema "
                    f"{endpoint.inference_log_schema} is not a schema of {self.catalog.name} "
                    f"({', '.join(self.catalog.schemas)}); name one of them"
                )
        return self

    @model_validator(mode="after")
    def _own_models_have_a_schema(self) -> Self:
        models = [entity.model for each in self.serving.endpoints for entity in each.entities]
        for model in models:
            catalog, schema, _ = model.split(".")
            if catalog == self.catalog.name and schema not in self.catalog.schemas:
                raise ValueError(
                    f"mlops:serving.endpoints: {schema} of the model {model} is not a schema of "
                    f"{catalog} ({', '.join(self.catalog.schemas)}); name one of them"
                )
        return self

    @model_validator(mode="after")
    def _monitors_can_be_built(self) -> Self:
        monitors = self.observability.monitors
        for monitor in monitors:
            schema = monitor.table.partition(".")[0]
            if schema not in self.catalog.schemas:
                raise ValueError(
                    f"mlops:observability.monitors {monitor.table}: {schema} is not a schema of "
                    f"{self.catalog.name} ({', '.join(self.catalog.schemas)}); name one of them"
                )
        if monitors and len(self.workloads.contacts) > MOST_CONTACTS:
            raise ValueError(
                f"mlops:workloads.contacts has {len(self.workloads.contacts)} addresses, but the "
                f"monitors of mlops:observability notify at most {MOST_CONTACTS}; use a mailing "
                "list"
            )
        return self
