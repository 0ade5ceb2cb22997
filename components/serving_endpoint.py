"""A model behind an address: entities, traffic, and a record of every request.

Which endpoints can be built is decided by :mod:`components.model_versions`: an endpoint whose model
version does not exist yet is not declared at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
import pulumi_databricks as databricks
from pulumi import CustomTimeouts, Input, Output, ResourceOptions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from settings.serving import EndpointSettings, ServedEntitySettings

PATIENCE = CustomTimeouts(create="60m", update="60m", delete="60m")
"""Databricks builds a container image per model version."""


@dataclass(frozen=True, kw_only=True)
class ServingEndpointArgs:
    """What an endpoint needs."""

    settings: EndpointSettings
    catalog_name: Input[str]
    """Catalog that receives the inference table."""
    tags: Mapping[str, str]
    usage_policy_id: Input[str]
    """Usage policy that the endpoint's spend is billed under."""
    consumers: Sequence[Input[str]]
    """Display names of the groups that may send requests."""
    protect: bool
    workspace_provider: databricks.Provider


class ServingEndpoint(pulumi.ComponentResource):
    """``mlops:serving:ServingEndpoint``: a serving endpoint with traffic, logs and callers.

    Produces the endpoint, with its inference table and usage tracking through AI Gateway, and who
    may query it. A change of the endpoint's name replaces it; the place of the inference table
    cannot change once it is set. What is served and how traffic is divided has one owner: with
    ``release: controller`` the component declares it for a new endpoint alone.
    """

    endpoint_name: Output[str]
    """Name of the endpoint, part of its invocation address."""

    def __init__(
        self, name: str, args: ServingEndpointArgs, opts: ResourceOptions | None = None
    ) -> None:
        super().__init__("mlops:serving:ServingEndpoint", name, None, opts)
        settings = args.settings
        # The API answers entities in the order of their names, and not every version of the
        # provider puts them back into the program's order.
        # https://github.com/databricks/terraform-provider-databricks/blob/main/serving/preserve_order_test.go
        entities = sorted(settings.entities, key=lambda entity: entity.name)
        endpoint = databricks.ModelServing(
            f"{name}-endpoint",
            name=settings.name,
            budget_policy_id=args.usage_policy_id,
            config=databricks.ModelServingConfigArgs(
                served_entities=[_served_entity(entity) for entity in entities],
                traffic_config=databricks.ModelServingConfigTrafficConfigArgs(
                    routes=[
                        databricks.ModelServingConfigTrafficConfigRouteArgs(
                            served_entity_name=entity.name,
                            traffic_percentage=entity.traffic_percent,
                        )
                        for entity in entities
                    ]
                ),
            ),
            ai_gateway=databricks.ModelServingAiGatewayArgs(
                inference_table_config=databricks.ModelServingAiGatewayInferenceTableConfigArgs(
                    enabled=True,
                    catalog_name=args.catalog_name,
                    schema_name=settings.inference_log_schema,
                    table_name_prefix=f"{settings.inference_log_prefix}{_table_part(settings.name)}",
                ),
                usage_tracking_config=databricks.ModelServingAiGatewayUsageTrackingConfigArgs(
                    enabled=True
                ),
            ),
            tags=[
                databricks.ModelServingTagArgs(key=key, value=value)
                for key, value in sorted(
                    {
                        **args.tags,
                        "model-owner": settings.model_owner,
                        "risk-tier": settings.risk_tier,
                    }.items()
                )
            ],
            opts=ResourceOptions(
                parent=self,
                provider=args.workspace_provider,
                protect=args.protect,
                custom_timeouts=PATIENCE,
                # The provider sends each of config, tags and ai_gateway only when it changed, so
                # a change of the others leaves the controller's configuration alone.
                # https://github.com/databricks/terraform-provider-databricks/blob/main/serving/resource_model_serving.go
                ignore_changes=["config"] if settings.release == "controller" else None,
            ),
        )
        if args.consumers:
            databricks.Permissions(
                f"{name}-callers",
                serving_endpoint_id=endpoint.serving_endpoint_id,
                access_controls=[
                    databricks.PermissionsAccessControlArgs(
                        group_name=group, permission_level="CAN_QUERY"
                    )
                    for group in args.consumers
                ],
                opts=ResourceOptions(parent=self, provider=args.workspace_provider),
            )
        self.endpoint_name = endpoint.name
        self.register_outputs({"endpoint_name": self.endpoint_name})


def _served_entity(
    entity: ServedEntitySettings,
) -> databricks.ModelServingConfigServedEntityArgs:
    return databricks.ModelServingConfigServedEntityArgs(
        name=entity.name,
        entity_name=entity.model,
        entity_version=entity.version,
        workload_type=entity.workload_type,
        workload_size=entity.workload_size,
        scale_to_zero_enabled=entity.scale_to_zero,
        environment_vars=entity.environment or None,
    )


def _table_part(endpoint_name: str) -> str:
    """The endpoint's name as part of a table's name."""
    return endpoint_name.lower().replace("-", "_")
