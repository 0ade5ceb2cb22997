"""Compiles the access matrix to Unity Catalog privileges. Pure.

A principal is named by its key (``data_scientists``, ``platform_owners`` …); the group's display
name is wired in where grants are made. Privileges on a catalog are inherited by all it holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from settings.access import CatalogAccess, RegistryAccess, Role

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from settings.catalog import CatalogSettings
    from settings.estate import RegistrySettings

OWNERS = "platform_owners"
RELEASE = "mlops_release"
OBSERVERS = "observers"

Privileges = tuple[str, ...]
Grants = dict[str, Privileges]
"""Principal key to privileges on one securable."""

READ: Privileges = ("USE_CATALOG", "USE_SCHEMA", "SELECT", "READ_VOLUME", "EXECUTE")
WRITE: Privileges = (*READ, "MODIFY", "WRITE_VOLUME", "CREATE_TABLE")
VISIT: Privileges = ("USE_CATALOG",)
OBSERVE: Privileges = ("USE_SCHEMA", "SELECT")
# To profile a table takes SELECT on it, which owning its catalog does not include.
# https://docs.databricks.com/aws/dev-tools/cli/reference/quality-monitors-commands
PROFILE: Privileges = ("USE_CATALOG", "USE_SCHEMA", "SELECT", "CREATE_TABLE")
ALWAYS_ON = "billing"
"""The system schema that is there without being switched on."""
USE_MODELS: Privileges = ("USE_SCHEMA", "EXECUTE")
# Without CREATE_MODEL_VERSION only a model's owner adds versions to it:
# https://learn.microsoft.com/azure/databricks/machine-learning/manage-model-lifecycle/upgrade-workflows
MAKE_MODELS: Privileges = (*USE_MODELS, "CREATE_MODEL", "CREATE_MODEL_VERSION", "APPLY_TAG")

CATALOG_LEVELS: Mapping[CatalogAccess, Privileges] = {
    CatalogAccess.NONE: (),
    CatalogAccess.READ: READ,
    CatalogAccess.WRITE: WRITE,
}


@dataclass(frozen=True, kw_only=True)
class SchemaPlan:
    """A schema, its owner and what is granted on it alone."""

    name: str
    owner: str
    grants: Grants


@dataclass(frozen=True, kw_only=True)
class CatalogPlan:
    """A catalog with its schemas, owners and grants, ready to be built.

    An isolated catalog is visible only in the workspaces it is bound to.
    """

    name: str
    comment: str
    isolated: bool
    owner: str
    grants: Grants
    schemas: tuple[SchemaPlan, ...]

    def table(self) -> list[tuple[str, str, Privileges]]:
        """Who may do what: (principal, securable, privileges), catalog first."""
        rows = [(who, self.name, what) for who, what in sorted(self.grants.items())]
        for schema in self.schemas:
            place = f"{self.name}.{schema.name}"
            rows += [(who, place, what) for who, what in sorted(schema.grants.items())]
        return rows


def environment_catalog(
    settings: CatalogSettings, environment: str, *, profiled: bool = False
) -> CatalogPlan:
    """The plan of an environment's catalog: isolated, granted at catalog level.

    Args:
        settings: The catalog's settings.
        environment: Name of the environment.
        profiled: Whether the deployers build data-quality monitors of its tables.
    """
    grants = {
        role.value: CATALOG_LEVELS[level]
        for role, level in settings.access.levels().items()
        if CATALOG_LEVELS[level]
    }
    if profiled:
        grants[OWNERS] = PROFILE
    return CatalogPlan(
        name=settings.name,
        comment=f"Data, features and models of the {environment} environment",
        isolated=True,
        owner=OWNERS,
        grants=grants,
        schemas=tuple(SchemaPlan(name=name, owner=OWNERS, grants={}) for name in settings.schemas),
    )


def registry_catalog(settings: RegistrySettings) -> CatalogPlan:
    """The plan of the model registry: open to all workspaces, granted stage by stage.

    It stays open because every environment promotes through it; who may do what is decided by
    grants alone.
    """
    by_schema: dict[str, Grants] = {name: {} for name in settings.schemas}
    for role, level in settings.access.levels().items():
        for schema, privileges in _registry_level(settings, level).items():
            by_schema[schema][role.value] = privileges
    by_schema[settings.production_schema][RELEASE] = MAKE_MODELS
    visitors = {who for grants in by_schema.values() for who in grants}
    return CatalogPlan(
        name=settings.name,
        comment="Registered models by stage",
        isolated=False,
        owner=OWNERS,
        grants=dict.fromkeys(sorted(visitors), VISIT),
        schemas=tuple(
            SchemaPlan(
                name=name,
                owner=RELEASE if name == settings.production_schema else OWNERS,
                grants=grants,
            )
            for name, grants in by_schema.items()
        ),
    )


def system_table(schemas: Sequence[str]) -> list[tuple[str, str, Privileges]]:
    """Who may do what with the system tables: rows as those of a catalog plan."""
    return [(OBSERVERS, f"system.{schema}", OBSERVE) for schema in sorted((*schemas, ALWAYS_ON))]


def workspace_roles(settings: CatalogSettings) -> tuple[Role, ...]:
    """The roles that need to log in to the environment's workspace."""
    levels = settings.access.levels()
    return tuple(role for role in Role if levels[role] is not CatalogAccess.NONE)


def compute_roles(settings: CatalogSettings) -> tuple[tuple[Role, ...], tuple[Role, ...]]:
    """The roles that may start all-purpose clusters, and those that may start job clusters.

    Whoever works with data may explore it; only who may write it may run jobs; consumers of models
    need neither.
    """
    levels = settings.access.levels()
    explorers = tuple(r for r in workspace_roles(settings) if r is not Role.MODEL_CONSUMERS)
    return explorers, tuple(r for r in explorers if levels[r] is CatalogAccess.WRITE)


def folder_levels(settings: CatalogSettings) -> dict[str, tuple[Role, ...]]:
    """The roles that may edit the experiments' folder, and those that may read it."""
    explorers, writers = compute_roles(settings)
    readers = tuple(role for role in explorers if role not in writers)
    levels = {"CAN_EDIT": writers, "CAN_READ": readers}
    return {level: roles for level, roles in levels.items() if roles}


def _registry_level(settings: RegistrySettings, level: RegistryAccess) -> dict[str, Privileges]:
    """Privileges by schema of one level."""
    development, candidate, production, archive = settings.schemas
    match level:
        case RegistryAccess.NONE:
            return {}
        case RegistryAccess.CONSUME:
            return {production: USE_MODELS}
        case RegistryAccess.DEVELOP:
            return {development: MAKE_MODELS}
        case RegistryAccess.PROMOTE:
            return {
                development: USE_MODELS,
                candidate: MAKE_MODELS,
                production: MAKE_MODELS,
                archive: MAKE_MODELS,
            }
        case RegistryAccess.FULL:
            return dict.fromkeys(settings.schemas, MAKE_MODELS)
