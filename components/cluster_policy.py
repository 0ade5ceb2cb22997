"""What clusters of an environment may be, and who may start them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
import pulumi_databricks as databricks
from pulumi import Input, Output, ResourceOptions

from components.cluster_rules import interactive_definition, jobs_definition

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from components.naming import Names
    from settings.compute import ComputeSettings, PoolSettings


@dataclass(frozen=True, kw_only=True)
class ClusterPolicyArgs:
    """What the policies need."""

    settings: ComputeSettings
    names: Names
    tags: Mapping[str, str]
    interactive_users: Sequence[Input[str]]
    """Display names of the groups that may start all-purpose clusters."""
    job_users: Sequence[Input[str]]
    """Display names of the groups that may start job clusters."""
    workspace_provider: databricks.Provider


class ClusterPolicy(pulumi.ComponentResource):
    """``mlops:compute:ClusterPolicy``: the only ways to start compute in an environment.

    Produces a policy for all-purpose clusters, one for job clusters, who may use each, and an
    instance pool where the settings ask for one. A change of the node type replaces the pool.
    """

    interactive_policy_id: Output[str]
    """Id of the policy of all-purpose clusters."""
    jobs_policy_id: Output[str]
    """Id of the policy of job clusters."""

    def __init__(
        self, name: str, args: ClusterPolicyArgs, opts: ResourceOptions | None = None
    ) -> None:
        super().__init__("mlops:compute:ClusterPolicy", name, None, opts)
        self._name = name
        self._args = args
        self._child = ResourceOptions(parent=self, provider=args.workspace_provider)
        settings = args.settings

        pool_id = self._pool(settings.pool) if settings.pool else None
        interactive = self._policy(
            "interactive",
            Output.from_input(pool_id).apply(
                lambda pool: json.dumps(interactive_definition(settings, args.tags, pool))
            ),
            max_clusters_per_user=settings.max_clusters_per_user,
        )
        jobs = self._policy("jobs", json.dumps(jobs_definition(settings, args.tags)))
        self._permit("interactive", args.interactive_users, "CAN_USE", policy_id=interactive.id)
        self._permit("jobs", args.job_users, "CAN_USE", policy_id=jobs.id)
        if pool_id is not None:
            self._permit("pool", args.interactive_users, "CAN_ATTACH_TO", pool_id=pool_id)

        self.interactive_policy_id = interactive.id
        self.jobs_policy_id = jobs.id
        self.register_outputs(
            {
                "interactive_policy_id": self.interactive_policy_id,
                "jobs_policy_id": self.jobs_policy_id,
            }
        )

    def _policy(
        self, use: str, definition: Input[str], max_clusters_per_user: int | None = None
    ) -> databricks.ClusterPolicy:
        return databricks.ClusterPolicy(
            f"{self._name}-{use}",
            name=self._args.names.of(use),
            definition=definition,
            max_clusters_per_user=max_clusters_per_user,
            opts=self._child,
        )

    def _pool(self, pool: PoolSettings) -> Output[str]:
        settings = self._args.settings
        return databricks.InstancePool(
            f"{self._name}-pool",
            instance_pool_name=self._args.names.of("pool"),
            node_type_id=settings.node_type,
            min_idle_instances=pool.min_idle,
            max_capacity=pool.max_capacity,
            idle_instance_autotermination_minutes=pool.idle_minutes,
            azure_attributes=databricks.InstancePoolAzureAttributesArgs(
                availability="SPOT_AZURE" if settings.spot else "ON_DEMAND_AZURE",
                spot_bid_max_price=-1 if settings.spot else None,
            ),
            custom_tags=self._args.tags,
            opts=self._child,
        ).id

    def _permit(
        self,
        role: str,
        groups: Sequence[Input[str]],
        level: str,
        *,
        policy_id: Input[str] | None = None,
        pool_id: Input[str] | None = None,
    ) -> None:
        if not groups:
            return
        databricks.Permissions(
            f"{self._name}-{role}-users",
            cluster_policy_id=policy_id,
            instance_pool_id=pool_id,
            access_controls=[
                databricks.PermissionsAccessControlArgs(group_name=group, permission_level=level)
                for group in groups
            ],
            opts=self._child,
        )
