"""A catalog and the storage beneath it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from settings.access import CatalogAccessSettings
from settings.base import CatalogName, Distinct, SchemaName, Settings, UnityName
from settings.workspace import Redundancy


class StorageSettings(Settings):
    """An Azure Data Lake Storage account that holds one catalog."""

    redundancy: Redundancy = "Standard_ZRS"
    """How many copies Azure keeps, and where."""
    soft_delete_days: Annotated[int, Field(ge=7, le=365)] = 30
    """Days a deleted file or container can be recovered."""
    double_encryption: bool = False
    """Whether Azure encrypts the data a second time, with another algorithm. Fixed at creation."""
    lock: bool = False
    """Whether a lock keeps the account from being deleted, by anybody. What belongs to it (private
    endpoints, role assignments, log settings) cannot be deleted either until this is off. Whoever
    deploys needs the right to make locks, which Owner and User Access Administrator have."""


class CatalogSettings(Settings):
    """The environment's Unity Catalog catalog."""

    name: CatalogName
    """Catalog name, unique in the metastore. Replaces the catalog."""
    schemas: Annotated[tuple[SchemaName, ...], Distinct, Field(min_length=1)]
    """Schemas of the catalog."""
    others: Annotated[tuple[UnityName, ...], Distinct] = ()
    """Further catalogs that jobs and endpoints may name. Nothing is granted on them: that is for
    their owners to do. Default: none but this one, the registry, `system` and `samples`."""
    access: CatalogAccessSettings = CatalogAccessSettings()
    """Who may read and write it. Default: nobody but the owners."""
    storage: StorageSettings = StorageSettings()
