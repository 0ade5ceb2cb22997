"""Limits of an environment's compute, from which the cluster policies are compiled."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from settings.base import NodeType, Settings


class PoolSettings(Settings):
    """An instance pool that keeps clusters' start-up short."""

    idle_minutes: Annotated[int, Field(ge=1, le=60)]
    """Minutes an idle instance stays before it is released."""
    min_idle: Annotated[int, Field(ge=0, le=10)] = 0
    """Instances kept warm, paid for around the clock."""
    max_capacity: Annotated[int, Field(ge=1, le=500)]
    """Instances the pool may hold, running ones included."""

    @model_validator(mode="after")
    def _idle_fits_capacity(self) -> Self:
        if self.min_idle > self.max_capacity:
            raise ValueError(
                f"minIdle {self.min_idle} is above maxCapacity {self.max_capacity}; lower minIdle"
            )
        return self


class ComputeSettings(Settings):
    """What clusters of the environment may be."""

    node_type: NodeType
    """VM size of workers and drivers."""
    min_workers: Annotated[int, Field(ge=1, le=500)]
    """Workers a cluster starts with."""
    max_workers: Annotated[int, Field(ge=1, le=500)]
    """Workers a cluster may grow to."""
    autotermination_minutes: Annotated[int, Field(ge=10, le=10_000)]
    """Idle minutes after which an all-purpose cluster stops."""
    max_dbus_per_hour: Annotated[int, Field(ge=1, le=10_000)]
    """Databricks units an hour that one cluster may burn."""
    max_clusters_per_user: Annotated[int, Field(ge=1, le=20)] = 1
    """All-purpose clusters that one person may hold at a time."""
    spot: bool = False
    """Whether workers run on spot capacity with fallback; the driver is always on demand."""
    photon: bool = False
    """Whether clusters may use the Photon engine, which burns more Databricks units."""
    pool: PoolSettings | None = None
    """Instance pool. Default: none."""

    @model_validator(mode="after")
    def _the_pool_holds_a_cluster(self) -> Self:
        nodes = self.min_workers + 1
        if self.pool and self.pool.max_capacity < nodes:
            raise ValueError(
                f"pool.maxCapacity {self.pool.max_capacity} is below the {nodes} nodes of a "
                f"cluster with minWorkers {self.min_workers} and its driver; raise it"
            )
        return self

    @model_validator(mode="after")
    def _workers_are_a_range(self) -> Self:
        if self.min_workers > self.max_workers:
            raise ValueError(
                f"minWorkers {self.min_workers} is above maxWorkers {self.max_workers}; swap them"
            )
        return self
