"""Compiles an environment's compute limits to cluster policy definitions. Pure.

An attribute that a policy does not name is unrestricted, so each definition names everything that
costs or exposes. https://learn.microsoft.com/azure/databricks/admin/clusters/policy-definition
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from settings.compute import ComputeSettings

Definition = dict[str, dict[str, Any]]

RUNTIME = "auto:latest-lts-ml"
"""The newest long-term-support ML runtime, chosen by Databricks when a cluster is made.

For people, who explore with what is current; jobs stay on the runtime below until the workloads'
lock file has moved and its tests have passed."""
JOBS_RUNTIME = "17.3.x-cpu-ml-scala2.13"
"""The long-term-support ML runtime that the workloads are built and tested for, as their
requirements.in pins it.

A cluster names a version: there the API refuses the special values of policies.
https://github.com/databricks/cli/issues/1327"""
UNSAFE_SPARK_SETTING = "spark_conf.spark.databricks.delta.retentionDurationCheck.enabled"
"""Switched off, VACUUM deletes files that running queries and time travel need."""


def interactive_definition(
    settings: ComputeSettings, tags: Mapping[str, str], pool_id: str | None = None
) -> Definition:
    """The policy of all-purpose clusters.

    Args:
        settings: The environment's limits.
        tags: Tags every cluster carries.
        pool_id: Pool that all nodes come from. Node type, capacity and tags are then the pool's;
            a cluster that repeats one of the pool's tags is refused.
    """
    nodes = _pooled(pool_id) if pool_id else _bought(settings, tags)
    return {
        **_common(settings),
        **nodes,
        "cluster_type": _fixed("all-purpose"),
        "autotermination_minutes": {
            "type": "range",
            "minValue": 10,
            "maxValue": settings.autotermination_minutes,
            "defaultValue": settings.autotermination_minutes,
        },
        "data_security_mode": {
            "type": "allowlist",
            "values": ["SINGLE_USER", "USER_ISOLATION"],
            "defaultValue": "SINGLE_USER",
        },
    }


def jobs_definition(settings: ComputeSettings, tags: Mapping[str, str]) -> Definition:
    """The policy of job clusters, which end with their job and so have no idle limit."""
    return {
        **_common(settings),
        **_bought(settings, tags),
        "spark_version": _fixed(JOBS_RUNTIME),
        "cluster_type": _fixed("job"),
        "data_security_mode": _fixed("SINGLE_USER"),
    }


def _common(settings: ComputeSettings) -> Definition:
    engine = (
        {"type": "allowlist", "values": ["STANDARD", "PHOTON"], "defaultValue": "STANDARD"}
        if settings.photon
        else _fixed("STANDARD")
    )
    return {
        "spark_version": _fixed(RUNTIME),
        "runtime_engine": engine,
        "autoscale.min_workers": {
            "type": "range",
            "minValue": 1,
            "maxValue": settings.max_workers,
            "defaultValue": settings.min_workers,
        },
        "autoscale.max_workers": {
            "type": "range",
            "minValue": 1,
            "maxValue": settings.max_workers,
            "defaultValue": settings.max_workers,
        },
        "num_workers": {
            "type": "range",
            "minValue": 1,
            "maxValue": settings.max_workers,
            "isOptional": True,
        },
        "dbus_per_hour": {"type": "range", "maxValue": settings.max_dbus_per_hour},
        UNSAFE_SPARK_SETTING: {"type": "forbidden"},
    }


def _bought(settings: ComputeSettings, tags: Mapping[str, str]) -> Definition:
    """Nodes of the environment's own type, tagged, on the capacity it pays for."""
    availability = "SPOT_WITH_FALLBACK_AZURE" if settings.spot else "ON_DEMAND_AZURE"
    return {
        "instance_pool_id": {"type": "forbidden"},
        "driver_instance_pool_id": {"type": "forbidden"},
        "node_type_id": _allowed(settings.node_type),
        "driver_node_type_id": _allowed(settings.node_type),
        # Flexible node types would step around the two lists above.
        "worker_node_type_flexibility.alternate_node_type_ids": {"type": "forbidden"},
        "driver_node_type_flexibility.alternate_node_type_ids": {"type": "forbidden"},
        "azure_attributes.availability": _fixed(availability),
        "azure_attributes.first_on_demand": _fixed(1),
        "azure_attributes.spot_bid_max_price": _fixed(-1),
        **{f"custom_tags.{name}": _fixed(value) for name, value in sorted(tags.items())},
    }


def _pooled(pool_id: str) -> Definition:
    return {
        "instance_pool_id": {**_fixed(pool_id), "hidden": True},
        "driver_instance_pool_id": {**_fixed(pool_id), "hidden": True},
        "node_type_id": {"type": "forbidden"},
        "driver_node_type_id": {"type": "forbidden"},
    }


def _fixed(value: str | int) -> dict[str, Any]:
    return {"type": "fixed", "value": value}


def _allowed(value: str) -> dict[str, Any]:
    return {"type": "allowlist", "values": [value], "defaultValue": value}
