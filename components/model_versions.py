"""Which declared endpoints can be built: those whose model versions exist."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from components.existing import Existing
    from settings.serving import EndpointSettings


@dataclass(frozen=True, kw_only=True)
class Readiness:
    """Declared endpoints, divided."""

    ready: tuple[EndpointSettings, ...]
    waiting: tuple[tuple[EndpointSettings, str], ...]
    """Endpoints that cannot be built yet, each with what it waits for."""


def divide(endpoints: Sequence[EndpointSettings], existing: Existing) -> Readiness:
    """Ask which model versions exist and divide the endpoints; with none, no cloud is asked."""
    if not endpoints:
        return Readiness(ready=(), waiting=())
    models = {entity.model for endpoint in endpoints for entity in endpoint.entities}
    versions = {model: existing.model_versions(model) for model in sorted(models)}
    missing = {
        endpoint.name: [
            f"{entity.model} version {entity.version}"
            for entity in endpoint.entities
            if int(entity.version) not in versions[entity.model]
        ]
        for endpoint in endpoints
    }
    lasting = _lasting([e for e in endpoints if missing[e.name]], existing)
    ready = [e for e in endpoints if not missing[e.name] or e.name in lasting]
    waiting = [
        (e, ", ".join(missing[e.name]) + existing.unasked) for e in endpoints if e not in ready
    ]
    return Readiness(ready=tuple(ready), waiting=tuple(waiting))


def _lasting(incomplete: Sequence[EndpointSettings], existing: Existing) -> set[str]:
    """Endpoints that exist and are no longer what their settings say.

    The release controller has moved them on, and the version they started with may be archived by
    now. Waiting for it would take the endpoint out of the program, which deletes it.
    """
    moved = {endpoint.name for endpoint in incomplete if endpoint.release == "controller"}
    return moved & existing.endpoints() if moved else set()
