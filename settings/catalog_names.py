"""Catalogs and schemas that jobs and endpoints name: each is one that their stack can reach.

What is named wrongly never comes into being, so its endpoint or schedule would wait for ever.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from settings.errors import nearest
from settings.estate import OwnedEstate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from settings.platform import PlatformSettings

_EVERYWHERE = ("system", "samples")
"""Databricks' own, in each workspace: https://learn.microsoft.com/azure/databricks/catalogs/"""
_IN_EACH = ("default", "information_schema")
"""Schemas that each catalog comes with."""


class _Named(NamedTuple):
    """One three-part name in a stack file, and where."""

    where: str
    catalog: str
    schema: str


def mistakes(stacks: Mapping[str, PlatformSettings]) -> Iterator[str]:
    """What is wrong with each name, and what to write instead."""
    estates = [settings.shared_estate for settings in stacks.values()]
    registries = {
        estate.registry.name: estate.registry.schemas
        for estate in estates
        if isinstance(estate, OwnedEstate)
    }
    owners = {settings.catalog.name: stack for stack, settings in stacks.items()}
    for stack, settings in sorted(stacks.items()):
        own = settings.catalog.name
        schemas = {**registries, own: settings.catalog.schemas}
        known = (*registries, own, *_EVERYWHERE, *settings.catalog.others)
        for catalog in settings.catalog.others:
            where = f"mlops:catalog.others of {stack}: {catalog}"
            if (other := owners.get(catalog, stack)) != stack:
                yield f"{where} is the catalog of {other}, which {stack} cannot read; remove it"
            elif catalog in (*registries, own, *_EVERYWHERE):
                yield f"{where} may be named anyway; remove it"
        for name in _named(stack, settings):
            here = (*schemas.get(name.catalog, ()), *_IN_EACH)
            if name.catalog in registries and name.schema not in here:
                yield (
                    f"{name.where} is in no schema of the registry; "
                    f"use one of {', '.join(registries[name.catalog])}"
                )
            elif name.catalog == own and name.schema not in here:
                yield (
                    f"{name.where}: {name.schema} is not a schema of {own} "
                    f"({', '.join(settings.catalog.schemas)}); name one of them"
                )
            # Catalogs are bound to their own environment's workspace.
            elif (other := owners.get(name.catalog, stack)) != stack:
                yield (
                    f"{name.where} is in the catalog of {other}, which {stack} cannot read; "
                    f"name one in {' or '.join([*registries, own])}"
                )
            elif registries and name.catalog not in known:
                near = nearest(name.catalog, known, alike=0.85)
                yield (
                    f"{name.where} is in a catalog that is none of {', '.join(known)}; "
                    f"{f'did you mean {near}? If not, ' if near else 'name one of them, or '}"
                    f"add {name.catalog} to mlops:catalog.others"
                )


def _named(stack: str, settings: PlatformSettings) -> Iterator[_Named]:
    for endpoint in settings.serving.endpoints:
        for entity in endpoint.entities:
            where = f"mlops:serving.endpoints {endpoint.name} of {stack}: model {entity.model}"
            yield _Named(where, *entity.model.split(".")[:2])
    for job in settings.workloads.jobs:
        for option, text, (catalog, schema) in job.names:
            where = f"mlops:workloads.jobs {job.name} of {stack}: {option} {text}"
            yield _Named(where, catalog, schema)
