"""Which declared monitors can be built: those whose tables exist."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from components.existing import Existing
    from settings.observability import MonitorSettings


@dataclass(frozen=True, kw_only=True)
class Watch:
    """Declared monitors, divided."""

    ready: tuple[MonitorSettings, ...]
    waiting: tuple[tuple[MonitorSettings, str], ...]
    """Monitors that cannot be built yet, each with what it waits for."""


def divide(monitors: Sequence[MonitorSettings], catalog: str, existing: Existing) -> Watch:
    """Ask which tables of the catalog exist and divide the monitors; with none, no cloud is asked.

    Args:
        monitors: The declared monitors.
        catalog: Name of the environment's catalog.
        existing: Looks the tables up.
    """
    ready: list[MonitorSettings] = []
    waiting: list[tuple[MonitorSettings, str]] = []
    for monitor in monitors:
        table = f"{catalog}.{monitor.table}"
        if not existing.table(table):
            waiting.append((monitor, f"table {table}{existing.unasked}"))
        else:
            ready.append(monitor)
    return Watch(ready=tuple(ready), waiting=tuple(waiting))
