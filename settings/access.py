"""Who may do what: roles, levels, and the registry's levels. Compiled by components.access."""

from __future__ import annotations

from enum import StrEnum
from typing import Self

from pydantic import ConfigDict, model_validator

from settings.base import GroupName, Settings


class Role(StrEnum):
    """The people of the platform. platform_owners and mlops_release own; these four use."""

    DATA_SCIENTISTS = "data_scientists"
    ML_ENGINEERS = "ml_engineers"
    DEVOPS_ENGINEERS = "devops_engineers"
    MODEL_CONSUMERS = "model_consumers"


class CatalogAccess(StrEnum):
    """What a role may do with an environment's catalog."""

    NONE = "none"
    READ = "read"
    WRITE = "write"  # read included


class RegistryAccess(StrEnum):
    """What a role may do with the model registry."""

    NONE = "none"
    CONSUME = "consume"  # use production models
    DEVELOP = "develop"  # create and update development models
    PROMOTE = "promote"  # read all, write the stages after development
    FULL = "full"  # create and update models of every stage


class RoleSettings(Settings):
    """A value per role. Roles are spelt as they are named, with underscores."""

    model_config = ConfigDict(alias_generator=None)


class CatalogAccessSettings(RoleSettings):
    """The environment's column of the access matrix.

    ``read`` is of data, volumes and models; ``write`` is more, for data and volumes. Default: none.
    """

    data_scientists: CatalogAccess = CatalogAccess.NONE
    """What data scientists may do with the catalog."""
    ml_engineers: CatalogAccess = CatalogAccess.NONE
    """What ML engineers may do with it."""
    devops_engineers: CatalogAccess = CatalogAccess.NONE
    """What DevOps engineers may do with it."""
    model_consumers: CatalogAccess = CatalogAccess.NONE
    """What those may do with it who only use models."""

    def levels(self) -> dict[Role, CatalogAccess]:
        """The level of each role."""
        return {role: getattr(self, role.value) for role in Role}


class RegistryAccessSettings(RoleSettings):
    """The registry's column of the access matrix.

    ``consume`` uses production models, ``develop`` makes development models, ``promote`` uses those
    and makes models of the stages after them, ``full`` makes models of every stage. Defaults: the
    platform's matrix.
    """

    data_scientists: RegistryAccess = RegistryAccess.DEVELOP
    """What data scientists may do with the registry."""
    ml_engineers: RegistryAccess = RegistryAccess.FULL
    """What ML engineers may do with it."""
    devops_engineers: RegistryAccess = RegistryAccess.PROMOTE
    """What DevOps engineers may do with it."""
    model_consumers: RegistryAccess = RegistryAccess.CONSUME
    """What those may do with it who only use models."""

    def levels(self) -> dict[Role, RegistryAccess]:
        """The level of each role."""
        return {role: getattr(self, role.value) for role in Role}


class GroupSettings(RoleSettings):
    """Display names of the account groups. Defaults: the roles' own names."""

    data_scientists: GroupName = "data_scientists"
    """Builds models from development data."""
    ml_engineers: GroupName = "ml_engineers"
    """Makes models ready for production."""
    devops_engineers: GroupName = "devops_engineers"
    """Promotes models and runs the jobs."""
    model_consumers: GroupName = "model_consumers"
    """Uses production models and calls the endpoints."""
    platform_owners: GroupName = "platform_owners"
    """Owns every securable; the deploying identities are its members."""
    mlops_release: GroupName = "mlops_release"
    """Owns production models: moving an alias needs ownership."""
    observers: GroupName = "observers"
    """Reads the system tables (usage, audit, job runs) and the dashboards: finance and security
    reviewers, and the jobs' identities."""

    @model_validator(mode="after")
    def _groups_are_distinct(self) -> Self:
        names = [name.lower() for name in self.names().values()]
        if repeated := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(
                f"two roles share the group {', '.join(repeated)}, so each would have the rights "
                "of both; give each a group of its own"
            )
        return self

    def names(self) -> dict[str, str]:
        """Display name by role or owner key."""
        return {key: getattr(self, key) for key in type(self).model_fields}
